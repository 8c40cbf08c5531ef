//! Noninterference: two worlds that differ only in what a role may not see give it byte-identical answers.
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use portico::{policy::Role, store::Engine};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::Value;

use crate::{
    cast::Cast,
    cluster::cluster,
    drawing::{Drawing, Finds, Pick, body, smaller},
    harness::{Content, World, copied, loaded},
    perturb::Group,
    walking::Walk,
};

/// Requests of each role on each engine that are to be answered; `PORTICO_TEST_REQUESTS` says another number.
const REQUESTS: usize = 90;
/// Requests beside them that may break a limit or name what nobody gave out: for each role on each engine.
const ODD: usize = 12;
/// Attempts to make a failing request smaller.
const STEPS: usize = 400;

#[test]
fn what_a_role_may_not_see_changes_no_answer() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let seed = read("PORTICO_TEST_SEED").unwrap_or_else(|| rand::rng().random());
    println!("PORTICO_TEST_SEED={seed}");
    runtime.block_on(async {
        let mut count = both_worlds(Engine::Sqlite, seed).await;
        if cluster().is_some() {
            count += both_worlds(Engine::Postgres, seed).await;
            assert!(count >= 2_000 || read("PORTICO_TEST_REQUESTS").is_some(), "only {count} were answered");
        }
    });
}

fn read(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

async fn both_worlds(engine: Engine, seed: u64) -> usize {
    let started = Instant::now();
    let (url, _folder) = loaded(engine, Content::Demo).await;
    let cast = Cast::in_database(&url).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (mut count, mut refused) = (0, 0);
    for group in Group::all(&cast) {
        let (one, kept) = copied(engine, &url).await;
        let (other, kept_too) = copied(engine, &url).await;
        let done = group.change(&other, &cast).await;
        println!("{engine:?}, {}: {done:?}", group.name);
        let idle: Vec<_> =
            group.expected().iter().filter(|kind| done.get(**kind).is_none_or(|n| *n == 0)).collect();
        assert!(idle.is_empty(), "{}: nothing was changed of {idle:?}: {done:?}", group.name);
        let (one, other) = (World::on(engine, &one, kept).await, World::on(engine, &other, kept_too).await);
        for role in &group.roles {
            let pair = Pair { one: &one, other: &other, cast: &cast, role: *role };
            let (fitting, odd) = pair.compare(seed).await;
            (count, refused) = (count + fitting.answered, refused + odd.refused());
        }
    }
    assert!(refused >= Role::ALL.len(), "only {refused} odd requests were refused");
    println!(
        "{engine:?}: {count} requests answered and {refused} odd ones refused, each in two worlds; {:?}",
        started.elapsed()
    );
    count
}

/// How requests were answered.
#[derive(Default)]
struct Tally {
    answered: usize,
    bytes: usize,
    codes: BTreeMap<String, usize>,
}

impl Tally {
    fn count(&mut self, answer: &Value) {
        if let Some(code) = answer["errors"][0]["extensions"]["code"].as_str() {
            *self.codes.entry(code.to_owned()).or_default() += 1;
        } else {
            self.answered += 1;
            self.bytes += answer.to_string().len();
        }
    }

    fn refused(&self) -> usize {
        self.codes.values().sum()
    }

    fn told(&self) -> String {
        let each = self.bytes / self.answered.max(1);
        format!("{} answered, {each} bytes each, {} refused {:?}", self.answered, self.refused(), self.codes)
    }
}

struct Pair<'a> {
    one: &'a World,
    other: &'a World,
    cast: &'a Cast,
    role: Role,
}

impl Pair<'_> {
    /// How requests that fit the limits were answered, and how odd ones.
    async fn compare(&self, seed: u64) -> (Tally, Tally) {
        let at = crate::harness::today();
        self.one.is(at);
        self.other.is(at);
        let wanted = read("PORTICO_TEST_REQUESTS").and_then(|n| usize::try_from(n).ok()).unwrap_or(REQUESTS);
        let mut random =
            StdRng::seed_from_u64(seed.wrapping_add(self.role.name().bytes().map(u64::from).sum()));
        let mut finds = Finds::default();
        let (mut fitting, mut odd) = (Tally::default(), Tally::default());
        let model = self.cast.model(self.role);
        while fitting.answered < wanted {
            let picks = Drawing::new(model, &finds, &mut random).request();
            fitting.count(&self.compared(picks, &mut finds, seed).await);
            let told = fitting.told();
            assert!(
                fitting.refused() * 10 <= wanted,
                "{}: of requests that fit the limits too many are refused: {told}",
                self.role
            );
        }
        for _ in 0..ODD {
            let picks = Drawing::odd(model, &finds, &mut random).request();
            odd.count(&self.compared(picks, &mut finds, seed).await);
        }
        println!("  {}: {}; odd ones: {}", self.role, fitting.told(), odd.told());
        (fitting, odd)
    }

    /// The answer, which is the same in both worlds, or the test ends with the smallest request that shows it is not.
    async fn compared(&self, picks: Vec<Pick>, finds: &mut Finds, seed: u64) -> Value {
        let (faults, answer) = self.faults(&picks, finds).await;
        if faults.is_empty() {
            return answer;
        }
        let (picks, faults) = self.shrunk(picks, faults).await;
        panic!(
            "{}, {:?}, PORTICO_TEST_SEED={seed}:\n{}\n{}",
            self.role,
            self.one.engine,
            body(&picks),
            faults.join("\n")
        );
    }

    /// What is wrong with the two answers, and the first of them.
    async fn faults(&self, picks: &[Pick], finds: &mut Finds) -> (Vec<String>, Value) {
        let request = body(picks);
        let one = self.cast.ask(self.one, self.role, &request).await;
        let other = self.cast.ask(self.other, self.role, &request).await;
        let mut faults = Vec::new();
        if (one.status, &one.body) != (other.status, &other.body) {
            faults.push(format!("{} {}\n{} {}", one.status, one.body, other.status, other.body));
        }
        if self.role.is_outside() && other.body.to_lowercase().contains("canary") {
            faults.push(format!("a canary: {}", other.body));
        }
        let answer = other.json();
        if one.status >= 500 || one.body.contains("{\"code\":\"INTERNAL\"}") {
            faults.push(format!("a fault: {}", one.body));
        }
        if answer.get("errors").is_none() {
            let mut walk = Walk::new(self.cast.model(self.role), finds);
            walk.root(picks, &answer["data"]);
            faults.append(&mut walk.faults);
        }
        (faults, answer)
    }

    /// Drops one pick after the other for as long as something stays wrong.
    async fn shrunk(&self, mut picks: Vec<Pick>, mut faults: Vec<String>) -> (Vec<Pick>, Vec<String>) {
        let mut steps = 0;
        'again: loop {
            for less in smaller(&picks) {
                steps += 1;
                if steps > STEPS {
                    return (picks, faults);
                }
                let (found, _) = self.faults(&less, &mut Finds::default()).await;
                if !found.is_empty() {
                    (picks, faults) = (less, found);
                    continue 'again;
                }
            }
            return (picks, faults);
        }
    }
}
