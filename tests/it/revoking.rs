//! Who is put out by the operator is out at the next request: one session, all of a person's, or the account itself.
use std::time::Duration;

use portico::{
    http::{Settings, limits::Limits},
    policy::Role,
};
use serde_json::json;

use crate::{
    commands::{portico, portico_given},
    harness::{Content, World, loaded, on_both, on_engines},
    raw::Raw,
    socket::{Heard, Socket},
};

const MIA: &str = "mia@okafor.example";

#[test]
fn sessions_are_revoked_by_their_token_or_by_whose_they_are() {
    on_both(async |world| {
        let at = ["--database", world.database.as_str()];
        let token = || portico(&[&["token", "--as", MIA], &at[..]].concat()).success().trim().to_owned();
        let status = async |token: &str| {
            let body = json!({ "query": "{ cases { nodes { id } } }" });
            world.post(Some(token), &body).await.status
        };
        let revoke =
            |words: &[&str], given: &str| portico_given(&[&["token", "revoke"], words, &at].concat(), given);
        let (one, other, third) = (token(), token(), token());
        for token in [&one, &other, &third] {
            assert_eq!(status(token).await, 200);
        }
        assert_eq!(revoke(&[], &format!("{one}\n")).success(), "1 revoked\n");
        assert_eq!((status(&one).await, status(&other).await), (401, 200));
        for given in [one.as_str(), "nonsense", ""] {
            let told = revoke(&[], given).failure();
            assert!(told.contains("no session that still counts") && !told.contains(&one), "{told}");
        }
        assert!(revoke(&["--as", MIA, "--firm", "harborlight"], "").failure().contains("nobody is known by"));
        assert!(revoke(&["--as", "nobody@okafor.example"], "").failure().contains("nobody is known by"));
        assert_eq!(status(&other).await, 200);
        assert_eq!(revoke(&["--as", MIA, "--firm", "castellan"], "").success(), "2 revoked\n");
        assert_eq!((status(&other).await, status(&third).await), (401, 401));
        assert_eq!(status(&token()).await, 200);
    });
}

#[test]
fn a_socket_that_asks_nothing_is_closed_all_the_same() {
    on_engines(async |engine| {
        let (url, folder) = loaded(engine, Content::Small).await;
        let limits = Limits { ping_seconds: 1, ..Limits::default() };
        let settings = Settings { limits: limits.into(), ..Settings::default() };
        let world = World::set(engine, &url, folder, settings).await;
        let mut socket = Socket::of(&world, (MIA, Role::Client)).await;
        let stays = tokio::time::timeout(Duration::from_secs(6), socket.hear()).await;
        assert!(stays.is_err(), "{stays:?}");
        portico(&["token", "revoke", "--as", MIA, "--database", &url]).success();
        assert_eq!(socket.hear().await, Heard::Closed(4403));
    });
}

#[test]
fn a_session_that_has_expired_counts_no_more() {
    on_both(async |world| {
        let at = ["--database", world.database.as_str()];
        let token = portico(&[&["token", "--as", MIA], &at[..]].concat()).success().trim().to_owned();
        let raw = Raw::open(&world.database).await;
        raw.run("UPDATE sessions SET expires_at = '2020-01-02 00:00:00', created_at = '2020-01-01 00:00:00'")
            .await;
        let told = portico_given(&[&["token", "revoke"], &at[..]].concat(), &token).failure();
        assert!(told.contains("no session that still counts"), "{told}");
        let revoked = "SELECT token_hash AS text FROM sessions WHERE revoked_at IS NOT NULL";
        assert_eq!(raw.texts(revoked).await, [""; 0]);
    });
}

#[test]
fn an_account_that_is_not_active_does_nothing_and_its_old_sessions_stay_revoked() {
    on_both(async |world| {
        let at = ["--database", world.database.as_str()];
        let token = || portico(&[&["token", "--as", MIA], &at[..]].concat());
        let status = async |token: &str| {
            let body = json!({ "query": "{ cases { nodes { id } } }" });
            world.post(Some(token), &body).await.status
        };
        let person = |what: &str, who: &str| {
            portico(&[&["person", what, "--as", who, "--firm", "castellan"], &at[..]].concat())
        };
        let before = token().success().trim().to_owned();
        assert_eq!(status(&before).await, 200);
        person("deactivate", "nobody@okafor.example").failure();
        assert_eq!(person("deactivate", MIA).success(), format!("{MIA} is not active\n"));
        assert_eq!(status(&before).await, 401);
        assert!(token().failure().contains("nobody who is active"));
        assert_eq!(person("deactivate", MIA).success(), format!("{MIA} was not active already\n"));
        assert_eq!(person("activate", MIA).success(), format!("{MIA} is active\n"));
        assert_eq!(status(&before).await, 401);
        assert_eq!(status(token().success().trim()).await, 200);
    });
}
