//! Which GraphQL type a column's SQL type is.
use async_graphql::{InputType, registry::Registry};
use diesel::{
    expression::Expression,
    sql_types::{BigInt, Bool, Date, Integer, Nullable, Text, Timestamp},
};

use crate::{
    scalars::{Day, Instant},
    store::{Cell, Kind, Sql},
};

/// A SQL type that the API has a type for.
pub trait Readable {
    /// What the cell holds.
    const KIND: Kind;
    /// Whether it may be NULL.
    const IS_NULLABLE: bool = false;
    /// The GraphQL type's bare name, registered on the way.
    fn name(registry: &mut Registry) -> String;
}

macro_rules! readable {
    ($($sql:ty => $kind:ident, $graphql:ty;)+) => {$(
        impl Readable for $sql {
            const KIND: Kind = Kind::$kind;
            fn name(registry: &mut Registry) -> String {
                bare(<$graphql as InputType>::create_type_info(registry))
            }
        }
    )+};
}

readable! {
    Text => Text, String;
    Integer => Number, i32;
    BigInt => Number, i32;
    Bool => Truth, bool;
    Date => Day, Day;
    Timestamp => Instant, Instant;
}

impl<T: Readable + diesel::sql_types::SqlType<IsNull = diesel::sql_types::is_nullable::NotNull>> Readable
    for Nullable<T>
{
    const KIND: Kind = T::KIND;
    const IS_NULLABLE: bool = true;
    fn name(registry: &mut Registry) -> String {
        T::name(registry)
    }
}

/// A type's name without `!`.
pub(super) fn bare(mut name: String) -> String {
    if name.ends_with('!') {
        name.pop();
    }
    name
}

/// A column of a row, for a cell.
pub fn cell<X>(expression: X) -> Cell
where
    X: Expression + Sql,
    X::SqlType: Readable,
{
    Cell::Plain(X::SqlType::KIND, Box::new(expression))
}
