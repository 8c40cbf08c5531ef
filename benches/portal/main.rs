//! The portal's four operations against one hand-written statement each: `cargo bench --profile dist --bench portal`.
//!
//! Behind `--`: `--only M,L`, `--engine postgres|sqlite|inside|fairness|hostile`, `--turns 3`, `--seconds 3`, `--server PATH` for another build
//! of the program. Nothing is written into the repository.
#![allow(
    clippy::disallowed_methods,
    clippy::similar_names,
    clippy::wildcard_imports,
    clippy::duration_suboptimal_units,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a bench that cannot go on stops with what it found"
)]

mod billing;
mod calendar;
mod cases;
#[path = "../../tests/it/cluster.rs"]
#[allow(dead_code, unused_imports, reason = "its own tests are not run here")]
mod cluster;
mod cpu;
mod documents;
mod fairness;
mod firm;
mod hostile;
mod inside;
mod internal;
mod load;
mod measure;
mod operation;
mod postgres;
mod server;
mod sqlite;

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use load::{Caller, Request};
use measure::{HEADING, Pair, Sample};
use operation::Operation;
use postgres::Postgres;
use server::{Program, Server};
use sqlite::Sqlite;

/// What is timed in this process is timed as the program runs it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Connections of the server to PostgreSQL.
const CONNECTIONS: usize = 16;

/// How long and what.
struct Plan {
    only: Option<Vec<String>>,
    engine: Option<String>,
    turns: usize,
    time: Duration,
    program: Program,
}

impl Plan {
    fn read() -> Self {
        let mut plan = Plan {
            only: None,
            engine: None,
            turns: 3,
            time: Duration::from_secs(3),
            program: Program { path: env!("CARGO_BIN_EXE_portico").into() },
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument} needs a value"));
            match argument.as_str() {
                "--only" => plan.only = Some(value().split(',').map(str::to_owned).collect()),
                "--engine" => plan.engine = Some(value()),
                "--turns" => plan.turns = value().parse().unwrap(),
                "--seconds" => plan.time = Duration::from_secs(value().parse().unwrap()),
                "--server" => plan.program.path = value().into(),
                // What cargo says to every bench.
                "--bench" => {}
                _ => panic!(
                    "{argument} is nothing that this bench knows; it has --only, --engine, --turns, --seconds, --server"
                ),
            }
        }
        plan
    }

    fn has(&self, engine: &str) -> bool {
        self.engine.as_ref().is_none_or(|only| only == engine)
    }

    fn operations(&self) -> Vec<Operation> {
        let wanted = |operation: &Operation| {
            self.only.as_ref().is_none_or(|only| only.iter().any(|key| key == operation.key))
        };
        operation::all().into_iter().filter(wanted).collect()
    }
}

fn main() {
    let plan = Plan::read();
    let rows = firm::sql();
    if plan.has("postgres") {
        match Postgres::start() {
            Some(postgres) => on_postgres(&plan, &postgres, &rows),
            None => println!("PostgreSQL's programs are not installed: measured on SQLite only"),
        }
    }
    if plan.has("sqlite") {
        on_sqlite(&plan, &rows);
    }
    if plan.has("inside") {
        inside::policies();
        idle(&plan);
    }
    if plan.has("fairness") {
        fairness::measure(&plan, &rows);
    }
    if plan.has("hostile") {
        hostile::measure(&plan, &rows);
    }
}

/// The memory of a demo that nobody asks.
fn idle(plan: &Plan) {
    let folder = tempfile::tempdir().unwrap();
    let demo = plan.program.demo(folder.path());
    std::thread::sleep(Duration::from_secs(2));
    println!("an idle demo: {:.1} MiB (goal: under 40 MiB)", cpu::memory(demo.process(), "VmRSS"));
}

/// An operation that is ready to be asked: its request, and the values of its statement.
struct Ready {
    operation: Operation,
    request: Request,
    variables: Vec<(&'static str, String)>,
}

/// Opens a session, finds a case, and checks that the statement answers what the server answers.
fn ready(
    plan: &Plan,
    operation: Operation,
    (url, server): (&str, &Server),
    answer: impl Fn(&str, &[(&'static str, String)]) -> String,
    statement: &str,
) -> Ready {
    let token = plan.program.token(url, operation.who, operation.role);
    let mut caller = Caller::new(server.address);
    let first = Request::new(&token, &serde_json::json!({ "query": "{ cases(first: 1) { nodes { id } } }" }));
    let found: Value = serde_json::from_slice(caller.ask(&first)).unwrap();
    let case = found["data"]["cases"]["nodes"][0]["id"].as_str().expect("the asker sees a case").to_owned();
    let request = Request::new(&token, &operation.body(&case));
    let now = chrono::Utc::now().naive_utc().format("%Y-%m-%d %H:%M:%S").to_string();
    let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()));
    let variables = vec![("token_hash", hash), ("at", now), ("case_id", case)];
    let served: Value = serde_json::from_slice(caller.ask(&request)).unwrap();
    let written: Value = serde_json::from_str(&answer(statement, &variables)).unwrap();
    let (served, written) = (plain(&served["data"]), plain(&written));
    assert_eq!(served, written, "{}: the statement and the server differ", operation.about);
    println!(
        "{:<3} {:<21} {:>6} values, the same from both",
        operation.key,
        operation.about,
        values(&served)
    );
    Ready { operation, request, variables }
}

/// The answer with its instants in one spelling: the statements write them as the engine does.
fn plain(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            let instant = text.trim_end_matches('Z').replacen(' ', "T", 1);
            let is_one = chrono::NaiveDateTime::parse_from_str(&instant, "%Y-%m-%dT%H:%M:%S%.f").is_ok();
            Value::String(if is_one { instant } else { text.clone() })
        }
        Value::Array(list) => Value::Array(list.iter().map(plain).collect()),
        Value::Object(object) => {
            Value::Object(object.iter().map(|(key, value)| (key.clone(), plain(value))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn values(value: &Value) -> usize {
    match value {
        Value::Array(list) => list.iter().map(values).sum(),
        Value::Object(object) => object.values().map(values).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

/// The server under load: its latencies, its CPU, and its database's.
fn served(
    server: &Server,
    request: &Request,
    callers: usize,
    time: Duration,
    database: impl Fn() -> f64,
) -> Sample {
    load::run(server.address, request, callers, Duration::from_millis(300));
    let before = (cpu::own(server.process()), database());
    let latencies = load::run(server.address, request, callers, time);
    let after = (cpu::own(server.process()), database());
    let count = latencies.len() as f64;
    Sample {
        server: (after.0 - before.0) / count,
        database: (after.1 - before.1) / count,
        caller: 0.0,
        latencies,
    }
}

fn on_postgres(plan: &Plan, postgres: &Postgres, rows: &str) {
    let url = postgres.url();
    plan.program.migrate(&url);
    postgres.load(rows);
    let server = plan.program.serve(&url, CONNECTIONS, true);
    println!("\nPostgreSQL, {} cases", firm::CASES);
    let ready: Vec<_> = plan
        .operations()
        .into_iter()
        .map(|it| {
            let statement = it.postgres;
            ready(plan, it, (&url, &server), |text, values| postgres.answer(text, values), statement)
        })
        .collect();
    println!("\n{HEADING}");
    for Ready { operation, request, variables } in &ready {
        for callers in [1, 16] {
            let (mut statements, mut servers) = (Vec::new(), Vec::new());
            for _ in 0..plan.turns {
                statements.push(postgres.run(operation.postgres, variables, callers, plan.time));
                servers.push(served(&server, request, callers, plan.time, || postgres.cpu()));
            }
            let pair = Pair { callers, statement: Sample::of(&statements), server: Sample::of(&servers) };
            println!("{}", pair.line(operation, (callers == 16).then_some(operation.goal)));
        }
    }
    println!("the server's memory: {:.1} MiB at most", cpu::memory(server.process(), "VmHWM"));
}

fn on_sqlite(plan: &Plan, rows: &str) {
    let sqlite = Sqlite::new();
    let url = sqlite.url();
    plan.program.migrate(&url);
    sqlite.load(rows);
    let server = plan.program.serve(&url, CONNECTIONS, true);
    println!("\nSQLite, {} cases", firm::CASES);
    let ready: Vec<_> = plan
        .operations()
        .into_iter()
        .map(|it| {
            let statement = it.sqlite;
            ready(plan, it, (&url, &server), |text, values| sqlite.answer(text, values), statement)
        })
        .collect();
    println!("\n{HEADING}");
    for Ready { operation, request, variables } in &ready {
        for callers in [1, 16] {
            let (mut statements, mut servers) = (Vec::new(), Vec::new());
            for _ in 0..plan.turns {
                statements.push(sqlite.run(operation.sqlite, variables, plan.time));
                servers.push(served(&server, request, callers, plan.time, || 0.0));
            }
            let pair = Pair { callers, statement: Sample::of(&statements), server: Sample::of(&servers) };
            println!("{}", pair.line(operation, None));
        }
    }
    println!("the server's memory: {:.1} MiB at most", cpu::memory(server.process(), "VmHWM"));
    let of = |column: &str| {
        sqlite.answer(
            &format!("SELECT {column} FROM people WHERE email = :who"),
            &[("who", firm::ATTORNEY.into())],
        )
    };
    inside::authorization(&url, (&of("firm_id"), &of("id")));
}
