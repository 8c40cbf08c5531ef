//! A step of a case: in the firm's words for staff, in plain ones for clients.
use chrono::{Datelike, NaiveDate};
use diesel::{ExpressionMethods, Insertable};

use super::{Case, Section, access, cases};
use crate::{
    graph::{Composite, CompositeField, Describe, Entity, Here, Key, cell, fixed},
    id::Tag,
    part, release_table, releasing,
    scalars::Day,
    store::{Expr, always},
};

crate::table! {
    milestones (firm_id, id) {
        firm_id -> Text,
        id -> Text,
        version -> BigInt,
        case_id -> Text,
        position -> Integer,
        internal_title -> Text,
        internal_notes -> Text,
    }
}

/// A milestone to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = milestones)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewMilestone {
    pub firm_id: String,
    pub id: String,
    pub case_id: String,
    pub position: i32,
    pub internal_title: String,
    pub internal_notes: String,
}

release_table! {
    milestone_releases of milestone_id in milestones by case_id, named in milestone_release_audiences,
    worded MilestoneWording, pub approve {
        /// The step in a few plain words.
        title -> Text as String,
        /// What happened.
        what_happened -> Text as String,
        /// What comes next.
        what_comes_next -> MaybeText as Option<String>,
        /// When it happened.
        occurred_on -> MaybeDate as Option<NaiveDate>,
        /// The first day of the span in which it is expected.
        expected_on -> MaybeDate as Option<NaiveDate>,
        /// DAY, MONTH or QUARTER.
        expected_precision -> MaybeText as Option<String>,
        /// PLANNED, CURRENT, DONE or SKIPPED.
        progress -> Text as String,
    }
}

/// Where a step stands.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum MilestoneProgress {
    /// Still to come.
    Planned,
    /// Where the case stands now.
    Current,
    /// Behind us.
    Done,
    /// Not needed after all.
    Skipped,
}

/// How exactly something is expected.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// On the day.
    Day,
    /// In the day's month.
    Month,
    /// In the day's quarter.
    Quarter,
}

impl Precision {
    /// As the database has it.
    pub fn word(self) -> &'static str {
        match self {
            Precision::Day => "DAY",
            Precision::Month => "MONTH",
            Precision::Quarter => "QUARTER",
        }
    }

    /// The first day of the span around this one: what is known to the month alone shall not tell a day.
    pub fn begins(self, around: NaiveDate) -> NaiveDate {
        let month = match self {
            Precision::Day => return around,
            Precision::Month => around.month(),
            Precision::Quarter => around.month0() / 3 * 3 + 1,
        };
        NaiveDate::from_ymd_opt(around.year(), month, 1).unwrap_or(around)
    }
}

/// When something is expected.
pub struct ExpectedTime;

impl Composite for ExpectedTime {
    const NAME: &'static str = "ExpectedTime";
    const ABOUT: &'static str = "When something is expected, and how exactly that is known.";
    const FIELDS: &'static [CompositeField] = &[
        part!("on", "The first day of the span in which it is expected.", fixed::<false, Day>, 0),
        part!("precision", "How long the span is.", fixed::<false, Precision>, 1),
    ];
}

/// A step of a case.
pub struct Milestone;

impl Entity for Milestone {
    const NAME: &'static str = "Milestone";
    const ABOUT: &'static str = "A step of a case: what happened and what comes next, in plain words.";
    type Item = milestones::table;
    type Release = milestone_releases::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.node(Tag::Milestone, milestones::id);
        ty.certain::<Case>("case", "The case.", |m, case| {
            Expr::of(case.item.col(cases::id).eq(m.item.col(milestones::case_id)))
        });
        ty.field("progress", "Where the step stands.", |m| m.release.col(milestone_releases::progress))
            .typed::<MilestoneProgress>()
            .released();
        ty.field("title", "The step in a few plain words.", |m| m.release.col(milestone_releases::title))
            .released();
        ty.field("whatHappened", "What happened, in plain words.", |m| {
            m.release.col(milestone_releases::what_happened)
        })
        .released();
        ty.field("whatComesNext", "What comes next, in plain words, if anything does.", |m| {
            m.release.col(milestone_releases::what_comes_next)
        });
        ty.field("occurredOn", "The day on which it happened.", |m| {
            m.release.col(milestone_releases::occurred_on)
        });
        ty.composite::<ExpectedTime>("expected", "When it is expected.", |m| {
            vec![
                cell(m.release.col(milestone_releases::expected_on)),
                cell(m.release.col(milestone_releases::expected_precision)),
            ]
        })
        .nullable();
        ty.field("releasedAt", "When this wording was shared.", |m| {
            m.release.col(milestone_releases::released_from)
        })
        .released();
        ty.field("position", "Its place among the case's steps.", |m| m.item.col(milestones::position));
        ty.field("internalTitle", "The step in the firm's words.", |m| {
            m.item.col(milestones::internal_title)
        });
        ty.field("internalNotes", "The firm's notes.", |m| m.item.col(milestones::internal_notes));
        releasing::publication(ty, "Where the step stands on its way to clients.", |m| {
            Expr::of(m.item.col(milestones::id))
        });
        ty.rows(
            |m| releasing::with_release(m, Expr::of(m.item.col(milestones::id))),
            |m| access::fence(m, Expr::of(m.item.col(milestones::firm_id)), case_of(m), Section::Status),
            |m| {
                vec![
                    Key::ascending(m.item.col(milestones::position)),
                    Key::ascending(m.item.col(milestones::id)),
                ]
            },
        );
        ty.released_scope("released_to_viewer", |m| releasing::is_released_to_viewer(m, m.release));
        ty.scope("whole_firm", |_| always());
        ty.scope("on_case_staff", |m| access::is_on_staff(m, case_of(m)));
    }
}

fn case_of(here: &Here<'_, Milestone>) -> impl Fn() -> Expr<diesel::sql_types::Text> + use<> {
    let key = here.item.col(milestones::case_id);
    move || Expr::of(key)
}
