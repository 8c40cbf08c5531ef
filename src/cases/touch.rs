//! Which case an item belongs to, so that who follows the case looks again when the item was written.
use diesel::{ExpressionMethods as _, QueryDsl as _};

use super::{cases, milestones};
use crate::{
    billing::invoices,
    calendar::events,
    documents::documents,
    error::Fault,
    id::{self, Tag},
    store::Transaction,
};

/// Says that something was written of the case that this item is or belongs to.
pub async fn touch(transaction: &mut Transaction<'_>, firm: &str, item: &str) -> Result<(), Fault> {
    macro_rules! case_of {
        ($table:ident) => {
            transaction
                .load(
                    $table::table
                        .filter($table::firm_id.eq(firm.to_owned()))
                        .filter($table::id.eq(item.to_owned()))
                        .select($table::case_id),
                )
                .await?
        };
    }
    let tag = id::tag(item);
    let found: Vec<String> = if tag == Some(Tag::Milestone) {
        case_of!(milestones)
    } else if tag == Some(Tag::Document) {
        case_of!(documents)
    } else if tag == Some(Tag::Invoice) {
        case_of!(invoices)
    } else if tag == Some(Tag::Event) {
        case_of!(events)
    } else {
        vec![item.to_owned()]
    };
    for case in &found {
        transaction.touch(firm, case);
    }
    Ok(())
}

/// Says that something was written of every case: what fills an empty database does.
pub async fn touch_all(transaction: &mut Transaction<'_>) -> Result<(), Fault> {
    let all: Vec<(String, String)> =
        transaction.load(cases::table.select((cases::firm_id, cases::id))).await?;
    for (firm, case) in &all {
        transaction.touch(firm, case);
    }
    Ok(())
}
