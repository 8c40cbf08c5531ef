//! Releasing a document: the gates first, then the wording; and an attorney's decision against a gate.
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, QueryDsl};

use super::{
    Bar, Gate,
    document::{DocumentWording, document_overrides, document_releases, document_versions, documents},
    gates::{self, Facts},
};
use crate::{
    cases, dockets,
    error::Fault,
    people::people,
    releasing::{self, Terms, Unapproved},
    store::Transaction,
};

/// What is told of a paper, and which version of its file is shared.
#[derive(Clone, Debug)]
pub struct Told {
    /// What it is, in a few plain words.
    pub label: String,
    /// What it is for, in plain words.
    pub explanation: String,
    /// The version's number, from 1.
    pub version: i32,
}

/// Why nothing was released.
#[derive(Debug)]
pub enum Unreleased {
    /// A gate is shut.
    Barred(Bar),
    /// The release is not approved.
    Unapproved(Unapproved),
    /// Something broke.
    Fault(Fault),
}

impl From<Bar> for Unreleased {
    fn from(bar: Bar) -> Self {
        Unreleased::Barred(bar)
    }
}
impl From<Unapproved> for Unreleased {
    fn from(why: Unapproved) -> Self {
        Unreleased::Unapproved(why)
    }
}
impl From<Fault> for Unreleased {
    fn from(fault: Fault) -> Self {
        Unreleased::Fault(fault)
    }
}

/// Approves what is told of a document and answers the release's id, if every gate is open.
pub async fn release(
    transaction: &mut Transaction<'_>,
    (firm, document): (&str, &str),
    told: Told,
    terms: &Terms,
) -> Result<String, Unreleased> {
    // Raising the version first makes the second of two approvals wait for the first.
    if !releasing::raise::<document_releases::table>(transaction, firm, document).await? {
        return Err(Bar::Absent.into());
    }
    let facts = facts(transaction, firm, document).await?.ok_or(Bar::Absent)?;
    if !has_version(transaction, (firm, document), told.version).await? {
        return Err(Bar::Absent.into());
    }
    let overridden = overridden(transaction, firm, document).await?;
    let is_overridden = |gate: Gate| overridden.iter().any(|word| word == gate.word());
    gates::judge(&facts, is_overridden, terms.from)?;
    if dockets::has_open_review(transaction, (firm, document)).await? {
        return Err(Bar::Unreviewed.into());
    }
    let wording =
        DocumentWording { label: told.label, explanation: told.explanation, pinned_number: told.version };
    Ok(wording.approve(transaction, (firm, document), terms).await?)
}

/// An attorney's decision against a gate.
#[derive(Clone, Debug)]
pub struct NewOverride {
    /// Which gate.
    pub gate: Gate,
    /// The attorney's person id.
    pub attorney: String,
    /// Why, in the attorney's words.
    pub reason: String,
    /// When.
    pub at: NaiveDateTime,
}

/// Records an attorney's decision that a gate does not keep this document from clients; it releases nothing.
pub async fn overrule(
    transaction: &mut Transaction<'_>,
    (firm, document): (&str, &str),
    decision: NewOverride,
) -> Result<(), Unreleased> {
    let attorneys = people::table
        .filter(people::firm_id.eq(firm.to_owned()))
        .filter(people::id.eq(decision.attorney.clone()))
        .filter(people::staff_role.eq("ATTORNEY"))
        .filter(people::is_active.eq(true))
        .select(people::id);
    let attorneys: Vec<String> = transaction.load(attorneys).await?;
    if attorneys.is_empty() || decision.reason.trim().is_empty() {
        return Err(Bar::NotAnAttorney.into());
    }
    if facts(transaction, firm, document).await?.is_none() {
        return Err(Bar::Absent.into());
    }
    let row = (
        document_overrides::firm_id.eq(firm.to_owned()),
        document_overrides::document_id.eq(document.to_owned()),
        document_overrides::gate.eq(decision.gate.word()),
        document_overrides::attorney_id.eq(decision.attorney),
        document_overrides::reason.eq(decision.reason),
        document_overrides::made_at.eq(decision.at),
    );
    transaction.execute(diesel::insert_into(document_overrides::table).values(row)).await?;
    Ok(cases::touch(transaction, firm, document).await?)
}

async fn facts(
    transaction: &mut Transaction<'_>,
    firm: &str,
    document: &str,
) -> Result<Option<Facts>, Fault> {
    let this = documents::table
        .filter(documents::firm_id.eq(firm.to_owned()))
        .filter(documents::id.eq(document.to_owned()))
        .select((
            documents::origin,
            documents::filing_status,
            documents::filed_on,
            documents::delivered_on,
            documents::sealed,
            documents::restricted_until,
            documents::protective,
        ));
    let mut found: Vec<Facts> = transaction.load(this).await?;
    Ok(found.pop())
}

async fn has_version(
    transaction: &mut Transaction<'_>,
    (firm, document): (&str, &str),
    number: i32,
) -> Result<bool, Fault> {
    let this = document_versions::table
        .filter(document_versions::firm_id.eq(firm.to_owned()))
        .filter(document_versions::document_id.eq(document.to_owned()))
        .filter(document_versions::number.eq(number))
        .select(document_versions::number);
    let found: Vec<i32> = transaction.load(this).await?;
    Ok(!found.is_empty())
}

/// The gates of this document that were overridden, by their words.
async fn overridden(
    transaction: &mut Transaction<'_>,
    firm: &str,
    document: &str,
) -> Result<Vec<String>, Fault> {
    let these = document_overrides::table
        .filter(document_overrides::firm_id.eq(firm.to_owned()))
        .filter(document_overrides::document_id.eq(document.to_owned()))
        .select(document_overrides::gate);
    transaction.load(these).await
}
