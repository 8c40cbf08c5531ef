//! What one caller's flood does to another's waiting, with the budgets that are built in: at most half as much again.
use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread::{scope, sleep},
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    CONNECTIONS, Plan,
    firm::ATTORNEY,
    load::{Caller, Request},
    postgres::Postgres,
    ready,
    server::Server,
    sqlite::Sqlite,
};

/// What the one who is looked at asks.
const CASES: &str = "{ cases(first: 10) { nodes { id title } } }";
/// Between two of his requests: far below his budget.
const PACE: Duration = Duration::from_millis(20);
/// Connections of the flood.
const FLOOD: usize = 16;
/// Quiet and flooded, by turns.
const TURNS: usize = 5;

/// How the flood goes on once its burst is spent.
#[derive(Clone, Copy)]
enum Flood {
    /// As much as the budget gives, and no more: the most work that it can cause.
    AtTheLimit,
    /// A thousand requests a second, nearly all refused.
    Beyond,
}

pub(crate) fn measure(plan: &Plan, rows: &str) {
    if let Some(postgres) = Postgres::start() {
        let url = postgres.url();
        plan.program.migrate(&url);
        postgres.load(rows);
        println!("\nPostgreSQL: one caller floods, another asks every {} ms", PACE.as_millis());
        on(plan, &url, |it| it.postgres, |text, values| postgres.answer(text, values));
    }
    let sqlite = Sqlite::new();
    let url = sqlite.url();
    plan.program.migrate(&url);
    sqlite.load(rows);
    println!("\nSQLite: one caller floods, another asks every {} ms", PACE.as_millis());
    on(plan, &url, |it| it.sqlite, |text, values| sqlite.answer(text, values));
}

fn on(
    plan: &Plan,
    url: &str,
    statement: impl Fn(&super::Operation) -> &'static str,
    answer: impl Fn(&str, &[(&'static str, String)]) -> String + Copy,
) {
    let server = plan.program.serve(url, CONNECTIONS, false);
    let home = super::operation::all().into_iter().find(|it| it.key == "M").unwrap();
    let statement = statement(&home);
    // The client floods with his home page; the attorney, who has a budget of his own, asks for his cases.
    let flood = ready(plan, home, (url, &server), answer, statement).request;
    let token = plan.program.token(url, ATTORNEY, "attorney");
    let other = Request::new(&token, &json!({ "query": CASES }));
    spend(&server, &flood);
    for (name, kind) in [("at its limit", Flood::AtTheLimit), ("beyond its limit", Flood::Beyond)] {
        let (mut quiet, mut flooded, mut counts) = (Vec::new(), Vec::new(), (0, 0));
        for _ in 0..TURNS {
            quiet.push(percentiles(ask(&server, &other, plan.time)));
            // What filled again meanwhile is no part of the limit.
            let mut caller = Caller::new(server.address);
            while caller.status(&flood) == 200 {}
            let (taken, answered, refused) = under(&server, (&flood, kind), &other, plan.time);
            flooded.push(percentiles(taken));
            counts = (counts.0 + answered, counts.1 + refused);
        }
        let (before, after) = (middle(&quiet), middle(&flooded));
        let seconds = plan.time.as_secs_f64() * TURNS as f64;
        println!(
            "{name:<17} p50 {:.2} -> {:.2} ms, p99 {:.2} -> {:.2} ms ({:+.0} %, goal: +50 % at most); the flood: {:.1} \
             answered and {:.0} refused a second",
            before.0,
            after.0,
            before.1,
            after.1,
            (after.1 / before.1 - 1.0) * 100.0,
            counts.0 as f64 / seconds,
            counts.1 as f64 / seconds
        );
    }
}

/// Asks until the burst is spent.
fn spend(server: &Server, flood: &Request) {
    let began = Instant::now();
    let mut caller = Caller::new(server.address);
    let count = (0..10_000).take_while(|_| caller.status(flood) == 200).count();
    println!("a full budget is {count} home pages, spent in {:.2} s", began.elapsed().as_secs_f64());
}

/// The milliseconds of requests that are sent at a steady pace.
fn ask(server: &Server, request: &Request, time: Duration) -> Vec<f64> {
    let mut caller = Caller::new(server.address);
    caller.ask(request);
    let (end, mut next, mut taken) = (Instant::now() + time, Instant::now(), Vec::new());
    while Instant::now() < end {
        let began = Instant::now();
        caller.ask(request);
        taken.push(began.elapsed().as_secs_f64() * 1e3);
        next += PACE;
        sleep(next.saturating_duration_since(Instant::now()));
    }
    taken
}

/// The same while another caller floods; and how many of the flood were answered and refused.
fn under(
    server: &Server,
    (flood, kind): (&Request, Flood),
    other: &Request,
    time: Duration,
) -> (Vec<f64>, usize, usize) {
    let (is_over, answered, refused) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let taken = scope(|scope| {
        for number in 0..FLOOD {
            let (is_over, answered, refused) = (&is_over, &answered, &refused);
            scope.spawn(move || {
                let mut caller = Caller::new(server.address);
                sleep(Duration::from_secs(1) / 16 * u32::try_from(number).unwrap());
                while !is_over.load(Ordering::Relaxed) {
                    let counter = if caller.status(flood) == 200 { answered } else { refused };
                    counter.fetch_add(1, Ordering::Relaxed);
                    sleep(match kind {
                        Flood::AtTheLimit => Duration::from_millis(1_000),
                        Flood::Beyond => Duration::from_millis(16),
                    });
                }
            });
        }
        let taken = ask(server, other, time);
        is_over.store(true, Ordering::Relaxed);
        taken
    });
    (taken, answered.into_inner(), refused.into_inner())
}

/// The middle ones of the turns, so that what else the machine does in one of them counts for little.
fn middle(turns: &[(f64, f64)]) -> (f64, f64) {
    let of = |pick: fn(&(f64, f64)) -> f64| {
        let mut all: Vec<f64> = turns.iter().map(pick).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    (of(|turn| turn.0), of(|turn| turn.1))
}

fn percentiles(mut taken: Vec<f64>) -> (f64, f64) {
    taken.sort_by(f64::total_cmp);
    let at = |share: usize| taken[(taken.len() * share / 100).min(taken.len() - 1)];
    (at(50), at(99))
}
