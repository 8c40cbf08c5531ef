//! For how much a case might end: a letter's offer, and the range that the firm has in mind.
use crate::{
    graph::{Composite, CompositeField, Inner, PartRead, composed, fixed},
    money::Money,
    part,
    scalars::Day,
};

/// An amount of money that is these two parts.
const fn money(name: &'static str, about: &'static str, at: usize) -> CompositeField {
    let read = PartRead::Composite(Inner::of::<Money>(at, 2));
    CompositeField { name, about, ty: composed::<Money>, arguments: &[], read }
}

/// An offer to settle. Its cells: the amount in minor units, the currency, the last day.
pub struct SettlementOffer;

impl Composite for SettlementOffer {
    const NAME: &'static str = "SettlementOffer";
    const ABOUT: &'static str = "An offer to end a case for a sum.";
    const FIELDS: &'static [CompositeField] = &[
        money("amount", "The sum.", 0),
        part!("expiresOn", "The last day on which it can be taken.", fixed::<true, Day>, 2),
    ];
}

/// A span of sums. Its cells: the lowest in minor units and its currency, the highest and its currency.
pub struct MoneyRange;

impl Composite for MoneyRange {
    const NAME: &'static str = "MoneyRange";
    const ABOUT: &'static str = "A span of sums.";
    const FIELDS: &'static [CompositeField] =
        &[money("low", "The lowest sum.", 0), money("high", "The highest sum.", 2)];
}
