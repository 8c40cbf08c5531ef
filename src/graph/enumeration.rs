//! Enums whose values are the same words in the API and in the database, written once.

/// Writes an enum of the API with its values' words; a filter asks [`chosen`](crate::graph::chosen) for them.
#[macro_export]
macro_rules! enumeration {
    ($($(#[$about:meta])* $Name:ident { $($(#[$meaning:meta])* $value:ident = $word:literal,)+ })+) => {$(
        $(#[$about])*
        #[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $Name {
            $($(#[$meaning])* $value,)+
        }

        impl $crate::graph::Enumeration for $Name {
            const ALL: &'static [Self] = &[$(Self::$value),+];

            fn word(self) -> &'static str {
                match self { $(Self::$value => $word),+ }
            }
        }
    )+};
}

/// An enum that was written with [`enumeration!`](crate::enumeration).
pub trait Enumeration: Copy + PartialEq + 'static {
    /// Every value.
    const ALL: &'static [Self];

    /// The value's word, in the API and in the database.
    fn word(self) -> &'static str;

    /// What a word means.
    fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|value| value.word() == word).copied()
    }
}

/// The words that a filter's list chooses, each once however often it is repeated; an empty list chooses none.
pub fn chosen<T: Enumeration>(list: &[T]) -> impl Iterator<Item = &'static str> {
    T::ALL.iter().filter(|value| list.contains(value)).map(|value| value.word())
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::{
        Value,
        resolver_utils::{EnumType, enum_value},
    };

    fn agrees<T: Enumeration + EnumType>() {
        for value in T::ALL {
            assert_eq!(enum_value(*value), Value::Enum(async_graphql::Name::new(value.word())));
            assert!(T::of(value.word()) == Some(*value) && T::of("").is_none());
        }
    }

    #[test]
    fn a_value_is_called_alike_in_the_api_and_in_the_database() {
        agrees::<crate::documents::DocumentKind>();
        agrees::<crate::documents::DocumentOrigin>();
        agrees::<crate::documents::FilingStatus>();
        agrees::<crate::documents::Sealing>();
        agrees::<crate::documents::ProtectiveOrder>();
        agrees::<crate::documents::Privilege>();
        agrees::<crate::internal::Direction>();
        agrees::<crate::internal::ThirdPartyKind>();
        agrees::<crate::internal::RiskFlag>();
        agrees::<crate::cases::CaseStatus>();
        agrees::<crate::billing::InvoiceState>();
        agrees::<crate::calendar::EventKind>();
        agrees::<crate::calendar::EventStatus>();
    }

    #[test]
    fn a_list_chooses_each_word_once_and_an_empty_one_chooses_none() {
        use crate::internal::Direction;
        assert_eq!(chosen(&[Direction::Sent, Direction::Sent]).collect::<Vec<_>>(), ["SENT"]);
        assert_eq!(chosen::<Direction>(&[]).count(), 0);
    }
}
