//! Who may follow besides by role: the pages of the viewer's own firm, and a role's own trusted documents.
use portico::{
    firms::origins,
    policy::Role,
    trusted::{
        self,
        manifest::{Entry, sha256},
    },
};
use serde_json::json;
use tokio_tungstenite::tungstenite::Error;

use crate::{
    harness::{on_both, on_both_small, today},
    socket::{Heard, Socket},
    streams::{Desk, FOLLOW, MIA, NORA, now, titles},
};

#[test]
fn a_socket_of_another_firms_page_closes_and_one_of_nobodys_never_opens() {
    on_both(async |world| {
        let pages = [
            ("castellan", "https://www.castellan.example"),
            ("harborlight", "https://portal.harborlight.example"),
        ];
        for (firm, origin) in pages {
            origins::add(&world.store, firm, &[origin.parse().unwrap()]).await.unwrap();
        }
        let token = world.token(MIA.0, MIA.1).await;
        let spoken = ("sec-websocket-protocol", "graphql-transport-ws");
        let acknowledged = Heard::Message(json!({ "type": "connection_ack" }));
        for ((_, origin), heard) in pages.iter().zip([acknowledged, Heard::Closed(4403)]) {
            let mut socket = Socket::with(&world.url, &[spoken, ("origin", origin)]).await.unwrap();
            socket.init(&token).await;
            assert_eq!(socket.hear().await, heard, "{origin}");
        }
        for origin in ["https://evil.example", "null"] {
            match Socket::with(&world.url, &[spoken, ("origin", origin)]).await {
                Err(Error::Http(response)) => assert_eq!(response.status().as_u16(), 403),
                Err(other) => panic!("{other}"),
                Ok(_) => panic!("{origin} was let in"),
            }
        }
    });
}

#[test]
fn a_roles_own_trusted_document_is_followed_by_its_hash() {
    on_both_small(async |world| {
        let desk = Desk::of(&world).await;
        let entry = Entry { hash: sha256(FOLLOW), document: FOLLOW.to_owned() };
        trusted::add(&world.store, Role::Client, &[("Follow".to_owned(), entry)], today()).await.unwrap();
        let by_hash = json!({ "version": 1, "sha256Hash": sha256(FOLLOW) });
        let payload = json!({ "variables": desk.variables(), "extensions": { "persistedQuery": by_hash } });
        let subscribe = json!({ "type": "subscribe", "id": "a", "payload": payload });
        let mut nora = Socket::of(&world, NORA).await;
        nora.say(subscribe.clone()).await;
        assert_eq!(nora.hear().await.failure(), ("a".into(), "PERSISTED_QUERY_NOT_FOUND".into()));
        let mut mia = Socket::of(&world, MIA).await;
        mia.say(subscribe).await;
        mia.say(json!({ "type": "ping" })).await;
        assert_eq!(mia.hear().await, Heard::Message(json!({ "type": "pong" })));
        desk.task().await;
        mia.is_silent().await;
        desk.step("Step 3 for you", now()).await;
        assert!(titles(&mia.hear().await.data()).contains(&"Step 3 for you".to_owned()));
    });
}
