//! A work item of the firm's, with its checklist.
use async_graphql::InputObject;
use chrono::NaiveDate;
use diesel::{ExpressionMethods, Insertable, NullableExpressionMethods, sql_types::Text};

use crate::{
    cases::{self, Case, Section},
    graph::{Describe, Entity, Here, Key, Only, Order},
    id::Tag,
    people::{Person, people},
    store::{Direction, Expr, Predicate, all, always, day_or},
};

crate::table! {
    tasks (firm_id, id) {
        firm_id -> Text,
        id -> Text,
        case_id -> Text,
        title -> Text,
        is_done -> Bool,
        due_on -> Nullable<Date>,
        assignee_id -> Nullable<Text>,
    }
}

/// A work item to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = tasks)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewTask {
    pub firm_id: String,
    pub id: String,
    pub case_id: String,
    pub title: String,
    pub is_done: bool,
    pub due_on: Option<NaiveDate>,
    pub assignee_id: Option<String>,
}

crate::table! {
    checklist_items (firm_id, task_id, position) {
        firm_id -> Text,
        task_id -> Text,
        position -> Integer,
        text -> Text,
        is_done -> Bool,
    }
}

/// A step to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = checklist_items)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewChecklistItem {
    pub firm_id: String,
    pub task_id: String,
    pub position: i32,
    pub text: String,
    pub is_done: bool,
}

/// A work item.
pub struct Task;

impl Entity for Task {
    const NAME: &'static str = "Task";
    const ABOUT: &'static str = "A work item of the firm's.";
    type Item = tasks::table;
    type Release = tasks::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.node(Tag::Task, tasks::id);
        ty.certain::<Case>("case", "The case.", |t, case| {
            Expr::of(case.item.col(cases::cases::id).eq(t.item.col(tasks::case_id)))
        });
        ty.field("title", "What is to be done.", |t| t.item.col(tasks::title));
        ty.field("isDone", "It is done.", |t| t.item.col(tasks::is_done));
        ty.field("dueOn", "The day by which it is to be done.", |t| t.item.col(tasks::due_on));
        ty.maybe::<Person>("assignee", "Who does it.", |t, person| {
            Expr::of(person.item.col(people::id).eq(t.item.col(tasks::assignee_id).assume_not_null()))
        });
        ty.list::<ChecklistItem>("checklist", "Its steps.", |t, step| {
            all(vec![
                Expr::of(step.item.col(checklist_items::firm_id).eq(t.item.col(tasks::firm_id))),
                Expr::of(step.item.col(checklist_items::task_id).eq(t.item.col(tasks::id))),
            ])
        });
        ty.rows(
            |t| vec![t.item.from().into()],
            |t| cases::fence(t, Expr::of(t.item.col(tasks::firm_id)), case_of(t), Section::Any),
            |t| TaskOrder::DueOnAsc.keys(t),
        );
        ty.scope("whole_firm", |_| always());
        ty.scope("on_case_staff", |t| cases::is_on_staff(t, case_of(t)));
    }
}

fn case_of(here: &Here<'_, Task>) -> impl Fn() -> Expr<Text> + use<> {
    let key = here.item.col(tasks::case_id);
    move || Expr::of(key)
}

/// A step of a work item.
pub struct ChecklistItem;

impl Entity for ChecklistItem {
    const NAME: &'static str = "ChecklistItem";
    const ABOUT: &'static str = "A step of a work item.";
    type Item = checklist_items::table;
    type Release = checklist_items::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.field("text", "What is to be done.", |i| i.item.col(checklist_items::text));
        ty.field("isDone", "It is done.", |i| i.item.col(checklist_items::is_done));
        ty.part(
            |i| vec![i.item.from().into()],
            |_| always(),
            |i| vec![Key::ascending(i.item.col(checklist_items::position))],
        );
    }
}

/// Which work items.
#[derive(InputObject)]
pub struct TaskFilter {
    /// Only those that are done, or that are not.
    is_done: Only<bool>,
}

impl TaskFilter {
    /// The conditions on a row.
    pub fn conditions(self, task: &Here<'_, Task>) -> Vec<Predicate> {
        self.is_done
            .0
            .map(|is_done| Expr::of(task.item.col(tasks::is_done).eq(is_done)))
            .into_iter()
            .collect()
    }
}

/// In which order work items come.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskOrder {
    /// The one that is due first first; those without a day at the end.
    DueOnAsc,
    /// The one that is due last first; those without a day at the end.
    DueOnDesc,
}

impl Order<Task> for TaskOrder {
    fn keys(&self, task: &Here<'_, Task>) -> Vec<Key> {
        let due = task.item.col(tasks::due_on);
        let key = match self {
            TaskOrder::DueOnAsc => Key::of(Direction::Ascending, move || day_or(due, "9999-12-31")),
            TaskOrder::DueOnDesc => Key::of(Direction::Descending, move || day_or(due, "0001-01-01")),
        };
        vec![key, Key::ascending(task.item.col(tasks::id))]
    }
}
