//! Scalars of the API: a name, a sentence and where its form is specified.
use std::ops::RangeInclusive;

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, SecondsFormat, Timelike, Utc};

/// The years that have four digits: SQLite compares days as text, and PostgreSQL's calendar begins in 4713 BC.
const YEARS: RangeInclusive<i32> = 1..=9999;

/// An instant, as the database keeps it: UTC without saying so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub NaiveDateTime);

/// An instant: RFC 3339, always UTC, for example `2026-05-03T09:30:00Z`.
#[Scalar(name = "DateTime", specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html")]
impl ScalarType for Instant {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|instant| instant.naive_utc())
            .filter(|instant| YEARS.contains(&instant.year()))
            .map(Instant)
            .ok_or_else(|| InputValueError::custom("an instant looks like 2026-05-03T09:30:00Z"))
    }

    fn to_value(&self) -> Value {
        Value::String(instant(self.0))
    }
}

/// Writes an instant as the API does.
pub fn instant(at: NaiveDateTime) -> String {
    DateTime::<Utc>::from_naive_utc_and_offset(at, Utc).to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Writes a wall clock's time as the API does: seconds only where there are some.
pub fn local(clock: NaiveDateTime) -> String {
    let form = if clock.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" };
    clock.format(form).to_string()
}

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub NaiveDate);

/// A day without a time or a zone, for example `2026-05-03`.
#[Scalar(name = "Date", specified_by_url = "https://scalars.graphql.org/andimarek/local-date.html")]
impl ScalarType for Day {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .filter(|day| day.to_string() == *text && YEARS.contains(&day.year()))
            .map(Day)
            .ok_or_else(|| InputValueError::custom("a day looks like 2026-05-03"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

macro_rules! words {
    ($($(#[$about:meta])* $name:ident as $scalar:literal by $url:literal),+ $(,)?) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub String);

        $(#[$about])*
        #[Scalar(name = $scalar, specified_by_url = $url)]
        impl ScalarType for $name {
            fn parse(value: Value) -> InputValueResult<Self> {
                if let Value::String(text) = value { Ok($name(text)) } else { Err(InputValueError::expected_type(value)) }
            }

            fn to_value(&self) -> Value {
                Value::String(self.0.clone())
            }
        }
    )+};
}

words! {
    /// A wall clock's time without a zone, for example `2026-05-03T09:30`.
    LocalDateTime as "LocalDateTime" by "https://www.rfc-editor.org/rfc/rfc9557",
    /// A time zone's IANA name, for example `America/New_York`.
    TimeZone as "TimeZone" by "https://www.iana.org/time-zones",
    /// An exact decimal number as a string, for example `"1684.45"`.
    Decimal as "Decimal" by "https://www.rfc-editor.org/rfc/rfc8259#section-6",
    /// A currency's ISO 4217 code, for example `USD`.
    CurrencyCode as "CurrencyCode" by "https://www.iso.org/iso-4217-currency-codes.html",
    /// An absolute URL.
    Url as "URL" by "https://url.spec.whatwg.org/",
}
