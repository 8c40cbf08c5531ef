//! Which documents are asked for, and in which order.
use async_graphql::InputObject;
use diesel::{ExpressionMethods, NullableExpressionMethods, sql_types::Timestamp};

use super::{
    Document, DocumentKind, FilingStatus,
    document::{document_releases, documents},
};
use crate::{
    graph::{Here, Key, Only, Order, is_chosen},
    scalars::Day,
    sql,
    store::{Direction, Expr, Predicate, bound, day_or},
};

/// Which documents.
#[derive(InputObject)]
pub struct DocumentFilter {
    /// Of one of these kinds; an empty list finds nothing.
    kind: Only<Vec<DocumentKind>>,
    /// In one of these states; an empty list finds nothing.
    filing_status: Only<Vec<FilingStatus>>,
    /// Filed on this day or later.
    filed_from: Only<Day>,
    /// Filed on this day or earlier.
    filed_to: Only<Day>,
}

impl DocumentFilter {
    pub(super) fn conditions(self, d: &Here<'_, Document>) -> Vec<Predicate> {
        let filed_on = || d.item.col(documents::filed_on).assume_not_null();
        let mut conditions = Vec::new();
        let (kind, status) = (d.item.col(documents::kind), d.item.col(documents::filing_status));
        conditions.extend(self.kind.0.map(|kinds| is_chosen(Expr::of(kind), &kinds)));
        conditions.extend(self.filing_status.0.map(|states| is_chosen(Expr::of(status), &states)));
        conditions.extend(self.filed_from.0.map(|day| Expr::of(filed_on().ge(day.0))));
        conditions.extend(self.filed_to.0.map(|day| Expr::of(filed_on().le(day.0))));
        conditions
    }
}

/// In which order documents come.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentOrder {
    /// The one filed last first; those that were not filed at the end.
    FiledOnDesc,
    /// The one filed first first; those that were not filed at the end.
    FiledOnAsc,
    /// The one shared last first.
    ReleasedAtDesc,
}

impl Order<Document> for DocumentOrder {
    fn keys(&self, d: &Here<'_, Document>) -> Vec<Key> {
        let (filed, released) =
            (d.item.col(documents::filed_on), d.release.col(document_releases::released_from));
        let key = match self {
            DocumentOrder::FiledOnDesc => Key::of(Direction::Descending, move || day_or(filed, "0001-01-01")),
            DocumentOrder::FiledOnAsc => Key::of(Direction::Ascending, move || day_or(filed, "9999-12-31")),
            // The release in the row is one that the viewer may read, so its instant tells nothing new.
            DocumentOrder::ReleasedAtDesc => Key::of(Direction::Descending, move || -> Expr<Timestamp> {
                let long_ago = chrono::DateTime::UNIX_EPOCH.naive_utc();
                sql!["coalesce(", released, ", ", bound::<Timestamp, _>(long_ago), ")"]
            }),
        };
        vec![key, Key::ascending(d.item.col(documents::id))]
    }
}
