//! Who stands on the other side of a case.
use diesel::Insertable;

use crate::{
    graph::{Describe, Entity, Key},
    store::always,
};

crate::table! {
    adverse_parties (firm_id, case_id, id) {
        firm_id -> Text,
        case_id -> Text,
        id -> Text,
        name -> Text,
        kind -> Text,
    }
}

/// An adverse party to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = adverse_parties)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewAdverseParty {
    pub firm_id: String,
    pub case_id: String,
    pub id: String,
    pub name: String,
    pub kind: String,
}

/// Who stands on the other side of a case.
pub struct AdverseParty;

impl Entity for AdverseParty {
    const NAME: &'static str = "AdverseParty";
    const ABOUT: &'static str = "Who stands on the other side of a case.";
    type Item = adverse_parties::table;
    type Release = adverse_parties::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.field("name", "The name of the party.", |a| a.item.col(adverse_parties::name));
        ty.field("kind", "What it is in the case, in the firm's words.", |a| {
            a.item.col(adverse_parties::kind)
        });
        ty.part(
            |a| vec![a.item.from().into()],
            |_| always(),
            |a| {
                vec![
                    Key::ascending(a.item.col(adverse_parties::name)),
                    Key::ascending(a.item.col(adverse_parties::id)),
                ]
            },
        );
    }
}
