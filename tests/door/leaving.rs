//! Sockets and event streams that end: because the service stops, because the policy is another, because others need the room.

use std::net::IpAddr;
use std::time::Duration;

use portico::http::limits::Limits;
use portico::http::{Closing, Connections, Settings};
use reqwest::Client;
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::events::begun;
use crate::sockets::{Socket, hear, known, say, subscribe};
use crate::toy::{Served, serve, serve_as};

/// While what takes a second is under way.
const MEANWHILE: Duration = Duration::from_millis(300);

/// A service, what stops it, and an acknowledged socket.
async fn stoppable() -> (Closing, Served, Socket) {
    let settings = Settings::default();
    let closing = settings.closing.clone();
    let served = serve_as(settings, true).await;
    let socket = known(&served).await;
    (closing, served, socket)
}

/// What is answered to somebody who comes from another address, and is let in soon.
async fn elsewhere(served: &Served) -> u16 {
    let other = Client::builder().local_address(IpAddr::from([127, 0, 0, 2])).build().unwrap();
    let late = other.get(format!("{}/health/live", served.base)).send();
    timeout(Duration::from_secs(6), late).await.expect("it is let in").unwrap().status().as_u16()
}

#[tokio::test]
async fn sockets_and_streams_end_when_the_service_stops() {
    let (closing, served, mut socket) = stoppable().await;
    say(&mut socket, &subscribe("a", "subscription { silence }")).await;
    say(&mut socket, &json!({ "type": "ping" })).await;
    let stream = begun(&served, "subscription { silence }").await;
    closing.close();
    loop {
        match hear(&mut socket).await {
            Ok(message) => assert_eq!(message["type"], "pong"),
            Err(code) => break assert_eq!(code, 1012),
        }
    }
    assert!(timeout(Duration::from_secs(5), stream.text()).await.is_ok());
}

#[tokio::test]
async fn what_was_asked_before_the_service_stops_is_answered_over_each_transport() {
    let (closing, served, mut socket) = stoppable().await;
    say(&mut socket, &subscribe("goes on", "subscription { silence }")).await;
    say(&mut socket, &subscribe("asked", "{ shortly }")).await;
    let stops = async {
        sleep(MEANWHILE).await;
        closing.close();
    };
    let heard = async {
        let answer = (hear(&mut socket).await, hear(&mut socket).await);
        // Nobody answers that any more.
        (answer, hear(&mut socket).await)
    };
    let (events, answer, ((next, complete), closed), ()) = tokio::join!(
        async { begun(&served, "{ shortly }").await.text().await.unwrap() },
        served.ask("{ shortly }"),
        heard,
        stops
    );
    assert!(events.contains(r#"data: {"data":{"shortly":1}}"#), "{events}");
    assert_eq!(answer.text, r#"{"data":{"shortly":1}}"#);
    let payload = json!({ "data": { "shortly": 1 } });
    assert_eq!(next, Ok(json!({ "type": "next", "id": "asked", "payload": payload })));
    assert_eq!((complete, closed), (Ok(json!({ "type": "complete", "id": "asked" })), Err(1012)));
}

#[tokio::test]
async fn a_socket_closes_under_another_policy_though_nothing_is_under_way() {
    let limits = Limits { ping_seconds: 1, ..Limits::default() };
    let served = serve_as(Settings { limits: limits.into(), ..Settings::default() }, true).await;
    let mut socket = known(&served).await;
    sleep(Duration::from_millis(1_500)).await;
    served.ask("{ changePolicy }").await;
    assert_eq!(hear(&mut socket).await, Err(4403));
}

#[tokio::test]
async fn a_mutation_that_is_withheld_invites_nobody_to_repeat_it() {
    let touch = "mutation { touch }";
    let served = serve().await;
    let mut socket = known(&served).await;
    say(&mut socket, &subscribe("a", touch)).await;
    let heard = hear(&mut socket).await.unwrap();
    let code = &heard["payload"][0]["extensions"]["code"];
    assert_eq!((heard["type"].as_str(), code.as_str()), (Some("error"), Some("POLICY_CHANGED")));
    let served = serve().await;
    let answer = begun(&served, touch).await;
    assert_eq!((answer.status().as_u16(), answer.headers().get("retry-after")), (200, None));
    assert!(answer.text().await.unwrap().contains("POLICY_CHANGED"));
}

#[tokio::test]
async fn a_socket_makes_room_unless_it_waits_for_an_answer() {
    let connections = Connections { open: 1, of_address: 9 };
    let served = serve_as(Settings { connections, ..Settings::default() }, true).await;
    let mut socket = known(&served).await;
    say(&mut socket, &subscribe("a", "{ shortly }")).await;
    sleep(MEANWHILE).await;
    // All places are his own address's, and somebody waits there.
    assert!(served.client.get(format!("{}/health/live", served.base)).send().await.is_err());
    for kind in ["next", "complete"] {
        assert_eq!(hear(&mut socket).await.unwrap()["type"], kind);
    }
    say(&mut socket, &subscribe("b", "subscription { silence }")).await;
    say(&mut socket, &json!({ "type": "ping" })).await;
    assert_eq!(hear(&mut socket).await, Ok(json!({ "type": "pong" })));
    assert_eq!(tokio::join!(elsewhere(&served), hear(&mut socket)), (200, Err(1013)));
    let stream = begun(&served, "subscription { silence }").await;
    assert_eq!(elsewhere(&served).await, 200);
    assert!(stream.text().await.is_err(), "what breaks off is begun anew");
}

#[tokio::test]
async fn a_socket_whose_client_takes_nothing_makes_room_soon() {
    let connections = Connections { open: 1, of_address: 9 };
    let served = serve_as(Settings { connections, ..Settings::default() }, true).await;
    let mut socket = known(&served).await;
    say(&mut socket, &subscribe("a", "subscription { flood }")).await;
    sleep(MEANWHILE).await;
    assert_eq!(elsewhere(&served).await, 200);
}

#[tokio::test]
async fn what_was_asked_under_another_policy_is_answered_before_the_socket_closes() {
    let served = serve().await;
    let mut socket = known(&served).await;
    say(&mut socket, &subscribe("before", "{ shortly }")).await;
    sleep(MEANWHILE).await;
    served.ask("{ changePolicy }").await;
    say(&mut socket, &subscribe("since", "{ shortly }")).await;
    let before = hear(&mut socket).await.unwrap();
    let code = &before["payload"][0]["extensions"]["code"];
    assert_eq!((before["id"].as_str(), code.as_str()), (Some("before"), Some("POLICY_CHANGED")), "{before}");
    let since = hear(&mut socket).await.unwrap();
    assert_eq!((since["id"].as_str(), &since["payload"]["data"]["shortly"]), (Some("since"), &json!(1)));
    assert_eq!(hear(&mut socket).await.unwrap()["type"], "complete");
    assert_eq!(hear(&mut socket).await, Err(4403));
}
