//! What a request asks for: a text, or a trusted document by its hash, in the forms that clients send.
//!
//! Apollo and urql send `extensions.persistedQuery.sha256Hash`, Relay's network layers `doc_id` or `id`, and the draft of
//! persisted documents for GraphQL over HTTP says `documentId`.

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value};

use crate::error::{Problem, Refusal};
use crate::trusted::manifest::{plain, sha256};

/// The members that are a hash by themselves.
pub(super) const NAMES: [&str; 3] = ["documentId", "doc_id", "id"];

/// What shall run.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The text of the request.
    Text(String),
    /// The trusted document of this hash.
    Trusted(String),
}

/// Reads it from a request's members.
pub(super) fn wanted(
    members: &mut IndexMap<Name, Value>,
    extensions: &IndexMap<Name, Value>,
) -> Result<Wanted, Refusal> {
    let hash = persisted_query(extensions)?;
    let query = match members.swap_remove("query") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text),
        Some(_) => return Err(malformed("The member query must be a string.")),
    };
    let told: Vec<Value> = NAMES.iter().filter_map(|name| members.swap_remove(*name)).collect();
    if let Some(text) = query
        && (!text.is_empty() || (hash.is_none() && told.is_empty()))
    {
        // Clients that got to know that a hash is unknown send the text with it: it runs, and nothing is kept.
        let fits = hash.is_none_or(|hash| hash.eq_ignore_ascii_case(&sha256(&text)));
        return if fits {
            Ok(Wanted::Text(text))
        } else {
            Err(malformed("The hash is not the SHA-256 of the query."))
        };
    }
    let mut hashes = told.into_iter().map(text).chain(hash.map(Ok)).collect::<Result<Vec<_>, _>>()?;
    hashes.dedup();
    match hashes.as_slice() {
        [one] => Ok(Wanted::Trusted(one.clone())),
        [] => Err(malformed("The member query must be there and be a string.")),
        _ => Err(malformed("The request names several documents.")),
    }
}

fn text(value: Value) -> Result<String, Refusal> {
    if let Value::String(hash) = value
        && !hash.is_empty()
    {
        return Ok(plain(&hash).to_owned());
    }
    Err(malformed("The id of a document must be a string."))
}

fn persisted_query(extensions: &IndexMap<Name, Value>) -> Result<Option<String>, Refusal> {
    let about = match extensions.get("persistedQuery") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(about)) => about,
        Some(_) => return Err(malformed("The extension persistedQuery must be an object.")),
    };
    let is_first = about.get("version").is_none_or(|version| *version == Value::from(1));
    match about.get("sha256Hash") {
        Some(hash) if is_first => text(hash.clone()).map(Some),
        _ => Err(malformed("The extension persistedQuery must have version 1 and sha256Hash.")),
    }
}

fn malformed(sentence: &str) -> Refusal {
    Problem::MalformedBody.because(sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    fn read(body: &Json) -> Result<Wanted, Problem> {
        let Value::Object(mut members) = Value::from_json(body.clone()).unwrap() else { panic!() };
        let extensions = match members.get("extensions") {
            Some(Value::Object(extensions)) => extensions.clone(),
            _ => IndexMap::new(),
        };
        wanted(&mut members, &extensions).map_err(|refusal| refusal.problem())
    }

    fn extension(hash: &Json) -> Json {
        json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
    }

    #[test]
    fn every_clients_form_names_a_document() {
        for body in [
            json!({ "extensions": extension(&json!("abc")) }),
            json!({ "query": null, "extensions": extension(&json!("abc")) }),
            json!({ "query": "", "extensions": extension(&json!("abc")) }),
            json!({ "documentId": "abc" }),
            json!({ "documentId": "sha256:abc" }),
            json!({ "doc_id": "abc", "query": null }),
            json!({ "id": "abc" }),
            json!({ "id": "abc", "documentId": "sha256:abc", "extensions": extension(&json!("abc")) }),
        ] {
            assert_eq!(read(&body), Ok(Wanted::Trusted("abc".into())), "{body}");
        }
    }

    #[test]
    fn a_text_is_a_text_whatever_stands_beside_it() {
        let text = || Ok(Wanted::Text("{ a }".into()));
        assert_eq!(read(&json!({ "query": "{ a }", "id": "abc" })), text());
        assert_eq!(
            read(&json!({ "query": "{ a }", "extensions": extension(&json!(sha256("{ a }"))) })),
            text()
        );
        let upper = sha256("{ a }").to_uppercase();
        assert_eq!(read(&json!({ "query": "{ a }", "extensions": extension(&json!(upper)) })), text());
        assert_eq!(read(&json!({ "query": "" })), Ok(Wanted::Text(String::new())));
    }

    #[test]
    fn what_names_nothing_or_two_things_is_refused() {
        for body in [
            json!({}),
            json!({ "query": null }),
            json!({ "query": 1 }),
            json!({ "query": 1, "id": "abc" }),
            json!({ "id": 1 }),
            json!({ "id": "" }),
            json!({ "id": ["abc"] }),
            json!({ "documentId": "abc", "id": "abd" }),
            json!({ "documentId": "abc", "extensions": extension(&json!("abd")) }),
            json!({ "extensions": { "persistedQuery": "abc" } }),
            json!({ "extensions": { "persistedQuery": { "version": 2, "sha256Hash": "abc" } } }),
            json!({ "extensions": { "persistedQuery": { "version": 1 } } }),
            json!({ "extensions": extension(&json!(7)) }),
            json!({ "query": "{ a }", "extensions": extension(&json!(sha256("{ b }"))) }),
        ] {
            assert_eq!(read(&body), Err(Problem::MalformedBody), "{body}");
        }
    }
}
