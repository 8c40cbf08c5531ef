//! What policy costs inside the program: loading it, building each role's schema, and asking it while a request runs.
use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use async_graphql::{EmptyMutation, Request, Schema};
use portico::{
    domains::All,
    graph::{Cursors, Root},
    house,
    policy::{Live, Role, Source},
    store::Store,
    viewer::{Account, Viewer},
};

/// The median time of so many runs.
fn median(runs: usize, mut run: impl FnMut()) -> Duration {
    let mut times: Vec<_> = (0..runs)
        .map(|_| {
            let began = Instant::now();
            run();
            began.elapsed()
        })
        .collect();
    times.sort();
    times[runs / 2]
}

/// Loading the shipped policies and building all roles' schemas.
pub(crate) fn policies() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let time = median(9, || {
        let policy =
            runtime.block_on(house::compile(&Source::embedded())).unwrap_or_else(|why| panic!("{why}"));
        for role in Role::ALL {
            black_box(house::role_sdl(&policy, role).unwrap_or_else(|why| panic!("{why}")));
        }
    });
    println!("policies loaded and {} schemas built: {time:.0?} (goal: under 200 ms)", Role::ALL.len());
}

/// A hundred rows of five fields, read from a small file that stays in memory.
const QUERY: &str = "{ cases(first: 100) { nodes { id reference title status openedOn } } }";
const FIELDS: [&str; 5] = ["id", "reference", "title", "status", "openedOn"];

/// A role's pruned schema with the guard against the full schema without one, on about 500 resolved fields.
///
/// The guard asks once for each field that the selection names, not for each row, and it can't be switched off; so it is
/// timed alone, by the calls that it makes, and taken off the full schema's time.
pub(crate) fn authorization(url: &str, (firm, person): (&str, &str)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let Ok(store) = Store::open(url, 1).await else { panic!("the database opens") };
        let policy = house::compile(&Source::embedded()).await.unwrap_or_else(|why| panic!("{why}"));
        let live = Arc::new(Live::new(policy));
        let builder = || {
            Schema::build(Root::<All>::default(), EmptyMutation, house::Subscription::default())
                .data(store.clone())
                .data(Arc::clone(&live))
                .data(Cursors::new([7; 32]))
        };
        let role = Role::Attorney;
        let pruned = live.policy().grants(role).prune(builder()).unwrap_or_else(|why| panic!("{why}")).schema;
        let full = builder().finish();
        let viewer = || Viewer {
            account: Some(Account {
                is_service: false,
                firm: firm.into(),
                zone: chrono_tz::America::New_York,
                person: person.into(),
                roles_held: vec![role],
                key: None,
            }),
            role,
            at: chrono::Utc::now().naive_utc(),
            premise: None,
        };
        let (mut with, mut without) = (Vec::new(), Vec::new());
        // In turns, so that what disturbs one disturbs the other.
        for _ in 0..1_000 {
            for (schema, times) in [(&pruned, &mut with), (&full, &mut without)] {
                let request = Request::new(QUERY).data(viewer());
                let began = Instant::now();
                let answer = schema.execute(request).await;
                times.push(began.elapsed());
                assert!(answer.errors.is_empty(), "{:?}", answer.errors);
            }
        }
        with.sort();
        without.sort();
        let (with, without) = (with[with.len() / 2], without[without.len() / 2]);
        let guard = median(1_000, || {
            let grants = live.grants(role);
            black_box(grants.allows("Query", "cases"));
            for field in FIELDS {
                black_box(grants.allows("Case", black_box(field)));
            }
        });
        let bare = without.saturating_sub(guard);
        let overhead = (with.as_secs_f64() / bare.as_secs_f64() - 1.0) * 100.0;
        println!(
            "500 fields: pruned with guard {with:.1?}, full without {bare:.1?}, the guard alone {guard:.2?}: \
             {overhead:+.1} % (goal: at most 10 %)"
        );
    });
}
