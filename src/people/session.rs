//! Sessions: opaque tokens of 256 random bits, of which the database keeps the SHA-256 alone.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::NaiveDateTime;
use diesel::ExpressionMethods;
use sha2::{Digest, Sha256};

use super::{key, people, viewer};
use crate::{
    error::Fault,
    firms::firms,
    policy::Role,
    store::{Expr, Predicate, Row, Store, Transaction, all, any},
};

crate::table! {
    sessions (token_hash) {
        token_hash -> Text,
        firm_id -> Text,
        person_id -> Text,
        role -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
    }
}

/// A session that was just opened. Its token is shown once and can't be found again.
pub struct Opened {
    /// What the caller sends as `Authorization: Bearer …`.
    pub token: String,
    /// The first instant at which it is worth nothing.
    pub expires_at: NaiveDateTime,
}

/// The part of a token by which secret scanners know it.
const PREFIX: &str = "pts_";

/// Opens a session in which a person acts in one role.
pub async fn open(
    transaction: &mut Transaction<'_>,
    (firm, person): (&str, &str),
    role: Role,
    (at, expires_at): (NaiveDateTime, NaiveDateTime),
) -> Result<Opened, Fault> {
    let token = token(PREFIX);
    let row = diesel::insert_into(sessions::table).values((
        sessions::token_hash.eq(hash(&token)),
        sessions::firm_id.eq(firm.to_owned()),
        sessions::person_id.eq(person.to_owned()),
        sessions::role.eq(role.word()),
        sessions::created_at.eq(at),
        sessions::expires_at.eq(expires_at),
    ));
    transaction.execute(row).await?;
    Ok(Opened { token, expires_at })
}

/// A token that nobody has yet.
pub(super) fn token(prefix: &str) -> String {
    let mut bits = [0; 32];
    rand::RngCore::fill_bytes(&mut rand::rng(), &mut bits);
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bits))
}

/// What the database keeps of a token.
pub(super) fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

/// For whom a token is to stand.
#[derive(Clone, Copy)]
pub struct Wish<'w> {
    /// The address that the account is known by, or the person's id.
    pub person: &'w str,
    /// The firm's slug, where it is not plain.
    pub firm: Option<&'w str>,
    /// The role, where it is not plain.
    pub role: Option<Role>,
}

/// Opens a session for a person, in a role that the person holds.
pub async fn open_for(
    store: &Store,
    wish: &Wish<'_>,
    (at, until): (NaiveDateTime, NaiveDateTime),
) -> Result<Opened, Fault> {
    let mut transaction = store.unscoped("the operator opens a session").begin().await?;
    let (account, role) = wished(&mut transaction, wish, at).await?;
    let opened = open(&mut transaction, (&account.firm, &account.person), role, (at, until)).await?;
    transaction.commit().await?;
    Ok(opened)
}

/// The one account that is wished for, and the role that it shall act in and holds.
pub(super) async fn wished(
    transaction: &mut Transaction<'_>,
    wish: &Wish<'_>,
    at: NaiveDateTime,
) -> Result<(viewer::Held, Role), Fault> {
    let mut known = transaction.read(viewer::accounts(is_wished(wish), at)).await?;
    let Some(account) = known.pop().filter(|_| known.is_empty()).and_then(viewer::Held::read) else {
        return Err(Fault::new(match known.len() {
            0 => format!("nobody who is active is known by {}", wish.person),
            _ => format!("several firms know {}: say which with --firm", wish.person),
        }));
    };
    if key::is_service(transaction, (&account.firm, &account.person)).await? {
        return Err(Fault::new(format!("{} is a service: it has keys and no sessions", wish.person)));
    }
    let held = &account.roles;
    let names = || held.iter().map(|role| role.name()).collect::<Vec<_>>().join(", ");
    let role = match (wish.role, held.as_slice()) {
        (Some(role), held) if held.contains(&role) => role,
        (None, [only]) => *only,
        (_, []) => return Err(Fault::new(format!("{} holds no role at present", wish.person))),
        (Some(role), _) => {
            return Err(Fault::new(format!("{} does not hold {role}, but {}", wish.person, names())));
        }
        (None, _) => {
            return Err(Fault::new(format!("{} holds {}: say which with --role", wish.person, names())));
        }
    };
    Ok((account, role))
}

fn is_wished(wish: &Wish<'_>) -> impl FnOnce(Row<people::table>, Row<firms::table>) -> Predicate {
    let (known_by, slug) = (wish.person.to_owned(), wish.firm.map(str::to_owned));
    move |person, firm| {
        let mut conditions = vec![any(vec![
            Expr::of(person.col(people::email).eq(known_by.clone())),
            Expr::of(person.col(people::id).eq(known_by)),
        ])];
        conditions.extend(slug.map(|slug| Expr::of(firm.col(firms::slug).eq(slug))));
        all(conditions)
    }
}
