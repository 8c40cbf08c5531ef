//! A paper of a case: what it is, what clients are told of it, and what the firm keeps to itself about it.
use chrono::{NaiveDate, NaiveDateTime};
use diesel::{
    Column, ExpressionMethods, Insertable,
    sql_types::{BigInt, Integer, Nullable, Text},
};

use super::{
    DocumentKind, DocumentOrder, DocumentOrigin, FilingStatus, Privilege, ProtectiveOrder, Seal, Sealing,
    gates,
};
use crate::{
    cases::{self, Case, Section},
    graph::{Describe, Entity, Here, Order},
    id::Tag,
    policy::Role,
    release_table, releasing, sql,
    store::{Expr, Predicate, Row, all, always, any},
};

crate::table! {
    documents (firm_id, id) {
        firm_id -> Text,
        id -> Text,
        version -> BigInt,
        case_id -> Text,
        kind -> Text,
        origin -> Text,
        legal_title -> Nullable<Text>,
        filing_status -> Text,
        filed_on -> Nullable<Date>,
        delivered_on -> Nullable<Date>,
        court_entry -> Nullable<Text>,
        sealed -> Text,
        restricted_on -> Nullable<Date>,
        restricted_until -> Nullable<Timestamp>,
        protective -> Text,
        privilege -> Nullable<Text>,
        file_name -> Text,
        folder -> Text,
        review_notes -> Text,
    }
}

/// A document to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = documents)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewDocument {
    pub firm_id: String,
    pub id: String,
    pub case_id: String,
    pub kind: String,
    pub origin: String,
    pub legal_title: Option<String>,
    pub filing_status: String,
    pub filed_on: Option<NaiveDate>,
    pub delivered_on: Option<NaiveDate>,
    pub court_entry: Option<String>,
    #[diesel(embed)]
    pub seal: Seal,
    pub protective: String,
    pub privilege: Option<String>,
    pub file_name: String,
    pub folder: String,
    pub review_notes: String,
}

crate::table! {
    document_versions (firm_id, document_id, number) {
        firm_id -> Text,
        document_id -> Text,
        number -> Integer,
        media_type -> Text,
        size_bytes -> BigInt,
        page_count -> Nullable<Integer>,
        sha256 -> Text,
        added_at -> Timestamp,
    }
}

/// A file that a document was, to be written; versions of a document are numbered from 1.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = document_versions)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewVersion {
    pub firm_id: String,
    pub document_id: String,
    pub number: i32,
    pub media_type: String,
    pub size_bytes: i64,
    pub page_count: Option<i32>,
    pub sha256: String,
    pub added_at: NaiveDateTime,
}

crate::table! {
    document_overrides (firm_id, document_id, gate) {
        firm_id -> Text,
        document_id -> Text,
        gate -> Text,
        attorney_id -> Text,
        reason -> Text,
        made_at -> Timestamp,
    }
}

release_table! {
    document_releases of document_id in documents by case_id, named in document_release_audiences,
    worded DocumentWording, pub(super) approve {
        /// What the paper is, in a few plain words.
        label -> Text as String,
        /// What it is for, in plain words.
        explanation -> Text as String,
        /// The version of the file that is shared.
        pinned_number -> Integer as i32,
    }
}

/// A paper of a case.
pub struct Document;

impl Entity for Document {
    const NAME: &'static str = "Document";
    const ABOUT: &'static str = "A paper of a case, by what is known of it; its content is read elsewhere.";
    type Item = documents::table;
    type Release = document_releases::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.node(Tag::Document, documents::id);
        ty.certain::<Case>("case", "The case.", |d, case| {
            Expr::of(case.item.col(cases::cases::id).eq(d.item.col(documents::case_id)))
        });
        wording(ty);
        facts(ty);
        internal(ty);
        ty.rows(
            |d| releasing::with_viewers_release(d, Expr::of(d.item.col(documents::id))),
            |d| cases::fence(d, Expr::of(d.item.col(documents::firm_id)), case_of(d), Section::Documents),
            |d| DocumentOrder::FiledOnDesc.keys(d),
        );
        ty.released_scope("released_to_viewer", |d| {
            all(vec![releasing::is_there(d.release), gates::is_open(d), gates::has_open_origin(d)])
        });
        ty.scope("granted_to_viewer", |d| {
            let granted = cases::is_granted_to_viewer(d, Expr::of(d.item.col(documents::id)), case_of(d));
            all(vec![gates::is_open(d), granted])
        });
        ty.scope("whole_firm", |_| always());
        ty.scope("on_case_staff", |d| cases::is_on_staff(d, case_of(d)));
        ty.scope("invoices", |d| Expr::of(d.item.col(documents::kind).eq("INVOICE")));
    }
}

fn case_of(here: &Here<'_, Document>) -> impl Fn() -> Expr<Text> + use<> {
    let key = here.item.col(documents::case_id);
    move || Expr::of(key)
}

fn wording(ty: &mut Describe<Document>) {
    ty.field("label", "What the paper is, in a few plain words.", |d| {
        d.release.col(document_releases::label)
    })
    .released();
    ty.field("explanation", "What it is for, in plain words.", |d| {
        d.release.col(document_releases::explanation)
    })
    .released();
    ty.field("releasedAt", "When this wording was shared.", |d| {
        d.release.col(document_releases::released_from)
    })
    .released();
}

fn facts(ty: &mut Describe<Document>) {
    ty.field("kind", "What sort of paper it is.", |d| d.item.col(documents::kind)).typed::<DocumentKind>();
    ty.field("legalTitle", "Its title as the court has it.", legal_title);
    ty.field("filingStatus", "How far it got.", |d| d.item.col(documents::filing_status))
        .typed::<FilingStatus>();
    ty.field("filedOn", "The day on which it was filed.", |d| d.item.col(documents::filed_on));
    ty.field("deliveredOn", "The day on which the client was given it.", |d| {
        d.item.col(documents::delivered_on)
    });
    ty.field("courtEntry", "The entry of the court's docket that it is.", |d| {
        d.item.col(documents::court_entry)
    });
    ty.field(
        "mediaType",
        "The file's media type, for example application/pdf.",
        |d| -> Expr<Nullable<Text>> { of_version(d, document_versions::media_type) },
    );
    ty.field("sizeBytes", "The file's size in bytes.", |d| -> Expr<Nullable<BigInt>> {
        of_version(d, document_versions::size_bytes)
    });
    ty.field("pageCount", "How many pages it has.", |d| -> Expr<Nullable<Integer>> {
        of_version(d, document_versions::page_count)
    });
}

fn internal(ty: &mut Describe<Document>) {
    ty.field("fileName", "The file's name at the firm.", |d| d.item.col(documents::file_name));
    ty.field("folder", "The folder at the firm.", |d| d.item.col(documents::folder));
    ty.field("origin", "Where it comes from.", |d| d.item.col(documents::origin)).typed::<DocumentOrigin>();
    ty.field("sealed", "Whether the court closed it.", |d| d.item.col(documents::sealed)).typed::<Sealing>();
    ty.field("restrictedUntil", "The instant until which the court closed it.", |d| {
        d.item.col(documents::restricted_until)
    });
    ty.field("protective", "Whether an order protects what it holds.", |d| d.item.col(documents::protective))
        .typed::<ProtectiveOrder>();
    ty.field("privilege", "What protects it from being demanded.", |d| d.item.col(documents::privilege))
        .typed::<Privilege>();
    ty.field("reviewNotes", "What the firm noted when reviewing it.", |d| {
        d.item.col(documents::review_notes)
    });
    releasing::publication(ty, "Where it stands on its way to clients.", |d| {
        Expr::of(d.item.col(documents::id))
    });
}

/// Outside the firm a paper has its legal title once it was filed, or for whom it was granted by itself: nothing else names it.
fn legal_title(d: &Here<'_, Document>) -> Expr<Nullable<Text>> {
    let title = d.item.col(documents::legal_title);
    let is_filed: Predicate = Expr::of(d.item.col(documents::filed_on).is_not_null());
    let is_named = match d.viewer.role {
        Role::Attorney | Role::Paralegal | Role::Billing | Role::Admin | Role::Auditor => {
            return Expr::of(title);
        }
        Role::Anonymous | Role::Client | Role::CoClient | Role::AuthorizedContact | Role::BillPayer => {
            is_filed
        }
        Role::Expert | Role::CoCounsel => {
            let id = Expr::of(d.item.col(documents::id));
            any(vec![is_filed, cases::is_granted_to_viewer(d, id, case_of(d))])
        }
    };
    sql!["CASE WHEN ", is_named, " THEN ", title, " END"]
}

/// A column of the file's version that the viewer is concerned with, if there is one.
fn of_version<C, N>(d: &Here<'_, Document>, column: C) -> Expr<N>
where
    C: Column<Table = document_versions::table> + Send + Sync + 'static,
{
    let version = d.row::<document_versions::table>();
    sql![
        "(SELECT ",
        version.col(column),
        " FROM ",
        version.from(),
        " WHERE ",
        is_of(d, version),
        " AND ",
        version.col(document_versions::number),
        " = ",
        concerned(d),
        ")"
    ]
}

fn is_of(d: &Here<'_, Document>, version: Row<document_versions::table>) -> Predicate {
    all(vec![
        Expr::of(version.col(document_versions::firm_id).eq(d.item.col(documents::firm_id))),
        Expr::of(version.col(document_versions::document_id).eq(d.item.col(documents::id))),
    ])
}

/// Staff: the newest version. Outside: the one that the release pins, and of a paper that was granted by itself the one
/// that was the newest when it was granted; a newer file shows itself to nobody.
fn concerned(d: &Here<'_, Document>) -> Expr<Nullable<Integer>> {
    let pinned = || d.release.col(document_releases::pinned_number);
    let version = d.row::<document_versions::table>();
    let newest = |which: Predicate| -> Expr<Nullable<Integer>> {
        let number = version.col(document_versions::number);
        sql!["(SELECT max(", number, ") FROM ", version.from(), " WHERE ", which, ")"]
    };
    match d.viewer.role {
        Role::Attorney | Role::Paralegal | Role::Billing | Role::Admin | Role::Auditor => {
            newest(is_of(d, version))
        }
        Role::Anonymous | Role::Client | Role::CoClient | Role::AuthorizedContact | Role::BillPayer => {
            sql![pinned()]
        }
        Role::Expert | Role::CoCounsel => {
            let granted = cases::granted_at(d, Expr::of(d.item.col(documents::id)), case_of(d));
            let was_there: Predicate = sql![version.col(document_versions::added_at), " <= ", granted];
            sql!["coalesce(", pinned(), ", ", newest(all(vec![is_of(d, version), was_there])), ")"]
        }
    }
}
