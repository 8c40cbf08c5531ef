//! What can be said further of a field that was just described.
use std::marker::PhantomData;

use async_graphql::{Context, InputType, OutputType, ServerResult};

use super::{Entity, Field, Here, Only, Order, Place, Read, describe::argument_of, readable::bare};
use crate::store::Predicate;

/// A field that was just described, to say more of it.
pub struct Described<'d>(pub(super) &'d mut Field);

/// A relation that was just described, to say more of it.
pub struct DescribedRelation<'d, T>(pub(super) &'d mut Field, PhantomData<fn() -> T>);

impl<'d, T> DescribedRelation<'d, T> {
    pub(super) fn of(field: &'d mut Field) -> Self {
        DescribedRelation(field, PhantomData)
    }
}

#[allow(
    clippy::return_self_not_must_use,
    reason = "the words act on the type; what they give back is for saying more"
)]
impl Described<'_> {
    /// It is of this GraphQL type rather than the one that SQL's suggests; nullable as before.
    pub fn typed<G: OutputType + 'static>(self) -> Self {
        let before = std::mem::replace(&mut self.0.ty, Box::new(|_| String::new()));
        self.0.ty = Box::new(move |registry| {
            let mark = if before(registry).ends_with('!') { "!" } else { "" };
            format!("{}{mark}", bare(G::create_type_info(registry)))
        });
        self
    }

    /// Only a release has it.
    pub fn released(self) -> Self {
        self.0.is_released = true;
        self.nullable()
    }

    /// It may be null.
    pub fn nullable(self) -> Self {
        let before = std::mem::replace(&mut self.0.ty, Box::new(|_| String::new()));
        self.0.ty = Box::new(move |registry| bare(before(registry)));
        self
    }
}

#[allow(
    clippy::return_self_not_must_use,
    reason = "the words act on the type; what they give back is for saying more"
)]
impl<T: Entity> DescribedRelation<'_, T> {
    /// The target belongs to the case that this row is, or is read in, so the case's key is at hand.
    pub fn within_case(self) -> Self {
        if let Read::Related(related) = &mut self.0.read {
            related.is_within_case = true;
        }
        self
    }

    /// An argument that must be given.
    pub fn taking<A: InputType + 'static>(self, name: &'static str, about: &'static str) -> Self {
        self.0.arguments.push(argument_of::<A>(name, about));
        self
    }

    /// An argument that narrows the rows.
    pub fn narrowed<A: InputType + 'static>(
        self,
        name: &'static str,
        about: &'static str,
        conditions: impl Fn(A, &Here<'_, T>) -> Vec<Predicate> + Send + Sync + 'static,
    ) -> Self {
        self.0.arguments.push(argument_of::<Only<A>>(name, about));
        if let Read::Related(related) = &mut self.0.read {
            related.narrow.push(Box::new(move |context, place| {
                let (_, Only(given)) = context.param_value::<Only<A>>(name, None)?;
                Ok(given.map(|given| conditions(given, &Here::of(place))).unwrap_or_default())
            }));
        }
        self
    }

    /// The argument `orderBy`.
    pub fn ordered<O: Order<T>>(self) -> Self {
        self.0.arguments.push(argument_of::<Option<O>>("orderBy", "In which order."));
        if let Read::Related(related) = &mut self.0.read {
            related.order =
                Some(Box::new(move |context: &Context<'_>, place: &Place<'_>| -> ServerResult<_> {
                    let (_, given) = context.param_value::<Option<O>>("orderBy", None)?;
                    Ok(given.map(|order| order.keys(&Here::of(place))))
                }));
        }
        self
    }
}
