//! When an event is, as it was said, and what is derived of it.
use chrono::{Days, NaiveDate, NaiveDateTime};

use super::{
    EventRow, Unfit,
    clock::{self, Overlap, Reading, ZONE_DATA},
};
use crate::releasing::FOREVER;

/// A wall clock's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wall {
    /// What the clock shows, to the second.
    pub local: NaiveDateTime,
    /// Which of the two instants, where it shows that twice.
    pub overlap: Overlap,
}

impl From<NaiveDateTime> for Wall {
    fn from(local: NaiveDateTime) -> Self {
        Wall { local, overlap: Overlap::default() }
    }
}

/// When an event is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// The IANA name of the zone whose clock counts: the court's, as a rule.
    pub zone: String,
    /// From when until when.
    pub span: Span,
}

/// From when until when an event lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// To be set.
    Open,
    /// By the clock.
    Clock {
        /// When it begins.
        start: Wall,
        /// When it ends, if that is known.
        end: Option<Wall>,
    },
    /// Whole days.
    Days {
        /// The first of them.
        first: NaiveDate,
        /// The last of them.
        last: NaiveDate,
    },
}

impl EventRow {
    /// Sets what was said, and derives the rest.
    pub(super) fn set(&mut self, timing: &Timing) -> Result<(), Unfit> {
        let zone = clock::zone(&timing.zone).ok_or_else(|| Unfit::Zone(timing.zone.clone()))?;
        zone.name().clone_into(&mut self.time_zone);
        let (start, end) = timing.span.walls()?;
        self.is_all_day = matches!(timing.span, Span::Days { .. });
        self.given_start = start.map(|wall| wall.local);
        self.given_end = end.map(|wall| wall.local);
        let overlap = |wall: Option<Wall>| wall.map(|wall| wall.overlap).unwrap_or_default().word();
        overlap(start).clone_into(&mut self.start_overlap);
        overlap(end).clone_into(&mut self.end_overlap);
        self.derive()
    }

    /// Derives the instants, and the wall clock as the zone really shows it, from what was said.
    pub(super) fn derive(&mut self) -> Result<(), Unfit> {
        let zone = clock::zone(&self.time_zone).ok_or_else(|| Unfit::Zone(self.time_zone.clone()))?;
        let read = |wall: Option<NaiveDateTime>, overlap: &str| -> Result<Option<Reading>, Unfit> {
            wall.map(|wall| clock::read(wall, zone, Overlap::of(overlap)).ok_or(Unfit::Time)).transpose()
        };
        let start = read(self.given_start, &self.start_overlap)?;
        let mut end = read(self.given_end, &self.end_overlap)?;
        // A begin that moved behind the end, or is the second of its two instants, takes the end along.
        if let (Some(start), Some(last), Some(from), Some(until)) =
            (start, &mut end, self.given_start, self.given_end)
            && last.at < start.at
        {
            last.at = start.at.checked_add_signed(until - from).ok_or(Unfit::Time)?;
            last.local = clock::shown(last.at, zone);
        }
        self.local_start = start.map(|reading| reading.local);
        self.local_end = end.map(|reading| reading.local);
        self.starts_at = start.map(|reading| reading.at);
        self.ends_at = end.map(|reading| reading.at);
        self.sorts_at = self.starts_at.unwrap_or(FOREVER);
        // Whole days are no wall times: where a clock skips midnight, they begin when the day does.
        self.was_in_gap = !self.is_all_day && [start, end].iter().flatten().any(|reading| reading.was_in_gap);
        ZONE_DATA.clone_into(&mut self.tz_version);
        Ok(())
    }
}

impl Span {
    /// Begin and end as wall times; whole days run from midnight to midnight.
    pub(super) fn walls(self) -> Result<(Option<Wall>, Option<Wall>), Unfit> {
        match self {
            Span::Open => Ok((None, None)),
            Span::Clock { start, end } => {
                if end.is_some_and(|end| end.local < start.local) {
                    return Err(Unfit::Order);
                }
                Ok((Some(start), end))
            }
            Span::Days { first, last } => {
                if last < first {
                    return Err(Unfit::Order);
                }
                let behind = last.checked_add_days(Days::new(1)).ok_or(Unfit::Time)?;
                let midnight = |day: NaiveDate| Some(Wall::from(NaiveDateTime::from(day)));
                Ok((midnight(first), midnight(behind)))
            }
        }
    }
}
