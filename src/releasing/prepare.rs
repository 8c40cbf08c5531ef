//! What must hold before a release is approved: the item is there and locked, and its audience is of its case.
use diesel::{ExpressionMethods, QueryDsl, sql_types::Text};

use super::{Audience, Releases, Terms};
use crate::{
    error::Fault,
    people::participants,
    sql,
    store::{Alias, Cell, Expr, Kind, Piece, Row, Select, Sql, Transaction, Value, all, bound},
};

/// Why a release was not approved, or not ended.
#[derive(Debug)]
pub enum Unapproved {
    /// There is no such item, or no release of it that stands and can end so.
    Absent,
    /// Somebody is named who takes no part in the item's case.
    NotOfCase,
    /// It is kept from one of the joint clients, and nobody says why.
    NoReason,
    /// Something broke.
    Fault(Fault),
}

impl Unapproved {
    /// The stable word for it; none for what broke.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Unapproved::Absent => Some("NOT_FOUND"),
            Unapproved::NotOfCase => Some("AUDIENCE_NOT_OF_CASE"),
            Unapproved::NoReason => Some("WITHHOLDING_NEEDS_REASON"),
            Unapproved::Fault(_) => None,
        }
    }
}

impl From<Fault> for Unapproved {
    fn from(fault: Fault) -> Self {
        Unapproved::Fault(fault)
    }
}

/// Raises the item's version and looks at the audience.
pub async fn prepare<R: Releases>(
    transaction: &mut Transaction<'_>,
    (firm, item): (&str, &str),
    terms: &Terms,
) -> Result<(), Unapproved> {
    if !raise::<R>(transaction, firm, item).await? {
        return Err(Unapproved::Absent);
    }
    let Audience::Named(named) = &terms.audience else { return Ok(()) };
    let case = case_of::<R>(transaction, firm, item).await?;
    let parts = participants::table
        .filter(participants::firm_id.eq(firm.to_owned()))
        .filter(participants::case_id.eq(case))
        .select((participants::id, participants::role, participants::state));
    let parts: Vec<(String, String, String)> = transaction.load(parts).await?;
    if !named.iter().all(|name| parts.iter().any(|(id, ..)| id == name)) {
        return Err(Unapproved::NotOfCase);
    }
    let is_client = |role: &str, state: &str| matches!(role, "CLIENT" | "CO_CLIENT") && state != "ENDED";
    let clients = parts.iter().filter(|(_, role, state)| is_client(role, state));
    let (told, kept_from): (Vec<_>, Vec<_>) = clients.partition(|(id, ..)| named.contains(id));
    let has_reason = terms.withheld_reason.as_deref().is_some_and(|reason| !reason.trim().is_empty());
    if !told.is_empty() && !kept_from.is_empty() && !has_reason {
        return Err(Unapproved::NoReason);
    }
    Ok(())
}

/// Raises an item's version, so that whoever else changes its releases waits; whether there is such an item.
pub async fn raise<R: Releases>(
    transaction: &mut Transaction<'_>,
    firm: &str,
    item: &str,
) -> Result<bool, Fault> {
    let items: Box<dyn Sql> = Box::new(R::Items::default());
    let raised: Expr<Text> = sql![
        "UPDATE ",
        Piece::Sql(items),
        " SET version = version + 1 WHERE firm_id = ",
        bound::<Text, _>(firm.to_owned()),
        " AND id = ",
        bound::<Text, _>(item.to_owned()),
    ];
    Ok(transaction.execute(raised.into_statement()).await? > 0)
}

async fn case_of<R: Releases>(
    transaction: &mut Transaction<'_>,
    firm: &str,
    item: &str,
) -> Result<String, Unapproved> {
    let row = Row::<R::Items>::new(Alias(0));
    let select = Select::of(
        vec![Cell::Plain(Kind::Text, Box::new(row.at::<R::ItemsCase>()))],
        vec![row.from().into()],
        all(vec![
            Expr::of(row.at::<R::ItemsFirm>().eq(firm.to_owned())),
            Expr::of(row.at::<R::ItemsId>().eq(item.to_owned())),
        ]),
    );
    let found = transaction.read(select).await?.into_iter().next();
    match found.and_then(|row| row.into_iter().next()) {
        Some(Value::Text(case)) => Ok(case),
        _ => Err(Unapproved::Absent),
    }
}
