//! `table!`: diesel's, without asking for a sentence about each column; the type's description says what they mean.

/// A table as the database has it; see [`diesel::table!`].
#[macro_export]
macro_rules! table {
    ($($table:tt)*) => {
        diesel::table! { #[allow(missing_docs)] $($table)* }
    };
}
