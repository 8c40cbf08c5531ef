//! A person's part in one case: the role, the sections, and from when until when.
use async_graphql::Value;
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, Insertable};

use super::{Person, people};
use crate::{
    cases::{self, Case},
    graph::{Describe, Entity, Key, cell},
    id::Tag,
    policy::Role,
    store::{self, Expr, Piece, all},
};

crate::table! {
    participants (firm_id, id) {
        firm_id -> Text,
        id -> Text,
        case_id -> Text,
        person_id -> Text,
        role -> Text,
        state -> Text,
        has_status -> Bool,
        has_calendar -> Bool,
        has_documents -> Bool,
        has_billing -> Bool,
        has_messages -> Bool,
        active_from -> Timestamp,
        active_until -> Nullable<Timestamp>,
    }
}

/// A participation to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = participants)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
#[allow(clippy::struct_excessive_bools, reason = "a column a section")]
pub struct NewParticipant {
    pub firm_id: String,
    pub id: String,
    pub case_id: String,
    pub person_id: String,
    pub role: String,
    pub state: String,
    pub has_status: bool,
    pub has_calendar: bool,
    pub has_documents: bool,
    pub has_billing: bool,
    pub has_messages: bool,
    pub active_from: NaiveDateTime,
    pub active_until: Option<NaiveDateTime>,
}

/// A part of a case that a participant may see.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Milestones. Title, status and stage go with the case.
    Status,
    /// Hearings and meetings.
    Calendar,
    /// Papers.
    Documents,
    /// Invoices, payments and balances.
    Billing,
    /// Messages with the firm.
    Messages,
}

/// Where a participation stands.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParticipantState {
    /// Asked, not yet come.
    Invited,
    /// In force, from its beginning to its end.
    Active,
    /// Held for a while.
    Suspended,
    /// Over; a new one is another.
    Ended,
}

/// A person's part in a case.
pub struct Participant;

impl Entity for Participant {
    const NAME: &'static str = "Participant";
    const ABOUT: &'static str = "A person's part in a case.";
    type Item = participants::table;
    type Release = participants::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.node(Tag::Participant, participants::id);
        ty.certain::<Person>("person", "Who takes part.", |p, person| {
            Expr::of(person.item.col(people::id).eq(p.item.col(participants::person_id)))
        });
        ty.maybe::<Case>("case", "In which case.", |p, case| {
            Expr::of(case.item.col(cases::cases::id).eq(p.item.col(participants::case_id)))
        });
        ty.field("role", "In which role.", |p| p.item.col(participants::role)).typed::<Role>();
        ty.made::<Vec<Section>>("sections", "Which parts of the case.", section_cells, sections);
        ty.field("state", "Where it stands.", |p| p.item.col(participants::state))
            .typed::<ParticipantState>();
        ty.field("activeFrom", "The first instant of it.", |p| p.item.col(participants::active_from));
        ty.field("activeUntil", "The first instant after it, if it has an end.", |p| {
            p.item.col(participants::active_until)
        });
        ty.rows(
            |p| vec![Piece::from(p.item.from())],
            |p| {
                let firm = Expr::of(p.item.col(participants::firm_id).eq(p.viewer.firm().to_owned()));
                all(vec![firm, cases::is_reached(p, || Expr::of(p.item.col(participants::case_id)))])
            },
            |p| {
                vec![
                    Key::ascending(p.item.col(participants::active_from)),
                    Key::ascending(p.item.col(participants::id)),
                ]
            },
        );
        ty.scope("own", |p| cases::is_active_participation(p.viewer, p.item));
        ty.scope("whole_firm", |_| store::always());
        ty.scope("on_case_staff", |p| cases::is_on_staff(p, || Expr::of(p.item.col(participants::case_id))));
    }
}

fn section_cells(here: &crate::graph::Here<'_, Participant>) -> Vec<store::Cell> {
    vec![
        cell(here.item.col(participants::has_status)),
        cell(here.item.col(participants::has_calendar)),
        cell(here.item.col(participants::has_documents)),
        cell(here.item.col(participants::has_billing)),
        cell(here.item.col(participants::has_messages)),
    ]
}

fn sections(cells: &mut [store::Value]) -> Value {
    let names = ["STATUS", "CALENDAR", "DOCUMENTS", "BILLING", "MESSAGES"];
    let had = cells.iter().zip(names).filter(|(cell, _)| **cell == store::Value::Truth(true));
    Value::List(had.map(|(_, name)| Value::from(name)).collect())
}
