//! A name in a case's caption.
use chrono::NaiveDate;
use diesel::Insertable;

use crate::{
    graph::{Describe, Entity, Key},
    store::always,
};

crate::table! {
    parties (firm_id, case_id, position) {
        firm_id -> Text,
        case_id -> Text,
        position -> BigInt,
        name -> Text,
        kind -> Nullable<Text>,
        remark -> Nullable<Text>,
        ended_on -> Nullable<Date>,
    }
}

/// A name to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = parties)]
pub(super) struct NewParty {
    pub(super) firm_id: String,
    pub(super) case_id: String,
    pub(super) position: i64,
    pub(super) name: String,
    pub(super) kind: Option<String>,
    pub(super) remark: Option<String>,
    pub(super) ended_on: Option<NaiveDate>,
}

/// A name in a case's caption.
pub struct Party;

impl Entity for Party {
    const NAME: &'static str = "Party";
    const ABOUT: &'static str = "A name in a case's caption.";
    type Item = parties::table;
    type Release = parties::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.field("name", "The name, as the court writes it.", |p| p.item.col(parties::name));
        ty.field("kind", "What the court calls the party, such as Plaintiff.", |p| p.item.col(parties::kind));
        ty.field("remark", "What the court adds to the name.", |p| p.item.col(parties::remark));
        ty.field("endedOn", "The day on which the party left the case.", |p| p.item.col(parties::ended_on));
        ty.part(
            |p| vec![p.item.from().into()],
            |_| always(),
            |p| vec![Key::ascending(p.item.col(parties::position))],
        );
    }
}
