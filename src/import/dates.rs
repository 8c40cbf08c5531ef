//! Days and hours as court clerks write them, read only where one reading is possible.

use std::sync::LazyLock;

use chrono::{Datelike as _, NaiveDate, NaiveTime, Weekday};
use regex::Regex;

use super::prose::pattern;

/// A day with or without an hour, where it stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Where the wording begins, at the hour where that comes first.
    pub start: usize,
    pub end: usize,
    pub day: NaiveDate,
    pub time: Option<NaiveTime>,
    /// The hour had neither AM nor PM.
    pub inferred: bool,
    /// The weekday named is not that day's.
    pub wrong_weekday: bool,
}

const DAY: &str = r"(?:(?P<week>mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?(?:(?P<num>(?P<m>\d{1,2})(?P<s>[/-])(?P<d>\d{1,2})[/-](?P<y>\d{4}|\d{2})\b)|(?P<mon>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|ust|ember|tember|ober)?\.?\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y2>\d{4})\b)";
const HOUR: &str =
    r"(?P<h>\d{1,2})(?:[:;.](?P<min>\d{2})(?::\d{2})?)?\s*(?:(?P<ap>[ap])\.?\s?m\b\.?|(?P<noon>noon)\b)";
const FIRST: &str = r"(?P<fh>\d{1,2})(?:[:;.](?P<fmin>\d{2}))?\s*(?P<fap>[ap])\.?\s?m\.?\s+on\s+";

static MOMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:{FIRST}|(?P<bh>\d{{1,2}}):(?P<bmin>\d{{2}})\s+)?{DAY}(?:\s*,?\s*(?:TIME:|at|@|-)?\s*{HOUR}|\s*,?\s*(?:at|@)\s*(?P<ah>\d{{1,2}}):(?P<amin>\d{{2}})\b)?"
    ))
});

/// Every day named in the text, in order. `near` is the entry's day; two-digit years are those closest to it.
pub(super) fn moments(text: &str, near: NaiveDate) -> Vec<Moment> {
    MOMENT.captures_iter(text).filter_map(|found| moment(&found, near)).collect()
}

fn moment(found: &regex::Captures<'_>, near: NaiveDate) -> Option<Moment> {
    let whole = found.get(0)?;
    let day = day(found, near)?;
    let (mut time, mut inferred) = (hour(found, ["h", "min", "ap"]), false);
    if found.name("h").is_some() && time.is_none() {
        return None;
    }
    if found.name("fh").is_some() {
        let first = hour(found, ["fh", "fmin", "fap"])?;
        if time.is_some_and(|time| time != first) {
            return None;
        }
        time = Some(first);
    }
    for [hour, minute] in [["bh", "bmin"], ["ah", "amin"]] {
        if time.is_none() && found.name(hour).is_some() {
            time = Some(court_hour(number(found, hour)?, number(found, minute)?)?);
            inferred = true;
        }
    }
    let named = found.name("week").and_then(|week| weekday(week.as_str()));
    let wrong_weekday = named.is_some_and(|week| week != day.weekday());
    Some(Moment { start: whole.start(), end: whole.end(), day, time, inferred, wrong_weekday })
}

fn number(found: &regex::Captures<'_>, name: &str) -> Option<u32> {
    found.name(name)?.as_str().parse().ok()
}

fn day(found: &regex::Captures<'_>, near: NaiveDate) -> Option<NaiveDate> {
    if found.name("num").is_some() {
        let text = found.name("y")?.as_str();
        let year: i32 = text.parse().ok()?;
        let year = if text.len() == 2 { full_year(year, near.year()) } else { year };
        return NaiveDate::from_ymd_opt(year, number(found, "m")?, number(found, "d")?);
    }
    let name = found.name("mon")?.as_str().to_lowercase();
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let month = months.iter().position(|short| name.starts_with(short))?;
    let year = found.name("y2")?.as_str().parse().ok()?;
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()? + 1, number(found, "d2")?)
}

fn full_year(short: i32, near: i32) -> i32 {
    let century = near - near.rem_euclid(100);
    let years = [century - 100 + short, century + short, century + 100 + short];
    years.into_iter().min_by_key(|year| (year - near).abs()).unwrap_or(century + short)
}

fn hour(found: &regex::Captures<'_>, [hour, minute, half]: [&str; 3]) -> Option<NaiveTime> {
    let hour = number(found, hour)?;
    let minute = if found.name(minute).is_some() { number(found, minute)? } else { 0 };
    if !(1..=12).contains(&hour) {
        return None;
    }
    if found.name("noon").is_some() {
        return if hour == 12 { NaiveTime::from_hms_opt(12, minute, 0) } else { None };
    }
    let afternoon = found.name(half)?.as_str().eq_ignore_ascii_case("p");
    NaiveTime::from_hms_opt(hour % 12 + if afternoon { 12 } else { 0 }, minute, 0)
}

/// An hour without AM or PM: courts sit from eight to before six.
fn court_hour(hour: u32, minute: u32) -> Option<NaiveTime> {
    match hour {
        8..=12 => NaiveTime::from_hms_opt(hour, minute, 0),
        1..=5 => NaiveTime::from_hms_opt(hour + 12, minute, 0),
        _ => None,
    }
}

fn weekday(text: &str) -> Option<Weekday> {
    let days = [
        ("mon", Weekday::Mon),
        ("tues", Weekday::Tue),
        ("wednes", Weekday::Wed),
        ("thurs", Weekday::Thu),
        ("fri", Weekday::Fri),
        ("satur", Weekday::Sat),
        ("sun", Weekday::Sun),
    ];
    let text = text.to_lowercase();
    days.into_iter().find(|(name, _)| *name == text).map(|(_, day)| day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let near = NaiveDate::from_ymd_opt(2010, 1, 1).unwrap();
        let show =
            |m: Moment| format!("{} {}", m.day, m.time.map_or("-".into(), |t| t.format("%H:%M").to_string()));
        moments(text, near).into_iter().map(show).collect()
    }

    #[test]
    fn clerks_wordings_are_read() {
        let wordings = [
            ("3/9/2010 at 09:00 AM at", "2010-03-09 09:00"),
            ("FEBRUARY 16, 2010 @ 10AM.", "2010-02-16 10:00"),
            ("2-25-10 at 9:30 a.m., Courtroom", "2010-02-25 09:30"),
            ("APRIL 4, 2006 AT 10;15 A.M.", "2006-04-04 10:15"),
            ("12/14/2009 at 11:00:00 AM", "2009-12-14 11:00"),
            ("MONDAY, DECEMBER 21, 2009 AT 2:00 P.M. IN", "2009-12-21 14:00"),
            ("January 6, 2016 at 12:00 noon", "2016-01-06 12:00"),
            ("Jan. 27, 2010 at 2:30 pm", "2010-01-27 14:30"),
            ("11/24/09, TIME: 9:30 a.m.", "2009-11-24 09:30"),
            ("4/18/2008 02:00 PM.", "2008-04-18 14:00"),
            ("May 13, 2010 at 10:00 AM", "2010-05-13 10:00"),
            ("1/29/2010 at 11:00AM", "2010-01-29 11:00"),
            ("2/25/2010 at 9:30a.m. filed", "2010-02-25 09:30"),
            ("3/17/94 re:", "1994-03-17 -"),
            ("9:30 a.m. ON JANUARY 29, 2010 HAS", "2010-01-29 09:30"),
            ("12/8/2009 at 12:30 AM", "2009-12-08 00:30"),
        ];
        for (text, expected) in wordings {
            assert_eq!(read(text), [expected], "{text}");
        }
    }

    #[test]
    fn an_hour_before_the_day_is_read_by_court_hours() {
        assert_eq!(read("For 2:30 3/20/97 At Rm 328"), ["1997-03-20 14:30"]);
        assert_eq!(read("For 10:30 10/10/95"), ["1995-10-10 10:30"]);
        assert_eq!(read("For 7:30 10/10/95"), [""; 0]);
    }

    #[test]
    fn what_is_no_day_or_hour_is_not_read() {
        assert_eq!(read("13/13/2010 at 9:00 AM"), [""; 0]);
        assert_eq!(read("2/30/2010 at 9:00 AM"), [""; 0]);
        assert_eq!(read("2/3/2010 at 14:00 PM"), [""; 0]);
        assert_eq!(read("case 09-10235, 2:09-bk-16050, 8:12"), [""; 0]);
    }

    #[test]
    fn a_weekday_that_disagrees_is_told() {
        let near = NaiveDate::from_ymd_opt(2015, 7, 1).unwrap();
        assert!(!moments("Friday, 07/31/2015", near)[0].wrong_weekday);
        assert!(moments("Monday, 07/31/2015", near)[0].wrong_weekday);
    }
}
