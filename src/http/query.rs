//! The request of a GET: in the address, each member once, objects as JSON.

use async_graphql::indexmap::IndexMap;
use async_graphql::indexmap::map::Entry;
use async_graphql::{Name, Value};

use super::body::{Asked, member, request};
use super::limits::{Limits, over};
use super::persisted::NAMES;
use crate::error::{Problem, Refusal};

/// Members that are text, and members that are JSON of an object. Whatever else stands there is passed over.
const TEXTS: [&str; 2] = ["query", "operationName"];
const OBJECTS: [&str; 2] = ["variables", "extensions"];

/// Reads the request from an address's query.
pub(super) fn parse(query: &str, limits: &Limits) -> Result<Asked, Refusal> {
    if query.len() > limits.body_bytes {
        return Err(over(Problem::BodyTooLarge, "bytes of address", limits.body_bytes));
    }
    let malformed = |sentence: String| Problem::MalformedBody.because(sentence);
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query)
        .map_err(|_| malformed("The address's query is not form-encoded.".into()))?;
    let mut members = IndexMap::new();
    for (name, text) in pairs {
        let is_object = OBJECTS.contains(&name.as_str());
        let is_text = TEXTS.contains(&name.as_str()) || NAMES.contains(&name.as_str());
        if !is_object && !is_text {
            continue;
        }
        if text.contains('\0') {
            return Err(malformed(format!("The member {name} holds the character NUL.")));
        }
        let value = match (is_object, text.as_str()) {
            // Clients write an empty member for one that is not there.
            (_, "" | "null") if name != "query" => Value::Null,
            (true, _) => member(&text, limits)?,
            (false, _) => Value::String(text),
        };
        match members.entry(Name::new(name)) {
            Entry::Vacant(place) => place.insert(value),
            Entry::Occupied(twice) => {
                return Err(malformed(format!("The member {} is there twice.", twice.key())));
            }
        };
    }
    request(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::persisted::Wanted;

    fn parsed(query: &str) -> Result<Asked, Problem> {
        parse(query, &Limits::default()).map_err(|refusal| refusal.problem())
    }

    #[test]
    fn members_are_read() {
        let request =
            parsed("query=%7B+a%20%7D&operationName=A&variables=%7B%22b%22:%5B1%5D%7D&extensions={}&x=1")
                .unwrap();
        assert_eq!(
            (request.wanted, request.operation_name.as_deref()),
            (Wanted::Text("{ a }".into()), Some("A"))
        );
        assert_eq!(request.variables.to_string(), "{b: [1]}");
        let named = parsed("documentId=sha256:abc&variables={}").unwrap();
        assert_eq!(named.wanted, Wanted::Trusted("abc".into()));
        let request = parsed("query={a}&operationName=&variables=&extensions=null").unwrap();
        assert!(request.operation_name.is_none() && request.variables.is_empty());
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for query in [
            "",
            "operationName=A",
            "query={a}&query={b}",
            "query={a}&variables={}&variables={}",
            "query={a}&variables=[]",
            "query={a}&variables=1",
            "query={a}&variables={\"a\":1,\"a\":2}",
            "query={a}&variables={\"a\":\"%5Cu0000\"}",
            "query={a}&extensions=x",
            "query=%00",
            "query[]={a}",
        ] {
            assert_eq!(parsed(query).unwrap_err(), Problem::MalformedBody, "{query}");
        }
        let deep = format!("query={{a}}&variables={{\"a\":{}{}}}", "[".repeat(99), "]".repeat(99));
        assert_eq!(parsed(&deep).unwrap_err(), Problem::TooDeep);
    }
}
