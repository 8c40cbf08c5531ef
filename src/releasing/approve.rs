//! Approving, withdrawing and dropping releases: each in the caller's transaction, each raising the item's version first.
use chrono::NaiveDateTime;
use diesel::{
    ExpressionMethods,
    sql_types::{Text, Timestamp},
};

use super::{FOREVER, Releases, Unapproved, raise};
use crate::{
    cases,
    error::Fault,
    sql,
    store::{
        Alias, Cell, Direction, Expr, Kind, Piece, Predicate, Row, Select, Sql, Transaction, Value, all,
        always, bound,
    },
};

/// Who may read a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Clients and co-clients; contacts and payers within their sections.
    Clients,
    /// These participants.
    Named(Vec<String>),
}

/// When a release may be read, by whom, and who says so.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Who may read it.
    pub audience: Audience,
    /// The first instant at which it can be read.
    pub from: NaiveDateTime,
    /// The first instant at which it no longer can, if one is set beforehand.
    pub expires_at: Option<NaiveDateTime>,
    /// Who approved it.
    pub approved_by: String,
    /// When.
    pub approved_at: NaiveDateTime,
    /// Why one of the joint clients does not read it, where one does and another does not.
    pub withheld_reason: Option<String>,
}

/// What is known of a release when the spans of an item's releases are computed.
#[derive(Clone, Debug)]
struct Known {
    id: String,
    from: NaiveDateTime,
    /// When it ends as yet.
    until: NaiveDateTime,
    ends: [Option<NaiveDateTime>; 2],
    is_dropped: bool,
}

/// When each release ends: at its expiry, its withdrawal or the start of the next one that was not dropped, whichever
/// comes first. They come by start and approval; withdrawing a release that ran does not bring the one before it back.
fn ends(releases: &[Known]) -> Vec<NaiveDateTime> {
    let mut next = None;
    let mut ends = Vec::with_capacity(releases.len());
    for release in releases.iter().rev() {
        if release.is_dropped {
            ends.push(release.from);
            continue;
        }
        let first = release.ends.iter().copied().flatten().chain(next).min().unwrap_or(FOREVER);
        ends.push(first.max(release.from));
        next = Some(release.from);
    }
    ends.reverse();
    ends
}

/// Which releases end otherwise than they do as yet. Those that end earlier come first, since the database refuses two that
/// are open at once, be it for a moment.
fn changes(releases: &[Known]) -> Vec<(&Known, NaiveDateTime)> {
    let mut changes: Vec<_> =
        releases.iter().zip(ends(releases)).filter(|(release, until)| release.until != *until).collect();
    changes.sort_by_key(|(release, until)| *until > release.until);
    changes
}

/// Computes anew when each release of an item ends; to be called after every approval, drop and withdrawal.
pub async fn settle<R: Releases>(
    transaction: &mut Transaction<'_>,
    firm: &str,
    item: &str,
) -> Result<(), Fault> {
    let releases = known::<R>(transaction, firm, item).await?;
    for (release, until) in changes(&releases) {
        set_end::<R>(transaction, (firm, &release.id), until).await?;
    }
    cases::touch(transaction, firm, item).await
}

/// Ends a release at an instant; of one that has not begun nothing was ever to be read. One that was ended before stays
/// as it was.
pub async fn withdraw<R: Releases>(
    transaction: &mut Transaction<'_>,
    firm: &str,
    of: (&str, &str),
    at: NaiveDateTime,
) -> Result<(), Unapproved> {
    end::<R>(transaction, firm, of, ("withdrawn_at", at), always()).await
}

/// Gives up a release that has not begun; the one before it then runs on.
pub async fn drop_scheduled<R: Releases>(
    transaction: &mut Transaction<'_>,
    firm: &str,
    of: (&str, &str),
    at: NaiveDateTime,
) -> Result<(), Unapproved> {
    let is_to_begin = sql!["released_from > ", bound::<Timestamp, _>(at)];
    end::<R>(transaction, firm, of, ("dropped_at", at), is_to_begin).await
}

/// Notes in a column when a release of this item ended, if it stands and the condition holds. It ends in the same breath:
/// the database refuses one that was ended and runs on.
async fn end<R: Releases>(
    transaction: &mut Transaction<'_>,
    firm: &str,
    (item, release): (&str, &str),
    (column, at): (&'static str, NaiveDateTime),
    condition: Predicate,
) -> Result<(), Unapproved> {
    if !raise::<R>(transaction, firm, item).await? {
        return Err(Unapproved::Absent);
    }
    let table: Box<dyn Sql> = Box::new(R::default());
    let written: Expr<Text> = sql![
        "UPDATE ",
        Piece::Sql(table),
        " SET ",
        column,
        " = ",
        bound::<Timestamp, _>(at),
        ", released_until = CASE WHEN released_until <= ",
        bound::<Timestamp, _>(at),
        " THEN released_until WHEN released_from > ",
        bound::<Timestamp, _>(at),
        " THEN released_from ELSE ",
        bound::<Timestamp, _>(at),
        " END WHERE firm_id = ",
        bound::<Text, _>(firm.to_owned()),
        " AND ",
        <R::Item as diesel::Column>::NAME,
        " = ",
        bound::<Text, _>(item.to_owned()),
        " AND id = ",
        bound::<Text, _>(release.to_owned()),
        " AND withdrawn_at IS NULL AND dropped_at IS NULL AND ",
        condition,
    ];
    if transaction.execute(written.into_statement()).await? == 0 {
        return Err(Unapproved::Absent);
    }
    Ok(settle::<R>(transaction, firm, item).await?)
}

/// Names the participants who may read a release.
pub async fn name<R: Releases>(
    transaction: &mut Transaction<'_>,
    firm: &str,
    release: &str,
    audience: &Audience,
) -> Result<(), Fault> {
    let Audience::Named(participants) = audience else { return Ok(()) };
    for participant in participants {
        let values =
            [firm, release, participant.as_str()].map(|text| Piece::from(bound::<Text, _>(text.to_owned())));
        let [firm, release, participant] = values;
        let written: Expr<Text> = Expr::pieces(vec![
            Piece::Text("INSERT INTO "),
            Piece::Sql(Box::new(R::Named::default())),
            Piece::Text(" (firm_id, release_id, participant_id) VALUES ("),
            firm,
            Piece::Text(", "),
            release,
            Piece::Text(", "),
            participant,
            Piece::Text(")"),
        ]);
        transaction.execute(written.into_statement()).await?;
    }
    Ok(())
}

impl Audience {
    /// The word in the table.
    pub fn word(&self) -> &'static str {
        match self {
            Audience::Clients => "CLIENTS",
            Audience::Named(_) => "NAMED",
        }
    }
}

async fn set_end<R: Releases>(
    transaction: &mut Transaction<'_>,
    (firm, release): (&str, &str),
    until: NaiveDateTime,
) -> Result<(), Fault> {
    let table: Box<dyn Sql> = Box::new(R::default());
    let written: Expr<Text> = sql![
        "UPDATE ",
        Piece::Sql(table),
        " SET released_until = ",
        bound::<Timestamp, _>(until),
        " WHERE firm_id = ",
        bound::<Text, _>(firm.to_owned()),
        " AND id = ",
        bound::<Text, _>(release.to_owned()),
    ];
    transaction.execute(written.into_statement()).await?;
    Ok(())
}

async fn known<R: Releases>(
    transaction: &mut Transaction<'_>,
    firm: &str,
    item: &str,
) -> Result<Vec<Known>, Fault> {
    let row = Row::<R>::new(Alias(0));
    let select = Select {
        order: vec![
            (Box::new(row.at::<R::From>()), Direction::Ascending),
            (Box::new(row.at::<R::ApprovedAt>()), Direction::Ascending),
            (Box::new(row.at::<R::Id>()), Direction::Ascending),
        ],
        ..Select::of(
            vec![
                Cell::Plain(Kind::Text, Box::new(row.at::<R::Id>())),
                Cell::Plain(Kind::Instant, Box::new(row.at::<R::From>())),
                Cell::Plain(Kind::Instant, Box::new(row.at::<R::Until>())),
                Cell::Plain(Kind::Instant, Box::new(row.at::<R::Expires>())),
                Cell::Plain(Kind::Instant, Box::new(row.at::<R::Withdrawn>())),
                Cell::Plain(Kind::Instant, Box::new(row.at::<R::Dropped>())),
            ],
            vec![row.from().into()],
            all(vec![
                Expr::of(row.at::<R::Firm>().eq(firm.to_owned())),
                Expr::of(row.at::<R::Item>().eq(item.to_owned())),
            ]),
        )
    };
    let rows = transaction.read(select).await?;
    rows.into_iter().map(|row| read(row).ok_or_else(|| Fault::new("a release's row can't be read"))).collect()
}

fn read(row: Vec<Value>) -> Option<Known> {
    let [Value::Text(id), Value::Instant(from), Value::Instant(until), expires, withdrawn, dropped] =
        <[Value; 6]>::try_from(row).ok()?
    else {
        return None;
    };
    let instant = |value| if let Value::Instant(at) = value { Some(at) } else { None };
    let ends = [instant(expires), instant(withdrawn)];
    Some(Known { id, from, until, ends, is_dropped: dropped != Value::Null })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn day(day: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2026, 5, day).unwrap().into()
    }

    fn from(start: u32) -> Known {
        let id = start.to_string();
        Known { id, from: day(start), until: FOREVER, ends: [None, None], is_dropped: false }
    }

    #[test]
    fn a_release_runs_until_the_next_one_begins() {
        assert_eq!(ends(&[from(1), from(5)]), [day(5), FOREVER]);
    }

    #[test]
    fn the_earliest_end_counts() {
        let release = Known { ends: [Some(day(4)), Some(day(3))], ..from(1) };
        assert_eq!(ends(&[release, from(5)]), [day(3), FOREVER]);
    }

    #[test]
    fn what_was_dropped_never_runs_and_ends_nothing() {
        let dropped = Known { is_dropped: true, ..from(5) };
        assert_eq!(ends(&[from(1), dropped, from(9)]), [day(9), day(5), FOREVER]);
    }

    #[test]
    fn withdrawing_one_that_ran_does_not_bring_the_one_before_it_back() {
        let withdrawn = Known { ends: [None, Some(day(7))], ..from(5) };
        assert_eq!(ends(&[from(1), withdrawn]), [day(5), day(7)]);
    }

    #[test]
    fn of_two_that_begin_at_once_the_one_approved_last_runs() {
        assert_eq!(ends(&[from(1), from(1)]), [day(1), FOREVER]);
    }

    #[test]
    fn what_ends_earlier_is_written_first_and_what_ends_as_before_not_at_all() {
        let told = |releases: &[Known]| -> Vec<(String, NaiveDateTime)> {
            changes(releases).into_iter().map(|(release, until)| (release.id.clone(), until)).collect()
        };
        let approved = [from(1), Known { until: day(5), ..from(5) }];
        assert_eq!(told(&approved), [("1".into(), day(5)), ("5".into(), FOREVER)]);
        let dropped = [Known { until: day(5), ..from(1) }, Known { is_dropped: true, ..from(5) }];
        assert_eq!(told(&dropped), [("5".into(), day(5)), ("1".into(), FOREVER)]);
        assert_eq!(told(&[Known { until: day(5), ..from(1) }, from(5)]), []);
    }

    #[test]
    fn one_withdrawn_before_it_began_never_runs() {
        let withdrawn = Known { ends: [None, Some(day(2))], ..from(5) };
        assert_eq!(ends(&[withdrawn]), [day(5)]);
    }
}
