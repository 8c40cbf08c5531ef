//! Whom an issuer's subject is bound to: asked in one statement, with the registration that must prove the token.
use std::{str::FromStr, sync::Arc};

use chrono::NaiveDateTime;
use diesel::ExpressionMethods;
use jsonwebtoken::{Algorithm, AlgorithmFamily};

use super::{keyring::Keys, people, viewer};
use crate::{
    error::Fault,
    firms::firms,
    graph::cell,
    store::{Alias, Cells, Expr, Piece, Row, Select, Value as Stored, all},
};

crate::table! {
    issuers (firm_id, name) {
        firm_id -> Text,
        name -> Text,
        issuer -> Text,
        audience -> Text,
        algorithms -> Text,
        public_keys -> Nullable<Text>,
        keys_url -> Nullable<Text>,
        added_at -> Timestamp,
    }
}

crate::table! {
    issuer_subjects (firm_id, issuer_name, subject) {
        firm_id -> Text,
        issuer_name -> Text,
        subject -> Text,
        person_id -> Text,
        role -> Text,
        bound_at -> Timestamp,
    }
}

/// What a firm registered of an issuer, and what its tokens are judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Registration {
    pub(super) issuer: String,
    pub(super) audience: String,
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) source: Source,
}

/// Where an issuer's keys are from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The operator gave them.
    Given(Arc<Keys>),
    /// The issuer tells them at this address.
    Fetched(String),
}

/// The algorithms as they are kept: names with a space between.
pub(super) fn algorithms(text: &str) -> Option<Vec<Algorithm>> {
    let all = text.split(' ').map(|name| Algorithm::from_str(name).ok()).collect::<Option<Vec<_>>>()?;
    // A secret that both know would let the firm's server be anybody, and invites taking a public key for one.
    all.iter().all(|algorithm| algorithm.family() != AlgorithmFamily::Hmac).then_some(all)
}

impl Registration {
    /// From the last five cells of a row, in the order of [`bound`].
    pub(super) fn read(row: &mut Cells) -> Result<Self, Fault> {
        let cells: Option<[Stored; 5]> = row.split_off(row.len().saturating_sub(5)).try_into().ok();
        let read = || {
            let [Stored::Text(issuer), Stored::Text(audience), Stored::Text(names), given, url] = cells?
            else {
                return None;
            };
            let source = match (given, url) {
                (Stored::Text(given), Stored::Null) => Source::Given(Arc::new(Keys::read(&given)?)),
                (Stored::Null, Stored::Text(url)) => Source::Fetched(url),
                _ => return None,
            };
            Some(Registration { issuer, audience, algorithms: algorithms(&names)?, source })
        };
        read().ok_or_else(|| Fault::new("an issuer's registration can't be read"))
    }
}

/// The accounts that firms bound to a subject, each with the bound role and the registration behind it. Several only where
/// several firms registered the issuer, each for an audience of its own.
pub(super) fn bound(issuer: String, subject: String, at: NaiveDateTime) -> Select {
    let (binding, by) = (Row::<issuer_subjects::table>::new(Alias(3)), Row::<issuers::table>::new(Alias(4)));
    let is_bound = move |person: Row<people::table>, _: Row<firms::table>| {
        all(vec![
            Expr::of(by.col(issuers::issuer).eq(issuer)),
            Expr::of(binding.col(issuer_subjects::firm_id).eq(by.col(issuers::firm_id))),
            Expr::of(binding.col(issuer_subjects::issuer_name).eq(by.col(issuers::name))),
            Expr::of(binding.col(issuer_subjects::subject).eq(subject)),
            Expr::of(person.col(people::firm_id).eq(binding.col(issuer_subjects::firm_id))),
            Expr::of(person.col(people::id).eq(binding.col(issuer_subjects::person_id))),
        ])
    };
    let mut select = viewer::accounts(is_bound, at);
    select.from.extend([Piece::Text(", "), binding.from().into(), Piece::Text(", "), by.from().into()]);
    select.cells.extend([
        cell(binding.col(issuer_subjects::role)),
        cell(by.col(issuers::issuer)),
        cell(by.col(issuers::audience)),
        cell(by.col(issuers::algorithms)),
        cell(by.col(issuers::public_keys)),
        cell(by.col(issuers::keys_url)),
    ]);
    select
}
