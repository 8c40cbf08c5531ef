//! Whether the court closed a paper, and until which instant, derived from the court's clock when it is written.
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};
use chrono_tz::Tz;
use diesel::Insertable;

use super::{Sealing, document::documents};
use crate::graph::Enumeration;

/// Whether the court closed a paper: the columns of that, which always agree.
#[derive(Insertable, Clone, Debug, PartialEq, Eq)]
#[diesel(table_name = documents)]
pub struct Seal {
    sealed: &'static str,
    restricted_on: Option<NaiveDate>,
    restricted_until: Option<NaiveDateTime>,
}

impl Seal {
    /// It is open.
    pub fn none() -> Self {
        Seal { sealed: Sealing::None.word(), restricted_on: None, restricted_until: None }
    }

    /// It is closed.
    pub fn sealed() -> Self {
        Seal { sealed: Sealing::Sealed.word(), restricted_on: None, restricted_until: None }
    }

    /// It is closed until this day begins by the court's clock.
    pub fn until(day: NaiveDate, court: Tz) -> Self {
        Seal {
            sealed: Sealing::RestrictedUntil.word(),
            restricted_on: Some(day),
            restricted_until: Some(midnight(day, court)),
        }
    }
}

/// The instant at which a day begins: in an overlap the earlier one, in a gap moved forward by the gap.
fn midnight(day: NaiveDate, zone: Tz) -> NaiveDateTime {
    let wall = day.and_time(NaiveTime::MIN);
    if let Some(instant) = zone.from_local_datetime(&wall).earliest() {
        return instant.naive_utc();
    }
    // No clock ever showed this midnight; it is counted by the clock of the day before.
    let before = wall.checked_sub_days(Days::new(1)).unwrap_or(wall);
    let offset = zone.offset_from_local_datetime(&before).earliest().map(|offset| offset.fix());
    offset.and_then(|offset| wall.checked_sub_offset(offset)).unwrap_or(wall)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(day: &str, zone: Tz) -> String {
        midnight(day.parse().unwrap(), zone).to_string()
    }

    #[test]
    fn a_day_begins_at_the_courts_midnight() {
        assert_eq!(begins("2010-03-17", chrono_tz::America::Los_Angeles), "2010-03-17 07:00:00");
        assert_eq!(begins("2010-03-10", chrono_tz::America::Los_Angeles), "2010-03-10 08:00:00");
        assert_eq!(begins("2026-05-03", chrono_tz::Asia::Tokyo), "2026-05-02 15:00:00");
    }

    #[test]
    fn a_midnight_that_the_clock_leaves_out_moves_forward_by_the_gap() {
        // Santiago's clocks went from 24:00 on 4 September 2021 to 01:00; Samoa left 30 December 2011 out altogether.
        assert_eq!(begins("2021-09-05", chrono_tz::America::Santiago), "2021-09-05 04:00:00");
        assert_eq!(begins("2011-12-30", chrono_tz::Pacific::Apia), "2011-12-30 10:00:00");
    }

    #[test]
    fn a_midnight_that_comes_twice_is_the_earlier_one() {
        // Havana's clocks went from 01:00 on 1 November 2026 back to 00:00.
        assert_eq!(begins("2026-11-01", chrono_tz::America::Havana), "2026-11-01 04:00:00");
    }
}
