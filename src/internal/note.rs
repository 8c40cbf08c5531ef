//! Staff's thoughts on a case.
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, Insertable, sql_types::Text};

use crate::{
    cases::{self, Case, Section},
    graph::{Describe, Entity, Here, Key},
    id::Tag,
    people::{Person, people},
    store::{Expr, always},
};

crate::table! {
    strategy_notes (firm_id, id) {
        firm_id -> Text,
        id -> Text,
        case_id -> Text,
        body -> Text,
        author_id -> Text,
        created_at -> Timestamp,
    }
}

/// A note to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = strategy_notes)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewStrategyNote {
    pub firm_id: String,
    pub id: String,
    pub case_id: String,
    pub body: String,
    pub author_id: String,
    pub created_at: NaiveDateTime,
}

/// A note on how to go about a case.
pub struct StrategyNote;

impl Entity for StrategyNote {
    const NAME: &'static str = "StrategyNote";
    const ABOUT: &'static str = "A note on how to go about a case.";
    type Item = strategy_notes::table;
    type Release = strategy_notes::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.node(Tag::StrategyNote, strategy_notes::id);
        ty.certain::<Case>("case", "The case.", |n, case| {
            Expr::of(case.item.col(cases::cases::id).eq(n.item.col(strategy_notes::case_id)))
        });
        ty.field("body", "The note.", |n| n.item.col(strategy_notes::body));
        // Nullable: who reads a note need not know its author.
        ty.maybe::<Person>("author", "Who wrote it.", |n, person| {
            Expr::of(person.item.col(people::id).eq(n.item.col(strategy_notes::author_id)))
        });
        ty.field("createdAt", "When it was written.", |n| n.item.col(strategy_notes::created_at));
        ty.rows(
            |n| vec![n.item.from().into()],
            |n| cases::fence(n, Expr::of(n.item.col(strategy_notes::firm_id)), case_of(n), Section::Any),
            |n| {
                vec![
                    Key::descending(n.item.col(strategy_notes::created_at)),
                    Key::ascending(n.item.col(strategy_notes::id)),
                ]
            },
        );
        ty.scope("whole_firm", |_| always());
        ty.scope("on_case_staff", |n| cases::is_on_staff(n, case_of(n)));
    }
}

fn case_of(here: &Here<'_, StrategyNote>) -> impl Fn() -> Expr<Text> + use<> {
    let key = here.item.col(strategy_notes::case_id);
    move || Expr::of(key)
}
