//! What a person has to look at before anything of a docket is shared.
use chrono::NaiveDate;
use diesel::Insertable;

use crate::{
    graph::{Describe, Entity, Key},
    store::always,
};

crate::table! {
    docket_reviews (firm_id, case_id, place, code, sentence, entry_key) {
        firm_id -> Text,
        case_id -> Text,
        place -> Text,
        code -> Text,
        sentence -> Text,
        restricted_on -> Nullable<Date>,
        entry_key -> Text,
        settled_by -> Nullable<Text>,
        settled_at -> Nullable<Timestamp>,
    }
}

/// A review to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = docket_reviews)]
pub(super) struct NewReview {
    pub(super) firm_id: String,
    pub(super) case_id: String,
    pub(super) place: String,
    pub(super) code: String,
    pub(super) sentence: String,
    pub(super) restricted_on: Option<NaiveDate>,
    /// The key of the line that it is about; empty where it is about the docket.
    pub(super) entry_key: String,
}

/// What a person has to look at.
pub struct DocketReview;

impl Entity for DocketReview {
    const NAME: &'static str = "DocketReview";
    const ABOUT: &'static str = "What a person has to look at before anything of a docket is shared.";
    type Item = docket_reviews::table;
    type Release = docket_reviews::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.field("place", "Where in the docket: the entry's number or place.", |r| {
            r.item.col(docket_reviews::place)
        });
        ty.field("code", "What it is about, as a stable word.", |r| r.item.col(docket_reviews::code));
        ty.field("sentence", "What it is about.", |r| r.item.col(docket_reviews::sentence));
        ty.field("restrictedOn", "The day until which the text says that access is restricted.", |r| {
            r.item.col(docket_reviews::restricted_on)
        });
        ty.part(
            |r| vec![r.item.from().into()],
            |_| always(),
            |r| {
                vec![
                    Key::ascending(r.item.col(docket_reviews::place)),
                    Key::ascending(r.item.col(docket_reviews::code)),
                    Key::ascending(r.item.col(docket_reviews::sentence)),
                    Key::ascending(r.item.col(docket_reviews::entry_key)),
                ]
            },
        );
    }
}
