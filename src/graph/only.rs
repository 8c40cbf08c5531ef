//! A condition of a filter: a value, or nothing at all, and never null.
use std::borrow::Cow;

use async_graphql::{InputType, InputValueError, InputValueResult, Value, registry::Registry};

/// What a filter asks of rows; nothing where it was left out. A null is refused, since a portal that has lost the value which
/// it meant to ask for would be shown everything.
#[derive(Clone, Debug)]
pub struct Only<T>(pub Option<T>);

impl<T: InputType> InputType for Only<T> {
    type RawValueType = T::RawValueType;

    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        Option::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Option::<T>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        match value {
            None => Ok(Only(None)),
            Some(Value::Null) => Err(InputValueError::custom("null asks for nothing: leave it out")),
            Some(value) => T::parse(Some(value)).map(Some).map(Only).map_err(InputValueError::propagate),
        }
    }

    fn to_value(&self) -> Value {
        self.0.to_value()
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        self.0.as_raw_value()
    }
}
