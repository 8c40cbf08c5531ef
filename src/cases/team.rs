//! The people of the firm who work on a case, as clients are told of them.
use diesel::{ExpressionMethods, Insertable};

use crate::{
    graph::{Describe, Entity, Key},
    people::people,
    scalars::Url,
    store::{Expr, Piece, all, always},
};

crate::table! {
    case_staff (firm_id, case_id, person_id) {
        firm_id -> Text,
        case_id -> Text,
        person_id -> Text,
        role -> Text,
        phone -> Nullable<Text>,
        photo_url -> Nullable<Text>,
        is_responsible -> Bool,
    }
}

/// Somebody put to work on a case.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = case_staff)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewStaff {
    pub firm_id: String,
    pub case_id: String,
    pub person_id: String,
    pub role: String,
    pub phone: Option<String>,
    pub photo_url: Option<String>,
    pub is_responsible: bool,
}

/// Somebody of the firm who works on the case.
pub struct TeamMember;

impl Entity for TeamMember {
    const NAME: &'static str = "TeamMember";
    const ABOUT: &'static str = "Somebody of the firm who works on the case.";
    type Item = case_staff::table;
    // The person's row stands where other types have a release.
    type Release = people::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.field("name", "The person's name.", |t| t.release.col(people::name));
        ty.field("role", "What the person does in the case, in the firm's words.", |t| {
            t.item.col(case_staff::role)
        });
        ty.field("phone", "The number to call.", |t| t.item.col(case_staff::phone));
        ty.field("photoUrl", "A picture.", |t| t.item.col(case_staff::photo_url)).typed::<Url>();
        ty.part(
            |t| {
                let is_same = all(vec![
                    Expr::of(t.release.col(people::firm_id).eq(t.item.col(case_staff::firm_id))),
                    Expr::of(t.release.col(people::id).eq(t.item.col(case_staff::person_id))),
                ]);
                vec![
                    t.item.from().into(),
                    Piece::Text(" JOIN "),
                    t.release.from().into(),
                    Piece::Text(" ON "),
                    is_same.into(),
                ]
            },
            |_| always(),
            |t| {
                vec![
                    Key::descending(t.item.col(case_staff::is_responsible)),
                    Key::ascending(t.release.col(people::name)),
                    Key::ascending(t.item.col(case_staff::person_id)),
                ]
            },
        );
    }
}
