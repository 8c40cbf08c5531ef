//! Ending what an account may do: its sessions are revoked, or it is no longer active.
use chrono::NaiveDateTime;
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, update};

use super::{
    people,
    session::{hash, sessions},
};
use crate::{
    error::Fault,
    firms::firms,
    store::{Store, Transaction},
};

/// Revokes the session of a token.
pub async fn revoke(store: &Store, token: &str, at: NaiveDateTime) -> Result<(), Fault> {
    let mut transaction = store.unscoped("the operator revokes sessions").begin().await?;
    let this = sessions::table
        .filter(sessions::token_hash.eq(hash(token)))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(at))
        .select((sessions::firm_id, sessions::person_id));
    let found: Vec<(String, String)> = transaction.load(this).await?;
    let Some((firm, person)) = found.into_iter().next() else {
        return Err(Fault::new("no session that still counts has this token"));
    };
    let this = sessions::table.filter(sessions::token_hash.eq(hash(token)));
    transaction.execute(update(this).set(sessions::revoked_at.eq(at))).await?;
    transaction.touch(&firm, &person);
    transaction.commit().await
}

/// Revokes all sessions of a person, and says how many still counted.
pub async fn revoke_all(
    store: &Store,
    (person, slug): (&str, Option<&str>),
    at: NaiveDateTime,
) -> Result<usize, Fault> {
    let mut transaction = store.unscoped("the operator revokes sessions").begin().await?;
    let (firm, person) = one(&mut transaction, person, slug).await?;
    let count = revoke_of(&mut transaction, (&firm, &person), at).await?;
    transaction.commit().await?;
    Ok(count)
}

/// Makes an account active or not, and says whether it was otherwise. Of one that is not, all sessions are revoked.
pub async fn set_active(
    store: &Store,
    (person, slug): (&str, &str),
    is_active: bool,
    at: NaiveDateTime,
) -> Result<bool, Fault> {
    let mut transaction = store.unscoped("the operator says who is active").begin().await?;
    let (firm, person) = one(&mut transaction, person, Some(slug)).await?;
    let this = people::table
        .filter(people::firm_id.eq(firm.clone()))
        .filter(people::id.eq(person.clone()))
        .filter(people::is_active.ne(is_active));
    let changed = transaction.execute(update(this).set(people::is_active.eq(is_active))).await? > 0;
    if !is_active {
        revoke_of(&mut transaction, (&firm, &person), at).await?;
    }
    transaction.touch(&firm, &person);
    transaction.touch(&firm, &firm);
    transaction.commit().await?;
    Ok(changed)
}

async fn revoke_of(
    transaction: &mut Transaction<'_>,
    (firm, person): (&str, &str),
    at: NaiveDateTime,
) -> Result<usize, Fault> {
    let these = sessions::table
        .filter(sessions::firm_id.eq(firm.to_owned()))
        .filter(sessions::person_id.eq(person.to_owned()))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(at));
    let count = transaction.execute(update(these).set(sessions::revoked_at.eq(at))).await?;
    transaction.touch(firm, person);
    Ok(count)
}

/// The one account, active or not, that is known by this address or id.
async fn one(
    transaction: &mut Transaction<'_>,
    known_by: &str,
    slug: Option<&str>,
) -> Result<(String, String), Fault> {
    let firms: Vec<(String, String)> =
        transaction.load(firms::table.select((firms::id, firms::slug))).await?;
    let of_name = people::table
        .filter(people::email.eq(known_by.to_owned()).or(people::id.eq(known_by.to_owned())))
        .select((people::firm_id, people::id));
    let mut found: Vec<(String, String)> = transaction.load(of_name).await?;
    let is_of = |firm: &str, slug: &str| firms.iter().any(|(id, known)| id == firm && known == slug);
    found.retain(|(firm, _)| slug.is_none_or(|slug| is_of(firm, slug)));
    match <[_; 1]>::try_from(found) {
        Ok([one]) => Ok(one),
        Err(found) if found.is_empty() => Err(Fault::new(format!("nobody is known by {known_by}"))),
        Err(_) => Err(Fault::new(format!("several firms know {known_by}: say which with --firm"))),
    }
}
