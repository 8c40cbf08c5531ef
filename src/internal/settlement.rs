//! For how much a case might end: a letter's offer, and the range that the firm has in mind.
use async_graphql::Value;

use crate::{
    graph::{Composite, CompositeField, Parts, fixed},
    part,
    scalars::{CurrencyCode, Day, Decimal},
    store,
};

/// An offer to settle. Its cells: the amount in minor units, the currency, the last day.
pub struct SettlementOffer;

impl Composite for SettlementOffer {
    const NAME: &'static str = "SettlementOffer";
    const ABOUT: &'static str = "An offer to end a case for a sum.";
    const FIELDS: &'static [CompositeField] = &[
        CompositeField {
            name: "amount",
            about: "The sum, in the currency's main unit.",
            ty: fixed::<false, Decimal>,
            arguments: &[],
            value: |_| Ok(Box::new(|parts| decimal(parts, 0, 1))),
        },
        part!("currency", "The sum's currency.", fixed::<false, CurrencyCode>, 1),
        part!("expiresOn", "The last day on which it can be taken.", fixed::<true, Day>, 2),
    ];
}

/// A span of sums. Its cells: the lowest and the highest in minor units, the currency.
pub struct MoneyRange;

impl Composite for MoneyRange {
    const NAME: &'static str = "MoneyRange";
    const ABOUT: &'static str = "A span of sums.";
    const FIELDS: &'static [CompositeField] = &[
        CompositeField {
            name: "low",
            about: "The lowest sum, in the currency's main unit.",
            ty: fixed::<false, Decimal>,
            arguments: &[],
            value: |_| Ok(Box::new(|parts| decimal(parts, 0, 2))),
        },
        CompositeField {
            name: "high",
            about: "The highest sum, in the currency's main unit.",
            ty: fixed::<false, Decimal>,
            arguments: &[],
            value: |_| Ok(Box::new(|parts| decimal(parts, 1, 2))),
        },
        part!("currency", "The sums' currency.", fixed::<false, CurrencyCode>, 2),
    ];
}

/// A number of minor units as an exact decimal, with as many digits as its currency has; null where a part is.
fn decimal(parts: Parts<'_>, amount: usize, currency: usize) -> Value {
    match (parts.get(amount), parts.get(currency)) {
        (Some(store::Value::Number(minor)), Some(store::Value::Text(currency))) => {
            Value::String(written(*minor, currency))
        }
        _ => Value::Null,
    }
}

fn written(minor: i64, currency: &str) -> String {
    let exponent = iso_currency::Currency::from_code(currency).and_then(iso_currency::Currency::exponent);
    let digits = usize::from(exponent.unwrap_or(0));
    let sign = if minor < 0 { "-" } else { "" };
    let padded = format!("{:0>width$}", minor.unsigned_abs(), width = digits + 1);
    let (whole, rest) = padded.split_at(padded.len() - digits);
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn minor_units_are_written_with_the_currencys_digits() {
        assert_eq!(written(2_500_000, "USD"), "25000.00");
        assert_eq!(written(5, "USD"), "0.05");
        assert_eq!(written(-1684, "JPY"), "-1684");
        assert_eq!(written(1, "KWD"), "0.001");
        assert_eq!(written(i64::MIN, "USD"), "-92233720368547758.08");
    }
}
