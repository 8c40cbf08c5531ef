//! The query root: each of its fields is planned into one statement, run, and answered.
use std::{borrow::Cow, marker::PhantomData, sync::Arc};

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, Value,
    parser::types::Field, registry::Registry, resolver_utils::resolve_container,
};

use super::{
    Describe, Entity, Graph, Names, Read, Type,
    anchor::{Anchored, Anchors},
    collect::Asked,
    page::Cursors,
    page::refusal,
    plan::Planner,
    register,
};
use crate::{
    error::{Fault, Problem},
    policy::Live,
    store::{self, Cell, Piece, Select, Store, Value as Stored, always},
    viewer::Viewer,
};

/// Where the types come from.
pub trait Domains: Send + Sync + 'static {
    /// All of them, described once.
    fn graph() -> &'static Graph;
}

/// The type `Query`, whose fields are described like any other's.
pub struct Query;

impl Entity for Query {
    const NAME: &'static str = "Query";
    const ABOUT: &'static str = "Where every request begins.";
    type Item = ();
    type Release = ();

    fn describe(_: &mut Describe<Self>) {}
}

/// What async-graphql resolves `Query` with.
pub struct Root<D>(PhantomData<fn() -> D>);

impl<D> Default for Root<D> {
    fn default() -> Self {
        Root(PhantomData)
    }
}

impl<D: Domains> OutputType for Root<D> {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(Query::NAME)
    }

    fn create_type_info(registry: &mut Registry) -> String {
        register::all(D::graph(), registry);
        Query::NAME.to_owned()
    }

    async fn resolve(&self, context: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        resolve_container(context, self).await
    }
}

impl<D: Domains> ObjectType for Root<D> {}

impl<D: Domains> ContainerType for Root<D> {
    async fn resolve_field(&self, context: &Context<'_>) -> ServerResult<Option<Value>> {
        let graph = D::graph();
        let Some(query) = graph.get(Query::NAME) else { return Ok(None) };
        answer(context, graph, query).await.map(Some)
    }
}

/// What a root's statement is run with.
pub(super) struct Surroundings<'c> {
    pub(super) store: &'c Store,
    pub(super) viewer: &'c Viewer,
}

async fn answer(context: &Context<'_>, graph: &'static Graph, query: &'static Type) -> ServerResult<Value> {
    let surroundings =
        Surroundings { store: context.data_unchecked::<Store>(), viewer: context.data_unchecked::<Viewer>() };
    let grants = context.data_unchecked::<Arc<Live>>().grants(surroundings.viewer.role);
    // The plan is made of closures that stay on this thread; only the statement crosses the await.
    let planned = {
        let planner = Planner {
            graph,
            viewer: surroundings.viewer,
            grants: &grants,
            cursors: context.data_unchecked::<Cursors>(),
            names: Names::default(),
            anchors: Anchors::default(),
            is_blind: false,
        };
        let field = planner.guarded(context, query, &context.item.node.name.node)?;
        match field.read {
            Read::Node => super::node::plan_one(&planner, context)?,
            Read::Nodes => super::node::plan_many(&planner, context)?,
            Read::Plain(_)
            | Read::Made(..)
            | Read::Composite(..)
            | Read::Known(_)
            | Read::Related(_)
            | Read::Change(_)
            | Read::Same(_) => plan(&planner, context, field)?,
        }
    };
    planned.run(context, &surroundings).await
}

/// What is to be run, and how its answer is made.
pub(super) struct Planned {
    pub(super) selects: Vec<(Select, Anchored)>,
    pub(super) make: Box<dyn FnOnce(Vec<Vec<store::Cells>>) -> Value + Send>,
}

impl Planned {
    /// An answer that needs no statement.
    pub(super) fn known(value: Value) -> Self {
        Planned { selects: Vec::new(), make: Box::new(|_| value) }
    }

    async fn run(self, context: &Context<'_>, surroundings: &Surroundings<'_>) -> ServerResult<Value> {
        let mut answers = Vec::with_capacity(self.selects.len());
        for (select, anchored) in self.selects {
            let rows = surroundings.store.read(surroundings.viewer, select).await;
            let rows = rows.map_err(|fault: Fault| refusal(context, Problem::from(fault)))?;
            anchored.check(&rows)?;
            answers.push(rows);
        }
        Ok((self.make)(answers))
    }
}

fn plan(planner: &Planner<'_>, context: &Context<'_>, field: &super::Field) -> ServerResult<Planned> {
    let asked = Asked { key: &context.item.node.response_key().node, fields: vec![context.item] };
    let mut cells = Vec::new();
    let out = planner.value(context, field, &planner.nowhere(), &asked, &mut cells)?;
    if cells.is_empty() {
        return Ok(Planned::known(out.make(&mut Vec::new())));
    }
    let (with, anchored) = planner.anchors.ask(&mut cells);
    // A lone list is the statement's own answer; several are the cells of one row that is always there.
    if let [Cell::Rows(_)] = cells.as_slice()
        && let Some(Cell::Rows(select)) = cells.pop()
    {
        let make = move |answers: Vec<Vec<store::Cells>>| {
            out.make(&mut answers.into_iter().map(Stored::Rows).collect())
        };
        return Ok(Planned { selects: vec![(*select, anchored)], make: Box::new(make) });
    }
    let from = vec![Piece::Text("(SELECT 1 AS one) t")];
    let select = Select { with, ..Select::of(cells, from, always()) };
    let make = move |answers: Vec<Vec<store::Cells>>| {
        let row = answers.into_iter().flatten().next();
        row.map(|mut row| out.make(&mut row)).unwrap_or_default()
    };
    Ok(Planned { selects: vec![(select, anchored)], make: Box::new(make) })
}
