//! A person with an account: staff, or somebody who uses the portal.
use async_graphql::InputObject;
use diesel::{ExpressionMethods, Insertable, sql_types::Text};

use super::participants;
use crate::{
    cases::{self, case_staff},
    graph::{Describe, Entity, Enumeration, Here, Key, Only},
    id::Tag,
    policy::Role,
    store::{Expr, Piece, Predicate, all, any, exists},
};

crate::table! {
    people (firm_id, id) {
        firm_id -> Text,
        id -> Text,
        kind -> Text,
        name -> Text,
        email -> Text,
        staff_role -> Nullable<Text>,
        is_active -> Bool,
    }
}

/// A person to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = people)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewPerson {
    pub firm_id: String,
    pub id: String,
    pub kind: String,
    pub name: String,
    pub email: String,
    pub staff_role: Option<String>,
    pub is_active: bool,
}

crate::enumeration! {
    /// Whether somebody works for the firm.
    PersonKind {
        /// Works for the firm.
        Staff = "STAFF",
        /// Uses the portal.
        Portal = "PORTAL",
    }
}

/// A person with an account.
pub struct Person;

impl Entity for Person {
    const NAME: &'static str = "Person";
    const ABOUT: &'static str = "A person with an account.";
    type Item = people::table;
    type Release = people::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.node(Tag::Person, people::id);
        ty.field("name", "The person's name.", |p| p.item.col(people::name));
        ty.field("email", "The address that the account is known by.", |p| p.item.col(people::email));
        ty.field("kind", "Whether the person works for the firm.", |p| p.item.col(people::kind))
            .typed::<PersonKind>();
        ty.field("staffRole", "The role in the firm, for those who work for it.", |p| {
            p.item.col(people::staff_role)
        })
        .typed::<Role>();
        ty.rows(
            |p| vec![Piece::from(p.item.from())],
            is_reached,
            |p| vec![Key::ascending(p.item.col(people::name)), Key::ascending(p.item.col(people::id))],
        );
        ty.scope("self", is_self);
        ty.scope("whole_firm", is_of_firm);
        ty.scope("in_own_cases", shares_a_case);
    }
}

fn is_of_firm(here: &Here<'_, Person>) -> Predicate {
    Expr::of(here.item.col(people::firm_id).eq(here.viewer.firm().to_owned()))
}

/// Of the firm; a key that names cases reaches itself and who is in those of them that no wall keeps from it.
fn is_reached(here: &Here<'_, Person>) -> Predicate {
    let mut conditions = vec![is_of_firm(here)];
    conditions.extend(here.viewer.key().map(|_| any(vec![is_self(here), shares_a_case(here)])));
    all(conditions)
}

fn is_self(here: &Here<'_, Person>) -> Predicate {
    Expr::of(here.item.col(people::id).eq(here.viewer.person().to_owned()))
}

/// Works on, or takes part in, a case that the viewer shares.
fn shares_a_case(here: &Here<'_, Person>) -> Predicate {
    let (staff, taking_part) = (here.row::<case_staff::table>(), here.row::<participants::table>());
    let firm = || here.viewer.firm().to_owned();
    let on_staff = all(vec![
        Expr::of(staff.col(case_staff::firm_id).eq(firm())),
        Expr::of(staff.col(case_staff::person_id).eq(here.item.col(people::id))),
        is_shared(here, || Expr::of(staff.col(case_staff::case_id))),
    ]);
    let participates = all(vec![
        Expr::of(taking_part.col(participants::firm_id).eq(firm())),
        Expr::of(taking_part.col(participants::person_id).eq(here.item.col(people::id))),
        is_shared(here, || Expr::of(taking_part.col(participants::case_id))),
    ]);
    any(vec![exists(staff, on_staff), exists(taking_part, participates)])
}

/// The viewer belongs to the case's staff, or has a key that names it, and no wall stands between.
fn is_shared(here: &Here<'_, Person>, case: impl Fn() -> Expr<Text>) -> Predicate {
    all(vec![cases::is_on_staff(here, &case), cases::is_reached(here, &case)])
}

/// Which people.
#[derive(InputObject)]
pub struct PersonFilter {
    /// Only those who work for the firm, or who do not.
    kind: Only<PersonKind>,
}

impl PersonFilter {
    /// The conditions on a row.
    pub fn conditions(self, person: &Here<'_, Person>) -> Vec<Predicate> {
        let is = |kind: PersonKind| Expr::of(person.item.col(people::kind).eq(kind.word()));
        self.kind.0.map(is).into_iter().collect()
    }
}
