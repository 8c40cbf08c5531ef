//! The answer to a GraphQL request: errors with stable codes, in the document's order, without internals.

use std::collections::BTreeMap;

use async_graphql::{Pos, Response as Executed, ServerError, Value, parser};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::media::Media;
use crate::error::{Fault, Problem, Refusal};

/// What goes over the wire. `data` is absent, not null, where nothing was executed.
#[derive(Serialize)]
struct Wire<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

/// The answer to a request that was refused before it ran.
pub(super) fn refused(media: Media, refusal: Refusal) -> Response {
    let problem = refusal.problem();
    if media == Media::Json && media.status(problem) != StatusCode::OK {
        // Under plain JSON, only what was understood as GraphQL is answered as GraphQL.
        return refusal.into_response();
    }
    errors_only(media, vec![refusal.into()])
}

/// The answer without `data`: its status follows from the first error.
pub(super) fn errors_only(media: Media, errors: Vec<ServerError>) -> Response {
    let first = errors.first().and_then(code).unwrap_or(Problem::Internal);
    let mut response = write(media, media.status(first), &Executed::from_errors(errors), false);
    first.mark(&mut response);
    response
}

/// Whether the executor came to run it. Errors of the request have no path; whatever failed in a resolver has one, even
/// where it emptied `data`.
pub(super) fn ran(answer: &Executed) -> bool {
    let errors = &answer.errors;
    answer.data != Value::Null || errors.is_empty() || errors.iter().any(|error| !error.path.is_empty())
}

/// The answer of the executor.
pub(super) fn executed(media: Media, mut answer: Executed, most: usize) -> Response {
    let ran = ran(&answer);
    answer.errors = normalised(std::mem::take(&mut answer.errors), most);
    if ran {
        let mut response = write(media, StatusCode::OK, &answer, true);
        if let Some(problem) = answer.errors.first().and_then(code) {
            response.extensions_mut().insert(problem);
        }
        response
    } else {
        errors_only(media, answer.errors)
    }
}

/// An answer as JSON, for what is no HTTP answer of its own.
pub(super) fn text(answer: &Executed, with_data: bool) -> Option<String> {
    let data = with_data.then_some(&answer.data);
    let wire = Wire { errors: &answer.errors, data, extensions: &answer.extensions };
    serde_json::to_string(&wire).ok()
}

fn write(media: Media, status: StatusCode, answer: &Executed, with_data: bool) -> Response {
    let data = with_data.then_some(&answer.data);
    match serde_json::to_vec(&Wire { errors: &answer.errors, data, extensions: &answer.extensions }) {
        Ok(bytes) => (status, [(header::CONTENT_TYPE, media.content_type())], bytes).into_response(),
        Err(error) => Problem::from(Fault::new(error).while_doing("writing an answer")).into_response(),
    }
}

/// Gives each error its code, takes internals out and puts them in the document's order.
///
/// Sorted by place only: of several errors at one place async-graphql reports them as its hash maps fall, and an
/// order by message would show which names exist.
pub(super) fn normalised(errors: Vec<ServerError>, most: usize) -> Vec<ServerError> {
    let mut errors: Vec<_> = errors.into_iter().map(normalise).collect();
    errors.sort_by_key(|error| error.locations.first().copied());
    errors.truncate(most);
    errors
}

/// The code of an error, if it has one of ours.
pub(super) fn code(error: &ServerError) -> Option<Problem> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Problem::from_code(code),
        Value::Null
        | Value::Number(_)
        | Value::Boolean(_)
        | Value::Binary(_)
        | Value::Enum(_)
        | Value::List(_)
        | Value::Object(_) => None,
    }
}

/// Characters of a message: async-graphql repeats values in it, however long.
const MESSAGE: usize = 500;

fn normalise(error: ServerError) -> ServerError {
    let mut error = coded(error);
    // Where a variable was wrong, async-graphql names line 0.
    error.locations.retain(|place| place.line > 0);
    if let Some((end, _)) = error.message.char_indices().nth(MESSAGE) {
        error.message.truncate(end);
        error.message.push('…');
    }
    error
}

fn coded(mut error: ServerError) -> ServerError {
    if code(&error).is_some() {
        error.source = None;
        return error;
    }
    let problem = if error.path.is_empty() { of_request(&error.message) } else { of_resolver(&error) };
    if problem == Problem::Internal {
        let fault = Fault::new(std::mem::take(&mut error.message)).while_doing("resolving a field");
        error.message = String::from(Problem::from(fault).sentence());
    }
    // Suggestions are off in every schema; should one be on, its names still do not leave.
    if let Some((message, _)) = error.message.split_once(" Did you mean ") {
        error.message = String::from(message);
    }
    ServerError { source: None, extensions: ServerError::from(problem).extensions, ..error }
}

/// async-graphql's own errors before execution, told apart by how they begin: it has no codes.
fn of_request(message: &str) -> Problem {
    let begins = |starts: &[&str]| starts.iter().any(|start| message.starts_with(start));
    if begins(&["Unknown operation named", "Operation name required"]) {
        Problem::OperationUnknown
    } else if begins(&["Query is too complex"]) {
        Problem::TooComplex
    } else if begins(&["Query is nested too deep", "The recursion depth"]) {
        Problem::TooDeep
    } else if begins(&["The number of directives"]) {
        Problem::TooManyDirectives
    } else if begins(&["The amount of aliases"]) {
        Problem::TooManyAliases
    } else if begins(&["Invalid value for argument", "Failed to parse \"", "Expected input type \""]) {
        Problem::BadUserInput
    } else {
        Problem::ValidationFailed
    }
}

/// Errors of resolvers without a code: an argument that did not parse is the caller's, all else is ours.
fn of_resolver(error: &ServerError) -> Problem {
    let of_input = ["Failed to parse \"", "Expected input type \""];
    if error.source.is_none() && of_input.iter().any(|start| error.message.starts_with(start)) {
        Problem::BadUserInput
    } else {
        Problem::Internal
    }
}

/// The parser's error in our words: its own are its grammar.
pub(super) fn parse_failure(error: &parser::Error) -> Refusal {
    let at = error.positions().next();
    let sentence = match (error, at) {
        (parser::Error::MultipleOperations { .. }, _) => {
            "An operation without a name must be the only one.".to_owned()
        }
        (parser::Error::OperationDuplicated { operation, .. }, _) => {
            format!("The operation \"{operation}\" is there twice. Rename one.")
        }
        (parser::Error::FragmentDuplicated { fragment, .. }, _) => {
            format!("The fragment \"{fragment}\" is there twice. Rename one.")
        }
        (parser::Error::MissingOperation, _) => "The document has no operation. Add one.".to_owned(),
        (parser::Error::RecursionLimitExceeded, _) => return Problem::TooDeep.into(),
        (_, Some(Pos { line, column })) => {
            format!("The document is not GraphQL at line {line}, column {column}. Mend its syntax there.")
        }
        (_, None) => return Problem::ParseFailed.into(),
    };
    let refusal = Problem::ParseFailed.because(sentence);
    match at {
        Some(place) => refusal.at(place),
        None => refusal,
    }
}

/// The header that caches need, though nothing here may be stored.
pub(super) const VARY: HeaderValue = HeaderValue::from_static("accept, authorization, portico-role");

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::PathSegment;

    fn error(message: &str, path: &[&str], line: usize) -> ServerError {
        let mut error = ServerError::new(message, Some(Pos { line, column: 1 }));
        error.path = path.iter().map(|name| PathSegment::Field((*name).to_owned())).collect();
        error
    }

    #[test]
    fn errors_get_codes_by_kind() {
        for (message, path, expected) in [
            ("Unknown field \"x\" on type \"Query\".", &[][..], Problem::ValidationFailed),
            ("Unknown operation named \"x\"", &[], Problem::OperationUnknown),
            ("Operation name required in request.", &[], Problem::OperationUnknown),
            ("Query is too complex.", &[], Problem::TooComplex),
            ("Query is nested too deep.", &[], Problem::TooDeep),
            ("Invalid value for argument \"a\", expected type \"Int\"", &[], Problem::BadUserInput),
            ("Failed to parse \"Day\": no such day", &["a"], Problem::BadUserInput),
            ("connection refused: db-7", &["a"], Problem::Internal),
        ] {
            let errors = normalised(vec![error(message, path, 1)], 9);
            assert_eq!(code(&errors[0]), Some(expected), "{message}");
        }
    }

    #[test]
    fn internals_and_suggestions_stay_inside() {
        let secret = error("connection refused: db-7", &["a"], 1);
        assert_eq!(normalise(secret).message, Problem::Internal.sentence());
        let mut sourced = error("Failed to parse \"x\": db-7", &["a"], 1);
        sourced.source = Some(std::sync::Arc::new(1));
        assert_eq!(normalise(sourced).message, Problem::Internal.sentence());
        let mut foreign = error("db-7", &["a"], 1);
        foreign.extensions.get_or_insert_default().set("code", "E_DB");
        let foreign = normalise(foreign);
        assert_eq!(
            (foreign.message.as_str(), code(&foreign)),
            (Problem::Internal.sentence(), Some(Problem::Internal))
        );
        let hint = error("Unknown field \"x\" on type \"Query\". Did you mean \"secret\"?", &[], 1);
        assert_eq!(normalise(hint).message, "Unknown field \"x\" on type \"Query\".");
    }

    #[test]
    fn messages_are_short_and_places_are_real() {
        let long = normalise(error(&"é".repeat(9_999), &[], 0));
        assert_eq!((long.message.chars().count(), long.locations.len()), (501, 0));
        let short = normalise(error(&"é".repeat(500), &[], 1));
        assert_eq!((short.message.chars().count(), short.locations.len()), (500, 1));
    }

    #[test]
    fn errors_stand_in_the_documents_order_and_are_few() {
        let errors = normalised(vec![error("b", &[], 2), error("z", &[], 1), error("a", &[], 1)], 2);
        let messages: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(messages, ["z", "a"]);
    }
}
