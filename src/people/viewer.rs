//! The type `Viewer`, and the select that finds out who bears a token.
use std::str::FromStr;

use async_graphql::Value;
use chrono::NaiveDateTime;
use chrono_tz::Tz;
use diesel::ExpressionMethods;

use super::{Participant, Person, key, participants, people, sessions, subject::Registration};
use crate::{
    cases,
    error::Fault,
    firms::{Firm, firms},
    graph::{Describe, Entity, Here, Key, cell},
    policy::Role,
    store::{Alias, Cell, Cells, Expr, Piece, Predicate, Row, Select, Value as Stored, all, always},
    viewer::{Account, Viewer},
};

/// Who asks.
pub struct ViewerType;

impl Entity for ViewerType {
    const NAME: &'static str = "Viewer";
    const ABOUT: &'static str = "Who asks, and as what.";
    type Item = people::table;
    type Release = people::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.certain::<Person>("person", "The person.", |v, person| {
            Expr::of(person.item.col(people::id).eq(v.item.col(people::id)))
        });
        ty.known::<Role>("role", "The role that this request acts in.", |viewer| {
            Value::from(viewer.role.word())
        });
        ty.known::<Vec<Role>>(
            "rolesHeld",
            "All roles that a request may name in the header `Portico-Role`.",
            |viewer| {
                let held = viewer.account.iter().flat_map(|account| &account.roles_held);
                Value::List(held.map(|role| Value::from(role.word())).collect())
            },
        );
        ty.certain::<Firm>("firm", "The firm.", |v, firm| {
            Expr::of(firm.item.col(firms::id).eq(v.item.col(people::firm_id)))
        });
        ty.list::<Participant>(
            "participations",
            "The parts that the person has in cases, in the acting role.",
            |v, p| {
                all(vec![
                    Expr::of(p.item.col(participants::person_id).eq(v.item.col(people::id))),
                    cases::is_active_participation(v.viewer, p.item),
                ])
            },
        );
        ty.part(
            |v| vec![Piece::from(v.item.from())],
            |_| always(),
            |v| vec![Key::ascending(v.item.col(people::id))],
        );
    }
}

/// The row of who asks.
pub(super) fn is_asking(_: &Here<'_, crate::graph::Query>, here: &Here<'_, ViewerType>) -> Predicate {
    all(vec![
        Expr::of(here.item.col(people::firm_id).eq(here.viewer.firm().to_owned())),
        Expr::of(here.item.col(people::id).eq(here.viewer.person().to_owned())),
    ])
}

/// What stands behind an account's cells and the role, by the kind of token.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Nothing.
    Session,
    /// The registration that proves it.
    Signed,
    /// What it reaches.
    Key,
}

/// Who bears a token, in which role: the person's account and the token's own role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bearer {
    account: Account,
    role: Role,
    /// What another issuer's token must be proved by.
    pub(super) registration: Option<Registration>,
}

impl Bearer {
    /// None where the person is an outside one whose participations have all ended.
    pub(super) fn read(mut row: Cells, kind: Kind) -> Result<Option<Self>, Fault> {
        let (registration, key) = match kind {
            Kind::Session => (None, None),
            Kind::Signed => (Some(Registration::read(&mut row)?), None),
            Kind::Key => (None, key::reach(&mut row)?),
        };
        let read = row.pop().and_then(role).and_then(|role| Some((role, Held::read(row)?)));
        let (role, held) = read.ok_or_else(|| Fault::new("a token's row can't be read"))?;
        let is_anybody = !held.roles.is_empty();
        let account = Account {
            firm: held.firm,
            zone: held.zone,
            person: held.person,
            roles_held: held.roles,
            is_service: matches!(kind, Kind::Key),
            key,
        };
        Ok(is_anybody.then_some(Bearer { account, role, registration }))
    }

    pub(super) fn account(&self) -> &Account {
        &self.account
    }

    /// The viewer in the role that is asked for, or else the session's own; none where the role is not held.
    pub(super) fn viewer(&self, asked: Option<Role>, at: NaiveDateTime) -> Option<Viewer> {
        let role = asked.unwrap_or(self.role);
        let account = self.account.clone();
        account.roles_held.contains(&role).then_some(Viewer {
            account: Some(account),
            role,
            at,
            premise: None,
        })
    }
}

/// The account of a session that is neither over nor revoked, and the session's role behind it.
pub(super) fn bearer(hash: String, at: NaiveDateTime) -> Select {
    let session = Row::<sessions::table>::new(Alias(3));
    let is_live = move |person: Row<people::table>, _: Row<firms::table>| {
        all(vec![
            Expr::of(session.col(sessions::firm_id).eq(person.col(people::firm_id))),
            Expr::of(session.col(sessions::person_id).eq(person.col(people::id))),
            Expr::of(session.col(sessions::token_hash).eq(hash)),
            Expr::of(session.col(sessions::expires_at).gt(at)),
            Expr::of(session.col(sessions::revoked_at).is_null()),
        ])
    };
    let mut select = accounts(is_live, at);
    // A comma leaves the order of joins to SQLite, which a CROSS JOIN would fix: it begins with the one session.
    select.from.extend([Piece::Text(", "), session.from().into()]);
    select.cells.push(cell(session.col(sessions::role)));
    select
}

/// Accounts that are active, each with the roles that it can act in at this instant.
pub(super) fn accounts(
    which: impl FnOnce(Row<people::table>, Row<firms::table>) -> Predicate,
    at: NaiveDateTime,
) -> Select {
    let (person, firm) = (Row::<people::table>::new(Alias(0)), Row::<firms::table>::new(Alias(1)));
    let taking_part = Row::<participants::table>::new(Alias(2));
    let roles = Select::of(
        vec![cell(taking_part.col(participants::role))],
        vec![taking_part.from().into()],
        all(vec![
            Expr::of(taking_part.col(participants::firm_id).eq(person.col(people::firm_id))),
            Expr::of(taking_part.col(participants::person_id).eq(person.col(people::id))),
            cases::is_in_force(at, taking_part),
        ]),
    );
    let is_its_firm: Predicate = Expr::of(firm.col(firms::id).eq(person.col(people::firm_id)));
    Select::of(
        vec![
            cell(person.col(people::firm_id)),
            cell(firm.col(firms::time_zone)),
            cell(person.col(people::id)),
            cell(person.col(people::staff_role)),
            Cell::Rows(Box::new(roles)),
        ],
        vec![
            person.from().into(),
            Piece::Text(" JOIN "),
            firm.from().into(),
            Piece::Text(" ON "),
            is_its_firm.into(),
        ],
        all(vec![Expr::of(person.col(people::is_active).eq(true)), which(person, firm)]),
    )
}

/// An account and the roles that it can act in.
pub(super) struct Held {
    pub(super) firm: String,
    pub(super) zone: Tz,
    pub(super) person: String,
    pub(super) roles: Vec<Role>,
}

impl Held {
    pub(super) fn read(row: Vec<Stored>) -> Option<Self> {
        let [Stored::Text(firm), Stored::Text(zone), Stored::Text(person), staff, Stored::Rows(parts)] =
            <[Stored; 5]>::try_from(row).ok()?
        else {
            return None;
        };
        let parts = parts.into_iter().flatten().map(role).collect::<Option<Vec<_>>>()?;
        // Who works for the firm does so in one role, whatever cases name the account.
        let mut roles = if staff == Stored::Null { parts } else { vec![role(staff)?] };
        roles.sort_unstable();
        roles.dedup();
        Some(Held { firm, zone: Tz::from_str_insensitive(&zone).ok()?, person, roles })
    }
}

fn role(value: Stored) -> Option<Role> {
    if let Stored::Text(name) = value { Role::from_str(&name).ok() } else { None }
}
