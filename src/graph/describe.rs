//! The words in which a domain describes a type.
use std::marker::PhantomData;

use async_graphql::{Context, InputType, OutputType, ServerResult, Value, registry::Registry};
use diesel::{ExpressionMethods, expression::Expression, sql_types::Text};

use super::{
    Argument, ById, Composite, Described, DescribedRelation, Entity, Field, Form, Given, Groups, Here, Key,
    Place, Read, Readable, Related, Rows, Scope, Type, composite::PartsOf, page, readable::cell,
};
use crate::{
    id::Tag,
    store::{self, Cell, Expr, Predicate, Sql},
    viewer::Viewer,
};

/// A type that is being described.
pub struct Describe<E: Entity> {
    pub(super) ty: Type,
    entity: PhantomData<fn() -> E>,
}

impl<E: Entity> Describe<E> {
    pub(super) fn finished() -> Type {
        Self::finished_by(E::describe)
    }

    pub(super) fn finished_by(words: impl FnOnce(&mut Self)) -> Type {
        let ty = Type {
            name: E::NAME,
            about: E::ABOUT,
            node: None,
            known_by: None,
            is_case: false,
            fields: Vec::new(),
            rows: None,
        };
        let mut describe = Describe { ty, entity: PhantomData };
        words(&mut describe);
        describe.ty
    }

    pub(super) fn add(
        &mut self,
        name: &'static str,
        about: &'static str,
        ty: super::TypeName,
        read: Read,
    ) -> &mut Field {
        self.ty.fields.push(Field { name, about, ty, arguments: Vec::new(), is_released: false, read });
        let last = self.ty.fields.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "one was pushed just now")]
        &mut self.ty.fields[last]
    }

    /// Makes it a Node with this id.
    pub fn node<C>(&mut self, tag: Tag, id: C)
    where
        C: diesel::Column<Table = E::Item> + Expression<SqlType = Text> + Copy + Send + Sync + 'static,
    {
        debug_assert_eq!(tag.type_name(), E::NAME, "ids of this tag name another type");
        self.ty.node = Some(ById {
            id: Box::new(move |place| Box::new(Here::<E>::of(place).item.col(id))),
            is: Box::new(move |place, wanted| Expr::of(Here::<E>::of(place).item.col(id).eq(wanted))),
        });
        self.known_by(move |here| vec![Expr::of(here.item.col(id))]);
        self.field("id", "The object's id: opaque, the same for everybody, never another's.", move |s| {
            s.item.col(id)
        })
        .typed::<async_graphql::ID>();
    }

    /// A field that is one expression; its GraphQL type follows from SQL's.
    pub fn field<X>(
        &mut self,
        name: &'static str,
        about: &'static str,
        sql: impl Fn(&Here<'_, E>) -> X + Send + Sync + 'static,
    ) -> Described<'_>
    where
        X: Expression + Sql,
        X::SqlType: Readable,
    {
        let ty = |registry: &mut Registry| {
            let mark = if X::SqlType::IS_NULLABLE { "" } else { "!" };
            format!("{}{mark}", X::SqlType::name(registry))
        };
        let read = Read::Plain(Box::new(move |place| cell(sql(&Here::of(place)))));
        Described(self.add(name, about, Box::new(ty), read))
    }

    /// A field made of some columns.
    pub fn made<G: OutputType + 'static>(
        &mut self,
        name: &'static str,
        about: &'static str,
        cells: impl Fn(&Here<'_, E>) -> Vec<Cell> + Send + Sync + 'static,
        value: fn(&mut [store::Value]) -> Value,
    ) -> Described<'_> {
        let read = Read::Made(Box::new(move |place| cells(&Here::of(place))), value);
        Described(self.add(name, about, Box::new(G::create_type_info), read))
    }

    /// An object made of some columns, null where the first of them is.
    pub fn composite<C: Composite>(
        &mut self,
        name: &'static str,
        about: &'static str,
        cells: impl Fn(&Here<'_, E>) -> Vec<Cell> + Send + Sync + 'static,
    ) -> Described<'_> {
        let read = Read::Composite(
            Box::new(move |place| cells(&Here::of(place))),
            PartsOf { name: C::NAME, fields: C::FIELDS },
            None,
        );
        Described(self.add(name, about, Box::new(super::register::composite::<C>), read))
    }

    /// The same with rows: the list that its one field without parts holds, made as
    /// [`made_row`](Self::made_row) makes one.
    pub fn composite_with_rows<C: Composite, T: Entity>(
        &mut self,
        name: &'static str,
        about: &'static str,
        cells: impl Fn(&Here<'_, E>) -> Vec<Cell> + Send + Sync + 'static,
        made: impl Fn(&Here<'_, E>, &Here<'_, T>) -> Vec<store::Piece> + Send + Sync + 'static,
        join: impl Fn(&Here<'_, E>, &Here<'_, T>) -> Predicate + Send + Sync + 'static,
    ) {
        let join: super::Join =
            Box::new(move |_, parent, target| Ok(Some(join(&Here::of(parent), &Here::of(target)))));
        let mut rows = Related::of::<T>(Form::List, join);
        rows.made = Some(Box::new(move |_, parent, target| Ok(made(&Here::of(parent), &Here::of(target)))));
        let field = self.composite::<C>(name, about, cells);
        if let Read::Composite(_, _, place) = &mut field.0.read {
            *place = Some(rows);
        }
    }

    /// What the request itself knows.
    pub fn known<G: OutputType + 'static>(
        &mut self,
        name: &'static str,
        about: &'static str,
        value: fn(&Viewer) -> Value,
    ) {
        self.add(name, about, Box::new(G::create_type_info), Read::Known(value));
    }

    /// An object whose fields are read from this very place.
    pub fn same<T: Entity>(&mut self, name: &'static str, about: &'static str) {
        self.add(name, about, Box::new(|_| format!("{}!", T::NAME)), Read::Same(T::NAME));
    }

    /// At most one row of another type.
    pub fn maybe<T: Entity>(
        &mut self,
        name: &'static str,
        about: &'static str,
        join: impl Fn(&Here<'_, E>, &Here<'_, T>) -> Predicate + Send + Sync + 'static,
    ) -> DescribedRelation<'_, T> {
        self.relate(name, about, Form::Maybe, join)
    }

    /// The one row of another type, which this row's own scope guarantees.
    pub fn certain<T: Entity>(
        &mut self,
        name: &'static str,
        about: &'static str,
        join: impl Fn(&Here<'_, E>, &Here<'_, T>) -> Predicate + Send + Sync + 'static,
    ) -> DescribedRelation<'_, T> {
        self.relate(name, about, Form::Certain, join)
    }

    /// All rows of another type, few by nature.
    pub fn list<T: Entity>(
        &mut self,
        name: &'static str,
        about: &'static str,
        join: impl Fn(&Here<'_, E>, &Here<'_, T>) -> Predicate + Send + Sync + 'static,
    ) -> DescribedRelation<'_, T> {
        self.relate(name, about, Form::List, join)
    }

    /// The first row of another type, in that type's own order.
    pub fn first<T: Entity>(
        &mut self,
        name: &'static str,
        about: &'static str,
        join: impl Fn(&Here<'_, E>, &Here<'_, T>) -> Predicate + Send + Sync + 'static,
    ) -> DescribedRelation<'_, T> {
        self.relate(name, about, Form::First, join)
    }

    /// The visible rows of another type told of in groups: one object `G` for all that have the keys in common, its
    /// fields sums over `T`'s rows. Every column that a field names outside a sum must be a key.
    pub fn groups<T: Entity, G: Entity<Item = T::Item, Release = T::Release>>(
        &mut self,
        name: &'static str,
        about: &'static str,
        join: impl Fn(&Here<'_, E>, &Here<'_, T>) -> Predicate + Send + Sync + 'static,
        keys: impl Fn(&Here<'_, T>) -> Vec<Key> + Send + Sync + 'static,
    ) -> DescribedRelation<'_, T> {
        let relation = self.relate(name, about, Form::List, join);
        relation.0.ty = Box::new(|_| format!("[{}!]!", G::NAME));
        if let Read::Related(related) = &mut relation.0.read {
            related.groups =
                Some(Groups { ty: G::NAME, keys: Box::new(move |place| keys(&Here::of(place))) });
        }
        relation
    }

    /// A page of rows of another type.
    pub fn connection<T: Entity>(
        &mut self,
        name: &'static str,
        about: &'static str,
        join: impl Fn(&Here<'_, E>, &Here<'_, T>) -> Predicate + Send + Sync + 'static,
    ) -> DescribedRelation<'_, T> {
        let relation = self.relate(name, about, Form::Connection, join);
        relation.0.arguments.extend(page::arguments());
        relation
    }

    /// One row that is made for this field, such as sums over an argument's days: `made` writes the query in brackets and
    /// the target's name behind it, its columns those of the target's item.
    pub fn made_row<T: Entity>(
        &mut self,
        name: &'static str,
        about: &'static str,
        made: impl Fn(&Given<'_, '_>, &Here<'_, E>, &Here<'_, T>) -> ServerResult<Vec<store::Piece>>
        + Send
        + Sync
        + 'static,
    ) -> DescribedRelation<'_, T> {
        self.made_of(Form::Certain, (name, about), made)
    }

    /// A page of rows that are made for this field, as [`made_row`](Self::made_row) makes one.
    pub fn made_connection<T: Entity>(
        &mut self,
        name: &'static str,
        about: &'static str,
        made: impl Fn(&Given<'_, '_>, &Here<'_, E>, &Here<'_, T>) -> ServerResult<Vec<store::Piece>>
        + Send
        + Sync
        + 'static,
    ) -> DescribedRelation<'_, T> {
        let relation = self.made_of(Form::Connection, (name, about), made);
        relation.0.arguments.extend(page::arguments());
        relation
    }

    fn made_of<T: Entity>(
        &mut self,
        form: Form,
        (name, about): (&'static str, &'static str),
        made: impl Fn(&Given<'_, '_>, &Here<'_, E>, &Here<'_, T>) -> ServerResult<Vec<store::Piece>>
        + Send
        + Sync
        + 'static,
    ) -> DescribedRelation<'_, T> {
        let relation = self.relate::<T>(name, about, form, |_, _| store::always());
        if let Read::Related(related) = &mut relation.0.read {
            related.made =
                Some(Box::new(move |context: &Context<'_>, parent: &Place<'_>, target: &Place<'_>| {
                    made(&Given(context), &Here::of(parent), &Here::of(target))
                }));
        }
        relation
    }

    /// At most one row of another type, found by an argument. Where `join` answers nothing, no row can match.
    pub fn found<T: Entity, A: InputType + 'static>(
        &mut self,
        name: &'static str,
        about: &'static str,
        argument: (&'static str, &'static str),
        join: impl Fn(A, &Here<'_, T>) -> Option<Predicate> + Send + Sync + 'static,
    ) {
        let join: super::Join = Box::new(move |context, _parent, target| {
            let (_, given) = context.param_value::<A>(argument.0, None)?;
            Ok(join(given, &Here::of(target)))
        });
        let field = self.add_relation::<T>(name, about, Form::Maybe, join);
        field.arguments.push(argument_of::<A>(argument.0, argument.1));
    }

    pub(super) fn lookup(
        &mut self,
        name: &'static str,
        about: &'static str,
        ty: &'static str,
        read: Read,
    ) -> &mut Field {
        self.add(name, about, Box::new(move |_| ty.to_owned()), read)
    }

    pub(super) fn relate<T: Entity>(
        &mut self,
        name: &'static str,
        about: &'static str,
        form: Form,
        join: impl Fn(&Here<'_, E>, &Here<'_, T>) -> Predicate + Send + Sync + 'static,
    ) -> DescribedRelation<'_, T> {
        let join: super::Join =
            Box::new(move |_, parent, target| Ok(Some(join(&Here::of(parent), &Here::of(target)))));
        DescribedRelation::of(self.add_relation::<T>(name, about, form, join))
    }

    fn add_relation<T: Entity>(
        &mut self,
        name: &'static str,
        about: &'static str,
        form: Form,
        join: super::Join,
    ) -> &mut Field {
        let ty: super::TypeName = Box::new(move |registry| match form {
            Form::Maybe | Form::First => T::NAME.to_owned(),
            Form::Certain => format!("{}!", T::NAME),
            Form::List => format!("[{}!]!", T::NAME),
            Form::Connection => format!("{}!", super::register::connection(registry, T::NAME)),
        });
        self.add(name, about, ty, Read::Related(Related::of::<T>(form, join)))
    }

    /// Where the rows come from: the tables, what holds in every role, and the order where nothing is asked.
    pub fn rows(
        &mut self,
        from: impl Fn(&Here<'_, E>) -> Vec<store::Piece> + Send + Sync + 'static,
        fence: impl Fn(&Here<'_, E>) -> Predicate + Send + Sync + 'static,
        order: impl Fn(&Here<'_, E>) -> Vec<Key> + Send + Sync + 'static,
    ) {
        self.ty.rows = Some(Rows {
            from: Box::new(move |place| from(&Here::of(place))),
            fence: Box::new(move |place| fence(&Here::of(place))),
            scopes: Some(Vec::new()),
            order: Box::new(move |place| order(&Here::of(place))),
        });
    }

    /// A set of rows that policy may grant by this name.
    pub fn scope(
        &mut self,
        name: &'static str,
        rows: impl Fn(&Here<'_, E>) -> Predicate + Send + Sync + 'static,
    ) {
        self.add_scope(name, false, rows);
    }

    /// A set of rows that policy may grant by this name, each with an open release.
    pub fn released_scope(
        &mut self,
        name: &'static str,
        rows: impl Fn(&Here<'_, E>) -> Predicate + Send + Sync + 'static,
    ) {
        self.add_scope(name, true, rows);
    }

    fn add_scope(
        &mut self,
        name: &'static str,
        is_released: bool,
        rows: impl Fn(&Here<'_, E>) -> Predicate + Send + Sync + 'static,
    ) {
        let scope = Scope { name, is_released, rows: Box::new(move |place| rows(&Here::of(place))) };
        if let Some(scopes) = self.ty.rows.as_mut().and_then(|rows| rows.scopes.as_mut()) {
            scopes.push(scope);
        }
    }

    /// Its rows are parts of another type's row, reached through that alone: they have no scopes of their own.
    pub fn part(
        &mut self,
        from: impl Fn(&Here<'_, E>) -> Vec<store::Piece> + Send + Sync + 'static,
        fence: impl Fn(&Here<'_, E>) -> Predicate + Send + Sync + 'static,
        order: impl Fn(&Here<'_, E>) -> Vec<Key> + Send + Sync + 'static,
    ) {
        self.rows(from, fence, order);
        if let Some(rows) = &mut self.ty.rows {
            rows.scopes = None;
        }
    }

    /// It is the case that other rows belong to.
    pub fn is_case(&mut self) {
        self.ty.is_case = true;
    }
}

pub(super) fn argument_of<A: InputType + 'static>(name: &'static str, about: &'static str) -> Argument {
    Argument { name, about, ty: Box::new(A::create_type_info) }
}
