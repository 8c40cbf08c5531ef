//! Budgets of people and of firms' servers: each its own, however many tokens it has and wherever it asks from.
use chrono::TimeDelta;
use portico::{
    http::{
        Settings,
        rates::{Rate, Rates},
    },
    people::{self, key, key::NewKey},
    policy::Role,
};
use serde_json::json;

use crate::{
    commands::portico,
    harness::{Answer, Content, World, loaded, on_engines, today},
    raw::Raw,
    socket::{Heard, Socket},
    streams::{Desk, FOLLOW},
};

const MIA: (&str, Role) = ("mia@okafor.example", Role::Client);
const NORA: (&str, Role) = ("nora@castellan.example", Role::Attorney);
const CASES: &str = "{ cases(first: 9) { nodes { title } } }";

fn rate(burst: u32) -> Rate {
    Rate { per_second: 1.try_into().unwrap(), burst: burst.try_into().unwrap() }
}

/// People have a hundred points, firms' servers two hundred, and selections cost nothing; addresses have plenty.
fn few() -> Settings {
    let rates = Rates { person: rate(100), service: rate(200), selection: 0, ..Rates::default() };
    Settings { rates, ..Settings::default() }
}

async fn ask(world: &World, token: &str) -> Answer {
    world.post(Some(token), &json!({ "query": CASES })).await
}

/// How many of the same requests a token gets answered.
async fn answered(world: &World, token: &str) -> usize {
    for count in 0..20 {
        let answer = ask(world, token).await;
        if answer.status == 429 {
            assert_eq!(answer.code(), "RATE_LIMITED");
            assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
            return count;
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    panic!("nothing was refused");
}

#[test]
fn one_persons_flood_is_nobody_elses() {
    on_engines(async |engine| {
        let (url, folder) = loaded(engine, Content::Demo).await;
        let world = World::set(engine, &url, folder, few()).await;
        let (mia, nora) = (world.token(MIA.0, MIA.1).await, world.token(NORA.0, NORA.1).await);
        // Nineteen points for the nine titles, nine times ten for whatever was asked; the first ten were the address's.
        let count = answered(&world, &mia).await;
        assert!((3..=4).contains(&count), "{count}");
        world.store.record();
        for _ in 0..20 {
            assert_eq!(ask(&world, &mia).await.status, 429);
        }
        assert_eq!(world.store.recorded().len(), 0, "what is refused runs no statement");
        // Another token of hers is hers: the address pays only until it is known whose it is.
        let wish = people::Wish { person: MIA.0, firm: None, role: Some(MIA.1) };
        let second = people::open_for(&world.store, &wish, (today(), today() + chrono::Days::new(1))).await;
        assert_eq!(ask(&world, &second.unwrap().token).await.status, 429);
        let answer = ask(&world, &nora).await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("ratelimit-policy").starts_with("\"person\";q=100;"), "{:?}", answer.headers);
        assert_eq!(world.post(None, &json!({ "query": "{ __typename }" })).await.status, 200);
    });
}

/// Until then he would be refused unseen, and what he asks would be the person's to pay.
#[test]
fn who_has_a_token_that_was_revoked_spends_its_persons_budget_for_a_minute() {
    on_engines(async |engine| {
        let (url, folder) = loaded(engine, Content::Demo).await;
        let world = World::set(engine, &url, folder, few()).await;
        let mia = world.token(MIA.0, MIA.1).await;
        let now = today();
        world.is(now);
        answered(&world, &mia).await;
        while !ask(&world, &mia).await.header("ratelimit").contains("r=0") {}
        Raw::open(&world.database).await.run("UPDATE sessions SET revoked_at = created_at").await;
        world.is(now + TimeDelta::seconds(60));
        assert_eq!(ask(&world, &mia).await.status, 429);
        world.is(now + TimeDelta::seconds(61));
        assert_eq!(ask(&world, &mia).await.status, 401);
    });
}

#[test]
fn a_firms_server_has_a_budget_of_its_own() {
    on_engines(async |engine| {
        let (url, folder) = loaded(engine, Content::Demo).await;
        let world = World::set(engine, &url, folder, few()).await;
        let new = NewKey { service: "intake", role: Role::Paralegal, cases: None, expires_at: None };
        let first = key::create(&world.store, "castellan", &new, today()).await.unwrap().token;
        let second = key::create(&world.store, "castellan", &new, today()).await.unwrap().token;
        let count = answered(&world, &first).await;
        assert!((6..=8).contains(&count), "{count}");
        let answer = ask(&world, &second).await;
        assert_eq!(answer.status, 429, "both keys are the same server's");
        assert!(answer.header("ratelimit").starts_with("\"service\";"), "{}", answer.header("ratelimit"));
        assert_eq!(ask(&world, &world.token(NORA.0, NORA.1).await).await.status, 200);
    });
}

#[test]
fn what_is_built_in_is_more_than_the_demo_asks() {
    on_engines(async |engine| {
        let (url, folder) = loaded(engine, Content::Demo).await;
        let world = World::set(engine, &url, folder, Settings::default()).await;
        let query = include_str!("../door/introspection.graphql");
        for _ in 0..30 {
            world.ask(NORA, query).await.data();
            assert_eq!(world.post(None, &json!({ "query": query })).await.status, 200);
        }
    });
}

#[test]
fn a_configuration_with_a_fault_is_told_before_anything_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("portico.toml");
    for (text, word) in [
        ("[rates.person]\nper_second = 0\nburst = 1", "nonzero"),
        ("[rates.person]\nper_second = 1", "burst"),
        ("[rates.people]\nper_second = 1", "people"),
        ("[proxies]\ntrusted = [\"10.0.0.0/99\"]", "trusted"),
        ("[proxies]\nheader = \"x-real-ip\"", "x-real-ip"),
        ("[limit]\ncost = 1", "limit"),
    ] {
        std::fs::write(&path, text).unwrap();
        let told = portico(&["serve", "--database", "sqlite:none", "--config", path.to_str().unwrap()]);
        assert!(
            !told.is_success && told.err.contains(word) && told.err.contains("portico.toml"),
            "{}",
            told.err
        );
    }
}

#[test]
fn what_is_followed_is_paid_for_each_time_it_is_read() {
    on_engines(async |engine| {
        let (url, folder) = loaded(engine, Content::Small).await;
        let rates = Rates { person: rate(10_000), selection: 0, ..Rates::default() };
        let world = World::set(engine, &url, folder, Settings { rates, ..Settings::default() }).await;
        let desk = Desk::of(&world).await;
        let left = async || -> i64 {
            let answer = world.ask(MIA, "{ __typename }").await;
            let state = answer.header("ratelimit").to_owned();
            state.split_once("r=").unwrap().1.split_once(';').unwrap().0.parse().unwrap()
        };
        let own = left().await - left().await;
        let mut socket = Socket::of(&world, MIA).await;
        let before = left().await;
        socket.follow("a", FOLLOW, desk.variables()).await;
        let begun = before - left().await - own;
        assert!(begun > 50, "{begun}");
        for title in ["One", "Two"] {
            let before = left().await;
            desk.retitle(title).await;
            socket.hear().await.data();
            let paid = before - left().await - own;
            // Its fields; to begin cost the flat charge of its messages besides.
            assert!(paid > 30 && paid < begun, "{paid} for {begun}");
        }
    });
}

#[test]
fn who_waits_for_his_budget_and_is_no_longer_let_in_is_not_kept() {
    on_engines(async |engine| {
        let (url, folder) = loaded(engine, Content::Small).await;
        let rates = Rates { person: rate(400), selection: 0, ..Rates::default() };
        let world = World::set(engine, &url, folder, Settings { rates, ..Settings::default() }).await;
        let desk = Desk::of(&world).await;
        let mut socket = Socket::of(&world, MIA).await;
        socket.follow("a", FOLLOW, desk.variables()).await;
        while world.ask(MIA, "{ __typename }").await.status == 200 {}
        desk.retitle("canary").await;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        Raw::open(&world.database).await.run("UPDATE sessions SET revoked_at = created_at").await;
        assert_eq!(socket.hear().await, Heard::Closed(4403), "well before there is enough for an answer");
    });
}
