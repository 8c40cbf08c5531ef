//! How much a request may ask.

use serde::{Deserialize, Serialize};

use crate::error::{Problem, Refusal};

/// The bounds of one request. All counts are inclusive.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Bytes of a body, after decompression: variables carry long texts, files go another way.
    pub body_bytes: usize,
    /// Bytes of a document: the largest that tools write by themselves, introspection, has 3,000.
    pub document_bytes: usize,
    /// Bytes of one string in a document: long texts belong into variables.
    pub literal_bytes: usize,
    /// Bytes of one name or number: messages repeat names, so long ones multiply.
    pub name_bytes: usize,
    /// Tokens of a document: parsing costs time and memory for each.
    pub tokens: usize,
    /// Open brackets at one place of a document, and levels of JSON: the stack is finite.
    pub nesting: usize,
    /// Levels of selections with fragments spread: standard introspection has 18, async-graphql stops at 32.
    pub depth: usize,
    /// Fields, spreads and inline fragments with fragments spread: validation and execution visit each.
    pub fields: usize,
    /// Fields at the root of an operation with fragments spread: each is a statement of its own.
    pub root_fields: usize,
    /// Lists inside lists of introspection (`types`, `fields` …): standard introspection has 2.
    pub introspection: usize,
    /// Fields of introspection with fragments spread: standard introspection has 239.
    pub described: usize,
    /// Aliases with fragments spread: each asks the same work once more.
    pub aliases: usize,
    /// Directives at one place: async-graphql does not look at those on `__typename` at all.
    pub directives: usize,
    /// Operations and fragments of a document: validation visits those that do not run, too.
    pub definitions: usize,
    /// Variables of one operation.
    pub variables: usize,
    /// Levels of lists in a variable's type: the API has no input deeper than two.
    pub list_types: usize,
    /// Values and keys in the JSON of a request: a filter of ten thousand branches is no filter.
    pub values: usize,
    /// Errors in one answer: one document can cause thousands.
    pub errors: usize,
    /// Seconds until the body must be there.
    pub body_seconds: u64,
    /// Seconds until the answer must be there, after the body.
    pub answer_seconds: u64,
    /// Operations that run or go on at one time on one socket.
    pub operations: usize,
    /// Sockets and event streams that one person has open at one time on one node.
    pub streams: usize,
    /// Seconds until a socket's first message must be there.
    pub init_seconds: u64,
    /// Seconds between two signs of life on what goes on; a socket that gives none in return for two of them is closed.
    pub ping_seconds: u64,
    /// Seconds until the other side must have taken a message.
    pub send_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1_048_576,
            document_bytes: 102_400,
            literal_bytes: 16_384,
            name_bytes: 200,
            tokens: 10_000,
            nesting: 64,
            depth: 24,
            fields: 5_000,
            root_fields: 50,
            introspection: 2,
            described: 400,
            aliases: 500,
            directives: 8,
            definitions: 100,
            variables: 100,
            list_types: 3,
            values: 10_000,
            errors: 50,
            body_seconds: 10,
            answer_seconds: 30,
            operations: 32,
            streams: 32,
            init_seconds: 10,
            ping_seconds: 15,
            send_seconds: 10,
        }
    }
}

/// No configuration lets deeper nestings through: from 160 levels on, debug builds die of a full stack.
pub(super) const DEEPEST: usize = 64;

/// The same sentence for every bound, with its number.
pub(super) fn over(problem: Problem, what: &str, limit: usize) -> Refusal {
    problem.because(format!("The request has more than {limit} {what}. {}", problem.sentence()))
}
