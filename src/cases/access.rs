//! Who may reach a case at all: the firm, no ethical wall, and for outside roles a participation that is in force.
//!
//! Policy grants fields and sets of rows; what stands here holds whatever policy says.
use chrono::NaiveDateTime;
use diesel::{
    ExpressionMethods, Insertable, NullableExpressionMethods,
    sql_types::{Nullable, Text, Timestamp},
};

use super::{Case, case::case_releases, cases, team::case_staff};
use crate::{
    graph::{Entity, Here},
    people::{firm_key_cases, participants},
    policy::Role,
    releasing, sql,
    store::{Expr, Predicate, Row, all, always, among, exists, not},
    viewer::Viewer,
};

crate::table! {
    ethical_walls (firm_id, id) {
        firm_id -> Text,
        id -> Text,
        case_id -> Text,
        person_id -> Text,
        reason -> Text,
        since -> Timestamp,
    }
}

crate::table! {
    item_grants (firm_id, item_id, participant_id) {
        firm_id -> Text,
        participant_id -> Text,
        item_id -> Text,
        granted_by -> Text,
        granted_at -> Timestamp,
    }
}

/// A wall to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = ethical_walls)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewWall {
    pub firm_id: String,
    pub id: String,
    pub case_id: String,
    pub person_id: String,
    pub reason: String,
    pub since: NaiveDateTime,
}

/// The grant of a single item to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = item_grants)]
#[allow(missing_docs, reason = "the table's columns, which the predicates below explain")]
pub struct NewItemGrant {
    pub firm_id: String,
    pub participant_id: String,
    pub item_id: String,
    pub granted_by: String,
    pub granted_at: NaiveDateTime,
}

/// The part of a case that a type belongs to; a participant sees those of his participation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Any part at all: the case itself.
    Any,
    /// Milestones; title, status and stage go with the case.
    Status,
    /// Hearings and meetings.
    Calendar,
    /// Papers.
    Documents,
    /// Invoices, payments and balances.
    Billing,
}

/// What holds for every row that hangs on a case: the viewer's firm, no wall between, and for outside roles an active
/// participation with the section in a case that is in the portal.
///
/// `key` is the row's own case. In a case's selection the case's own id stands for it, so that the database judges once a
/// list and not once a row; and what `fence_of_case` says of that case row holds already, since it was read through
/// that in the same statement, for the same viewer, at the same instant. What is left to ask there is the section.
pub fn fence<E: Entity>(
    here: &Here<'_, E>,
    firm: Expr<Text>,
    key: impl Fn() -> Expr<Text>,
    section: Section,
) -> Predicate {
    let is_outside = here.viewer.role.is_outside();
    let reached = match here.case {
        Some(case) if is_outside && section != Section::Any => {
            takes_part_in(here, Expr::of(Row::<cases::table>::new(case).col(cases::id)), section)
        }
        Some(_) => always(),
        None if is_outside => takes_part_in_portal(here, key(), section),
        None => is_reached(here, key),
    };
    all(vec![Expr::of(firm.eq(here.viewer.firm().to_owned())), reached])
}

/// The same for the case itself, whose open release is in the row beside it.
pub(super) fn fence_of_case(here: &Here<'_, Case>) -> Predicate {
    let id = here.item.col(cases::id);
    let reached = if here.viewer.role.is_outside() {
        all(vec![takes_part(here, Expr::of(id), Section::Any), is_shown(here, here.release)])
    } else {
        is_reached(here, || Expr::of(id))
    };
    all(vec![Expr::of(here.item.col(cases::firm_id).eq(here.viewer.firm().to_owned())), reached])
}

/// The scope of whoever takes part in the case. For outside roles that is what the fence says already, word by word, and
/// saying it again would have the database open its tables twice.
pub(super) fn takes_part_in_this(here: &Here<'_, Case>) -> Predicate {
    if here.viewer.role.is_outside() { always() } else { is_shown(here, here.release) }
}

/// Nothing that holds for one member of the staff alone keeps the viewer from the case: no wall, and no key that names
/// other cases.
pub fn is_reached<E: Entity>(here: &Here<'_, E>, case: impl Fn() -> Expr<Text>) -> Predicate {
    match here.viewer.key() {
        None => no_wall(here, case),
        Some(key) => all(vec![no_wall(here, &case), is_named(here, key, case())]),
    }
}

/// The viewer's key names the case.
fn is_named<E: Entity>(here: &Here<'_, E>, key: &str, case: Expr<Text>) -> Predicate {
    let named = here.row::<firm_key_cases::table>();
    among(
        case,
        named,
        firm_key_cases::case_id,
        all(vec![
            Expr::of(named.col(firm_key_cases::firm_id).eq(here.viewer.firm().to_owned())),
            Expr::of(named.col(firm_key_cases::key_id).eq(key.to_owned())),
        ]),
    )
}

/// No ethical wall keeps the viewer from the case.
fn no_wall<E: Entity>(here: &Here<'_, E>, case: impl Fn() -> Expr<Text>) -> Predicate {
    let wall = here.row::<ethical_walls::table>();
    not(exists(
        wall,
        all(vec![
            Expr::of(wall.col(ethical_walls::firm_id).eq(here.viewer.firm().to_owned())),
            Expr::of(wall.col(ethical_walls::case_id).eq(case())),
            Expr::of(wall.col(ethical_walls::person_id).eq(here.viewer.person().to_owned())),
        ]),
    ))
}

/// The case is one of those in which the viewer takes part, in the acting role and with the section.
fn takes_part<E: Entity>(here: &Here<'_, E>, case: Expr<Text>, section: Section) -> Predicate {
    let part = here.row::<participants::table>();
    among(case, part, participants::case_id, is_part(here, part, section))
}

/// The same of a case that the statement has at hand: asked of that one.
fn takes_part_in<E: Entity>(here: &Here<'_, E>, case: Expr<Text>, section: Section) -> Predicate {
    let part = here.row::<participants::table>();
    let of_case = Expr::of(part.col(participants::case_id).eq(case));
    exists(part, all(vec![of_case, is_part(here, part, section)]))
}

/// The viewer takes part like that in the case, and its own release is open to the viewer; there is no other switch.
///
/// One list of both, so that the database finds the viewer's few cases first and asks for the release once for each, not
/// once for each row that hangs on them.
fn takes_part_in_portal<E: Entity>(here: &Here<'_, E>, case: Expr<Text>, section: Section) -> Predicate {
    let (part, release) = (here.row::<participants::table>(), here.row::<case_releases::table>());
    sql![
        case,
        " IN (SELECT ",
        part.col(participants::case_id),
        " FROM ",
        part.from(),
        " JOIN ",
        release.from(),
        " ON ",
        releasing::is_open(here, release, Expr::of(part.col(participants::case_id))),
        " WHERE ",
        all(vec![is_part(here, part, section), is_shown(here, release)]),
        ")"
    ]
}

fn is_part<E: Entity>(here: &Here<'_, E>, part: Row<participants::table>, section: Section) -> Predicate {
    let wall = no_wall(here, || Expr::of(part.col(participants::case_id)));
    let mut conditions = vec![is_active_participation(here.viewer, part), wall];
    conditions.extend(match section {
        Section::Any => None,
        Section::Status => Some(Expr::of(part.col(participants::has_status).eq(true))),
        Section::Calendar => Some(Expr::of(part.col(participants::has_calendar).eq(true))),
        Section::Documents => Some(Expr::of(part.col(participants::has_documents).eq(true))),
        Section::Billing => Some(Expr::of(part.col(participants::has_billing).eq(true))),
    });
    all(conditions)
}

/// The participation is the viewer's, in the acting role and in force. Of walls the fence asks, once.
pub fn is_active_participation(viewer: &Viewer, part: Row<participants::table>) -> Predicate {
    all(vec![
        Expr::of(part.col(participants::firm_id).eq(viewer.firm().to_owned())),
        Expr::of(part.col(participants::person_id).eq(viewer.person().to_owned())),
        Expr::of(part.col(participants::role).eq(viewer.role.word())),
        is_in_force(viewer.at, part),
    ])
}

/// The participation is in force at this instant.
pub fn is_in_force(at: NaiveDateTime, part: Row<participants::table>) -> Predicate {
    all(vec![
        Expr::of(part.col(participants::state).eq("ACTIVE")),
        Expr::of(part.col(participants::active_from).le(at)),
        crate::store::any(vec![
            Expr::of(part.col(participants::active_until).is_null()),
            Expr::of(part.col(participants::active_until).assume_not_null().gt(at)),
        ]),
    ])
}

/// The viewer is of the staff that works on the case; a key that names cases is so on each of them.
pub fn is_on_staff<E: Entity>(here: &Here<'_, E>, case: impl Fn() -> Expr<Text>) -> Predicate {
    if let Some(key) = here.viewer.key() {
        return is_named(here, key, case());
    }
    let staff = here.row::<case_staff::table>();
    among(
        case(),
        staff,
        case_staff::case_id,
        all(vec![
            Expr::of(staff.col(case_staff::firm_id).eq(here.viewer.firm().to_owned())),
            Expr::of(staff.col(case_staff::person_id).eq(here.viewer.person().to_owned())),
        ]),
    )
}

/// The item was granted, by itself, to a part that the viewer has in its case.
pub fn is_granted_to_viewer<E: Entity>(
    here: &Here<'_, E>,
    item: Expr<Text>,
    case: impl Fn() -> Expr<Text>,
) -> Predicate {
    has_grant(here, item, case, |_| always())
}

/// The item was granted like that, and by such a grant.
pub fn has_grant<E: Entity>(
    here: &Here<'_, E>,
    item: Expr<Text>,
    case: impl Fn() -> Expr<Text>,
    such: impl FnOnce(Row<item_grants::table>) -> Predicate,
) -> Predicate {
    let grant = here.row::<item_grants::table>();
    exists(grant, all(vec![is_viewers_grant(here, grant, item, case), such(grant)]))
}

/// When the item was granted to the viewer, for the last time.
pub fn granted_at<E: Entity>(
    here: &Here<'_, E>,
    item: Expr<Text>,
    case: impl Fn() -> Expr<Text>,
) -> Expr<Nullable<Timestamp>> {
    let grant = here.row::<item_grants::table>();
    sql![
        "(SELECT max(",
        grant.col(item_grants::granted_at),
        ") FROM ",
        grant.from(),
        " WHERE ",
        is_viewers_grant(here, grant, item, case),
        ")"
    ]
}

fn is_viewers_grant<E: Entity>(
    here: &Here<'_, E>,
    grant: Row<item_grants::table>,
    item: Expr<Text>,
    case: impl Fn() -> Expr<Text>,
) -> Predicate {
    let part = here.row::<participants::table>();
    let is_holder = all(vec![
        Expr::of(part.col(participants::id).eq(grant.col(item_grants::participant_id))),
        Expr::of(part.col(participants::case_id).eq(case())),
        is_active_participation(here.viewer, part),
    ]);
    all(vec![
        Expr::of(grant.col(item_grants::firm_id).eq(here.viewer.firm().to_owned())),
        Expr::of(grant.col(item_grants::item_id).eq(item)),
        Expr::of(grant.col(item_grants::granted_at).le(here.viewer.at)),
        exists(part, is_holder),
    ])
}

/// There is an open release of the case in this row, and the viewer may know of the case by it.
///
/// An expert belongs to no audience of clients, and need not: he may know the case once it is in the portal at all, and
/// whatever he reads in it was released to him by name or granted to him by itself.
pub(super) fn is_shown<E: Entity>(here: &Here<'_, E>, release: Row<case_releases::table>) -> Predicate {
    if here.viewer.role == Role::Expert {
        return releasing::is_there(release);
    }
    releasing::is_released_to_viewer(here, release)
}
