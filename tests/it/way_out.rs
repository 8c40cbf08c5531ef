//! The way out: what the last look at an answer costs, by hand.
//! `cargo test --test it way_out -- --ignored --nocapture`, with `CARGO_PROFILE_DEV_OPT_LEVEL=3` for figures that count.
use std::time::{Duration, Instant};

use async_graphql::{Request, Value, parser::parse_query};
use portico::{
    http::{House as _, RoleSchema as _},
    policy::Role,
    store::Engine,
};

use crate::harness::World;

const HOME: &str = "cases(first: 5) { nodes { id reference title status stage practiceArea openedOn court { name docketNumber }
    milestones(first: 10) { nodes { id title progress whatHappened whatComesNext occurredOn releasedAt } }
    documents(first: 20) { nodes { id label explanation kind filingStatus filedOn releasedAt sizeBytes } }
    invoices(first: 10) { nodes { id number state issuedOn dueOn total { amount currency } balanceDue { amount currency } payments { appliedOn amount { amount currency } } } }
    events(first: 10) { nodes { id title kind status startsAt endsAt place timeZone } } } }";
const TIMES: u32 = 200;

#[test]
#[ignore = "a measure, not a check"]
fn the_last_look_at_an_answer_costs_little() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let world = World::new(Engine::Sqlite).await;
        // As many values as the portal home of a busy client.
        let query =
            format!("{{ {} }}", ["a", "b", "c", "d", "e", "f"].map(|key| format!("{key}: {HOME}")).join(" "));
        let token = world.token("mia@okafor.example", Role::Client).await;
        let found = world.house.viewer(Some(&token), None, chrono::Utc::now()).await;
        let schema = world.house.schema(Role::Client).unwrap_or_else(|problem| panic!("{problem:?}"));
        let viewer = found.unwrap_or_else(|problem| panic!("{problem:?}"));
        let answer = schema.execute(Request::new(&query).data(viewer)).await;
        assert!(answer.errors.is_empty(), "{:?}", answer.errors);
        let document = parse_query(&query).unwrap();
        let (mut reading, mut looking, mut writing) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        for _ in 0..TIMES {
            let since = Instant::now();
            let outgoing = schema.outgoing(&document, None).unwrap();
            reading += since.elapsed();
            let since = Instant::now();
            assert!(outgoing.check(&answer.data).is_ok());
            looking += since.elapsed();
            let since = Instant::now();
            assert!(serde_json::to_vec(&answer.data).unwrap().len() > 1_000);
            writing += since.elapsed();
        }
        println!(
            "{} values: reading the document {:?}, looking at the answer {:?}; writing it as JSON {:?}",
            values(&answer.data),
            reading / TIMES,
            looking / TIMES,
            writing / TIMES
        );
    });
}

fn values(value: &Value) -> usize {
    match value {
        Value::List(items) => items.iter().map(values).sum(),
        Value::Object(object) => object.values().map(values).sum(),
        Value::Null
        | Value::Number(_)
        | Value::String(_)
        | Value::Boolean(_)
        | Value::Binary(_)
        | Value::Enum(_) => 1,
    }
}
