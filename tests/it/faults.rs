//! What is not there for a moment: connections, the writer, the database; and callers who take or give nothing.
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use portico::{
    policy::Role,
    store::{Engine, Pooling, Store},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{
    cluster::{Cluster, Mode, cluster},
    harness::{Content, World, filled, loaded, on_both_small, on_engines, url},
    leaving::{begin, slow},
    raw::Raw,
    socket::Socket,
    streams::{Desk, FOLLOW, MIA, NORA, now, titles},
};

const CASES: &str = "{ cases { nodes { id title } } }";

/// A world whose store has so many connections, and waits for one so long.
async fn narrow(engine: Engine, connections: u32, wait: Duration) -> World {
    set(engine, Pooling { connections, wait, ..Pooling::default() }).await
}

async fn set(engine: Engine, pooling: Pooling) -> World {
    let (url, folder) = loaded(engine, Content::Small).await;
    let store = Store::open_with(&url, pooling).await.unwrap();
    World::of(store, &url, folder).await
}

#[test]
fn a_full_pool_is_told_soon_and_with_a_time_to_come_again() {
    on_engines(async |engine| {
        let world = narrow(engine, 2, Duration::from_millis(300)).await;
        let raw = Raw::open(&world.database).await;
        let token = world.token(NORA.0, NORA.1).await;
        // From now on who asks is remembered, so that each request is one statement.
        world.ask(NORA, CASES).await.data();
        slow(&raw, 3_000).await;
        let mut holders = begin(&world, CASES, 2).await;
        while world.store.figures()[0].used < 2 {
            sleep(Duration::from_millis(5)).await;
        }
        for accept in ["application/graphql-response+json", "application/json"] {
            let began = Instant::now();
            let request = world.request(reqwest::Method::POST, "/graphql").bearer_auth(&token);
            let request = request.header("accept", accept).json(&json!({ "query": "{ viewer { role } }" }));
            let answer = world.send(request).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (503, "UNAVAILABLE"),
                "{engine:?} {}",
                answer.body
            );
            assert_eq!((answer.header("retry-after"), answer.json().get("data")), ("1", None));
            assert!(began.elapsed() < Duration::from_millis(1_200), "{:?}", began.elapsed());
        }
        let figures = world.store.figures();
        assert!(figures[0].refused >= 2 && figures[0].waited >= figures[0].refused, "{figures:?}");
        while let Some(answer) = holders.join_next().await {
            assert_eq!(answer.unwrap().unwrap().status(), 200);
        }
        assert_eq!(world.ask(NORA, "{ viewer { role } }").await.status, 200);
    });
}

#[test]
fn the_writer_is_waited_for_no_longer_than_told() {
    on_engines(async |engine| {
        let world = narrow(engine, 1, Duration::from_millis(300)).await;
        let held = world.store.unscoped("a test holds the writer").begin().await.unwrap();
        let began = Instant::now();
        let second = world.store.unscoped("a test waits for the writer").begin().await.err().unwrap();
        assert_eq!(portico::error::Problem::from(second).code(), "UNAVAILABLE");
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        held.roll_back().await.unwrap();
        world.store.unscoped("a test writes").begin().await.unwrap().commit().await.unwrap();
    });
}

#[test]
fn a_statement_that_runs_too_long_is_ended_by_postgresql() {
    on_engines(async |engine| {
        if engine == Engine::Sqlite {
            return;
        }
        let statement = Duration::from_secs(1);
        let world = set(engine, Pooling { statement, ..Pooling::default() }).await;
        world.token(NORA.0, NORA.1).await;
        slow(&Raw::open(&world.database).await, 20_000).await;
        let began = Instant::now();
        let answer = world.ask(NORA, CASES).await;
        assert_eq!((answer.status, answer.code().as_str()), (504, "TIMEOUT"), "{}", answer.body);
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    });
}

#[test]
fn who_sends_slowly_or_takes_nothing_holds_no_connection() {
    on_both_small(async |world| {
        let token = world.token(MIA.0, MIA.1).await;
        let address = world.url.trim_start_matches("http://").to_owned();
        let head = |length: usize| {
            format!(
                "POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
                 accept: application/graphql-response+json\r\ncontent-length: {length}\r\n\r\n"
            )
        };
        let before = world.store.figures();
        let mut slow = Vec::new();
        for _ in 0..20 {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            stream.write_all(head(100).as_bytes()).await.unwrap();
            stream.write_all(b"{").await.unwrap();
            slow.push(stream);
        }
        // Introspection many times over is more than the sockets between two programs take.
        let body = json!({ "query": "{ __schema { types { name description fields { name description args { name description } } } } }" });
        let body = body.to_string();
        let mut deaf = Vec::new();
        for _ in 0..4 {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            let request = format!("{}{body}", head(body.len()));
            stream.write_all(request.repeat(100).as_bytes()).await.unwrap();
            deaf.push(stream);
        }
        // What is answered into the sockets' buffers is done with after a while, and the rest waits for room.
        let used = || world.store.figures().iter().map(|figures| figures.used).sum::<u64>();
        let (until, mut quiet) = (Instant::now() + Duration::from_mins(1), 0);
        while quiet < 20 {
            assert!(Instant::now() < until, "{} connections are held", used());
            sleep(Duration::from_millis(50)).await;
            quiet = if used() == 0 { quiet + 1 } else { 0 };
        }
        for stream in &mut slow {
            stream.write_all(b" ").await.unwrap();
        }
        assert_eq!((used(), world.ask(NORA, CASES).await.status), (0, 200));
        let refused = |figures: &[portico::store::Figures]| figures.iter().map(|it| it.refused).sum::<u64>();
        assert_eq!(refused(&world.store.figures()), refused(&before));
        let mut first = [0; 12];
        deaf[0].read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
    });
}

/// What was written and acknowledged, and what was answered, while the database came and went.
#[derive(Default)]
struct Seen {
    is_over: AtomicBool,
    written: AtomicUsize,
    answered: AtomicUsize,
    unavailable: AtomicUsize,
}

/// Asks and writes until told to stop; no other answer than the right one and `UNAVAILABLE` is borne.
fn load(world: &Arc<World>, seen: &Arc<Seen>) -> JoinSet<()> {
    let mut callers = JoinSet::new();
    for _ in 0..4 {
        let (world, seen) = (Arc::clone(world), Arc::clone(seen));
        callers.spawn(async move {
            while !seen.is_over.load(Ordering::Relaxed) {
                let answer = world.ask(NORA, CASES).await;
                match answer.status {
                    200 => drop((answer.data(), seen.answered.fetch_add(1, Ordering::Relaxed))),
                    503 => drop(seen.unavailable.fetch_add(1, Ordering::Relaxed)),
                    status => panic!("{status} {}", answer.body),
                }
                sleep(Duration::from_millis(5)).await;
            }
        });
    }
    let (world, seen) = (Arc::clone(world), Arc::clone(seen));
    callers.spawn(async move {
        use diesel::ExpressionMethods as _;
        use portico::firms::firms;
        while !seen.is_over.load(Ordering::Relaxed) {
            let next = seen.written.load(Ordering::Relaxed) + 1;
            let written = async {
                let mut t = world.store.unscoped("a test counts").begin().await?;
                t.execute(diesel::update(firms::table).set(firms::slug.eq(format!("count-{next}")))).await?;
                t.commit().await
            };
            if written.await.is_ok() {
                seen.written.store(next, Ordering::Relaxed);
            }
            sleep(Duration::from_millis(5)).await;
        }
    });
    callers
}

/// When the server was started, if one is there.
async fn started(url: &str) -> Option<String> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.ok()?;
    tokio::spawn(connection);
    let row = client.query_one("SELECT CAST(pg_postmaster_start_time() AS TEXT)", &[]).await.ok()?;
    row.get(0)
}

#[test]
fn a_database_that_is_restarted_loses_nothing_and_is_found_again_by_itself() {
    let Some(installed) = cluster() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let own = Cluster::start(installed.programs().to_owned(), &["-c", "synchronous_commit=on"]).unwrap();
        let database = url(&own.database("restarted"));
        filled(&database, Content::Small).await;
        let world = Arc::new(World::on(Engine::Postgres, &database, None).await);
        world.token(NORA.0, NORA.1).await;
        let desk = Desk::of(&world).await;
        let mut mia = Socket::of(&world, MIA).await;
        mia.follow("a", FOLLOW, desk.variables()).await;
        for (round, mode) in [Mode::Immediate, Mode::Fast].into_iter().enumerate() {
            let seen = Arc::new(Seen::default());
            let callers = load(&world, &seen);
            sleep(Duration::from_secs(1)).await;
            let before = started(&database).await;
            own.restart(mode, 0.5);
            let ended = Instant::now();
            while started(&database).await.is_none_or(|now| Some(now) == before) {
                assert!(ended.elapsed() < Duration::from_mins(1), "{mode:?}: the database does not come back");
                sleep(Duration::from_millis(5)).await;
            }
            let back = Instant::now();
            let (answered, written) =
                (seen.answered.load(Ordering::Relaxed), seen.written.load(Ordering::Relaxed));
            let is_back = || {
                seen.answered.load(Ordering::Relaxed) > answered + 20
                    && seen.written.load(Ordering::Relaxed) > written + 2
            };
            while !is_back() {
                assert!(back.elapsed() < Duration::from_secs(10), "{mode:?}: it was not found again");
                sleep(Duration::from_millis(20)).await;
            }
            let found = Instant::now();
            seen.is_over.store(true, Ordering::Relaxed);
            callers.join_all().await;
            let raw = Raw::open(&database).await;
            let slug = raw.texts("SELECT slug AS text FROM firms").await.remove(0);
            let count: usize = slug.trim_start_matches("count-").parse().unwrap();
            // One that was not acknowledged may have been written all the same.
            let written = seen.written.load(Ordering::Relaxed);
            assert!(
                (written..=written + 1).contains(&count),
                "{mode:?}: {written} were acknowledged, {count} are there"
            );
            let title = format!("After {round}");
            desk.step(&title, now()).await;
            while !titles(&mia.hear().await.data()).contains(&title) {}
            println!(
                "{mode:?}: found again {:?} after it was back, {} answers and {} writes before, {} told to come again",
                found.duration_since(back),
                answered,
                written,
                seen.unavailable.load(Ordering::Relaxed)
            );
        }
        // Nobody asked meanwhile, so all that is open has died unnoticed; whoever comes is answered.
        let before = started(&database).await;
        own.restart(Mode::Fast, 0.1);
        while started(&database).await.is_none_or(|now| Some(now) == before) {
            sleep(Duration::from_millis(20)).await;
        }
        let mut callers = begin(&world, CASES, 8).await;
        while let Some(answer) = callers.join_next().await {
            assert_eq!(answer.unwrap().unwrap().status(), 200);
        }
    });
}

#[test]
fn a_connection_that_is_lost_is_told_as_such_wherever_a_transaction_turns() {
    on_engines(async |engine| {
        if engine == Engine::Sqlite {
            return;
        }
        let world = narrow(engine, 4, Duration::from_secs(5)).await;
        let raw = Raw::open(&world.database).await;
        for turn in ["begin a part", "keep a part", "take a part back", "commit", "roll back"] {
            let mut t = world.store.unscoped("a test loses its connection").begin().await.unwrap();
            t.begin_part().await.unwrap();
            t.touch("a firm", "a subject");
            raw.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND state = 'idle in transaction'",
            )
            .await;
            let turned = match turn {
                "begin a part" => t.begin_part().await,
                "keep a part" => t.keep_part().await,
                "take a part back" => t.take_part_back().await,
                "commit" => t.commit().await,
                _ => t.roll_back().await,
            };
            let problem = portico::error::Problem::from(turned.unwrap_err());
            assert_eq!(problem.code(), "UNAVAILABLE", "{turn}");
        }
    });
}

#[test]
fn what_could_not_be_counted_up_is_not_committed() {
    on_both_small(async |world| {
        let raw = Raw::open(&world.database).await;
        match world.engine {
            Engine::Sqlite => {
                raw.run("CREATE TRIGGER spoilt BEFORE INSERT ON change_feed BEGIN SELECT RAISE(IGNORE); END")
                    .await;
            }
            Engine::Postgres => {
                raw.run(
                    "CREATE FUNCTION spoilt() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
                )
                .await;
                raw.run(
                    "CREATE TRIGGER spoilt BEFORE INSERT ON change_feed FOR EACH ROW EXECUTE FUNCTION spoilt()",
                )
                .await;
            }
        }
        let mut t = world.store.unscoped("a test touches what is not counted").begin().await.unwrap();
        t.touch("a firm", "a subject");
        let problem = portico::error::Problem::from(t.commit().await.unwrap_err());
        assert_eq!(problem.code(), "INTERNAL");
    });
}

#[test]
fn who_is_killed_leaves_no_statement_behind_on_postgresql() {
    on_both_small(async |world| {
        if world.engine == Engine::Sqlite {
            return;
        }
        let raw = Raw::open(&world.database).await;
        let token = world.token(NORA.0, Role::Attorney).await;
        let served = crate::commands::Served::start(&[
            "serve",
            "--database",
            &world.database,
            "--statement-timeout",
            "0",
        ])
        .await;
        slow(&raw, 90_000).await;
        let body = json!({ "query": CASES });
        let asked = tokio::spawn({
            let request = reqwest::Client::new().post(format!("{}/graphql", served.url)).bearer_auth(&token);
            request.json(&body).send()
        });
        let until = Instant::now() + Duration::from_secs(40);
        while crate::leaving::running(&raw).await != 1 {
            assert!(Instant::now() < until, "it does not run");
            sleep(Duration::from_millis(20)).await;
        }
        served.kill();
        while crate::leaving::running(&raw).await != 0 {
            assert!(Instant::now() < until, "it runs on");
            sleep(Duration::from_millis(50)).await;
        }
        asked.abort();
    });
}
