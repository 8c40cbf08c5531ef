//! The court that a case is before.
use crate::{
    graph::{Composite, CompositeField, fixed},
    part,
    scalars::TimeZone,
};

/// The court that a case is before.
pub struct Court;

impl Composite for Court {
    const NAME: &'static str = "Court";
    const ABOUT: &'static str = "The court that a case is before.";
    const FIELDS: &'static [CompositeField] = &[
        part!("name", "The court's name.", fixed::<false, String>, 0),
        part!("timeZone", "The zone of the court's clock.", fixed::<false, TimeZone>, 1),
        part!("docketNumber", "The number that the court gave the case.", fixed::<true, String>, 2),
        part!("judge", "Who presides.", fixed::<true, String>, 3),
    ];
}
