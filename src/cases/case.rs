//! A case: what the client knows it by, and what the firm knows of it.
use async_graphql::InputObject;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::{
    ExpressionMethods, Insertable,
    sql_types::{Nullable, Text},
};

use super::{Court, Milestone, TeamMember, access, milestone_releases, milestones, team::case_staff};
use crate::{
    billing, calendar, dockets, documents,
    graph::{Describe, DescribedRelation, Entity, Here, Key, Only, Order, cell, is_chosen},
    id::Tag,
    internal::{self, Task, TaskFilter, tasks},
    people::{Participant, participants},
    release_table, releasing, sql,
    store::{Direction, Expr, Predicate, all, always},
};

crate::table! {
    cases (firm_id, id) {
        firm_id -> Text,
        id -> Text,
        version -> BigInt,
        reference -> Text,
        number -> Text,
        internal_title -> Text,
        description -> Text,
        practice_area -> Text,
        status -> Text,
        court_name -> Nullable<Text>,
        court_docket_number -> Nullable<Text>,
        court_judge -> Nullable<Text>,
        court_time_zone -> Nullable<Text>,
        opened_on -> Nullable<Date>,
        closed_on -> Nullable<Date>,
        statute_of_limitations_on -> Nullable<Date>,
        conflict_notes -> Text,
        settlement_low -> Nullable<BigInt>,
        settlement_high -> Nullable<BigInt>,
        settlement_currency -> Nullable<Text>,
    }
}

/// A case to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = cases)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewCase {
    pub firm_id: String,
    pub id: String,
    pub reference: String,
    pub number: String,
    pub internal_title: String,
    pub description: String,
    pub practice_area: String,
    pub status: String,
    pub court_name: Option<String>,
    pub court_docket_number: Option<String>,
    pub court_judge: Option<String>,
    pub court_time_zone: Option<String>,
    pub opened_on: Option<NaiveDate>,
    pub closed_on: Option<NaiveDate>,
    pub statute_of_limitations_on: Option<NaiveDate>,
    pub conflict_notes: String,
    pub settlement_low: Option<i64>,
    pub settlement_high: Option<i64>,
    pub settlement_currency: Option<String>,
}

release_table! {
    case_releases of case_id in cases by id, named in case_release_audiences,
    worded CaseWording, pub approve {
        /// The case in a few plain words.
        title -> Text as String,
    }
}

crate::table! {
    case_stages (firm_id, case_id, position) {
        firm_id -> Text,
        case_id -> Text,
        position -> Integer,
        stage -> Text,
        entered_at -> Timestamp,
    }
}

/// A stage to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = case_stages)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewStage {
    pub firm_id: String,
    pub case_id: String,
    pub position: i32,
    pub stage: String,
    pub entered_at: NaiveDateTime,
}

crate::table! {
    stage_words (firm_id, stage) {
        firm_id -> Text,
        stage -> Text,
        client_stage -> Text,
    }
}

/// A stage's word to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = stage_words)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewStageWord {
    pub firm_id: String,
    pub stage: String,
    pub client_stage: String,
}

crate::enumeration! {
    /// Where a case stands as a whole.
    CaseStatus {
        /// Taken on, not begun.
        Pending = "PENDING",
        /// Under way.
        Open = "OPEN",
        /// Resting.
        OnHold = "ON_HOLD",
        /// Over.
        Closed = "CLOSED",
        /// Over and put away.
        Archived = "ARCHIVED",
    }
}

/// A case.
pub struct Case;

impl Entity for Case {
    const NAME: &'static str = "Case";
    const ABOUT: &'static str = "A matter that the firm handles for a client.";
    type Item = cases::table;
    type Release = case_releases::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.is_case();
        ty.node(Tag::Case, cases::id);
        shared(ty);
        unshared(ty);
        calendar::of_case(ty);
        documents::of_case(ty);
        dockets::of_case(ty);
        internal::of_case(ty);
        billing::of_case(ty);
        ty.rows(
            |c| releasing::with_release(c, Expr::of(c.item.col(cases::id))),
            access::fence_of_case,
            |c| CaseOrder::ReferenceAsc.keys(c),
        );
        ty.released_scope("takes_part", access::takes_part_in_this);
        ty.scope("whole_firm", |_| always());
        ty.scope("on_case_staff", |c| access::is_on_staff(c, key(c)));
    }
}

fn key(here: &Here<'_, Case>) -> impl Fn() -> Expr<Text> + use<> {
    let key = here.item.col(cases::id);
    move || Expr::of(key)
}

fn shared(ty: &mut Describe<Case>) {
    ty.field("reference", "What people call the case by: short, opaque, the same for everybody.", |c| {
        c.item.col(cases::reference)
    });
    ty.field("title", "The case in a few plain words.", |c| c.release.col(case_releases::title)).released();
    ty.field("practiceArea", "The field of law.", |c| c.item.col(cases::practice_area));
    ty.field("status", "Where the case stands as a whole.", |c| c.item.col(cases::status))
        .typed::<CaseStatus>();
    ty.field("stage", "Where the case stands, in the firm's word for clients.", client_stage);
    ty.composite::<Court>("court", "The court that the case is before.", |c| {
        vec![
            cell(c.item.col(cases::court_name)),
            cell(c.item.col(cases::court_time_zone)),
            cell(c.item.col(cases::court_docket_number)),
            cell(c.item.col(cases::court_judge)),
        ]
    })
    .nullable();
    ty.field("openedOn", "The day on which the firm took it on.", |c| c.item.col(cases::opened_on));
    ty.field("closedOn", "The day on which it was closed.", |c| c.item.col(cases::closed_on));
    ty.list::<TeamMember>("team", "The people of the firm who work on it.", works_on);
    ty.maybe::<TeamMember>("responsibleAttorney", "Who answers for it.", |c, member| {
        all(vec![works_on(c, member), Expr::of(member.item.col(case_staff::is_responsible).eq(true))])
    });
    ty.maybe::<Milestone>("currentMilestone", "The step at which the case stands now.", |c, m| {
        all(vec![is_step_of(c, m), Expr::of(m.release.col(milestone_releases::progress).eq("CURRENT"))])
    })
    .within_case();
    ty.connection::<Milestone>("milestones", "Its steps, in order.", is_step_of).within_case();
}

fn unshared(ty: &mut Describe<Case>) {
    ty.field("number", "The firm's own number.", |c| c.item.col(cases::number));
    ty.field("internalTitle", "The case in the firm's words.", |c| c.item.col(cases::internal_title));
    ty.field("description", "What it is about, in the firm's words.", |c| c.item.col(cases::description));
    ty.field("internalStage", "Where it stands, in the firm's words.", internal_stage);
    ty.field("statuteOfLimitationsOn", "The last day to sue.", |c| {
        c.item.col(cases::statute_of_limitations_on)
    });
    ty.field("conflictNotes", "What was found when conflicts were checked.", |c| {
        c.item.col(cases::conflict_notes)
    });
    releasing::publication(ty, "Where the case stands on its way into the portal.", |c| {
        Expr::of(c.item.col(cases::id))
    });
    ty.list::<Participant>("participants", "Who takes part from outside the firm.", |c, p| {
        Expr::of(p.item.col(participants::case_id).eq(c.item.col(cases::id)))
    });
    ty.connection::<Task>("tasks", "The firm's work items.", |c, t| {
        all(vec![
            Expr::of(t.item.col(tasks::firm_id).eq(c.item.col(cases::firm_id))),
            Expr::of(t.item.col(tasks::case_id).eq(c.item.col(cases::id))),
        ])
    })
    .within_case()
    .narrowed("filter", "Only such.", TaskFilter::conditions);
}

fn works_on(case: &Here<'_, Case>, member: &Here<'_, TeamMember>) -> Predicate {
    all(vec![
        Expr::of(member.item.col(case_staff::firm_id).eq(case.item.col(cases::firm_id))),
        Expr::of(member.item.col(case_staff::case_id).eq(case.item.col(cases::id))),
    ])
}

fn is_step_of(case: &Here<'_, Case>, milestone: &Here<'_, Milestone>) -> Predicate {
    all(vec![
        Expr::of(milestone.item.col(milestones::firm_id).eq(case.item.col(cases::firm_id))),
        Expr::of(milestone.item.col(milestones::case_id).eq(case.item.col(cases::id))),
    ])
}

/// The client's word for the last stage that has one: a stage without a word shows the one before it.
fn client_stage(here: &Here<'_, Case>) -> Expr<Nullable<Text>> {
    let (stage, word) = (here.row::<case_stages::table>(), here.row::<stage_words::table>());
    let is_named = all(vec![
        Expr::of(word.col(stage_words::firm_id).eq(stage.col(case_stages::firm_id))),
        Expr::of(word.col(stage_words::stage).eq(stage.col(case_stages::stage))),
    ]);
    let is_of_case = all(vec![
        Expr::of(stage.col(case_stages::firm_id).eq(here.item.col(cases::firm_id))),
        Expr::of(stage.col(case_stages::case_id).eq(here.item.col(cases::id))),
    ]);
    sql![
        "(SELECT ",
        word.col(stage_words::client_stage),
        " FROM ",
        stage.from(),
        " JOIN ",
        word.from(),
        " ON ",
        is_named,
        " WHERE ",
        is_of_case,
        " ORDER BY ",
        stage.col(case_stages::position),
        " DESC LIMIT 1)"
    ]
}

fn internal_stage(here: &Here<'_, Case>) -> Expr<Nullable<Text>> {
    let stage = here.row::<case_stages::table>();
    let is_of_case = all(vec![
        Expr::of(stage.col(case_stages::firm_id).eq(here.item.col(cases::firm_id))),
        Expr::of(stage.col(case_stages::case_id).eq(here.item.col(cases::id))),
    ]);
    sql![
        "(SELECT ",
        stage.col(case_stages::stage),
        " FROM ",
        stage.from(),
        " WHERE ",
        is_of_case,
        " ORDER BY ",
        stage.col(case_stages::position),
        " DESC LIMIT 1)"
    ]
}

/// Which cases.
#[derive(InputObject)]
pub struct CaseFilter {
    /// In one of these states; an empty list finds nothing.
    status: Only<Vec<CaseStatus>>,
    /// Of this field of law.
    practice_area: Only<String>,
}

impl CaseFilter {
    fn conditions(self, case: &Here<'_, Case>) -> Vec<Predicate> {
        let mut conditions = Vec::new();
        let status = case.item.col(cases::status);
        conditions.extend(self.status.0.map(|states| is_chosen(Expr::of(status), &states)));
        if let Some(area) = self.practice_area.0 {
            conditions.push(Expr::of(case.item.col(cases::practice_area).eq(area)));
        }
        conditions
    }
}

/// In which order cases come.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseOrder {
    /// By reference.
    ReferenceAsc,
    /// The one opened last first; those without a day at the end.
    OpenedOnDesc,
    /// The one opened first first; those without a day at the end.
    OpenedOnAsc,
}

impl Order<Case> for CaseOrder {
    fn keys(&self, case: &Here<'_, Case>) -> Vec<Key> {
        let (opened, id) = (case.item.col(cases::opened_on), case.item.col(cases::id));
        let last = Key::ascending(id);
        match self {
            CaseOrder::ReferenceAsc => vec![Key::ascending(case.item.col(cases::reference)), last],
            CaseOrder::OpenedOnAsc => {
                vec![Key::of(Direction::Ascending, move || crate::store::day_or(opened, "9999-12-31")), last]
            }
            CaseOrder::OpenedOnDesc => {
                vec![Key::of(Direction::Descending, move || crate::store::day_or(opened, "0001-01-01")), last]
            }
        }
    }
}

/// The arguments that narrow and order cases.
pub(super) fn narrowed(cases: DescribedRelation<'_, Case>) {
    cases.narrowed("filter", "Only such.", CaseFilter::conditions).ordered::<CaseOrder>();
}
