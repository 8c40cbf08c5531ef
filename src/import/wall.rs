//! Wall clocks: what a court's hour is as an instant, on the two days a year when the clock jumps too.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;

/// What the clock does at the hour in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The hour exists once.
    Plain,
    /// The hour does not exist on that day and was moved forward by the gap.
    Gap,
    /// The hour occurs twice on that day; the earlier one was taken.
    Overlap,
}

/// The instant of a wall time in a zone. The second value says whether the clock jumped.
pub fn instant(zone: Tz, day: NaiveDate, time: NaiveTime) -> (DateTime<Utc>, Clock) {
    let wall = day.and_time(time);
    match zone.from_local_datetime(&wall) {
        chrono::LocalResult::Single(at) => (at.to_utc(), Clock::Plain),
        chrono::LocalResult::Ambiguous(early, _) => (early.to_utc(), Clock::Overlap),
        chrono::LocalResult::None => {
            // The offset in force before the gap, applied to the wall time, lands after it by the gap's length.
            let before = wall - Duration::hours(24);
            let at = match zone.from_local_datetime(&before).earliest() {
                Some(at) => at.to_utc() + Duration::hours(24),
                None => wall.and_utc(),
            };
            (at, Clock::Gap)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: Tz, day: &str, time: &str) -> (String, Clock) {
        let time = NaiveTime::parse_from_str(time, "%H:%M").unwrap();
        let (at, clock) = instant(zone, day.parse().unwrap(), time);
        (at.format("%Y-%m-%dT%H:%MZ").to_string(), clock)
    }

    #[test]
    fn plain_hours_have_one_instant() {
        let expected = ("2015-07-07T16:00Z".to_owned(), Clock::Plain);
        assert_eq!(at(chrono_tz::America::Los_Angeles, "2015-07-07", "09:00"), expected);
        let expected = ("2010-01-12T17:30Z".to_owned(), Clock::Plain);
        assert_eq!(at(chrono_tz::America::Chicago, "2010-01-12", "11:30"), expected);
    }

    #[test]
    fn an_hour_in_the_gap_moves_forward_by_the_gap() {
        // 2:30 on 8 March 2015 does not exist in New York; it becomes 3:30 EDT.
        let expected = ("2015-03-08T07:30Z".to_owned(), Clock::Gap);
        assert_eq!(at(chrono_tz::America::New_York, "2015-03-08", "02:30"), expected);
    }

    #[test]
    fn an_hour_that_occurs_twice_is_the_earlier() {
        let expected = ("2015-11-01T05:30Z".to_owned(), Clock::Overlap);
        assert_eq!(at(chrono_tz::America::New_York, "2015-11-01", "01:30"), expected);
    }
}
