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
    /// The value; made once for each selection, so that arguments are read once.
    pub value: fn(&Context<'_>) -> ServerResult<Make>,
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
            value: |_| Ok(Box::new(|parts| $crate::graph::part(parts, $at))),
        }
    };
}
