//! A line of a court's docket.
use chrono::NaiveDate;
use diesel::{ExpressionMethods, Insertable, sql_types::Text};

use crate::{
    cases::{self, Section},
    documents::{Document, documents},
    graph::{Describe, Entity, Here, Key},
    store::{Expr, always},
};
use diesel::NullableExpressionMethods;

crate::table! {
    docket_entries (firm_id, case_id, entry_key) {
        firm_id -> Text,
        case_id -> Text,
        entry_key -> Text,
        position -> BigInt,
        number -> Nullable<Text>,
        filed_on -> Date,
        entered_on -> Nullable<Date>,
        text -> Text,
        document_id -> Nullable<Text>,
    }
}

/// A line to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = docket_entries)]
pub(super) struct NewEntry {
    pub(super) firm_id: String,
    pub(super) case_id: String,
    pub(super) entry_key: String,
    pub(super) position: i64,
    pub(super) number: Option<String>,
    pub(super) filed_on: NaiveDate,
    pub(super) entered_on: Option<NaiveDate>,
    pub(super) text: String,
    pub(super) document_id: Option<String>,
}

/// A line of a court's docket.
pub struct DocketEntry;

impl Entity for DocketEntry {
    const NAME: &'static str = "DocketEntry";
    const ABOUT: &'static str = "A line of a court's docket.";
    type Item = docket_entries::table;
    type Release = docket_entries::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.known_by(|e| {
            vec![
                Expr::of(e.item.col(docket_entries::case_id)),
                Expr::of(e.item.col(docket_entries::entry_key)),
            ]
        });
        ty.field("number", "The court's number of it, if it has one.", |e| {
            e.item.col(docket_entries::number)
        });
        ty.field("filedOn", "The day of it.", |e| e.item.col(docket_entries::filed_on));
        ty.field("enteredOn", "The day on which the clerk wrote it down.", |e| {
            e.item.col(docket_entries::entered_on)
        });
        ty.field("text", "The clerk's words.", |e| e.item.col(docket_entries::text));
        ty.maybe::<Document>("document", "The paper that it lists, if it lists one.", |e, document| {
            let listed = e.item.col(docket_entries::document_id).assume_not_null();
            Expr::of(document.item.col(documents::id).eq(listed))
        });
        ty.rows(
            |e| vec![e.item.from().into()],
            |e| cases::fence(e, Expr::of(e.item.col(docket_entries::firm_id)), case_of(e), Section::Any),
            |e| {
                vec![
                    Key::ascending(e.item.col(docket_entries::filed_on)),
                    Key::ascending(e.item.col(docket_entries::position)),
                    Key::ascending(e.item.col(docket_entries::entry_key)),
                ]
            },
        );
        ty.scope("whole_firm", |_| always());
        ty.scope("on_case_staff", |e| cases::is_on_staff(e, case_of(e)));
    }
}

fn case_of(here: &Here<'_, DocketEntry>) -> impl Fn() -> Expr<Text> + use<> {
    let key = here.item.col(docket_entries::case_id);
    move || Expr::of(key)
}
