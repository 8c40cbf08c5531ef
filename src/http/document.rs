//! The document that shall run: the text that was sent, or the trusted one that a hash stands for; parsed once and bounded
//! before validation sees it.

use std::sync::Arc;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
};

use super::answer::parse_failure;
use super::graphql::End;
use super::limits::Limits;
use super::measure::measure;
use super::persisted::Wanted;
use super::scan::scan;
use super::size::Size;
use super::{Door, House, RoleSchema};
use crate::error::{Problem, Refusal};
use crate::telemetry::call::note;
use crate::viewer::Viewer;

/// What shall run, and how large it is: the text, where the role may send any, or the role's own trusted
/// document.
pub(super) async fn document<H: House>(
    door: &Door<H>,
    wanted: &Wanted,
    viewer: &Viewer,
    (schema, limits): (&H::Schema, &Limits),
) -> Result<(ExecutableDocument, Size), End> {
    match wanted {
        Wanted::Text(_) if door.settings.trusted_only && viewer.role.is_outside() => {
            Err(Problem::PersistedQueryIdRequired.into())
        }
        Wanted::Text(text) => Ok(bounded(text, limits, schema)?),
        Wanted::Trusted(hash) => {
            // Clients know this word, and send the text instead.
            let unknown = || Problem::PersistedQueryNotFound.because("PersistedQueryNotFound");
            let trusted = door.house.trusted(viewer.role, hash).await?.ok_or_else(unknown)?;
            note(|notes| notes.document = Some(Arc::clone(&trusted.name)));
            let measured = measure(&trusted.document, limits, |name| schema.has_type(name))?;
            Ok((trusted.document.clone(), measured.size))
        }
    }
}

/// The document, parsed once and bounded before validation sees it.
pub fn checked(text: &str, limits: &Limits, schema: &impl RoleSchema) -> Result<ExecutableDocument, Refusal> {
    Ok(bounded(text, limits, schema)?.0)
}

fn bounded(
    text: &str,
    limits: &Limits,
    schema: &impl RoleSchema,
) -> Result<(ExecutableDocument, Size), Refusal> {
    scan(text, limits)?;
    let document = parse_query(text).map_err(|error| parse_failure(&error))?;
    let measured = measure(&document, limits, |name| schema.has_type(name))?;
    Ok((document, measured.size))
}

/// The kind of operation that shall run.
pub(super) fn kind(operation: &OperationDefinition) -> Result<OperationType, Refusal> {
    if operation.ty == OperationType::Subscription {
        followable(operation)?;
    }
    Ok(operation.ty)
}

/// A subscription has one field at its root, written there: <https://spec.graphql.org/September2025/#sec-Single-Root-Field>.
/// async-graphql would follow several, and none where it stands in a fragment.
fn followable(operation: &OperationDefinition) -> Result<(), Refusal> {
    match operation.selection_set.node.items.as_slice() {
        [only] if matches!(&only.node, Selection::Field(field) if field.node.directives.is_empty()) => Ok(()),
        _ => {
            let sentence = "A subscription selects one field at its root, without fragments and directives.";
            Err(Problem::ValidationFailed.because(sentence).at(operation.selection_set.pos))
        }
    }
}

pub(super) fn chosen<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<&'a OperationDefinition> {
    let operation = match (&document.operations, name) {
        (DocumentOperations::Single(only), None) => Some(only),
        (DocumentOperations::Multiple(several), Some(name)) => several.get(name),
        (DocumentOperations::Multiple(several), None) if several.len() == 1 => several.values().next(),
        (DocumentOperations::Single(_), Some(_)) | (DocumentOperations::Multiple(_), None) => None,
    };
    operation.map(|operation| &operation.node)
}
