//! Settling reviews: which wait, who looked at one and when, and whether a paper has to wait for one.
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, QueryDsl, Queryable, update};

use super::{docket_entries, docket_reviews};
use crate::{
    cases::cases,
    error::Fault,
    firms::id_of,
    import::key::digest,
    people::people,
    store::{Store, Transaction},
};

/// A review that waits.
#[derive(Queryable, Clone, Debug)]
pub struct Waiting {
    case: String,
    /// The number of its case.
    pub number: String,
    /// Where in the docket.
    pub place: String,
    /// What it is about, as a stable word.
    pub code: String,
    /// What it is about.
    pub sentence: String,
    key: String,
}

impl Waiting {
    /// What it is called by whoever settles it; it follows from what the review is.
    pub fn id(&self) -> String {
        let all = [&self.case, &self.place, &self.code, &self.sentence, &self.key];
        digest(&all.map(|text| format!("{}:{text}", text.len())).concat())
    }
}

/// The firm's reviews that wait, by case and place.
pub async fn waiting(store: &Store, slug: &str) -> Result<Vec<Waiting>, Fault> {
    let mut transaction = store.unscoped("the operator reads what waits for a review").begin().await?;
    let firm = id_of(&mut transaction, slug).await?;
    let found = open(&mut transaction, &firm).await?;
    transaction.roll_back().await?;
    Ok(found)
}

/// Notes that an attorney of the firm, named by address, looked at these reviews: all of them, or none.
pub async fn settle(
    store: &Store,
    slug: &str,
    ids: &[String],
    (attorney, at): (&str, NaiveDateTime),
) -> Result<(), Fault> {
    let mut transaction = store.unscoped("the operator settles reviews").begin().await?;
    let firm = id_of(&mut transaction, slug).await?;
    let attorney = attorney_of(&mut transaction, &firm, attorney).await?;
    let open = open(&mut transaction, &firm).await?;
    for id in ids {
        let none = || Fault::new(format!("no review that waits is called {id}"));
        let review = open.iter().find(|review| review.id() == *id).ok_or_else(none)?;
        // Somebody else may have settled it since it was read, and that stands.
        let this = docket_reviews::table
            .filter(docket_reviews::firm_id.eq(firm.clone()))
            .filter(docket_reviews::case_id.eq(review.case.clone()))
            .filter(docket_reviews::place.eq(review.place.clone()))
            .filter(docket_reviews::code.eq(review.code.clone()))
            .filter(docket_reviews::sentence.eq(review.sentence.clone()))
            .filter(docket_reviews::entry_key.eq(review.key.clone()))
            .filter(docket_reviews::settled_at.is_null());
        let settled =
            (docket_reviews::settled_by.eq(Some(attorney.clone())), docket_reviews::settled_at.eq(Some(at)));
        if transaction.execute(update(this).set(settled)).await? == 0 {
            return Err(none());
        }
        transaction.touch(&firm, &review.case);
    }
    transaction.commit().await
}

/// A line that lists this document has a review that nobody has settled.
pub async fn has_open_review(
    transaction: &mut Transaction<'_>,
    (firm, document): (&str, &str),
) -> Result<bool, Fault> {
    let lines = docket_entries::table
        .filter(docket_entries::firm_id.eq(firm.to_owned()))
        .filter(docket_entries::document_id.eq(document.to_owned()))
        .select((docket_entries::case_id, docket_entries::entry_key));
    let lines: Vec<(String, String)> = transaction.load(lines).await?;
    for (case, key) in lines {
        let open = docket_reviews::table
            .filter(docket_reviews::firm_id.eq(firm.to_owned()))
            .filter(docket_reviews::case_id.eq(case))
            .filter(docket_reviews::entry_key.eq(key))
            .filter(docket_reviews::settled_at.is_null())
            .select(docket_reviews::code);
        let open: Vec<String> = transaction.load(open).await?;
        if !open.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn open(transaction: &mut Transaction<'_>, firm: &str) -> Result<Vec<Waiting>, Fault> {
    let numbers = cases::table.filter(cases::firm_id.eq(firm.to_owned())).select((cases::id, cases::number));
    let numbers: Vec<(String, String)> = transaction.load(numbers).await?;
    let numbers: std::collections::HashMap<_, _> = numbers.into_iter().collect();
    let open = docket_reviews::table
        .filter(docket_reviews::firm_id.eq(firm.to_owned()))
        .filter(docket_reviews::settled_at.is_null())
        .select((
            docket_reviews::case_id,
            docket_reviews::case_id,
            docket_reviews::place,
            docket_reviews::code,
            docket_reviews::sentence,
            docket_reviews::entry_key,
        ));
    let mut open: Vec<Waiting> = transaction.load(open).await?;
    for review in &mut open {
        review.number = numbers.get(&review.case).cloned().unwrap_or_default();
    }
    open.sort_by(|a, b| (&a.number, &a.place, &a.code).cmp(&(&b.number, &b.place, &b.code)));
    Ok(open)
}

async fn attorney_of(transaction: &mut Transaction<'_>, firm: &str, named: &str) -> Result<String, Fault> {
    let found = people::table
        .filter(people::firm_id.eq(firm.to_owned()))
        .filter(people::email.eq(named.to_owned()))
        .filter(people::staff_role.eq("ATTORNEY"))
        .filter(people::is_active.eq(true))
        .select(people::id);
    let found: Vec<String> = transaction.load(found).await?;
    found.into_iter().next().ok_or_else(|| Fault::new(format!("{named} is no attorney of the firm")))
}
