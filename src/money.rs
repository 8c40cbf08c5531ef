//! Money: whole minor units of a currency, exact from the column to the answer; no float comes near it.
use async_graphql::{Context, ServerResult, Value, registry::Registry};
use diesel::{
    expression::Expression,
    sql_types::{BigInt, Text},
};
use icu_experimental::dimension::currency::{
    formatter::CurrencyFormatter, options::CurrencyFormatterOptions,
};
use icu_locale_core::{
    Locale, extensions::unicode, locale, preferences::extensions::unicode::keywords::CurrencyType,
};
use iso_currency::Currency;

use crate::{
    graph::{
        Composite, CompositeField, Describe, Described, Entity, Here, Make, PartRead, Parts, Readable, cell,
        fixed,
    },
    part,
    scalars::{CurrencyCode, Decimal},
    store::{self, Cell, Sql},
};

/// No amount that is written is larger, in minor units: sums of thousands of such fit into 64 bits.
pub const MOST: i64 = 1_000_000_000_000_000;

/// The places that quantities and rates have.
pub const PLACES: u32 = 4;

/// An amount of money. Its parts: minor units, currency, and for what has more places than the currency (a rate) how
/// many those are.
pub struct Money;

impl Composite for Money {
    const NAME: &'static str = "Money";
    const ABOUT: &'static str = "An amount of money.";
    const FIELDS: &'static [CompositeField] = &[
        CompositeField {
            name: "amount",
            about: "The amount in the currency's major unit, exact: 1684.45 dollars, 1684 yen.",
            ty: fixed::<false, Decimal>,
            arguments: &[],
            read: PartRead::Value(|_| {
                Ok(Box::new(|parts| written(parts).map(Value::String).unwrap_or_default()))
            }),
        },
        part!("currency", "The currency.", fixed::<false, CurrencyCode>, 1),
        CompositeField {
            name: "formatted",
            about: "The amount as it is written in a language, for example `$1,684.45`; English where the language is \
                    not known.",
            ty: fixed::<false, String>,
            arguments: &[("locale", "The language and region, a BCP 47 tag such as `en-US`.", locale_type)],
            read: PartRead::Value(formatted),
        },
    ];
}

impl<E: Entity> Describe<E> {
    /// A field that is an amount of money: its minor units and its currency, both of one row.
    pub fn money<U, C>(
        &mut self,
        name: &'static str,
        about: &'static str,
        parts: impl Fn(&Here<'_, E>) -> (U, C) + Send + Sync + 'static,
    ) -> Described<'_>
    where
        U: Expression + Sql,
        U::SqlType: Readable,
        C: Expression + Sql,
        C::SqlType: Readable,
    {
        self.composite::<Money>(name, about, move |here| {
            let (units, currency) = parts(here);
            money(units, currency)
        })
    }
}

/// The cells of a [`Money`].
pub fn money<U, C>(units: U, currency: C) -> Vec<Cell>
where
    U: Expression + Sql,
    U::SqlType: Readable,
    C: Expression + Sql,
    C::SqlType: Readable,
{
    vec![cell(units), cell(currency)]
}

/// The cells of a [`Money`] with [`PLACES`] places, such as a rate.
pub fn rate<U, C>(units: U, currency: C) -> Vec<Cell>
where
    U: Expression + Sql,
    U::SqlType: Readable,
    C: Expression<SqlType = Text> + Sql,
{
    vec![cell(units), cell(currency), cell(store::bound::<BigInt, _>(i64::from(PLACES)))]
}

fn locale_type(registry: &mut Registry) -> String {
    <Option<String> as async_graphql::InputType>::create_type_info(registry)
}

/// The digits behind the point that a currency has by ISO 4217; none for a code that is no currency in use.
pub fn exponent(currency: &str) -> Option<u32> {
    Currency::from_code(currency)?.exponent().map(u32::from)
}

/// A number of so many places, with at least `fewest` of them written.
pub fn decimal(units: i64, places: u32, fewest: u32) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let width = usize::try_from(places).unwrap_or_default();
    let digits = format!("{:0>1$}", units.unsigned_abs(), width + 1);
    let (whole, fraction) = digits.split_at(digits.len() - width);
    let kept = fraction.trim_end_matches('0').len().max(usize::try_from(fewest).unwrap_or_default());
    match fraction.get(..kept.min(width)) {
        None | Some("") => format!("{sign}{whole}"),
        Some(fraction) => format!("{sign}{whole}.{fraction}"),
    }
}

fn written(parts: Parts<'_>) -> Option<String> {
    let (Some(store::Value::Number(units)), Some(store::Value::Text(currency))) =
        (parts.first(), parts.get(1))
    else {
        return None;
    };
    let own = exponent(currency).unwrap_or_default();
    Some(match parts.get(2) {
        Some(store::Value::Number(places)) => decimal(*units, u32::try_from(*places).unwrap_or(own), own),
        _ => decimal(*units, own, own),
    })
}

fn formatted(context: &Context<'_>) -> ServerResult<Make> {
    let (_, locale) = context.param_value::<Option<String>>("locale", None)?;
    let locale = locale.as_deref().and_then(|tag| Locale::try_from_str(tag).ok()).unwrap_or(ENGLISH);
    Ok(Box::new(move |parts| {
        let (Some(amount), Some(store::Value::Text(currency))) = (written(parts), parts.get(1)) else {
            return Value::Null;
        };
        Value::String(in_words(&amount, currency, &locale))
    }))
}

const ENGLISH: Locale = locale!("en");

/// The amount as a language writes it. ICU rounds some currencies to fewer digits than ISO 4217 gives them; an amount
/// that would lose something is written plainly, with the currency's code.
fn in_words(amount: &str, currency: &str, locale: &Locale) -> String {
    let in_language = |locale: &Locale| in_icu(amount, currency, locale);
    let plainly = || format!("{currency}\u{a0}{amount}");
    let Some(english) = in_language(&ENGLISH) else { return plainly() };
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (said, meant) = (digits(&english), digits(amount));
    if meant.strip_prefix(&said).is_none_or(|lost| lost.chars().any(|digit| digit != '0')) {
        return plainly();
    }
    // What is not known is answered as in no language at all; English is kinder.
    let known = in_language(locale).filter(|text| Some(text) != in_language(&Locale::UNKNOWN).as_ref());
    known.unwrap_or(english)
}

fn in_icu(amount: &str, currency: &str, locale: &Locale) -> Option<String> {
    let currency = CurrencyType::try_from(unicode::Value::try_from_str(currency).ok()?).ok()?;
    let formatter =
        CurrencyFormatter::try_new_symbol(locale.into(), currency, CurrencyFormatterOptions::default())
            .ok()?;
    Some(formatter.format_fixed_decimal(&amount.parse().ok()?).to_string())
}

/// What a line comes to, in minor units: `round(quantity × rate) + adjustment`, half away from zero. Quantity and rate
/// have [`PLACES`] places. Nothing where it would be more than [`MOST`].
pub fn line(quantity: i64, rate: Option<i64>, adjustment: i64, exponent: u32) -> Option<i64> {
    let product = i128::from(quantity) * i128::from(rate.unwrap_or_default());
    let unit = 10_i128.checked_pow((2 * PLACES).checked_sub(exponent)?)?;
    let (whole, rest) = (product / unit, product % unit);
    let rounded = if rest.abs() * 2 >= unit { whole + rest.signum() } else { whole };
    within(i64::try_from(rounded).ok()?.checked_add(adjustment)?)
}

/// The sum, where it is no larger than [`MOST`].
pub fn sum(amounts: impl IntoIterator<Item = i64>) -> Option<i64> {
    amounts.into_iter().try_fold(0_i64, i64::checked_add).and_then(within)
}

/// The amount, where it is no larger than [`MOST`].
pub fn within(amount: i64) -> Option<i64> {
    (-MOST..=MOST).contains(&amount).then_some(amount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_amount_has_the_digits_of_its_currency() {
        let amount =
            |units, currency| decimal(units, exponent(currency).unwrap(), exponent(currency).unwrap());
        assert_eq!(amount(168_445, "USD"), "1684.45");
        assert_eq!(amount(-5, "USD"), "-0.05");
        assert_eq!(amount(1684, "JPY"), "1684");
        assert_eq!(amount(1_684_450, "KWD"), "1684.450");
        assert_eq!(amount(i64::MAX, "USD"), "92233720368547758.07");
        assert_eq!(amount(i64::MIN, "JPY"), "-9223372036854775808");
        assert_eq!(exponent("ZZZ"), None);
    }

    #[test]
    fn a_rate_shows_further_places_only_where_it_has_them() {
        assert_eq!(decimal(3_500_000, PLACES, 2), "350.00");
        assert_eq!(decimal(3_501_250, PLACES, 2), "350.125");
        assert_eq!(decimal(15_000, PLACES, 0), "1.5");
        assert_eq!(decimal(20_000, PLACES, 0), "2");
    }

    #[test]
    fn a_line_is_rounded_half_away_from_zero() {
        assert_eq!(line(15_000, Some(3_500_000), 0, 2), Some(52_500));
        assert_eq!(line(5_000, Some(100), 0, 2), Some(1)); // 0.005
        assert_eq!(line(-5_000, Some(100), 0, 2), Some(-1));
        assert_eq!(line(4_999, Some(100), 0, 2), Some(0));
        assert_eq!(line(15_000, Some(100_000), -3, 0), Some(12)); // 15 yen, three less
        assert_eq!(line(i64::MAX, Some(i64::MAX), 0, 2), None);
        assert_eq!(line(10_000, None, -700, 2), Some(-700));
    }

    #[test]
    fn an_amount_is_written_as_the_language_does_and_in_english_where_it_is_unknown() {
        let write = |amount, currency, tag: &str| {
            in_words(amount, currency, &Locale::try_from_str(tag).unwrap_or(ENGLISH))
        };
        assert_eq!(write("1684.45", "USD", "en-US"), "$1,684.45");
        assert_eq!(write("-1684.45", "EUR", "de"), "-1.684,45\u{a0}€");
        assert_eq!(write("1684", "JPY", "ja"), "￥1,684");
        assert_eq!(write("1684.450", "KWD", "en"), "KWD\u{a0}1,684.450");
        assert_eq!(write("92233720368547758.07", "USD", "en"), "$92,233,720,368,547,758.07");
        for unknown in ["zz", "xx-nonsense", "klingon", "", "en_US_POSIX_and_more", "💶"] {
            assert_eq!(write("1684.45", "USD", unknown), "$1,684.45", "{unknown}");
        }
    }

    #[test]
    fn what_icu_would_round_is_written_plainly() {
        assert_eq!(in_words("1.50", "AFN", &ENGLISH), "AFN\u{a0}1.50");
        assert_eq!(in_words("350.125", "USD", &ENGLISH), "USD\u{a0}350.125");
        assert_eq!(in_words("3.00", "HUF", &ENGLISH), "HUF\u{a0}3");
    }

    proptest! {
        #[test]
        fn a_decimal_is_read_back_as_the_units_it_was_made_of(units: i64, places in 0_u32..5) {
            let text = decimal(units, places, places);
            prop_assert_eq!(text.replace('.', "").parse::<i64>().unwrap(), units);
            prop_assert_eq!(text.split_once('.').map_or(0, |(_, fraction)| fraction.len()), usize::try_from(places).unwrap());
        }

        #[test]
        fn a_line_is_off_by_half_a_unit_at_most(quantity in -1_000_000_i64..1_000_000, rate in 0_i64..100_000_000) {
            let exact = i128::from(quantity) * i128::from(rate);
            let off = i128::from(line(quantity, Some(rate), 0, 2).unwrap()) * 1_000_000 - exact;
            prop_assert!(off.abs() * 2 <= 1_000_000, "{off}");
        }
    }
}
