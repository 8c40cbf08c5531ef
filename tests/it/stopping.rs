//! How the program stops: who asked is answered, who follows is told, load balancers know first, and it ends in time.
use std::{process::ExitStatus, time::Duration};

use portico::{policy::Role, store::Engine};
use serde_json::{Value, json};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

use crate::{
    commands::{Served, portico},
    harness::{Content, loaded, on_engines},
    leaving::slow,
    raw::Raw,
    socket::{Heard, Socket},
};

const MIA: (&str, Role) = ("mia@okafor.example", Role::Client);
const CASES: &str = "{ cases { nodes { id } } }";
const FOLLOW: &str = "subscription($case: ID!) { caseChanged(case: $case) { case { title } } }";

/// A program on a small database of its own, a token of its client, and the client's case.
struct Scene {
    served: Served,
    raw: Raw,
    token: String,
    case: Value,
    _folder: Option<tempfile::TempDir>,
}

impl Scene {
    async fn new(engine: Engine, arguments: &[&str]) -> Self {
        let (database, folder) = loaded(engine, Content::Small).await;
        let token = portico(&["token", "--as", MIA.0, "--role", "client", "--database", &database]).success();
        let token = token.trim().to_owned();
        let served = Served::start(&[&["serve", "--database", &database], arguments].concat()).await;
        let (status, told) = served.ask(&token, &json!({ "query": CASES })).await;
        assert_eq!(status, 200, "{told}");
        let case = told["data"]["cases"]["nodes"][0]["id"].clone();
        Scene { served, raw: Raw::open(&database).await, token, case, _folder: folder }
    }

    /// A request that takes about so long.
    async fn under_way(&self, milliseconds: u64) -> JoinHandle<reqwest::Result<u16>> {
        slow(&self.raw, milliseconds).await;
        let request = reqwest::Client::new().post(format!("{}/graphql", self.served.url));
        let request = request.bearer_auth(&self.token).json(&json!({ "query": CASES }));
        let asked = tokio::spawn(async move { Ok(request.send().await?.status().as_u16()) });
        sleep(Duration::from_millis(300)).await;
        asked
    }

    async fn ready(&self) -> Option<u16> {
        let asked = reqwest::get(format!("{}/health/ready", self.served.url)).await;
        asked.ok().map(|answer| answer.status().as_u16())
    }
}

/// Waits until the program has ended.
async fn ended(served: &Served) -> (ExitStatus, Duration) {
    let began = Instant::now();
    loop {
        if let Some(status) = served.ended() {
            return (status, began.elapsed());
        }
        assert!(began.elapsed() < Duration::from_secs(40), "it does not end");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Nobody has answered, or has said at the last that the database is no longer there: which, is a matter of what ends first.
async fn nothing_came(asked: JoinHandle<reqwest::Result<u16>>) {
    let answer = asked.await.unwrap();
    assert!(matches!(answer, Err(_) | Ok(503)), "{answer:?}");
}

#[test]
fn load_balancers_know_first_and_who_asked_is_answered() {
    on_engines(async |engine| {
        let scene = Scene::new(engine, &["--notice", "1", "--grace", "20"]).await;
        let asked = scene.under_way(3_000).await;
        assert_eq!(scene.ready().await, Some(200));
        scene.served.signal("TERM");
        let began = Instant::now();
        while scene.ready().await == Some(200) {
            assert!(began.elapsed() < Duration::from_millis(900), "load balancers still send requests");
        }
        assert_eq!(scene.ready().await, Some(503));
        // Who comes during the notice is answered like anybody.
        assert_eq!(scene.served.ask(&scene.token, &json!({ "query": "{ viewer { role } }" })).await.0, 200);
        while scene.ready().await.is_some() {
            assert!(began.elapsed() < Duration::from_secs(10), "connections are still taken");
            sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(asked.await.unwrap().unwrap(), 200);
        assert!(ended(&scene.served).await.0.success());
    });
}

#[test]
fn what_goes_on_ends_as_its_protocol_says() {
    on_engines(async |engine| {
        let scene = Scene::new(engine, &["--notice", "0"]).await;
        let variables = json!({ "case": scene.case });
        let mut socket = Socket::open(&scene.served.url).await;
        socket.init(&scene.token).await;
        assert_eq!(socket.hear().await, Heard::Message(json!({ "type": "connection_ack" })));
        socket.follow("a", FOLLOW, variables.clone()).await;
        let request = reqwest::Client::new().post(format!("{}/graphql", scene.served.url));
        let request = request.bearer_auth(&scene.token).header("accept", "text/event-stream");
        let events = request.json(&json!({ "query": FOLLOW, "variables": variables })).send().await.unwrap();
        scene.served.signal("INT");
        assert_eq!(socket.hear().await, Heard::Closed(1012));
        assert!(events.text().await.unwrap().ends_with("event: complete\ndata: {}\n\n"));
        let (status, took) = ended(&scene.served).await;
        assert!(status.success() && took < Duration::from_secs(10), "{status} {took:?}");
    });
}

#[test]
fn what_takes_longer_than_the_grace_is_left_and_a_second_signal_waits_for_nothing() {
    on_engines(async |engine| {
        let scene = Scene::new(engine, &["--notice", "0", "--grace", "1"]).await;
        let asked = scene.under_way(12_000).await;
        scene.served.signal("TERM");
        let (status, took) = ended(&scene.served).await;
        assert!(status.success() && took > Duration::from_millis(900), "{status} {took:?}");
        assert!(took < Duration::from_secs(8), "{took:?}");
        nothing_came(asked).await;

        let scene = Scene::new(engine, &["--notice", "30", "--grace", "30"]).await;
        let asked = scene.under_way(12_000).await;
        scene.served.signal("TERM");
        sleep(Duration::from_millis(300)).await;
        assert!(scene.served.ended().is_none());
        scene.served.signal("TERM");
        let (status, took) = ended(&scene.served).await;
        assert!(status.success() && took < Duration::from_secs(8), "{status} {took:?}");
        nothing_came(asked).await;
    });
}
