//! An ethical wall: somebody of the firm who is kept away from a case.
use diesel::{ExpressionMethods, sql_types::Text};

use crate::{
    cases::{self, Case, Section, ethical_walls},
    graph::{Describe, Entity, Here, Key},
    id::Tag,
    people::{Person, people},
    store::{Expr, always},
};

/// Somebody of the firm who is kept away from a case. Who is kept away can't read the wall either.
pub struct EthicalWall;

impl Entity for EthicalWall {
    const NAME: &'static str = "EthicalWall";
    const ABOUT: &'static str = "Somebody of the firm who is kept away from a case.";
    type Item = ethical_walls::table;
    type Release = ethical_walls::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.node(Tag::EthicalWall, ethical_walls::id);
        ty.certain::<Case>("case", "The case.", |w, case| {
            Expr::of(case.item.col(cases::cases::id).eq(w.item.col(ethical_walls::case_id)))
        });
        // Nullable: who reads a wall need not know everybody of the firm.
        ty.maybe::<Person>("person", "Who is kept away.", |w, person| {
            Expr::of(person.item.col(people::id).eq(w.item.col(ethical_walls::person_id)))
        });
        ty.field("reason", "Why.", |w| w.item.col(ethical_walls::reason));
        ty.field("since", "Since when.", |w| w.item.col(ethical_walls::since));
        ty.rows(
            |w| vec![w.item.from().into()],
            |w| cases::fence(w, Expr::of(w.item.col(ethical_walls::firm_id)), case_of(w), Section::Any),
            |w| {
                vec![
                    Key::ascending(w.item.col(ethical_walls::since)),
                    Key::ascending(w.item.col(ethical_walls::id)),
                ]
            },
        );
        ty.scope("whole_firm", |_| always());
        ty.scope("on_case_staff", |w| cases::is_on_staff(w, case_of(w)));
    }
}

fn case_of(here: &Here<'_, EthicalWall>) -> impl Fn() -> Expr<Text> + use<> {
    let key = here.item.col(ethical_walls::case_id);
    move || Expr::of(key)
}
