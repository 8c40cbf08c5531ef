//! From a selection to one statement: what the API's types are made of, and how a root field becomes SQL.
//!
//! A domain *describes* each of its types once ([`Entity::describe`]): its fields with their words and the SQL that
//! each is read from, its relations, where its rows come from, and the row [`Scope`]s that policy may grant. From that
//! one description come the type in the GraphQL registry ([`register`]), and, for each root field of a request, a
//! [`plan`]: the selection turned into one [`Select`](crate::store::Select) whose cells are exactly what was asked for,
//! and the way its rows become the answer ([`out`]). So N+1 can't happen, a column nobody asked for is not read, and
//! nothing is reached but through the type's own rows.
//!
//! * **Type**: a description, its Rust types erased so that types may name one another.
//! * **Place**: a type's row within a statement: the aliases of the item and of its open release, and the viewer.
//! * **Rows**: `fence AND (scope OR scope …)`: the firm, walls and participation always; the scopes that the role has.
//! * **Change**: a field of the subscription root: one row, told of anew whenever what the viewer sees of it is another.
//! * **Guard**: each field that a selection names is asked of the live policy before it is planned; the role's schema
//!   lacks what is not granted, so a guard that fires is a fault of ours.
mod anchor;
mod change;
mod collect;
mod composite;
mod cost;
mod describe;
mod described;
mod enumeration;
mod given;
mod here;
mod introspection;
mod node;
mod only;
mod out;
mod page;
mod plan;
mod readable;
mod register;
mod relation;
mod root;

use std::collections::HashMap;

pub use change::{Changes, Subscription};
pub use composite::{Composite, CompositeField, Inner, Make, PartRead, Parts, composed, fixed, part};
pub use cost::{Costing, Unset};
pub use describe::Describe;
pub use described::{Described, DescribedRelation};
pub use enumeration::{Enumeration, is_chosen};
pub use given::Given;
pub use here::Here;
pub use introspection::{Lists, is_introspection};
pub use only::Only;
pub use page::{Cursors, Key, Order};
pub use readable::{Readable, cell};
pub use register::vocabulary;
pub use root::{Domains, Query, Root};

use crate::{
    store::{Alias, Cell, Piece, Predicate, Sql, all, any},
    viewer::Viewer,
};

/// A type of the API whose fields are read from the database.
pub trait Entity: Sized + 'static {
    /// The GraphQL name.
    const NAME: &'static str;
    /// The GraphQL description: meaning and unit, never who may see it.
    const ABOUT: &'static str;
    /// The table that holds one row for each.
    type Item: 'static;
    /// The table of its releases; the item's own where it has none.
    type Release: 'static;

    /// Says what the type is made of.
    fn describe(ty: &mut Describe<Self>);
}

/// All types, by name.
#[derive(Default)]
pub struct Graph {
    types: HashMap<&'static str, Type>,
}

impl Graph {
    /// Adds a type.
    #[must_use]
    pub fn with<E: Entity>(mut self) -> Self {
        self.types.insert(E::NAME, Describe::<E>::finished());
        self
    }

    /// Adds the roots.
    #[must_use]
    pub fn with_query(mut self, describe: impl FnOnce(&mut Describe<Query>)) -> Self {
        self.types.insert(Query::NAME, Describe::finished_by(describe));
        self
    }

    /// Adds the roots of what goes on.
    #[must_use]
    pub fn with_subscription(mut self, describe: impl FnOnce(&mut Describe<Subscription>)) -> Self {
        self.types.insert(Subscription::NAME, Describe::finished_by(describe));
        self
    }

    fn get(&self, name: &str) -> Option<&Type> {
        self.types.get(name)
    }
}

/// A described type.
struct Type {
    name: &'static str,
    about: &'static str,
    /// What finds a row by its id, where it is a Node.
    node: Option<ById>,
    /// What tells its rows from one another, for cursors.
    known_by: Option<OfPlace<Vec<KnownBy>>>,
    /// It is the case that other rows belong to.
    is_case: bool,
    fields: Vec<Field>,
    rows: Option<Rows>,
}

impl Type {
    fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// Something that is written anew for each place where a row is read.
type OfPlace<T> = Box<dyn Fn(&Place<'_>) -> T + Send + Sync>;

/// The row of an id.
type IsRow = Box<dyn Fn(&Place<'_>, String) -> Predicate + Send + Sync>;

/// A Node's id as a cell, and the row of an id.
struct ById {
    id: OfPlace<Box<dyn Sql>>,
    is: IsRow,
}

/// A column of text by which a row is known, alone or with others.
struct KnownBy(Box<dyn Sql>);

impl KnownBy {
    fn cell(self) -> Cell {
        Cell::Plain(crate::store::Kind::Text, self.0)
    }

    fn is(self, value: &str) -> Predicate {
        let value = crate::store::bound::<diesel::sql_types::Text, _>(value.to_owned());
        crate::sql![Piece::Sql(self.0), " = ", value]
    }
}

/// A field of a described type.
struct Field {
    name: &'static str,
    about: &'static str,
    ty: TypeName,
    arguments: Vec<Argument>,
    /// Only a release has it: nullable in the full model, non-null in the schema of a role that sees released rows alone.
    is_released: bool,
    read: Read,
}

/// How a type is called, wrapped in lists and `!`; the function also registers what async-graphql derives.
type TypeName = Box<dyn Fn(&mut async_graphql::registry::Registry) -> String + Send + Sync>;

struct Argument {
    name: &'static str,
    about: &'static str,
    ty: TypeName,
}

/// Where a field's value comes from.
enum Read {
    /// One column.
    Plain(OfPlace<Cell>),
    /// Some columns, made into one value.
    Made(OfPlace<Vec<Cell>>, fn(&mut [crate::store::Value]) -> async_graphql::Value),
    /// Some columns, made into an object of small values, and the rows that one of its fields may hold.
    Composite(OfPlace<Vec<Cell>>, composite::PartsOf, Option<Related>),
    /// What the request itself knows.
    Known(fn(&Viewer) -> async_graphql::Value),
    /// Rows of another type.
    Related(Related),
    /// An object whose fields are read from the same place.
    Same(&'static str),
    /// `node(id)`.
    Node,
    /// `nodes(ids)`.
    Nodes,
    /// A row that is followed.
    Change(Change),
}

/// A row that is followed.
struct Change {
    /// The type whose row it is.
    target: &'static str,
    /// The type that tells of it, read from the same row.
    shown: &'static str,
    /// The argument that names it.
    argument: &'static str,
    /// When time alone may next change what is seen of it.
    turn: Turn,
}

/// The next instant at which time alone may change what is seen of the row with this id, or NULL.
type Turn = Box<dyn Fn(&Place<'_>, String) -> crate::store::Cell + Send + Sync>;

/// A relation to another type's rows.
struct Related {
    target: &'static str,
    form: Form,
    /// Which of the target's rows, seen from the parent's. `None`: no row can match, and no statement is needed to know.
    join: Join,
    /// The target belongs to the case that the parent is, or is read in.
    is_within_case: bool,
    /// Conditions from the `filter` argument and its like.
    narrow: Vec<Narrow>,
    /// The order from `orderBy`; the target's own where nothing is asked.
    order: Option<Sort>,
    /// The target's rows are told of in groups, each an object of another type.
    groups: Option<Groups>,
    /// What the rows are made of, where they are not the target's own.
    made: Option<Made>,
}

impl Related {
    fn of<T: Entity>(form: Form, join: Join) -> Self {
        Related {
            target: T::NAME,
            form,
            join,
            is_within_case: false,
            narrow: Vec::new(),
            order: None,
            groups: None,
            made: None,
        }
    }

    /// What to write behind FROM.
    fn from(
        &self,
        context: &async_graphql::Context<'_>,
        parent: &Place<'_>,
        (rows, target): (&Rows, &Place<'_>),
    ) -> async_graphql::ServerResult<Vec<Piece>> {
        match &self.made {
            Some(made) => made(context, parent, target),
            None => Ok((rows.from)(target)),
        }
    }
}

/// A query in brackets under the target's own name, seen from the parent's row.
type Made = Box<
    dyn Fn(&async_graphql::Context<'_>, &Place<'_>, &Place<'_>) -> async_graphql::ServerResult<Vec<Piece>>
        + Send
        + Sync,
>;

/// One object for all rows that have the keys in common.
struct Groups {
    /// The type whose fields are sums over the rows.
    ty: &'static str,
    keys: GroupKeys,
}

type GroupKeys = Box<dyn Fn(&Place<'_>) -> Vec<Key> + Send + Sync>;

type Join = Box<
    dyn Fn(
            &async_graphql::Context<'_>,
            &Place<'_>,
            &Place<'_>,
        ) -> async_graphql::ServerResult<Option<Predicate>>
        + Send
        + Sync,
>;
type Narrow = Box<
    dyn Fn(&async_graphql::Context<'_>, &Place<'_>) -> async_graphql::ServerResult<Vec<Predicate>>
        + Send
        + Sync,
>;
type Sort = Box<
    dyn Fn(&async_graphql::Context<'_>, &Place<'_>) -> async_graphql::ServerResult<Option<Vec<Key>>>
        + Send
        + Sync,
>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// One or none.
    Maybe,
    /// The first in the rows' order, or none.
    First,
    /// One, which the row's own scope guarantees.
    Certain,
    /// A list that is small by nature.
    List,
    /// A Relay connection.
    Connection,
}

/// Where a type's rows come from.
struct Rows {
    /// The item's table, and the release's beside it.
    from: OfPlace<Vec<Piece>>,
    /// What holds in every role: the same firm, no wall, an active participation.
    fence: OfPlace<Predicate>,
    /// What policy may grant; `None` for parts of another type's row, which are reached through that row alone.
    scopes: Option<Vec<Scope>>,
    /// The order where nothing is asked.
    order: OfPlace<Vec<Key>>,
}

/// A named set of a type's rows. A role sees the rows of all scopes that policy grants it, and of no scope no rows.
struct Scope {
    name: &'static str,
    /// Each row has an open release.
    is_released: bool,
    rows: OfPlace<Predicate>,
}

/// A type's row within a statement.
struct Place<'v> {
    item: Alias,
    release: Alias,
    /// The case in whose selection this row is read, if it is read within one.
    case: Option<Alias>,
    viewer: &'v Viewer,
    names: &'v Names,
    sight: Sight<'v>,
}

/// What the acting role may see of every type, so that a sum counts the rows that a list would show and no other.
#[derive(Clone, Copy)]
struct Sight<'v> {
    graph: &'v Graph,
    grants: &'v crate::policy::Grants,
}

impl Sight<'_> {
    /// Which of a type's rows the viewer may know of: the one condition that every way to them carries.
    fn visible(self, ty: &Type, rows: &Rows, place: &Place<'_>) -> Predicate {
        let fence = (rows.fence)(place);
        let Some(scopes) = &rows.scopes else { return fence };
        let granted = self.grants.scopes(ty.name);
        let granted =
            scopes.iter().filter(|scope| granted.contains(&scope.name)).map(|scope| (scope.rows)(place));
        all(vec![fence, any(granted.collect())])
    }
}

/// Gives out row names, each once within a statement.
#[derive(Default)]
pub struct Names(std::cell::Cell<usize>);

impl Names {
    fn next(&self) -> Alias {
        let next = self.0.get();
        self.0.set(next.saturating_add(1));
        Alias(next)
    }
}
