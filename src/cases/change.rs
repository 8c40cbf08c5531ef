//! A case that is followed, and when time alone may change what is seen of it.
use chrono::{Days, NaiveDateTime, TimeZone as _};
use chrono_tz::Tz;
use diesel::{
    ExpressionMethods, NullableExpressionMethods,
    sql_types::{Nullable, Text, Timestamp},
};

use super::{Case, case_releases, cases, item_grants, milestone_releases, milestones};
use crate::{
    billing::{billing_note_releases, invoice_releases, invoices},
    calendar::{event_changes, event_releases, events},
    documents::{document_releases, documents},
    graph::{Describe, Entity, Here, Subscription},
    people::{participants, sessions},
    releasing::Releases,
    store::{Expr, Piece, Predicate, Row, Sql, all, bound, exists},
    viewer::Viewer,
};

/// What is told of a case that changed.
pub struct CaseChange;

impl Entity for CaseChange {
    const NAME: &'static str = "CaseChange";
    const ABOUT: &'static str = "A case that is another than it was.";
    type Item = cases::table;
    type Release = case_releases::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.same::<Case>("case", "The case as it is now.");
    }
}

/// The roots of this room that go on.
pub fn followed(subscription: &mut Describe<Subscription>) {
    subscription.change::<CaseChange, Case>(
        "caseChanged",
        "The case, each time that something of what is asked for here has changed; the first time that it does, not \
         before. Ends with NOT_FOUND where there is no such case, or no longer.",
        ("case", "The case's id."),
        turn,
    );
}

/// The next instant at which a release of the case begins or ends, an event of it does, a seal of it ends, a part or a
/// session of the viewer begins or ends, or the firm's day does; hidden ones among them, since what is told is compared.
fn turn(here: &Here<'_, Case>, id: String) -> Expr<Nullable<Timestamp>> {
    let turns = Turns { here, case: id };
    let mut arms = vec![
        turns.of_releases(here.row::<case_releases::table>(), |release, case| {
            Expr::of(release.col(case_releases::case_id).eq(case))
        }),
        turns.of_releases(here.row::<billing_note_releases::table>(), |release, case| {
            Expr::of(release.col(billing_note_releases::case_id).eq(case))
        }),
    ];
    let milestone = here.row::<milestones::table>();
    arms.push(turns.of_releases(here.row::<milestone_releases::table>(), |release, case| {
        let is_its =
            Expr::of(milestone.col(milestones::id).eq(release.col(milestone_releases::milestone_id)));
        exists(milestone, all(vec![is_its, Expr::of(milestone.col(milestones::case_id).eq(case))]))
    }));
    let document = here.row::<documents::table>();
    arms.push(turns.of_releases(here.row::<document_releases::table>(), |release, case| {
        let is_its = Expr::of(document.col(documents::id).eq(release.col(document_releases::document_id)));
        exists(document, all(vec![is_its, Expr::of(document.col(documents::case_id).eq(case))]))
    }));
    let invoice = here.row::<invoices::table>();
    arms.push(turns.of_releases(here.row::<invoice_releases::table>(), |release, case| {
        let is_its = Expr::of(invoice.col(invoices::id).eq(release.col(invoice_releases::invoice_id)));
        exists(invoice, all(vec![is_its, Expr::of(invoice.col(invoices::case_id).eq(case))]))
    }));
    let event = here.row::<events::table>();
    arms.push(turns.of_releases(here.row::<event_releases::table>(), |release, case| {
        let is_its = Expr::of(event.col(events::id).eq(release.col(event_releases::event_id)));
        exists(event, all(vec![is_its, Expr::of(event.col(events::case_id).eq(case))]))
    }));
    arms.push(turns.of_case());
    arms.push(turns.of_viewer());
    let midnight: Expr<Nullable<Timestamp>> = bound::<Nullable<Timestamp>, _>(midnight(here.viewer));
    let mut pieces = vec![Piece::Text("(SELECT min(turn) FROM (SELECT "), midnight.into()];
    pieces.push(Piece::Text(" AS turn"));
    pieces.extend(arms.into_iter().flatten());
    pieces.push(Piece::Text(") turns)"));
    Expr::pieces(pieces)
}

struct Turns<'h, 'v> {
    here: &'h Here<'v, Case>,
    case: String,
}

impl Turns<'_, '_> {
    fn case(&self) -> Expr<Text> {
        bound::<Text, _>(self.case.clone())
    }

    fn firm(&self) -> String {
        self.here.viewer.firm().to_owned()
    }

    fn of_releases<R: Releases>(
        &self,
        release: Row<R>,
        is_of_case: impl Fn(Row<R>, Expr<Text>) -> Predicate,
    ) -> Vec<Piece> {
        let is_here = || {
            let is_firms: Predicate = Expr::of(release.at::<R::Firm>().eq(self.firm()));
            all(vec![is_firms, is_of_case(release, self.case())])
        };
        let from: Expr<Timestamp> = Expr::of(release.at::<R::From>());
        let until: Expr<Timestamp> = Expr::of(release.at::<R::Until>());
        let mut arms = self.arm(release, from.into(), Expr::of(release.at::<R::From>()), is_here());
        arms.extend(self.arm(release, until.into(), Expr::of(release.at::<R::Until>()), is_here()));
        arms
    }

    /// Events of the case, moves of events (which make a note stale) and seals of papers.
    fn of_case(&self) -> Vec<Piece> {
        let (event, moved) = (self.here.row::<events::table>(), self.here.row::<event_changes::table>());
        let document = self.here.row::<documents::table>();
        let is_event = || {
            all(vec![
                Expr::of(event.col(events::firm_id).eq(self.firm())),
                Expr::of(event.col(events::case_id).eq(self.case())),
            ])
        };
        let is_document = all(vec![
            Expr::of(document.col(documents::firm_id).eq(self.firm())),
            Expr::of(document.col(documents::case_id).eq(self.case())),
        ]);
        let mut arms = self.maybe(event, event.col(events::starts_at), is_event());
        arms.extend(self.maybe(event, event.col(events::ends_at), is_event()));
        arms.extend(self.maybe(document, document.col(documents::restricted_until), is_document));
        let at = || Expr::of(moved.col(event_changes::at));
        let is_its = Expr::of(event.col(events::id).eq(moved.col(event_changes::event_id)));
        let is_moved = all(vec![
            Expr::of(moved.col(event_changes::firm_id).eq(self.firm())),
            exists(event, all(vec![is_its, is_event()])),
        ]);
        arms.extend(self.arm(moved, at().into(), at(), is_moved));
        arms
    }

    /// The viewer's parts, what was granted to them one by one, and sessions.
    fn of_viewer(&self) -> Vec<Piece> {
        let (part, session) = (self.here.row::<participants::table>(), self.here.row::<sessions::table>());
        let grant = self.here.row::<item_grants::table>();
        let person = || self.here.viewer.person().to_owned();
        let is_part = || {
            all(vec![
                Expr::of(part.col(participants::firm_id).eq(self.firm())),
                Expr::of(part.col(participants::person_id).eq(person())),
            ])
        };
        let from = || Expr::of(part.col(participants::active_from));
        let mut arms = self.arm(part, from().into(), from(), is_part());
        arms.extend(self.maybe(part, part.col(participants::active_until), is_part()));
        let granted = || Expr::of(grant.col(item_grants::granted_at));
        let is_holder = Expr::of(part.col(participants::id).eq(grant.col(item_grants::participant_id)));
        let is_grant = all(vec![
            Expr::of(grant.col(item_grants::firm_id).eq(self.firm())),
            exists(part, all(vec![is_holder, is_part()])),
        ]);
        arms.extend(self.arm(grant, granted().into(), granted(), is_grant));
        let ends = || Expr::of(session.col(sessions::expires_at));
        let is_session = all(vec![
            Expr::of(session.col(sessions::firm_id).eq(self.firm())),
            Expr::of(session.col(sessions::person_id).eq(person())),
        ]);
        arms.extend(self.arm(session, ends().into(), ends(), is_session));
        arms
    }

    /// The first of such instants that is to come, where the column may hold none.
    fn maybe<T, C>(&self, row: Row<T>, column: crate::store::Column<C>, such: Predicate) -> Vec<Piece>
    where
        T: Sql + Default,
        C: diesel::Column<Table = T> + diesel::Expression<SqlType = Nullable<Timestamp>> + Sql + Copy,
        crate::store::Column<C>: diesel::Expression<SqlType = Nullable<Timestamp>> + Sql + Copy,
    {
        self.arm(row, Expr::of(column).into(), Expr::of(column.assume_not_null()), such)
    }

    /// The first of such instants that is to come.
    fn arm<T: Sql + Default>(
        &self,
        row: Row<T>,
        written: Piece,
        instant: Expr<Timestamp>,
        such: Predicate,
    ) -> Vec<Piece> {
        let is_to_come: Predicate = Expr::of(instant.gt(self.here.viewer.at));
        vec![
            Piece::Text(" UNION ALL SELECT min("),
            written,
            Piece::Text(") FROM "),
            row.from().into(),
            Piece::Text(" WHERE "),
            all(vec![such, is_to_come]).into(),
        ]
    }
}

/// When the firm's day ends: what is overdue hangs on it.
fn midnight(viewer: &Viewer) -> Option<NaiveDateTime> {
    let zone = viewer.account.as_ref().map_or(Tz::UTC, |account| account.zone);
    let tomorrow = viewer.today().checked_add_days(Days::new(1))?.and_time(chrono::NaiveTime::MIN);
    // Where the clock is put forward at midnight, the day begins an hour later.
    let begins = zone.from_local_datetime(&tomorrow).earliest();
    let begins =
        begins.or_else(|| zone.from_local_datetime(&(tomorrow + chrono::TimeDelta::hours(1))).earliest());
    begins.map(|begins| begins.naive_utc())
}
