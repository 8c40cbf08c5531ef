//! Keys of firms' servers: random tokens that act as a service of the firm, in one role of its staff.
//!
//! A service is a person of its own without another way in, so that a wall keeps it out and a list names it. A key reaches
//! the whole firm or the cases that it names, and nothing else; two of a service's keys are live at most, so that one can
//! take over from the other.
use chrono::NaiveDateTime;
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl};

use super::{NewPerson, PersonKind, people, session, viewer};
use crate::{
    cases::cases,
    error::Fault,
    firms::{firms, id_of},
    graph::{Enumeration as _, cell},
    id::{Tag, random, reference},
    policy::Role,
    store::{Alias, Cells, Expr, Piece, Row, Select, Store, Transaction, Value as Stored, all, any},
};

crate::table! {
    firm_keys (firm_id, id) {
        firm_id -> Text,
        id -> Text,
        service -> Text,
        person_id -> Text,
        token_hash -> Text,
        role -> Text,
        reach -> Text,
        slot -> Integer,
        created_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
    }
}

crate::table! {
    firm_key_cases (firm_id, key_id, case_id) {
        firm_id -> Text,
        key_id -> Text,
        case_id -> Text,
    }
}

/// The part of a key by which secret scanners know it.
pub(super) const PREFIX: &str = "ptk_";

/// How the reach of a key is written.
const FIRM: &str = "FIRM";
const CASES: &str = "CASES";

/// The account of a key's service, the key's role, and what it reaches.
pub(super) fn bearer(hash: String, at: NaiveDateTime) -> Select {
    let key = Row::<firm_keys::table>::new(Alias(3));
    let is_live = move |person: Row<people::table>, _: Row<firms::table>| {
        let ends = key.col(firm_keys::expires_at);
        all(vec![
            Expr::of(key.col(firm_keys::token_hash).eq(hash)),
            Expr::of(key.col(firm_keys::firm_id).eq(person.col(people::firm_id))),
            Expr::of(key.col(firm_keys::person_id).eq(person.col(people::id))),
            Expr::of(key.col(firm_keys::revoked_at).is_null()),
            any(vec![
                Expr::of(ends.is_null()),
                Expr::of(diesel::NullableExpressionMethods::assume_not_null(ends).gt(at)),
            ]),
        ])
    };
    let mut select = viewer::accounts(is_live, at);
    select.from.extend([Piece::Text(", "), key.from().into()]);
    let cells =
        [cell(key.col(firm_keys::role)), cell(key.col(firm_keys::reach)), cell(key.col(firm_keys::id))];
    select.cells.extend(cells);
    select
}

/// The key whose cases are all that is reached, from the last two cells of a row; none reaches the firm.
pub(super) fn reach(row: &mut Cells) -> Result<Option<String>, Fault> {
    let cells: Option<[Stored; 2]> = row.split_off(row.len().saturating_sub(2)).try_into().ok();
    match cells {
        Some([Stored::Text(reach), Stored::Text(_)]) if reach == FIRM => Ok(None),
        Some([Stored::Text(reach), Stored::Text(id)]) if reach == CASES => Ok(Some(id)),
        _ => Err(Fault::new("a key's reach can't be read")),
    }
}

/// A key to be made.
pub struct NewKey<'k> {
    /// The firm's name for the server that has it.
    pub service: &'k str,
    /// The role in which it acts.
    pub role: Role,
    /// The cases that it reaches, each by reference, number or id; the whole firm where none are named.
    pub cases: Option<&'k [String]>,
    /// The first instant at which it is worth nothing.
    pub expires_at: Option<NaiveDateTime>,
}

/// A key that was just made. Its token is shown once and can't be found again.
pub struct Created {
    /// By which it is listed and revoked.
    pub id: String,
    /// What the server sends as `Authorization: Bearer …`.
    pub token: String,
}

/// Makes a key, and its service if this is the first.
pub async fn create(
    store: &Store,
    slug: &str,
    new: &NewKey<'_>,
    at: NaiveDateTime,
) -> Result<Created, Fault> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if new.service.is_empty() || new.service.len() > 40 || !new.service.bytes().all(fits) {
        return Err(Fault::new("a service's name is of lower-case letters, digits and -, 40 at most"));
    }
    if !new.role.is_staff() {
        return Err(Fault::new(format!("a key acts in a role of the staff, and {} is none", new.role)));
    }
    if new.expires_at.is_some_and(|end| end <= at) || new.cases.is_some_and(<[String]>::is_empty) {
        return Err(Fault::new("such a key would reach nothing"));
    }
    let mut transaction = store.unscoped("the operator makes a key").begin().await?;
    let firm = id_of(&mut transaction, slug).await?;
    let person = service(&mut transaction, &firm, new).await?;
    let slot = slot(&mut transaction, &firm, new.service, at).await?;
    let created = Created { id: reference(), token: session::token(&format!("{PREFIX}live_")) };
    let row = diesel::insert_into(firm_keys::table).values((
        firm_keys::firm_id.eq(firm.clone()),
        firm_keys::id.eq(created.id.clone()),
        firm_keys::service.eq(new.service.to_owned()),
        firm_keys::person_id.eq(person),
        firm_keys::token_hash.eq(session::hash(&created.token)),
        firm_keys::role.eq(new.role.word()),
        firm_keys::reach.eq(if new.cases.is_some() { CASES } else { FIRM }),
        firm_keys::slot.eq(slot),
        firm_keys::created_at.eq(at),
        firm_keys::expires_at.eq(new.expires_at),
    ));
    transaction.execute(row).await?;
    for case in new.cases.unwrap_or_default() {
        let row = diesel::insert_into(firm_key_cases::table).values((
            firm_key_cases::firm_id.eq(firm.clone()),
            firm_key_cases::key_id.eq(created.id.clone()),
            firm_key_cases::case_id.eq(found(&mut transaction, &firm, case).await?),
        ));
        transaction.execute(row).await?;
    }
    transaction.commit().await?;
    Ok(created)
}

/// The person that the service is; made where it has no key yet.
async fn service(transaction: &mut Transaction<'_>, firm: &str, new: &NewKey<'_>) -> Result<String, Fault> {
    let of_firm = firm_keys::table.filter(firm_keys::firm_id.eq(firm.to_owned()));
    let known = of_firm.filter(firm_keys::service.eq(new.service.to_owned()));
    let known: Vec<(String, String)> =
        transaction.load(known.select((firm_keys::person_id, firm_keys::role))).await?;
    match known.into_iter().next() {
        Some((person, role)) if role == new.role.word() => Ok(person),
        Some((_, role)) => {
            let role = role.to_lowercase();
            Err(Fault::new(format!("{} acts as {role}: name another service for another role", new.service)))
        }
        None => {
            let person = NewPerson {
                firm_id: firm.to_owned(),
                id: random(Tag::Person),
                kind: PersonKind::Staff.word().to_owned(),
                name: format!("{} (service)", new.service),
                email: format!("{}@service.invalid", new.service),
                staff_role: Some(new.role.word()),
                is_active: true,
            };
            let id = person.id.clone();
            transaction.execute(diesel::insert_into(people::table).values(person)).await?;
            Ok(id)
        }
    }
}

/// A place for one more key; those of the service that have expired give theirs up.
async fn slot(
    transaction: &mut Transaction<'_>,
    firm: &str,
    service: &str,
    at: NaiveDateTime,
) -> Result<i32, Fault> {
    let live = || {
        let of_firm = firm_keys::firm_id.eq(firm.to_owned()).and(firm_keys::service.eq(service.to_owned()));
        of_firm.and(firm_keys::revoked_at.is_null())
    };
    let expired = diesel::update(firm_keys::table.filter(live().and(firm_keys::expires_at.le(at))));
    transaction.execute(expired.set(firm_keys::revoked_at.eq(at))).await?;
    let taken: Vec<i32> = transaction.load(firm_keys::table.filter(live()).select(firm_keys::slot)).await?;
    let free = [1, 2].into_iter().find(|slot| !taken.contains(slot));
    free.ok_or_else(|| Fault::new(format!("two keys of {service} are live: revoke one first")))
}

/// The id of the firm's one case that is called so.
async fn found(transaction: &mut Transaction<'_>, firm: &str, case: &str) -> Result<String, Fault> {
    let called = cases::reference
        .eq(case.to_owned())
        .or(cases::number.eq(case.to_owned()))
        .or(cases::id.eq(case.to_owned()));
    let all = cases::table.filter(cases::firm_id.eq(firm.to_owned()).and(called)).select(cases::id);
    let mut all: Vec<String> = transaction.load(all).await?;
    let one = all.pop().filter(|_| all.is_empty());
    one.ok_or_else(|| Fault::new(format!("the firm has no one case of the reference, number or id {case}")))
}

/// Whether somebody is a service, which has no way in but its keys: another would reach more than they name.
pub(super) async fn is_service(
    transaction: &mut Transaction<'_>,
    (firm, person): (&str, &str),
) -> Result<bool, Fault> {
    let its = firm_keys::firm_id.eq(firm.to_owned()).and(firm_keys::person_id.eq(person.to_owned()));
    let keys: Vec<String> = transaction.load(firm_keys::table.filter(its).select(firm_keys::id)).await?;
    Ok(!keys.is_empty())
}

/// Revokes a key; it is out at its next request, and what it follows ends.
pub async fn revoke(store: &Store, slug: &str, id: &str, at: NaiveDateTime) -> Result<(), Fault> {
    let mut transaction = store.unscoped("the operator revokes a key").begin().await?;
    let firm = id_of(&mut transaction, slug).await?;
    let live = || {
        let is_it = firm_keys::firm_id.eq(firm.clone()).and(firm_keys::id.eq(id.to_owned()));
        firm_keys::table.filter(is_it.and(firm_keys::revoked_at.is_null()))
    };
    let persons: Vec<String> = transaction.load(live().select(firm_keys::person_id)).await?;
    if transaction.execute(diesel::update(live()).set(firm_keys::revoked_at.eq(at))).await? == 0 {
        return Err(Fault::new(format!("the firm has no live key {id}")));
    }
    for person in &persons {
        transaction.touch(&firm, person);
    }
    transaction.commit().await
}

/// A key as it is listed.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedKey {
    /// Whose.
    pub service: String,
    /// Since when.
    pub created_at: NaiveDateTime,
    /// By which it is revoked.
    pub id: String,
    /// In which it acts.
    pub role: String,
    /// The ids of the cases that it reaches; none: the whole firm.
    pub cases: Option<Vec<String>>,
    /// Until when, and when it was revoked.
    pub ends: (Option<NaiveDateTime>, Option<NaiveDateTime>),
}

/// A firm's keys, by service.
pub async fn listed(store: &Store, slug: &str) -> Result<Vec<ListedKey>, Fault> {
    type Line = (String, NaiveDateTime, String, String, String, Option<NaiveDateTime>, Option<NaiveDateTime>);
    let mut transaction = store.unscoped("the operator reads a firm's keys").begin().await?;
    let firm = id_of(&mut transaction, slug).await?;
    let lines = firm_keys::table.filter(firm_keys::firm_id.eq(firm.clone())).select((
        firm_keys::service,
        firm_keys::created_at,
        firm_keys::id,
        firm_keys::role,
        firm_keys::reach,
        firm_keys::expires_at,
        firm_keys::revoked_at,
    ));
    let mut listed = Vec::new();
    for (service, created_at, id, role, reach, expires, revoked) in transaction.load::<Line, _>(lines).await?
    {
        let of_firm = firm_key_cases::table.filter(firm_key_cases::firm_id.eq(firm.clone()));
        let named = of_firm.filter(firm_key_cases::key_id.eq(id.clone())).select(firm_key_cases::case_id);
        let named: Vec<String> = transaction.load(named).await?;
        let cases = (reach == CASES).then_some(named);
        listed.push(ListedKey { service, created_at, id, role, cases, ends: (expires, revoked) });
    }
    transaction.roll_back().await?;
    listed.sort();
    Ok(listed)
}
