//! What was ever approved of an item, for staff: each release, when it ran, for whom, and who approved it.
use diesel::{
    ExpressionMethods,
    sql_types::{Nullable, Text, Timestamp},
};

use super::FOREVER;
use crate::{
    graph::{Describe, Entity, Here, Key},
    people::{Person, people},
    sql,
    store::{Expr, always, bound},
};

crate::table! {
    // What the releases of every type have in common; a place says which type's they are.
    releases (id) {
        id -> Text,
        audience -> Text,
        released_from -> Timestamp,
        released_until -> Timestamp,
        expires_at -> Nullable<Timestamp>,
        withdrawn_at -> Nullable<Timestamp>,
        dropped_at -> Nullable<Timestamp>,
        approved_by -> Text,
        approved_at -> Timestamp,
        withheld_reason -> Nullable<Text>,
    }
}

/// Who may read a release.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseAudience {
    /// Clients and co-clients; contacts and payers within their sections.
    Clients,
    /// Participants one by one.
    Named,
}

/// Where a release stands.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseState {
    /// To begin.
    Scheduled,
    /// Running.
    Published,
    /// A later one took its place.
    Superseded,
    /// It ended on the day that was set beforehand.
    Expired,
    /// It was taken back.
    Withdrawn,
    /// It was given up before it began.
    Dropped,
}

/// A release: a wording that was approved for clients.
pub struct Release;

impl Entity for Release {
    const NAME: &'static str = "Release";
    const ABOUT: &'static str = "A wording that was approved for clients: when it may be read, and by whom.";
    type Item = releases::table;
    type Release = releases::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.field("state", "Where it stands.", state).typed::<ReleaseState>();
        ty.field("audience", "Who may read it.", |r| r.item.col(releases::audience))
            .typed::<ReleaseAudience>();
        ty.field("releasedFrom", "The first instant at which it can be read.", |r| {
            r.item.col(releases::released_from)
        });
        ty.field(
            "releasedUntil",
            "The first instant at which it no longer can; null while no end is known.",
            |r| -> Expr<Nullable<Timestamp>> {
                sql!["nullif(", r.item.col(releases::released_until), ", ", forever(), ")"]
            },
        );
        ty.field("withdrawnAt", "When it was taken back.", |r| r.item.col(releases::withdrawn_at));
        ty.maybe::<Person>("approvedBy", "Who approved it.", |r, person| {
            Expr::of(person.item.col(people::id).eq(r.item.col(releases::approved_by)))
        });
        ty.field("approvedAt", "When.", |r| r.item.col(releases::approved_at));
        ty.field("withheldReason", "Why one of the joint clients does not read it.", |r| {
            r.item.col(releases::withheld_reason)
        });
        ty.part(
            |_| Vec::new(),
            |_| always(),
            |r| {
                vec![
                    Key::ascending(r.item.col(releases::released_from)),
                    Key::ascending(r.item.col(releases::approved_at)),
                    Key::ascending(r.item.col(releases::id)),
                ]
            },
        );
    }
}

fn forever() -> Expr<Timestamp> {
    bound(FOREVER)
}

/// Two that begin at once, and one that is taken back before it begins, end as they begin.
fn state(here: &Here<'_, Release>) -> Expr<Text> {
    let at = here.viewer.at;
    let (from, until) = (here.item.col(releases::released_from), here.item.col(releases::released_until));
    sql![
        "CASE WHEN ",
        here.item.col(releases::dropped_at),
        " IS NOT NULL THEN 'DROPPED' WHEN ",
        Expr::of(from.lt(until)),
        " AND ",
        Expr::of(from.gt(at)),
        " THEN 'SCHEDULED' WHEN ",
        Expr::of(from.lt(until)),
        " AND ",
        Expr::of(until.gt(at)),
        " THEN 'PUBLISHED' WHEN ",
        here.item.col(releases::withdrawn_at),
        " <= ",
        until,
        " OR ",
        here.item.col(releases::withdrawn_at),
        " <= ",
        from,
        " THEN 'WITHDRAWN' WHEN ",
        here.item.col(releases::expires_at),
        " <= ",
        until,
        " THEN 'EXPIRED' ELSE 'SUPERSEDED' END"
    ]
}
