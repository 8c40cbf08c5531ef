//! A small schema with every shape that pruning must get right, and help to write policies for it.

use std::sync::Arc;

use async_graphql::{
    Context, EmptyMutation, EmptySubscription, Enum, Error, Guard, ID, InputObject, Interface, Object,
    Schema, SchemaBuilder, SimpleObject, Subscription, Union,
};
use futures_util::{Stream, stream};
use portico::policy::{Faults, Live, Model, Policy, Role, ScopeName, Source, Vocabulary};

#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Status {
    Open,
    Closed,
    Sealed,
}

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Newest,
    Riskiest,
}

#[derive(InputObject, Default)]
pub(crate) struct Filter {
    status: Option<Status>,
    title: Option<String>,
    risk: Option<i32>,
    not: Option<Box<Filter>>,
    any: Option<Vec<Filter>>,
    statuses: Option<Vec<Status>>,
    span: Option<Span>,
}

#[derive(InputObject)]
pub(crate) struct Span {
    from: i32,
    until: i32,
    #[graphql(default_with = "Status::Open")]
    during: Status,
}

#[derive(Interface)]
#[graphql(field(name = "id", ty = "&ID"))]
pub(crate) enum Node {
    Case(Case),
    Task(Task),
    Letter(Letter),
}

#[derive(Interface)]
#[graphql(field(name = "title", ty = "String", arg(name = "short", ty = "Option<bool>")))]
pub(crate) enum Titled {
    Task(Task),
    Letter(Letter),
}

#[derive(Union)]
pub(crate) enum Found {
    Case(Case),
    Task(Task),
    Letter(Letter),
}

#[derive(SimpleObject, Default)]
#[graphql(complex)]
pub(crate) struct Case {
    id: ID,
    title: Option<String>,
    status: Option<Status>,
    risk: i32,
}

#[async_graphql::ComplexObject]
impl Case {
    async fn tasks(&self, filter: Option<Filter>, #[graphql(default = 20)] first: i32) -> TaskConnection {
        let _ = (filter.map(|f| (f.status, f.title, f.risk, f.not, f.any, f.statuses)), first);
        TaskConnection::default()
    }

    async fn parent(&self) -> Option<Case> {
        None
    }
}

#[derive(Default)]
pub(crate) struct Task {
    id: ID,
}

#[Object]
impl Task {
    async fn id(&self) -> &ID {
        &self.id
    }

    async fn title(&self, short: Option<bool>) -> String {
        format!("canary {short:?}")
    }

    async fn case(&self) -> Case {
        Case::default()
    }
}

#[derive(Default)]
pub(crate) struct Letter {
    id: ID,
}

#[Object]
impl Letter {
    async fn id(&self) -> &ID {
        &self.id
    }

    async fn title(&self, short: Option<bool>) -> String {
        format!("letter {short:?}")
    }
}

#[derive(SimpleObject, Default)]
pub(crate) struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(SimpleObject, Default)]
pub(crate) struct TaskEdge {
    cursor: String,
    node: Task,
}

#[derive(SimpleObject, Default)]
pub(crate) struct TaskConnection {
    edges: Vec<TaskEdge>,
    nodes: Vec<Task>,
    page_info: PageInfo,
    total_count: i32,
}

/// What the guard says, whatever is wrong.
pub(crate) const INTERNAL: &str = "Something went wrong.";

/// The second lock, as the planner has it: each field of the type is asked of the policy in force.
struct Granted(&'static str);

impl Guard for Granted {
    async fn check(&self, ctx: &Context<'_>) -> Result<(), Error> {
        let asked = ctx.data_opt::<Role>().zip(ctx.data_opt::<Arc<Live>>());
        let allows = |(role, live): (&Role, &Arc<Live>)| {
            live.grants(*role).allows(self.0, ctx.item.node.name.node.as_str())
        };
        if asked.is_some_and(allows) { Ok(()) } else { Err(Error::new(INTERNAL)) }
    }
}

pub(crate) struct Query;

#[Object(guard = "Granted(\"Query\")")]
impl Query {
    async fn ping(&self, n: Option<i32>) -> i32 {
        n.unwrap_or(1)
    }

    async fn node(&self, id: ID) -> Option<Node> {
        Some(Case { id, ..Case::default() }.into())
    }

    async fn titled(&self) -> Vec<Titled> {
        vec![Letter::default().into()]
    }

    async fn search(
        &self,
        filter: Option<Filter>,
        filters: Option<Vec<Filter>>,
        #[graphql(default_with = "Sort::Newest")] sort: Sort,
    ) -> Vec<Found> {
        let riskiest = sort == Sort::Riskiest;
        let asked =
            filter.into_iter().chain(filters.into_iter().flatten()).any(|filter| filter.risk.is_some());
        if riskiest || asked { Vec::new() } else { vec![Case::default().into()] }
    }

    async fn case(&self, id: ID) -> Option<Case> {
        Some(Case { id, title: Some("A".to_owned()), status: Some(Status::Open), risk: 7 })
    }

    async fn count(&self, span: Span) -> i32 {
        span.from + span.until + i32::from(span.during == Status::Open)
    }

    async fn by_status(&self, status: Option<Status>, of: Option<Vec<Status>>) -> i32 {
        i32::from(status == Some(Status::Sealed)) + i32::try_from(of.map_or(0, |of| of.len())).unwrap_or(0)
    }
}

#[derive(SimpleObject)]
pub(crate) struct Closed {
    case: Option<Case>,
    reason: String,
}

#[derive(InputObject)]
pub(crate) struct Close {
    case: ID,
    reason: Option<String>,
    note: Option<String>,
}

pub(crate) struct Mutation;

#[Object]
impl Mutation {
    async fn close(&self, input: Close) -> Closed {
        Closed {
            case: Some(Case { id: input.case, ..Case::default() }),
            reason: input.reason.or(input.note).unwrap_or_default(),
        }
    }
}

pub(crate) struct Changes;

#[Subscription(name = "Subscription")]
impl Changes {
    async fn changed(&self, case: ID) -> impl Stream<Item = Case> + 'static {
        stream::iter([Case { id: case, ..Case::default() }])
    }
}

pub(crate) type Builder = SchemaBuilder<Query, Mutation, Changes>;

pub(crate) fn builder() -> Builder {
    Schema::build(Query, Mutation, Changes)
}

pub(crate) fn model() -> Model {
    Model::of(builder())
}

pub(crate) fn vocabulary() -> Vocabulary {
    let scope = |(ty, name)| ScopeName { ty, name, released: name == "released" };
    Vocabulary {
        scopes: [("Case", "released"), ("Case", "firm"), ("Case", "staff"), ("Task", "firm")]
            .map(scope)
            .to_vec(),
        released: vec![("Case", "title")],
    }
}

/// Everybody has `ping`; the given lines come on top.
pub(crate) fn source(lines: &str) -> Source {
    let mut base = String::new();
    for role in Role::ALL {
        base.push_str(&format!("p, role:{role}, Query, ping, resolve, allow\n"));
    }
    Source::of([("base.csv", base.as_str()), ("toy.csv", lines)])
}

pub(crate) async fn compile(lines: &str) -> Result<Policy, Faults> {
    Policy::compile(&source(lines), &model(), &vocabulary()).await
}

pub(crate) async fn policy(lines: &str) -> Policy {
    compile(lines).await.unwrap_or_else(|faults| panic!("{faults}"))
}

/// A schema without anything else, for the tests of the hook.
pub(crate) fn bare() -> SchemaBuilder<Query, EmptyMutation, EmptySubscription> {
    Schema::build(Query, EmptyMutation, EmptySubscription)
}
