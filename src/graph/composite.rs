//! Small objects made of a few columns of one row, such as an amount of money.
use async_graphql::{Context, ServerResult, Value, registry::Registry};

use crate::store;

/// An object type without rows of its own. It is null where its first part is.
pub trait Composite: 'static {
    /// The GraphQL name.
    const NAME: &'static str;
    /// The GraphQL description.
    const ABOUT: &'static str;
    /// Its fields, each read from the parts.
    const FIELDS: &'static [CompositeField];
}

/// A composite's name and fields.
pub(super) struct PartsOf {
    pub(super) name: &'static str,
    pub(super) fields: &'static [CompositeField],
}

/// The columns' values.
pub type Parts<'a> = &'a [store::Value];

/// A field of a composite.
pub struct CompositeField {
    /// The GraphQL name.
    pub name: &'static str,
    /// The GraphQL description.
    pub about: &'static str,
    /// The GraphQL type in full, registered on the way.
    pub ty: TypeOf,
    /// Its arguments: name, description, type.
    pub arguments: &'static [(&'static str, &'static str, TypeOf)],
    /// Where it comes from.
    pub read: PartRead,
}

/// Where a composite's field comes from.
pub enum PartRead {
    /// The parts; what makes the value is made once for each selection, so that arguments are read once.
    Value(fn(&Context<'_>) -> ServerResult<Make>),
    /// Another composite, of some of the parts.
    Composite(Inner),
    /// Rows that the place which the composite is read in knows.
    Rows,
}

/// A composite within a composite: of so many parts from a place on.
pub struct Inner {
    pub(super) of: PartsOf,
    pub(super) at: usize,
    pub(super) count: usize,
}

impl Inner {
    /// This composite, of the parts from `at` on.
    pub const fn of<C: Composite>(at: usize, count: usize) -> Self {
        Inner { of: PartsOf { name: C::NAME, fields: C::FIELDS }, at, count }
    }
}

/// An inner composite's type, registered on the way.
pub fn composed<C: Composite>(registry: &mut Registry) -> String {
    super::register::composite::<C>(registry)
}

/// Registers a type and answers its name in full.
pub type TypeOf = fn(&mut Registry) -> String;

/// Makes a field's value from the parts.
pub type Make = Box<dyn Fn(Parts<'_>) -> Value + Send + Sync>;

/// A built-in type's name as it stands.
pub fn fixed<const NULLABLE: bool, T: async_graphql::OutputType>(registry: &mut Registry) -> String {
    let name = T::create_type_info(registry);
    if NULLABLE { super::readable::bare(name) } else { name }
}

/// A part as it stands, for [`part!`](crate::part).
pub fn part(parts: Parts<'_>, at: usize) -> Value {
    parts.get(at).cloned().map(|mut part| super::out::plain(&mut part)).unwrap_or_default()
}

/// A field of a composite that is one of its parts: name, description, type, which part.
#[macro_export]
macro_rules! part {
    ($name:literal, $about:literal, $ty:expr, $at:literal) => {
        $crate::graph::CompositeField {
            name: $name,
            about: $about,
            ty: $ty,
            arguments: &[],
            read: $crate::graph::PartRead::Value(|_| Ok(Box::new(|parts| $crate::graph::part(parts, $at)))),
        }
    };
}
