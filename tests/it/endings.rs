//! When what is followed ends: like what never was, and with the token, the account, the part, the wall and the policy.
use chrono::{NaiveDateTime, TimeDelta};
use diesel::{ExpressionMethods, QueryDsl, insert_into, update};
use portico::{
    cases,
    id::{Tag, random},
    people::{
        Wish,
        issuer::{self, NewIssuer, NewKeys},
        key::{self, NewKey},
        participants, people, sessions,
    },
    policy::Role,
    releasing::withdraw,
};
use serde_json::{Value, json};

use crate::{
    harness::{World, on_both, on_both_small, today},
    raw::Raw,
    reload::{NARROWER, source},
    signing::{AUDIENCE, ISSUER, Signer, claims},
    socket::{Heard, SILENCE, Socket},
    streams::{Desk, FOLLOW, MIA, NORA, now, titles},
};

#[test]
fn what_is_withdrawn_ends_like_what_never_was() {
    on_both_small(async |world| {
        let desk = Desk::of(&world).await;
        let mut mia = Socket::of(&world, MIA).await;
        mia.follow("a", FOLLOW, desk.variables()).await;
        let mut t = desk.begin().await;
        let releases = cases::case_releases::table.select(cases::case_releases::id);
        let releases: Vec<String> = t.load(releases).await.unwrap();
        let item = (desk.case.as_str(), releases[0].as_str());
        withdraw::<cases::case_releases::table>(&mut t, &desk.firm, item, today()).await.unwrap();
        t.commit().await.unwrap();
        let withdrawn = mia.hear().await;
        assert_eq!(withdrawn.failure(), ("a".into(), "NOT_FOUND".into()));
        mia.subscribe("a", FOLLOW, json!({ "case": random(Tag::Case) })).await;
        assert_eq!(mia.hear().await, withdrawn);
    });
}

#[test]
fn a_case_that_is_not_the_viewers_is_like_one_that_never_was() {
    on_both(async |world| {
        let others =
            world.ask(("rosa@delgado.example", Role::Client), "{ cases { nodes { id } } }").await.data();
        let query = "{ cases { nodes { id tasks { nodes { id } } } } }";
        let firms = world.ask(NORA, query).await.data();
        let own = world.ask(MIA, "{ cases { nodes { id } } }").await.data();
        let own = own["cases"]["nodes"][0]["id"].clone();
        let mut hidden: Vec<Value> = firms["cases"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|case| case["id"].clone())
            .filter(|id| *id != own)
            .collect();
        assert!(hidden.len() > 1);
        hidden.push(others["cases"]["nodes"][0]["id"].clone());
        hidden.push(firms["cases"]["nodes"][0]["tasks"]["nodes"][0]["id"].clone());
        hidden.push(json!("nonsense"));
        hidden.push(json!(""));
        let mut mia = Socket::of(&world, MIA).await;
        mia.subscribe("a", FOLLOW, json!({ "case": random(Tag::Case) })).await;
        let never = mia.hear().await;
        assert_eq!(never.failure(), ("a".into(), "NOT_FOUND".into()));
        for id in hidden {
            mia.subscribe("a", FOLLOW, json!({ "case": id })).await;
            assert_eq!(mia.hear().await, never, "{id}");
        }
    });
}

#[test]
fn the_socket_closes_when_the_token_the_account_or_the_part_ends() {
    on_both_small(async |world| {
        let desk = Desk::of(&world).await;
        let part = participants::table.filter(participants::person_id.eq(desk.mia.clone()));
        let session = sessions::table.filter(sessions::person_id.eq(desk.mia.clone()));
        let account = people::table.filter(people::id.eq(desk.mia.clone()));
        let soon = || today() + TimeDelta::seconds(2);
        for what in ["revoked", "expires", "inactive", "part ends", "suspended", "silently revoked"] {
            let mut mia = Socket::of(&world, MIA).await;
            mia.follow("a", FOLLOW, desk.variables()).await;
            let mut t = desk.begin().await;
            let done = match what {
                "revoked" | "silently revoked" => {
                    t.execute(update(session.clone()).set(sessions::revoked_at.eq(today()))).await
                }
                "expires" => t.execute(update(session.clone()).set(sessions::expires_at.eq(soon()))).await,
                "inactive" => t.execute(update(account.clone()).set(people::is_active.eq(false))).await,
                "part ends" => {
                    t.execute(update(part.clone()).set(participants::active_until.eq(soon()))).await
                }
                _ => t.execute(update(part.clone()).set(participants::state.eq("SUSPENDED"))).await,
            };
            assert!(done.unwrap() > 0);
            if what == "silently revoked" {
                // What wrote it told nobody, but the next change finds it out, and tells nothing.
                t.commit().await.unwrap();
                desk.step("Not for who is out", now()).await;
            } else {
                t.touch(&desk.firm, &desk.mia);
                t.commit().await.unwrap();
            }
            assert_eq!(mia.hear().await, Heard::Closed(4403), "{what}");
            let mut t = desk.begin().await;
            let no_end = participants::active_until.eq(None::<NaiveDateTime>);
            t.execute(update(part.clone()).set((participants::state.eq("ACTIVE"), no_end))).await.unwrap();
            t.execute(update(account.clone()).set(people::is_active.eq(true))).await.unwrap();
            let live = (
                sessions::revoked_at.eq(None::<NaiveDateTime>),
                sessions::expires_at.eq(today() + TimeDelta::days(1)),
            );
            t.execute(update(session.clone()).set(live)).await.unwrap();
            t.commit().await.unwrap();
        }
    });
}

/// A socket of whoever bears this token, who follows the case.
async fn following(world: &World, token: &str, desk: &Desk<'_>) -> Socket {
    let mut socket = Socket::open(&world.url).await;
    socket.init(token).await;
    assert_eq!(socket.hear().await, Heard::Message(json!({ "type": "connection_ack" })));
    socket.follow("a", FOLLOW, desk.variables()).await;
    // A node that begins to listen looks once at all that is followed; that is over by then.
    socket.is_silent().await;
    socket
}

#[test]
fn the_socket_of_a_key_closes_when_it_is_revoked() {
    on_both_small(async |world| {
        let desk = Desk::of(&world).await;
        let firm =
            Raw::open(&world.database).await.texts("SELECT slug AS text FROM firms").await.pop().unwrap();
        let new = NewKey { service: "sync", role: Role::Attorney, cases: None, expires_at: None };
        let made = key::create(&world.store, &firm, &new, today()).await.unwrap();
        let mut socket = following(&world, &made.token, &desk).await;
        key::revoke(&world.store, &firm, &made.id, today()).await.unwrap();
        assert_eq!(socket.hear().await, Heard::Closed(4403));
    });
}

#[test]
fn the_socket_of_a_signed_token_closes_when_its_subject_or_issuer_is_removed() {
    on_both_small(async |world| {
        let desk = Desk::of(&world).await;
        let firm =
            Raw::open(&world.database).await.texts("SELECT slug AS text FROM firms").await.pop().unwrap();
        let okta = (firm.as_str(), "okta");
        let (signer, algorithms) = (Signer::ec(), ["ES256".to_owned()]);
        let keys = signer.public("a").to_string();
        let token = signer.token(&json!({ "alg": "ES256", "kid": "a" }), &claims("00u-mia"));
        let new = NewIssuer {
            name: okta.1,
            issuer: ISSUER,
            audience: AUDIENCE,
            algorithms: &algorithms,
            keys: NewKeys::Given(&keys),
        };
        issuer::register(&world.store, &firm, &new, today()).await.unwrap();
        for subject in [Some("00u-mia"), None] {
            let wish = Wish { person: MIA.0, firm: Some(&firm), role: Some(MIA.1) };
            issuer::bind(&world.store, okta, "00u-mia", &wish, today()).await.unwrap();
            let mut socket = following(&world, &token, &desk).await;
            issuer::remove(&world.store, okta, subject).await.unwrap();
            assert_eq!(socket.hear().await, Heard::Closed(4403), "{subject:?}");
        }
    });
}

#[test]
fn a_wall_ends_what_it_stands_before() {
    on_both_small(async |world| {
        let desk = Desk::of(&world).await;
        let mut nora = Socket::of(&world, NORA).await;
        nora.follow("a", FOLLOW, desk.variables()).await;
        let mut t = desk.begin().await;
        let wall = cases::NewWall {
            firm_id: desk.firm.clone(),
            id: random(Tag::EthicalWall),
            case_id: desk.case.clone(),
            person_id: desk.nora.clone(),
            reason: "canary".into(),
            since: today(),
        };
        t.execute(insert_into(cases::ethical_walls::table).values(wall)).await.unwrap();
        t.touch(&desk.firm, &desk.case);
        t.commit().await.unwrap();
        assert_eq!(nora.hear().await.failure(), ("a".into(), "NOT_FOUND".into()));
    });
}

#[test]
fn the_socket_closes_when_the_policy_is_another() {
    on_both_small(async |world| {
        let desk = Desk::of(&world).await;
        let mut mia = Socket::of(&world, MIA).await;
        mia.follow("a", FOLLOW, desk.variables()).await;
        world.house.reload(&source(NARROWER)).await.unwrap();
        assert_eq!(mia.hear().await, Heard::Closed(4403));
    });
}

#[test]
fn an_event_stream_tells_the_same() {
    on_both_small(async |world| {
        let desk = Desk::of(&world).await;
        let token = world.token(MIA.0, MIA.1).await;
        let ask = async |token: &str, case: &str| {
            let request = reqwest::Client::new().post(format!("{}/graphql", world.url)).bearer_auth(token);
            let body = json!({ "query": FOLLOW, "variables": { "case": case } });
            request.header("accept", "text/event-stream").json(&body).send().await.unwrap()
        };
        let absent = ask(&token, &random(Tag::Case)).await.text().await.unwrap();
        assert!(
            absent.contains("NOT_FOUND") && absent.ends_with("event: complete\ndata: {}\n\n"),
            "{absent}"
        );
        // Its head is there once it has begun, so nothing that is written from now on is missed.
        let mut stream = ask(&token, &desk.case).await;
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        desk.task().await;
        let silence = tokio::time::timeout(SILENCE, stream.chunk()).await;
        assert!(silence.is_err(), "{silence:?}");
        desk.step("Step 3 for you", now()).await;
        let told = stream.chunk().await.unwrap().unwrap();
        let told = std::str::from_utf8(&told).unwrap().to_owned();
        let data = told.strip_prefix("event: next\ndata: ").unwrap_or_else(|| panic!("{told}"));
        assert!(
            titles(&serde_json::from_str::<Value>(data).unwrap()["data"])
                .contains(&"Step 3 for you".to_owned())
        );
        let mut t = desk.begin().await;
        t.execute(update(sessions::table).set(sessions::revoked_at.eq(today()))).await.unwrap();
        t.touch(&desk.firm, &desk.mia);
        t.commit().await.unwrap();
        let end = stream.text().await.unwrap();
        assert!(end.contains("UNAUTHENTICATED") && end.ends_with("event: complete\ndata: {}\n\n"), "{end}");
    });
}
