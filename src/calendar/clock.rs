//! A zone's wall clock and the instants that it means, for events: what was said, what the clock shows, and when that is.
//!
//! In spring a clock skips an hour (a **gap**), in autumn it shows one twice (an **overlap**). A wall time in a gap moves
//! forward by the gap and is flagged; one in an overlap is the earlier of its two instants unless it was said otherwise.
use std::str::FromStr;

use chrono::{Datelike, MappedLocalTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Timelike};
use chrono_tz::{GapInfo, Tz};

/// Which edition of the zone data instants are derived by, such as `2025b`.
pub const ZONE_DATA: &str = chrono_tz::IANA_TZDB_VERSION;

/// Which of the two instants is meant where the clock shows a time twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlap {
    /// The first.
    #[default]
    Earlier,
    /// The second.
    Later,
}

impl Overlap {
    /// Its word in the database.
    pub fn word(self) -> &'static str {
        match self {
            Overlap::Earlier => "EARLIER",
            Overlap::Later => "LATER",
        }
    }

    /// What the database's word means.
    pub fn of(word: &str) -> Self {
        if word == Overlap::Later.word() { Overlap::Later } else { Overlap::Earlier }
    }
}

/// A wall time as the zone's clock really shows it, and its instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What the clock shows then.
    pub local: NaiveDateTime,
    /// The instant, UTC.
    pub at: NaiveDateTime,
    /// The clock never shows what was said, so it was moved forward.
    pub was_in_gap: bool,
}

/// The zone of an IANA name, whatever its case.
pub fn zone(name: &str) -> Option<Tz> {
    Tz::from_str(name).or_else(|_| Tz::from_str_insensitive(name)).ok()
}

/// Reads a wall time, to the second; nothing outside the years 1 to 9998.
pub fn read(wall: NaiveDateTime, zone: Tz, overlap: Overlap) -> Option<Reading> {
    let wall = wall.with_nanosecond(0).filter(|wall| (1..9999).contains(&wall.year()))?;
    let (at, was_in_gap) = match zone.from_local_datetime(&wall) {
        MappedLocalTime::Single(only) => (only.naive_utc(), false),
        MappedLocalTime::Ambiguous(one, other) => {
            let (one, other) = (one.naive_utc(), other.naive_utc());
            (if overlap == Overlap::Earlier { one.min(other) } else { one.max(other) }, false)
        }
        MappedLocalTime::None => (behind_gap(wall, zone)?, true),
    };
    Some(Reading { local: shown(at, zone), at, was_in_gap })
}

/// What the zone's clock shows at an instant.
pub fn shown(at: NaiveDateTime, zone: Tz) -> NaiveDateTime {
    zone.from_utc_datetime(&at).naive_local()
}

/// The instant that it would be, had the clock not been put forward yet.
fn behind_gap(wall: NaiveDateTime, zone: Tz) -> Option<NaiveDateTime> {
    let (_, before) = GapInfo::new(&wall, &zone)?.begin?;
    wall.checked_sub_signed(TimeDelta::seconds(before.fix().local_minus_utc().into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use proptest::prelude::*;

    fn offset(at: NaiveDateTime, zone: Tz) -> i64 {
        zone.offset_from_utc_datetime(&at).fix().local_minus_utc().into()
    }

    /// Every instant between 1900 and 2100 at which a zone's clock is put, with the offsets before and after, found by
    /// asking every third day and halving.
    fn transitions(zone: Tz) -> Vec<(NaiveDateTime, i64, i64)> {
        let step = TimeDelta::days(3);
        let mut from: NaiveDateTime = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap().into();
        let end: NaiveDateTime = NaiveDate::from_ymd_opt(2100, 1, 1).unwrap().into();
        let mut found = Vec::new();
        while from < end {
            let (before, after) = (offset(from, zone), offset(from + step, zone));
            if before != after {
                let (mut low, mut high) = (from, from + step);
                while high - low > TimeDelta::seconds(1) {
                    let middle = low + TimeDelta::seconds((high - low).num_seconds() / 2);
                    if offset(middle, zone) == before { low = middle } else { high = middle }
                }
                found.push((high, before, offset(high, zone)));
            }
            from += step;
        }
        found
    }

    /// No other transition is so near that it has a say in the same wall time.
    fn is_alone(all: &[(NaiveDateTime, i64, i64)], place: usize) -> bool {
        let near = |other: Option<&(NaiveDateTime, i64, i64)>| {
            other.is_some_and(|other| (other.0 - all[place].0).abs() < TimeDelta::days(4))
        };
        !near(place.checked_sub(1).and_then(|it| all.get(it))) && !near(all.get(place + 1))
    }

    #[test]
    fn every_gap_of_every_zone_moves_forward_and_every_overlap_has_two_readings() {
        let (mut gaps, mut overlaps) = (0, 0);
        for zone in chrono_tz::TZ_VARIANTS {
            let all = transitions(zone);
            for (place, &(at, before, after)) in all.iter().enumerate() {
                if !is_alone(&all, place) {
                    continue;
                }
                let seconds = TimeDelta::seconds;
                let length = (after - before).abs();
                let first = at + seconds(before.min(after));
                for into in [0, 1, length / 2, length - 1] {
                    let wall = first + seconds(into);
                    let [earlier, later] =
                        [Overlap::Earlier, Overlap::Later].map(|overlap| read(wall, zone, overlap).unwrap());
                    if after > before {
                        gaps += 1;
                        let moved = Reading {
                            local: wall + seconds(length),
                            at: wall - seconds(before),
                            was_in_gap: true,
                        };
                        assert_eq!((earlier, later), (moved, moved), "{zone} {wall}");
                    } else {
                        overlaps += 1;
                        let readings = [before, after].map(|it| Reading {
                            local: wall,
                            at: wall - seconds(it),
                            was_in_gap: false,
                        });
                        assert_eq!([earlier, later], readings, "{zone} {wall}");
                    }
                }
                // One second outside of it on either side nothing is special.
                for (wall, offset) in [(first - seconds(1), before), (first + seconds(length), after)] {
                    let plain = Reading { local: wall, at: wall - seconds(offset), was_in_gap: false };
                    assert_eq!(read(wall, zone, Overlap::Later), Some(plain), "{zone} {wall}");
                }
            }
        }
        assert!(gaps > 50_000 && overlaps > 50_000, "{gaps} {overlaps}");
    }

    proptest! {
        #[test]
        fn what_a_clock_shows_is_read_back_as_that_instant(
            zone in proptest::sample::select(&chrono_tz::TZ_VARIANTS[..]),
            second in -2_208_988_800_i64..4_102_444_800,
        ) {
            let at = chrono::DateTime::from_timestamp(second, 0).unwrap().naive_utc();
            let local = shown(at, zone);
            let read = [Overlap::Earlier, Overlap::Later].map(|overlap| read(local, zone, overlap).unwrap());
            prop_assert!(read.iter().any(|reading| reading.at == at));
            prop_assert!(read.iter().all(|reading| reading.local == local && !reading.was_in_gap));
            prop_assert!(read[0].at <= read[1].at);
        }

        #[test]
        fn a_reading_is_what_the_clock_shows_and_no_wall_time_is_without_one(
            zone in proptest::sample::select(&chrono_tz::TZ_VARIANTS[..]),
            second in -2_208_988_800_i64..4_102_444_800,
        ) {
            let wall = chrono::DateTime::from_timestamp(second, 0).unwrap().naive_utc();
            let read = read(wall, zone, Overlap::Earlier).unwrap();
            prop_assert_eq!(read.local, shown(read.at, zone));
            prop_assert_eq!(read.was_in_gap, read.local != wall);
            prop_assert!(read.local >= wall);
        }
    }

    #[test]
    fn a_zone_is_known_by_its_name_in_any_case_and_by_no_other() {
        assert_eq!(zone("america/new_york"), Some(Tz::America__New_York));
        assert_eq!(zone("Mars/Olympus"), None);
        assert_eq!(zone(""), None);
    }
}
