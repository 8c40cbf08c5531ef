//! Papers of a scene: how they came to be, and what is told of them.
use diesel::{ExpressionMethods, QueryDsl, insert_into};

use super::scene::{Scene, declined};
use crate::{
    digest::sha256,
    documents::{
        self, DocumentKind, DocumentOrigin, FilingStatus, Gate, NewDocument, NewOverride, NewVersion, Seal,
        document_releases, document_versions,
    },
    error::Fault,
    graph::Enumeration as _,
    id::{Tag, random},
    releasing::{self, Terms},
};

/// A paper to be written.
pub(super) struct Paper<'a> {
    kind: DocumentKind,
    origin: DocumentOrigin,
    title: &'a str,
    status: FilingStatus,
    /// How many days ago it was filed, entered or delivered.
    days: i64,
    entry: Option<&'a str>,
    seal: Seal,
    notes: &'a str,
    pages: i32,
    versions: i32,
}

impl<'a> Paper<'a> {
    fn new(kind: DocumentKind, origin: DocumentOrigin, title: &'a str, status: FilingStatus) -> Self {
        let (days, pages, versions) = (10, 4, 1);
        Paper {
            kind,
            origin,
            title,
            status,
            days,
            entry: None,
            seal: Seal::none(),
            notes: "",
            pages,
            versions,
        }
    }

    /// On the court's record as this entry, since so many days.
    pub(super) fn filed(
        kind: DocumentKind,
        origin: DocumentOrigin,
        title: &'a str,
        (entry, days): (&'a str, i64),
    ) -> Self {
        let paper = Self::new(kind, origin, title, FilingStatus::Filed);
        Paper { entry: Some(entry), days, ..paper }
    }

    /// Made by the court.
    pub(super) fn entered(kind: DocumentKind, title: &'a str, (entry, days): (&'a str, i64)) -> Self {
        let paper = Self::new(kind, DocumentOrigin::Court, title, FilingStatus::Entered);
        Paper { entry: Some(entry), days, ..paper }
    }

    /// The firm's own, final, and handed to the client so many days ago.
    pub(super) fn delivered(kind: DocumentKind, title: &'a str, days: i64) -> Self {
        Paper { days, ..Self::new(kind, DocumentOrigin::Firm, title, FilingStatus::Final) }
    }

    /// The firm's own, being written.
    pub(super) fn draft(kind: DocumentKind, title: &'a str) -> Self {
        Self::new(kind, DocumentOrigin::Firm, title, FilingStatus::Draft)
    }

    /// Somebody else's, on no record.
    pub(super) fn received(kind: DocumentKind, origin: DocumentOrigin, title: &'a str) -> Self {
        Self::new(kind, origin, title, FilingStatus::Final)
    }

    /// The same, taken back or turned down since.
    pub(super) fn now(self, status: FilingStatus) -> Self {
        Paper { status, ..self }
    }

    /// The same, closed.
    pub(super) fn closed(self, seal: Seal) -> Self {
        Paper { seal, ..self }
    }

    /// The same, with a word of the firm's.
    pub(super) fn noted(self, notes: &'a str) -> Self {
        Paper { notes, ..self }
    }

    /// The same, of so many pages, in its so many-th version.
    pub(super) fn sized(self, pages: i32, versions: i32) -> Self {
        Paper { pages, versions, ..self }
    }

    fn file_name(&self) -> String {
        let words = self.title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        format!("{}.pdf", words.map(str::to_lowercase).collect::<Vec<_>>().join("-"))
    }

    fn folder(&self) -> &'static str {
        match self.status {
            FilingStatus::Draft => "Drafts",
            FilingStatus::Final | FilingStatus::Signed | FilingStatus::Submitted => "Working file",
            FilingStatus::Served
            | FilingStatus::Filed
            | FilingStatus::Entered
            | FilingStatus::Rejected
            | FilingStatus::Withdrawn => "Court file",
        }
    }
}

impl Scene<'_, '_> {
    /// A paper, internal as yet.
    pub(super) async fn paper(&mut self, paper: Paper<'_>) -> Result<String, Fault> {
        let id = random(Tag::Document);
        let day = self.day(-paper.days);
        let is_on_record = paper.entry.is_some();
        let is_own = paper.origin == DocumentOrigin::Firm && paper.status != FilingStatus::Draft;
        let row = NewDocument {
            firm_id: self.firm.clone(),
            id: id.clone(),
            case_id: self.case.clone(),
            kind: paper.kind.word().into(),
            origin: paper.origin.word().into(),
            legal_title: Some(paper.title.into()),
            filing_status: paper.status.word().into(),
            filed_on: is_on_record.then_some(day),
            delivered_on: (!is_on_record && is_own).then_some(day),
            court_entry: paper.entry.map(Into::into),
            seal: paper.seal.clone(),
            protective: "NONE".into(),
            privilege: (paper.status == FilingStatus::Draft).then(|| "WORK_PRODUCT".into()),
            file_name: paper.file_name(),
            folder: paper.folder().into(),
            review_notes: paper.notes.into(),
        };
        self.t.execute(insert_into(documents::documents::table).values(row)).await?;
        for number in 1..=paper.versions {
            let row = NewVersion {
                firm_id: self.firm.clone(),
                document_id: id.clone(),
                number,
                media_type: "application/pdf".into(),
                size_bytes: i64::from(paper.pages) * 48_213 + i64::from(number) * 977,
                page_count: Some(paper.pages),
                sha256: hash(paper.title, number),
                added_at: self.at(-paper.days - i64::from(paper.versions - number) - 1),
            };
            self.t.execute(insert_into(document_versions::table).values(row)).await?;
        }
        Ok(id)
    }

    /// What clients are told of a paper, from so many days ago on, and its newest version.
    pub(super) async fn tell(
        &mut self,
        paper: &str,
        (label, explanation): (&str, &str),
        days: i64,
    ) -> Result<String, Fault> {
        let terms = self.since(days);
        self.tell_under(paper, (label, explanation), &terms).await
    }

    /// The same under other terms.
    pub(super) async fn tell_under(
        &mut self,
        paper: &str,
        (label, explanation): (&str, &str),
        terms: &Terms,
    ) -> Result<String, Fault> {
        let versions = document_versions::table
            .filter(document_versions::firm_id.eq(self.firm.clone()))
            .filter(document_versions::document_id.eq(paper.to_owned()))
            .select(document_versions::number);
        let versions: Vec<i32> = self.t.load(versions).await?;
        let version = versions.into_iter().max().unwrap_or_default();
        let told = documents::Told { label: label.into(), explanation: explanation.into(), version };
        documents::release(self.t, (&self.firm, paper), told, terms).await.map_err(declined)
    }

    /// Takes a paper back from clients, as of so many days ago.
    pub(super) async fn take_back(&mut self, (paper, release): (&str, &str), days: i64) -> Result<(), Fault> {
        let at = self.at(-days);
        let of = (paper, release);
        releasing::withdraw::<document_releases::table>(self.t, &self.firm, of, at).await.map_err(declined)
    }

    /// The lead attorney decides that a gate does not keep a paper from clients.
    pub(super) async fn overrule(
        &mut self,
        (paper, gate): (&str, Gate),
        reason: &str,
        days: i64,
    ) -> Result<(), Fault> {
        let decision =
            NewOverride { gate, attorney: self.lead.clone(), reason: reason.into(), at: self.at(-days) };
        documents::overrule(self.t, (&self.firm, paper), decision).await.map_err(declined)
    }
}

/// What a file's hash looks like; the demo has no files.
fn hash(title: &str, number: i32) -> String {
    sha256(format!("{title} {number}"))
}
