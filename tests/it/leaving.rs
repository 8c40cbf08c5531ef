//! Callers who leave before they are answered: what they asked ends, and the connection that it ran on serves others.
use std::{sync::Arc, time::Duration};

use diesel::ExpressionMethods as _;
use portico::{
    firms::firms,
    http::{Settings, limits::Limits},
    policy::Role,
    store::Engine,
};
use serde_json::json;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use crate::{
    harness::{Content, World, loaded, on_both_small, on_engines},
    raw::Raw,
};

const NORA: (&str, Role) = ("nora@castellan.example", Role::Attorney);
const CASES: &str = "{ cases { nodes { id title } } }";
const WHO: &str = "{ viewer { role } }";

/// As many as the harness gives a world.
const CONNECTIONS: usize = 4;

/// From now on each statement that reads cases takes about as long.
pub async fn slow(raw: &Raw, milliseconds: u64) {
    let wait = match raw.engine() {
        Engine::Postgres => format!("SELECT pg_sleep({milliseconds} / 1000.0)"),
        Engine::Sqlite => format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {milliseconds} * 3000) SELECT max(i) FROM n"
        ),
    };
    raw.run("ALTER TABLE cases RENAME TO real_cases").await;
    raw.run(&format!("CREATE VIEW cases AS SELECT * FROM real_cases WHERE ({wait}) IS NOT NULL")).await;
}

/// How many statements run on the world's database, this one apart; PostgreSQL knows.
pub async fn running(raw: &Raw) -> usize {
    let sql = "SELECT query AS text FROM pg_stat_activity WHERE datname = current_database() \
               AND state <> 'idle' AND pid <> pg_backend_pid() AND query NOT LIKE 'LOCK%'";
    raw.texts(sql).await.len()
}

/// Waits until so many run.
async fn until_running(raw: &Raw, count: usize) {
    // Sooner than PostgreSQL looks by itself whether anybody waits.
    let until = Instant::now() + Duration::from_secs(6);
    while running(raw).await != count {
        assert!(Instant::now() < until, "{} run, not {count}", running(raw).await);
        sleep(Duration::from_millis(5)).await;
    }
}

/// Asks without waiting for the answer.
pub async fn begin(
    world: &World,
    query: &'static str,
    count: usize,
) -> JoinSet<reqwest::Result<reqwest::Response>> {
    let token = world.token(NORA.0, NORA.1).await;
    let mut callers = JoinSet::new();
    for _ in 0..count {
        let request = reqwest::Client::new().post(format!("{}/graphql", world.url)).bearer_auth(&token);
        let request = request.header("accept", "application/graphql-response+json");
        callers.spawn(request.json(&json!({ "query": query })).send());
    }
    callers
}

#[test]
fn a_caller_who_leaves_frees_his_connection_at_once_on_postgresql() {
    on_both_small(async |world| {
        if world.engine == Engine::Sqlite {
            return;
        }
        let (locking, watching) = (Raw::open(&world.database).await, Raw::open(&world.database).await);
        let expected = world.ask(NORA, CASES).await.data();
        locking.run("BEGIN").await;
        locking.run("LOCK TABLE cases IN ACCESS EXCLUSIVE MODE").await;
        let mut callers = begin(&world, CASES, CONNECTIONS).await;
        until_running(&watching, CONNECTIONS).await;
        callers.shutdown().await;
        // The lock still stands: nothing but a cancel ends what waits for it.
        until_running(&watching, 0).await;
        let mut others = begin(&world, WHO, 2 * CONNECTIONS).await;
        while let Some(answer) = others.join_next().await {
            assert_eq!(answer.unwrap().unwrap().status(), 200);
        }
        locking.run("COMMIT").await;
        assert_eq!(world.ask(NORA, CASES).await.data(), expected);
    });
}

#[test]
fn a_request_that_runs_out_of_time_is_answered_and_frees_its_connection() {
    on_engines(async |engine| {
        let (url, folder) = loaded(engine, Content::Small).await;
        let limits = Limits { answer_seconds: 1, ..Limits::default() };
        let world =
            World::set(engine, &url, folder, Settings { limits: limits.into(), ..Settings::default() }).await;
        let raw = Raw::open(&world.database).await;
        world.token(NORA.0, NORA.1).await;
        slow(&raw, 4_000).await;
        let began = Instant::now();
        let answer = world.ask(NORA, CASES).await;
        assert_eq!((answer.status, answer.code().as_str()), (504, "TIMEOUT"));
        // On SQLite the statement goes on; the caller does not wait for that.
        assert!(began.elapsed() < Duration::from_millis(3_500), "{engine:?}: {:?}", began.elapsed());
        if engine == Engine::Postgres {
            until_running(&raw, 0).await;
            assert!(began.elapsed() < Duration::from_millis(3_500), "{:?}", began.elapsed());
        }
        assert_eq!(world.ask(NORA, WHO).await.status, 200);
    });
}

#[test]
fn whoever_leaves_harms_nobody_who_stays() {
    on_both_small(async |world| {
        let world = Arc::new(world);
        let raw = Raw::open(&world.database).await;
        let expected = world.ask(NORA, CASES).await.data();
        // Some of what is left ends by itself, some is cancelled, and some at the same instant.
        slow(&raw, 10).await;
        let token = world.token(NORA.0, NORA.1).await;
        let mut callers = JoinSet::new();
        for number in 0..200_u64 {
            let (world, token, expected) = (Arc::clone(&world), token.clone(), expected.clone());
            callers.spawn(async move {
                for round in 0..3 {
                    let body = json!({ "query": CASES });
                    let asked = world.post(Some(&token), &body);
                    if (number + round) % 2 == 0 {
                        let left = Duration::from_millis(5 + (number * 7 + round) % 60);
                        let _ = timeout(left, asked).await;
                    } else {
                        let answer = asked.await;
                        assert_eq!((answer.status, answer.data()), (200, expected.clone()));
                    }
                }
            });
        }
        while let Some(done) = callers.join_next().await {
            done.unwrap();
        }
        let mut after = begin(&world, CASES, CONNECTIONS).await;
        while let Some(answer) = after.join_next().await {
            assert_eq!(answer.unwrap().unwrap().status(), 200);
        }
        if world.engine == Engine::Postgres {
            until_running(&raw, 0).await;
        }
    });
}

#[test]
fn a_transaction_that_is_left_changes_nothing_and_frees_its_connection() {
    on_both_small(async |world| {
        let raw = Raw::open(&world.database).await;
        let before = raw.texts("SELECT name AS text FROM firms").await;
        for _ in 0..2 * CONNECTIONS {
            let mut t = world.store.unscoped("a test leaves its transaction").begin().await.unwrap();
            let renaming = diesel::update(firms::table).set(firms::name.eq("canary"));
            let left = timeout(Duration::from_micros(1), t.execute(renaming)).await;
            drop((left, t));
        }
        assert_eq!(raw.texts("SELECT name AS text FROM firms").await, before);
        world.store.unscoped("a test writes").begin().await.unwrap().commit().await.unwrap();
    });
}
