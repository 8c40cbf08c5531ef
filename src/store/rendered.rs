//! A statement as PostgreSQL gets it: written once, and each value bound once however often the statement names it.
//!
//! The viewer's firm, person and instant stand in almost every condition. Bound anew each time, they are a hundred
//! parameters that PostgreSQL can't know to be equal; bound once, `a.firm_id = $1` and `b.firm_id = $1` are one class of
//! equal columns to its planner, and there is less to send. The values stay parameters, and the rows are the same.
use std::collections::HashMap;

use diesel::{
    QueryResult,
    pg::{Pg, PgMetadataLookup, PgQueryBuilder, PgTypeMetadata},
    query_builder::{
        AstPass, Query, QueryBuilder, QueryFragment, QueryId, bind_collector::RawBytesBindCollector,
    },
};

use super::{cells::Answer, select};

/// Text and values; kept prepared under the text.
pub(super) struct Rendered {
    pub(super) text: String,
    pub(super) is_kept: bool,
    binds: RawBytesBindCollector<Pg>,
}

impl Rendered {
    pub(super) fn of(statement: &select::Statement) -> QueryResult<Self> {
        let mut all = RawBytesBindCollector::<Pg>::new();
        QueryFragment::<Pg>::collect_binds(statement, &mut all, &mut BuiltIn, &Pg)?;
        let mut text = PgQueryBuilder::default();
        QueryFragment::<Pg>::to_sql(statement, &mut text, &Pg)?;
        let (binds, numbers) = distinct(all);
        Ok(Rendered { text: renumbered(&text.finish(), &numbers), is_kept: statement.is_kept, binds })
    }
}

/// Each value once, and for each parameter as it was written the number of its value.
fn distinct(all: RawBytesBindCollector<Pg>) -> (RawBytesBindCollector<Pg>, Vec<usize>) {
    let mut left = RawBytesBindCollector::<Pg>::new();
    let mut known = HashMap::new();
    let mut numbers = Vec::with_capacity(all.binds.len());
    for (ty, value) in all.metadata.into_iter().zip(all.binds) {
        // A value of another type is another parameter, though its bytes be the same.
        let number = *known.entry((ty.oid().ok(), value.clone())).or_insert_with(|| {
            left.metadata.push(ty);
            left.binds.push(value);
            left.binds.len()
        });
        numbers.push(number);
    }
    (left, numbers)
}

/// The text with its parameters, which are written in order, renumbered. `$` stands for nothing else in our statements.
fn renumbered(text: &str, numbers: &[usize]) -> String {
    let mut parts = text.split('$');
    let mut renumbered = String::with_capacity(text.len());
    renumbered.push_str(parts.next().unwrap_or_default());
    for (part, number) in parts.zip(numbers) {
        renumbered.push('$');
        renumbered.push_str(&number.to_string());
        renumbered.push_str(part.trim_start_matches(|digit: char| digit.is_ascii_digit()));
    }
    renumbered
}

/// Every type that is bound is PostgreSQL's own, whose number diesel knows.
struct BuiltIn;

impl PgMetadataLookup for BuiltIn {
    fn lookup_type(&mut self, _name: &str, _schema: Option<&str>) -> PgTypeMetadata {
        PgTypeMetadata::new(0, 0)
    }
}

impl QueryFragment<Pg> for Rendered {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if !self.is_kept {
            out.unsafe_to_cache_prepared();
        }
        out.push_sql(&self.text);
        out.push_bind_collector_data(&self.binds)
    }
}

impl QueryId for Rendered {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Rendered {
    type SqlType = Answer;
}
impl<C> diesel::RunQueryDsl<C> for Rendered {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_renumbered_by_their_values() {
        let text = "a = $1 AND b = $2 AND c = $3 AND d IN ($4, $5, $6, $7, $8, $9, $10, $11)";
        let numbers = [1, 2, 1, 3, 3, 3, 3, 3, 3, 3, 12];
        assert_eq!(
            renumbered(text, &numbers),
            "a = $1 AND b = $2 AND c = $1 AND d IN ($3, $3, $3, $3, $3, $3, $3, $12)"
        );
    }

    #[test]
    fn a_value_is_bound_once_for_each_of_its_types() {
        let (text, number) = (PgTypeMetadata::new(25, 1009), PgTypeMetadata::new(20, 1016));
        let mut all = RawBytesBindCollector::<Pg>::new();
        all.metadata = vec![text.clone(), number.clone(), text.clone(), text.clone(), number];
        let (eight, other) = (Some(b"12345678".to_vec()), Some(b"x".to_vec()));
        all.binds = vec![eight.clone(), eight.clone(), eight.clone(), other, eight];
        let (left, numbers) = distinct(all);
        assert_eq!((left.binds.len(), numbers), (3, vec![1, 2, 1, 3, 2]));
    }
}
