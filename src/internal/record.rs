//! Records of people who are not clients: witnesses, experts, other clients.
use chrono::NaiveDate;
use diesel::{ExpressionMethods, Insertable, sql_types::Text};

use crate::{
    cases::{self, Case, Section},
    graph::{Describe, Entity, Here, Key},
    id::Tag,
    store::{Expr, always},
};

crate::table! {
    third_party_records (firm_id, id) {
        firm_id -> Text,
        id -> Text,
        case_id -> Text,
        kind -> Text,
        subject -> Text,
        received_on -> Date,
        source -> Text,
    }
}

/// A record to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = third_party_records)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewThirdPartyRecord {
    pub firm_id: String,
    pub id: String,
    pub case_id: String,
    pub kind: String,
    pub subject: String,
    pub received_on: NaiveDate,
    pub source: String,
}

crate::enumeration! {
    /// Whose record it is.
    ThirdPartyKind {
        /// A witness's.
        Witness = "WITNESS",
        /// An expert's.
        Expert = "EXPERT",
        /// A doctor's or a hospital's.
        Medical = "MEDICAL",
        /// A bank's, an employer's or an insurer's.
        Financial = "FINANCIAL",
        /// Another client's.
        OtherClient = "OTHER_CLIENT",
        /// Somebody else's.
        Other = "OTHER",
    }
}

/// A record of somebody who is not the client.
pub struct ThirdPartyRecord;

impl Entity for ThirdPartyRecord {
    const NAME: &'static str = "ThirdPartyRecord";
    const ABOUT: &'static str = "A record of somebody who is not the client.";
    type Item = third_party_records::table;
    type Release = third_party_records::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.node(Tag::ThirdPartyRecord, third_party_records::id);
        ty.certain::<Case>("case", "The case.", |r, case| {
            Expr::of(case.item.col(cases::cases::id).eq(r.item.col(third_party_records::case_id)))
        });
        ty.field("kind", "Whose record it is.", |r| r.item.col(third_party_records::kind))
            .typed::<ThirdPartyKind>();
        ty.field("subject", "What it is about.", |r| r.item.col(third_party_records::subject));
        ty.field("receivedOn", "The day on which the firm received it.", |r| {
            r.item.col(third_party_records::received_on)
        });
        ty.field("source", "Where it comes from.", |r| r.item.col(third_party_records::source));
        ty.rows(
            |r| vec![r.item.from().into()],
            |r| cases::fence(r, Expr::of(r.item.col(third_party_records::firm_id)), case_of(r), Section::Any),
            |r| {
                vec![
                    Key::descending(r.item.col(third_party_records::received_on)),
                    Key::ascending(r.item.col(third_party_records::id)),
                ]
            },
        );
        ty.scope("whole_firm", |_| always());
        ty.scope("on_case_staff", |r| cases::is_on_staff(r, case_of(r)));
        ty.scope("granted_to_viewer", |r| {
            cases::is_granted_to_viewer(r, Expr::of(r.item.col(third_party_records::id)), case_of(r))
        });
    }
}

fn case_of(here: &Here<'_, ThirdPartyRecord>) -> impl Fn() -> Expr<Text> + use<> {
    let key = here.item.col(third_party_records::case_id);
    move || Expr::of(key)
}
