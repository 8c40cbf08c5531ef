//! Releases: what was approved for clients, when it may be read, and by whom.
//!
//! An item of the firm is internal. What clients read of it is an immutable **release**: its wording, its **audience**
//! and the span `released_from <= at < released_until`, judged at the viewer's instant, so that a release for Monday
//! needs no worker. At any instant at most one release of an item is open. There is one table of releases a type,
//! written with [`release_table!`](crate::release_table); what they have in common is [`Releases`].
//!
//! The audience CLIENTS is clients and co-clients, and authorized contacts and bill payers within their sections;
//! NAMED is the participants listed beside the release. It is judged at the read, so who joins later counts. Co-counsel
//! reads whatever is released on his cases.
mod approve;
mod history;
mod prepare;
mod publication;

pub use approve::{Audience, Terms, drop_scheduled, name, settle, withdraw};
pub use history::{Release, ReleaseAudience, ReleaseState};
pub use prepare::{Unapproved, prepare, raise};
pub use publication::{Publication, PublicationState, publication};

use chrono::{NaiveDate, NaiveDateTime};
use diesel::{
    Column, ExpressionMethods,
    expression::Expression,
    sql_types::{Text, Timestamp},
};

use crate::{
    cases,
    graph::{Entity, Here},
    policy::Role,
    store::{Expr, Piece, Predicate, Row, Sql, all, always, any, exists, never},
};

/// A column of text of this table.
pub trait TextOf<T>: Column<Table = T> + Expression<SqlType = Text> + Send + Sync + 'static {}
impl<T, C: Column<Table = T> + Expression<SqlType = Text> + Send + Sync + 'static> TextOf<T> for C {}

/// An instant of this table.
pub trait InstantOf<T>: Column<Table = T> + Expression<SqlType = Timestamp> + Send + Sync + 'static {}
impl<T, C: Column<Table = T> + Expression<SqlType = Timestamp> + Send + Sync + 'static> InstantOf<T> for C {}

/// A table of releases, with the table of its named audiences.
pub trait Releases: diesel::Table + Sql + Default {
    /// The firm.
    type Firm: TextOf<Self>;
    /// The release's id.
    type Id: TextOf<Self>;
    /// What is released.
    type Item: TextOf<Self>;
    /// CLIENTS or NAMED.
    type Audience: TextOf<Self>;
    /// The first instant at which it can be read.
    type From: InstantOf<Self>;
    /// The first instant at which it no longer can.
    type Until: InstantOf<Self>;
    /// When it was to end, if that was said beforehand.
    type Expires: Column<Table = Self> + Send + Sync + 'static;
    /// When it was withdrawn.
    type Withdrawn: Column<Table = Self> + Send + Sync + 'static;
    /// When it was given up before it began.
    type Dropped: Column<Table = Self> + Send + Sync + 'static;
    /// When it was approved.
    type ApprovedAt: InstantOf<Self>;
    /// The table of what is released; it has a `version`.
    type Items: diesel::Table + Sql + Default;
    /// The firm, there.
    type ItemsFirm: TextOf<Self::Items>;
    /// The item's id, there.
    type ItemsId: TextOf<Self::Items>;
    /// The case that it belongs to.
    type ItemsCase: TextOf<Self::Items>;
    /// The table of named participants.
    type Named: diesel::Table + Sql + Default;
    /// The firm, there.
    type NamedFirm: TextOf<Self::Named>;
    /// The release, there.
    type NamedRelease: TextOf<Self::Named>;
    /// The participant.
    type NamedParticipant: TextOf<Self::Named>;
}

/// Writes the tables of a type's releases: the columns that all have, and the type's own wording.
#[macro_export]
macro_rules! release_table {
    ($table:ident of $item:ident in $items:ident by $case:ident, named in $named:ident,
     worded $Wording:ident, $vis:vis approve {
        $($(#[$about:meta])* $wording:ident -> $sql:ident as $rust:ty,)*
    }) => {
        $crate::table! {
            $table (firm_id, id) {
                firm_id -> Text,
                id -> Text,
                $item -> Text,
                audience -> Text,
                released_from -> Timestamp,
                released_until -> Timestamp,
                expires_at -> Nullable<Timestamp>,
                withdrawn_at -> Nullable<Timestamp>,
                dropped_at -> Nullable<Timestamp>,
                approved_by -> Text,
                approved_at -> Timestamp,
                withheld_reason -> Nullable<Text>,
                $($wording -> $crate::releasing::sql::$sql,)*
            }
        }
        $crate::table! {
            $named (firm_id, release_id, participant_id) {
                firm_id -> Text,
                release_id -> Text,
                participant_id -> Text,
            }
        }
        /// What a release says.
        #[derive(diesel::Insertable, Clone, Debug)]
        #[diesel(table_name = $table)]
        pub struct $Wording {
            $($(#[$about])* pub $wording: $rust,)*
        }

        impl $Wording {
            /// Approves this wording for an item and answers the release's id. The item's version is raised first, so
            /// that of two approvals at once the second sees the first.
            $vis async fn approve(
                self,
                transaction: &mut $crate::store::Transaction<'_>,
                (firm, item): (&str, &str),
                terms: &$crate::releasing::Terms,
            ) -> Result<String, $crate::releasing::Unapproved> {
                use diesel::ExpressionMethods as _;
                $crate::releasing::prepare::<$table::table>(transaction, (firm, item), terms).await?;
                let id = $crate::id::random($crate::id::Tag::Release);
                let row = (
                    $table::firm_id.eq(firm.to_owned()),
                    $table::id.eq(id.clone()),
                    $table::$item.eq(item.to_owned()),
                    $table::audience.eq(terms.audience.word()),
                    $table::released_from.eq(terms.from),
                    // It opens when the one before it is ended.
                    $table::released_until.eq(terms.from),
                    $table::expires_at.eq(terms.expires_at),
                    $table::approved_by.eq(terms.approved_by.clone()),
                    $table::approved_at.eq(terms.approved_at),
                    $table::withheld_reason.eq(terms.withheld_reason.clone()),
                    self,
                );
                transaction.execute(diesel::insert_into($table::table).values(row)).await?;
                $crate::releasing::name::<$table::table>(transaction, firm, &id, &terms.audience).await?;
                $crate::releasing::settle::<$table::table>(transaction, firm, item).await?;
                Ok(id)
            }
        }

        impl $crate::releasing::Releases for $table::table {
            type Firm = $table::firm_id;
            type Id = $table::id;
            type Item = $table::$item;
            type Audience = $table::audience;
            type From = $table::released_from;
            type Until = $table::released_until;
            type Expires = $table::expires_at;
            type Withdrawn = $table::withdrawn_at;
            type Dropped = $table::dropped_at;
            type ApprovedAt = $table::approved_at;
            type Items = $items::table;
            type ItemsFirm = $items::firm_id;
            type ItemsId = $items::id;
            type ItemsCase = $items::$case;
            type Named = $named::table;
            type NamedFirm = $named::firm_id;
            type NamedRelease = $named::release_id;
            type NamedParticipant = $named::participant_id;
        }
    };
}

/// SQL's types under names without brackets, for the macro.
pub mod sql {
    use diesel::sql_types::Nullable;
    pub use diesel::sql_types::{Bool, Date, Integer, Text, Timestamp};
    /// Text, or none.
    pub type MaybeText = Nullable<Text>;
    /// A day, or none.
    pub type MaybeDate = Nullable<Date>;
}

/// The end of what has no end.
pub const FOREVER: NaiveDateTime = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day.and_time(chrono::NaiveTime::MIN),
    None => NaiveDateTime::MAX,
};

/// The release of this item is open at the viewer's instant; for joins.
pub fn is_open<R: Releases, E: Entity>(here: &Here<'_, E>, release: Row<R>, item: Expr<Text>) -> Predicate {
    all(vec![
        Expr::of(release.at::<R::Firm>().eq(here.viewer.firm().to_owned())),
        Expr::of(release.at::<R::Item>().eq(item)),
        Expr::of(release.at::<R::From>().le(here.viewer.at)),
        Expr::of(release.at::<R::Until>().gt(here.viewer.at)),
    ])
}

/// `items LEFT JOIN its open release`, so that staff read an item before any release.
pub fn with_release<R: Releases, E: Entity<Release = R>>(here: &Here<'_, E>, item: Expr<Text>) -> Vec<Piece>
where
    E::Item: Sql + Default,
{
    vec![
        Piece::from(here.item.from()),
        Piece::Text(" LEFT JOIN "),
        Piece::from(here.release.from()),
        Piece::Text(" ON "),
        Piece::from(is_open(here, here.release, item)),
    ]
}

/// The same, and outside the firm only a release whose audience the viewer belongs to: for types of which single items
/// are granted, lest somebody read through a grant what was worded for others.
pub fn with_viewers_release<R: Releases, E: Entity<Release = R>>(
    here: &Here<'_, E>,
    item: Expr<Text>,
) -> Vec<Piece>
where
    E::Item: Sql + Default,
{
    let mut pieces = with_release(here, item);
    if here.viewer.role.is_outside() {
        pieces.extend([Piece::Text(" AND "), has_viewer_in_audience(here, here.release).into()]);
    }
    pieces
}

/// There is a release in this row.
pub fn is_there<R: Releases>(release: Row<R>) -> Predicate {
    Expr::of(release.at::<R::Id>().is_not_null())
}

/// There is an open release in this row, and the viewer belongs to its audience.
pub fn is_released_to_viewer<R: Releases, E: Entity>(here: &Here<'_, E>, release: Row<R>) -> Predicate {
    all(vec![is_there(release), has_viewer_in_audience(here, release)])
}

fn has_viewer_in_audience<R: Releases, E: Entity>(here: &Here<'_, E>, release: Row<R>) -> Predicate {
    match here.viewer.role {
        // A lawyer of the same side reads whatever is released on his cases, to whomever.
        Role::CoCounsel => always(),
        Role::Client | Role::CoClient | Role::AuthorizedContact | Role::BillPayer => {
            let is_for_clients: Predicate = Expr::of(release.at::<R::Audience>().eq("CLIENTS"));
            any(vec![is_for_clients, is_named(here, release)])
        }
        Role::Expert => is_named(here, release),
        Role::Anonymous | Role::Attorney | Role::Paralegal | Role::Billing | Role::Admin | Role::Auditor => {
            never()
        }
    }
}

fn is_named<R: Releases, E: Entity>(here: &Here<'_, E>, release: Row<R>) -> Predicate {
    let (named, participant) = (here.row::<R::Named>(), here.row::<crate::people::participants::table>());
    let is_this: Predicate = all(vec![
        Expr::of(named.at::<R::NamedFirm>().eq(here.viewer.firm().to_owned())),
        Expr::of(named.at::<R::NamedRelease>().eq(release.at::<R::Id>())),
    ]);
    let is_viewers = cases::is_active_participation(here.viewer, participant);
    let same: Predicate =
        Expr::of(participant.col(crate::people::participants::id).eq(named.at::<R::NamedParticipant>()));
    exists(named, all(vec![is_this, exists(participant, all(vec![same, is_viewers]))]))
}
