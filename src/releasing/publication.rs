//! Where an item stands on its way to clients, for staff; derived from its releases, never stored.
use diesel::{
    ExpressionMethods,
    sql_types::{Nullable, Text, Timestamp},
};

use super::{Release, Releases};
use crate::{
    graph::{Composite, CompositeField, Describe, Entity, Here, PartRead, cell, fixed},
    part,
    scalars::Instant,
    sql,
    store::{Cell, Expr, Row, all},
};

/// Where an item stands on its way to clients.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicationState {
    /// Never shared, and nothing is planned.
    Internal,
    /// To be shared at an instant to come.
    Scheduled,
    /// Shared now.
    Published,
    /// Was shared, and is no longer.
    Withdrawn,
}

/// Where an item stands on its way to clients.
pub struct Publication;

impl Composite for Publication {
    const NAME: &'static str = "Publication";
    const ABOUT: &'static str = "Where an item stands on its way to clients.";
    const FIELDS: &'static [CompositeField] = &[
        part!("state", "Where it stands.", fixed::<false, PublicationState>, 0),
        part!("releasedAt", "When the wording that is shared now was shared.", fixed::<true, Instant>, 1),
        part!("scheduledFor", "When the next wording is to be shared.", fixed::<true, Instant>, 2),
        part!("endedAt", "When the last wording that is no longer shared ended.", fixed::<true, Instant>, 3),
        CompositeField {
            name: "history",
            about: "Every wording that was ever approved, by the begin of each.",
            ty: |_| format!("[{}!]!", Release::NAME),
            arguments: &[],
            read: PartRead::Rows,
        },
    ];
}

/// Describes the field `publication` of a type: of the item, whose open release is in the place's own row.
pub fn publication<R: Releases, E: Entity<Release = R>>(
    ty: &mut Describe<E>,
    about: &'static str,
    item: impl Fn(&Here<'_, E>) -> Expr<Text> + Copy + Send + Sync + 'static,
) {
    ty.composite_with_rows::<Publication, Release>(
        "publication",
        about,
        move |here| parts(here, || item(here)),
        |_, release| vec![Row::<R>::new(release.item.alias()).from().into()],
        move |here, release| {
            let release = Row::<R>::new(release.item.alias());
            all(vec![
                Expr::of(release.at::<R::Firm>().eq(here.viewer.firm().to_owned())),
                Expr::of(release.at::<R::Item>().eq(item(here))),
            ])
        },
    );
}

fn parts<R: Releases, E: Entity<Release = R>>(
    here: &Here<'_, E>,
    item: impl Fn() -> Expr<Text>,
) -> Vec<Cell> {
    let at = here.viewer.at;
    let of_item = |release: crate::store::Row<R>| {
        all(vec![
            Expr::of(release.at::<R::Firm>().eq(here.viewer.firm().to_owned())),
            Expr::of(release.at::<R::Item>().eq(item())),
        ])
    };
    let next = || -> Expr<Nullable<Timestamp>> {
        let release = here.row::<R>();
        let is_to_come: crate::store::Predicate = Expr::of(release.at::<R::From>().gt(at));
        let will_run: crate::store::Predicate =
            Expr::of(release.at::<R::From>().lt(release.at::<R::Until>()));
        sql![
            "(SELECT min(",
            release.at::<R::From>(),
            ") FROM ",
            release.from(),
            " WHERE ",
            all(vec![of_item(release), is_to_come, will_run]),
            ")"
        ]
    };
    let last = || -> Expr<Nullable<Timestamp>> {
        let release = here.row::<R>();
        let is_over: crate::store::Predicate = Expr::of(release.at::<R::Until>().le(at));
        let did_run: crate::store::Predicate = Expr::of(release.at::<R::From>().lt(release.at::<R::Until>()));
        sql![
            "(SELECT max(",
            release.at::<R::Until>(),
            ") FROM ",
            release.from(),
            " WHERE ",
            all(vec![of_item(release), is_over, did_run]),
            ")"
        ]
    };
    let state: Expr<Text> = sql![
        "CASE WHEN ",
        here.release.at::<R::Id>(),
        " IS NOT NULL THEN 'PUBLISHED' WHEN ",
        next(),
        " IS NOT NULL THEN 'SCHEDULED' WHEN ",
        last(),
        " IS NOT NULL THEN 'WITHDRAWN' ELSE 'INTERNAL' END"
    ];
    // The release is joined from the left, so what is no column of NULLs there may be NULL here.
    let released: Expr<Nullable<Timestamp>> = sql![here.release.at::<R::From>()];
    vec![cell(state), cell(released), cell(next()), cell(last())]
}
