//! What a document costs by every measure that limits have, and which limit it would meet.

use async_graphql::Variables;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;

use super::document::{checked, chosen};
use super::limits::{DEEPEST, LOWEST, Limits, affordable};
use super::measure::{Measured, measure};
use super::scan::{Scanned, scan};
use super::written::{writable, written};
use super::{RoleSchema, body};
use crate::error::Refusal;
use crate::graph::Unset;

/// A measure: how much is used of how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The limit's name in the configuration.
    pub name: &'static str,
    /// What the document uses.
    pub used: usize,
    /// What is let through.
    pub bound: usize,
}

impl Share {
    /// Hundredths of the bound, rounded up.
    pub fn percent(&self) -> usize {
        self.used.saturating_mul(100).div_ceil(self.bound.max(1))
    }
}

/// What there is to say of a document.
#[derive(Debug)]
pub struct Explained {
    /// The measures, in the order in which they are taken; those that could not be are left out.
    pub shares: Vec<Share>,
    /// How it would be refused.
    pub refusal: Option<Refusal>,
}

impl Explained {
    /// The measure that is nearest to its bound.
    pub fn nearest(&self) -> Option<&Share> {
        self.shares.iter().max_by_key(|share| share.percent())
    }
}

/// Reads variables as the door would.
pub fn variables(text: &str, limits: &Limits) -> Result<Variables, Refusal> {
    Ok(Variables::from_value(body::member(text, limits)?))
}

/// Measures a document as the door would, but beyond the limits, too. Of several operations the named one runs; where
/// none is named, the dearest counts.
pub fn explain(
    text: &str,
    (name, variables): (Option<&str>, &Variables),
    limits: &Limits,
    schema: &impl RoleSchema,
) -> Explained {
    let wide = wide();
    let mut shares = vec![share("document_bytes", text.len(), limits.document_bytes)];
    if let Ok(scanned) = scan(text, &wide) {
        shares.extend(of_text(scanned, limits));
        if let Ok(document) = parse_query(text)
            && let Ok(measured) = measure(&document, &wide, |name| schema.has_type(name))
        {
            shares.extend(of_document(measured, limits));
            shares.push(share("written_bytes", written(&document, variables), limits.written_bytes));
            shares.push(share("cost", dearest(&document, name, variables, schema), limits.cost));
        }
    }
    let refusal = checked(text, limits, schema).and_then(|document| {
        writable(&document, variables, limits)?;
        affordable(dearest(&document, name, variables, schema), limits)
    });
    Explained { shares, refusal: refusal.err() }
}

fn dearest(
    document: &ExecutableDocument,
    name: Option<&str>,
    variables: &Variables,
    schema: &impl RoleSchema,
) -> usize {
    let cost = |operation| schema.cost(document, operation, variables, Unset::Default);
    let all = || document.operations.iter().map(|(_, operation)| cost(&operation.node)).max();
    chosen(document, name).map(cost).or_else(all).unwrap_or_default()
}

fn share(name: &'static str, used: usize, bound: usize) -> Share {
    Share { name, used, bound }
}

fn of_text(scanned: Scanned, limits: &Limits) -> [Share; 4] {
    [
        share("tokens", scanned.tokens, limits.tokens),
        share("nesting", scanned.nesting, limits.nesting.min(DEEPEST)),
        share("literal_bytes", scanned.literal_bytes, limits.literal_bytes),
        share("name_bytes", scanned.name_bytes, limits.name_bytes),
    ]
}

fn of_document(measured: Measured, limits: &Limits) -> [Share; 11] {
    let size = measured.size;
    [
        share("definitions", measured.definitions, limits.definitions),
        share("variables", measured.variables, limits.variables),
        share("list_types", measured.list_types, limits.list_types),
        share("directives", measured.directives, limits.directives),
        share("depth", size.depth, limits.depth),
        share("introspection", size.lists, limits.introspection),
        share("root_fields", measured.root_fields, limits.root_fields),
        share("fields", size.fields, limits.fields),
        share("selections", size.selections, limits.selections),
        share("described", size.described, limits.described),
        share("aliases", size.aliases, limits.aliases),
    ]
}

/// As far as measuring itself stays bounded: what nests is bounded by the brackets, and fragments by their number.
fn wide() -> Limits {
    const ANY: usize = usize::MAX;
    Limits {
        document_bytes: 10_485_760,
        literal_bytes: ANY,
        name_bytes: ANY,
        tokens: 1_000_000,
        nesting: DEEPEST,
        depth: LOWEST,
        fields: ANY,
        selections: ANY,
        root_fields: ANY,
        introspection: ANY,
        described: ANY,
        aliases: ANY,
        directives: 1_000,
        definitions: 10_000,
        variables: ANY,
        list_types: ANY,
        ..Limits::default()
    }
}
