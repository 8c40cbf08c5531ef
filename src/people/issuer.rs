//! Registering issuers and binding their subjects to people: what the operator does beforehand.
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, QueryDsl};

use super::{
    keyring::Keys,
    session::{Wish, wished},
    subject::{algorithms, issuer_subjects, issuers},
};
use crate::{
    error::Fault,
    firms::id_of,
    store::{Store, Transaction},
};

/// An issuer to be registered.
pub struct NewIssuer<'i> {
    /// What the firm calls it.
    pub name: &'i str,
    /// What its tokens say in `iss`.
    pub issuer: &'i str,
    /// What its tokens for us say in `aud`.
    pub audience: &'i str,
    /// The algorithms that it signs with, such as `RS256`.
    pub algorithms: &'i [String],
    /// Its public keys.
    pub keys: NewKeys<'i>,
}

/// Where an issuer's public keys are.
#[derive(Clone, Copy)]
pub enum NewKeys<'i> {
    /// Here, as PEM, JWK or a set of JWKs.
    Given(&'i str),
    /// At this address, where the issuer tells them as a set of JWKs.
    Fetched(&'i str),
}

/// Registers an issuer for a firm.
pub async fn register(
    store: &Store,
    slug: &str,
    new: &NewIssuer<'_>,
    at: NaiveDateTime,
) -> Result<(), Fault> {
    let names = new.algorithms.join(" ");
    let Some(algorithms) = algorithms(&names) else {
        return Err(Fault::new(
            "an issuer signs with RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or EdDSA",
        ));
    };
    let (given, url) = match new.keys {
        NewKeys::Given(text) => {
            let keys = Keys::read(text).ok_or_else(|| {
                Fault::new(
                    "the file holds no public key: a PEM, a JWK or a set of JWKs; RSA from 2048 bits on",
                )
            })?;
            if !algorithms.iter().any(|algorithm| keys.suits(*algorithm)) {
                return Err(Fault::new(format!("no key of the file is one for {names}")));
            }
            (Some(text.to_owned()), None)
        }
        NewKeys::Fetched(url) if is_private(url) => (None, Some(url.to_owned())),
        NewKeys::Fetched(_) => {
            return Err(Fault::new("keys are fetched from an address that begins with https://"));
        }
    };
    let mut transaction = store.unscoped("the operator registers an issuer").begin().await?;
    let firm = id_of(&mut transaction, slug).await?;
    let known = issuers::table.select((issuers::firm_id, issuers::name, issuers::issuer, issuers::audience));
    let known: Vec<(String, String, String, String)> = transaction.load(known).await?;
    if known.iter().any(|(of, name, ..)| *of == firm && name == new.name) {
        return Err(Fault::new(format!("the firm has an issuer called {} already", new.name)));
    }
    if known.iter().any(|(_, _, issuer, audience)| issuer == new.issuer && audience == new.audience) {
        return Err(Fault::new("tokens of this issuer for this audience are taken already"));
    }
    let row = diesel::insert_into(issuers::table).values((
        issuers::firm_id.eq(firm),
        issuers::name.eq(new.name.to_owned()),
        issuers::issuer.eq(new.issuer.to_owned()),
        issuers::audience.eq(new.audience.to_owned()),
        issuers::algorithms.eq(names),
        issuers::public_keys.eq(given),
        issuers::keys_url.eq(url),
        issuers::added_at.eq(at),
    ));
    transaction.execute(row).await?;
    transaction.commit().await
}

/// Whether nobody on the way can put keys of his own in place of the issuer's.
fn is_private(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
    url.scheme() == "https" || (url.scheme() == "http" && is_here)
}

/// Binds an issuer's subject to a person of the firm, in a role that the person holds.
pub async fn bind(
    store: &Store,
    (slug, name): (&str, &str),
    subject: &str,
    wish: &Wish<'_>,
    at: NaiveDateTime,
) -> Result<(), Fault> {
    let mut transaction = store.unscoped("the operator binds a subject").begin().await?;
    let firm = named(&mut transaction, slug, name).await?;
    let (account, role) = wished(&mut transaction, &Wish { firm: Some(slug), ..*wish }, at).await?;
    if subject.is_empty() || subject.contains('\0') {
        return Err(Fault::new("a subject is not empty"));
    }
    let of_issuer = issuer_subjects::firm_id.eq(firm.clone());
    let bound = issuer_subjects::table
        .filter(of_issuer)
        .filter(issuer_subjects::issuer_name.eq(name.to_owned()))
        .filter(issuer_subjects::subject.eq(subject.to_owned()))
        .select(issuer_subjects::person_id);
    if !transaction.load::<String, _>(bound).await?.is_empty() {
        return Err(Fault::new("the subject is bound already: remove that first"));
    }
    let row = diesel::insert_into(issuer_subjects::table).values((
        issuer_subjects::firm_id.eq(firm),
        issuer_subjects::issuer_name.eq(name.to_owned()),
        issuer_subjects::subject.eq(subject.to_owned()),
        issuer_subjects::person_id.eq(account.person),
        issuer_subjects::role.eq(role.word()),
        issuer_subjects::bound_at.eq(at),
    ));
    transaction.execute(row).await?;
    transaction.commit().await
}

/// Removes an issuer with all that is bound to it, or one subject alone; its tokens are out at their next request, and what
/// they follow ends.
pub async fn remove(store: &Store, (slug, name): (&str, &str), subject: Option<&str>) -> Result<(), Fault> {
    let mut transaction = store.unscoped("the operator removes an issuer or a subject").begin().await?;
    let firm = named(&mut transaction, slug, name).await?;
    let bound = || {
        let of_firm = issuer_subjects::table.filter(issuer_subjects::firm_id.eq(firm.clone()));
        of_firm.filter(issuer_subjects::issuer_name.eq(name.to_owned()))
    };
    // Whoever came in by it may follow something.
    let out = bound().select((issuer_subjects::subject, issuer_subjects::person_id));
    let out: Vec<(String, String)> = transaction.load(out).await?;
    for (_, person) in out.iter().filter(|(bound, _)| subject.is_none_or(|subject| subject == bound)) {
        transaction.touch(&firm, person);
    }
    if let Some(subject) = subject {
        let one = bound().filter(issuer_subjects::subject.eq(subject.to_owned()));
        if transaction.execute(diesel::delete(one)).await? == 0 {
            return Err(Fault::new(format!("{name} has no such subject")));
        }
    } else {
        transaction.execute(diesel::delete(bound())).await?;
        let it = issuers::table
            .filter(issuers::firm_id.eq(firm.clone()))
            .filter(issuers::name.eq(name.to_owned()));
        transaction.execute(diesel::delete(it)).await?;
    }
    transaction.commit().await
}

/// The firm's id, if it has an issuer of this name.
async fn named(transaction: &mut Transaction<'_>, slug: &str, name: &str) -> Result<String, Fault> {
    let firm = id_of(transaction, slug).await?;
    let it =
        issuers::table.filter(issuers::firm_id.eq(firm.clone())).filter(issuers::name.eq(name.to_owned()));
    match transaction.load::<String, _>(it.select(issuers::name)).await?.pop() {
        Some(_) => Ok(firm),
        None => Err(Fault::new(format!("the firm has no issuer called {name}"))),
    }
}

/// An issuer as it is listed.
pub struct ListedIssuer {
    /// What the firm calls it.
    pub name: String,
    /// What its tokens say in `iss`, and in `aud`.
    pub meant: (String, String),
    /// The algorithms.
    pub algorithms: String,
    /// Where its keys are; none where the operator gave them.
    pub keys_url: Option<String>,
    /// Each bound subject, with the person's id and the role.
    pub subjects: Vec<(String, String, String)>,
}

/// A firm's issuers.
pub async fn listed(store: &Store, slug: &str) -> Result<Vec<ListedIssuer>, Fault> {
    let mut transaction = store.unscoped("the operator reads a firm's issuers").begin().await?;
    let firm = id_of(&mut transaction, slug).await?;
    let columns = (issuers::name, issuers::issuer, issuers::audience, issuers::algorithms, issuers::keys_url);
    let all = issuers::table.filter(issuers::firm_id.eq(firm.clone())).select(columns);
    let mut all: Vec<(String, String, String, String, Option<String>)> = transaction.load(all).await?;
    all.sort();
    let mut listed = Vec::new();
    for (name, issuer, audience, algorithms, keys_url) in all {
        let of_firm = issuer_subjects::table.filter(issuer_subjects::firm_id.eq(firm.clone()));
        let bound = of_firm.filter(issuer_subjects::issuer_name.eq(name.clone()));
        let bound =
            bound.select((issuer_subjects::subject, issuer_subjects::person_id, issuer_subjects::role));
        let mut subjects: Vec<(String, String, String)> = transaction.load(bound).await?;
        subjects.sort();
        listed.push(ListedIssuer { name, meant: (issuer, audience), algorithms, keys_url, subjects });
    }
    transaction.roll_back().await?;
    Ok(listed)
}
