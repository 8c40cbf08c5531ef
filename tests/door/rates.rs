//! Budgets: what is too much in a while is refused before it is read, on every transport, with a time to come again.

use futures_util::SinkExt as _;
use portico::http::limits::Limits;
use portico::http::peer::Proxies;
use portico::http::rates::{Rate, Rates};
use portico::http::{Connections, Settings};
use reqwest::header::ACCEPT;
use serde_json::{Value as Json, json};
use tokio_tungstenite::tungstenite::Message;

use crate::sockets::{SPOKEN, hear, known, opened, say, subscribe};
use crate::toy::{Answer, Served, send, serve, serve_as};

/// Addresses have so many points, of which hardly one comes back while a test runs; each request costs ten of them.
fn few(burst: u32) -> Settings {
    let address = Rate { per_second: 1.try_into().unwrap(), burst: burst.try_into().unwrap() };
    Settings { rates: Rates { address, ..Rates::default() }, ..Settings::default() }
}

#[track_caller]
fn is_refused(answer: &Answer) {
    assert_eq!(answer.status.as_u16(), 429, "{}", answer.text);
    assert!(answer.text.contains("\"code\":\"RATE_LIMITED\""), "{}", answer.text);
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=1_000).contains(&seconds), "{seconds}");
    assert!(answer.text.contains(&format!("Try again in {seconds} second")), "{}", answer.text);
    assert!(answer.header("ratelimit").ends_with(&format!(";t={seconds}")), "{}", answer.header("ratelimit"));
}

async fn spend(served: &Served, requests: usize) {
    for _ in 0..requests {
        assert_eq!(served.body("garbage").await.status, 400);
    }
}

#[tokio::test]
async fn garbage_is_charged_and_refused_before_it_is_read() {
    let served = serve_as(few(40), true).await;
    spend(&served, 4).await;
    for body in ["garbage", "{\"query\":\"{ hello }\"}", "[]", ""] {
        is_refused(&served.body(body).await);
    }
    // Neither is a body looked at that is larger than any that would be taken.
    is_refused(&served.body(vec![b' '; 3_000_000]).await);
    assert_eq!(served.reached(), (0, 0));
    assert_eq!(served.get("/health/live").await.status, 200);
}

#[tokio::test]
async fn an_operation_is_charged_what_it_costs_and_the_answer_says_what_is_left() {
    let served = serve_as(few(120), true).await;
    let answer = served.ask("{ hello query { hello role } }").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("ratelimit-policy"), "\"address\";q=120;w=120");
    // Ten for any request, four fields, and twenty for a selection within it.
    assert_eq!(answer.header("ratelimit"), "\"address\";r=86;t=34");
    assert_eq!(answer.header("retry-after"), "");
    let many = format!("{{ {} }}", (0..45).fold(String::new(), |all, at| format!("{all} a{at}: hello")));
    assert_eq!(served.ask(&many).await.status, 200);
    let reached = served.reached();
    let answer = served.ask(&many).await;
    is_refused(&answer);
    assert!(answer.header("content-type").starts_with("application/graphql-response+json"));
    assert_eq!(served.reached(), reached, "neither names nor rows were looked at");
    // What it can afford, it still gets.
    assert_eq!(served.ask("{ hello }").await.status, 200);
}

#[tokio::test]
async fn who_waits_as_long_as_he_is_told_has_enough_for_all_of_it() {
    let address = Rate { per_second: 10.try_into().unwrap(), burst: 60.try_into().unwrap() };
    let settings = Settings { rates: Rates { address, ..Rates::default() }, ..Settings::default() };
    let served = serve_as(settings, true).await;
    let many = format!("{{ {} }}", (0..30).fold(String::new(), |all, at| format!("{all} a{at}: hello")));
    assert_eq!(served.ask(&many).await.status, 200);
    let refused = served.ask(&many).await;
    is_refused(&refused);
    let seconds = refused.header("retry-after").parse().unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
    assert_eq!(served.ask(&many).await.status, 200, "told {seconds}");
}

#[tokio::test]
async fn what_costs_more_than_a_full_budget_is_charged_that() {
    let served = serve_as(few(40), true).await;
    let many = format!("{{ {} }}", (0..45).fold(String::new(), |all, at| format!("{all} a{at}: hello")));
    assert_eq!(served.ask(&many).await.status, 200);
    is_refused(&served.ask("{ hello }").await);
}

#[tokio::test]
async fn an_answer_to_a_guess_says_what_the_guess_left() {
    let served = serve_as(few(2_000), true).await;
    let guess =
        send(served.post().bearer_auth("nobody").body(json!({ "query": "{ hello }" }).to_string())).await;
    assert_eq!((guess.status.as_u16(), guess.header("ratelimit")), (401, "\"address\";r=1490;t=510"));
    let left: u32 = served.body("garbage").await.header("ratelimit")[12..16].parse().unwrap();
    assert!((1_480..1_485).contains(&left), "{left}");
}

#[tokio::test]
async fn a_hidden_name_and_a_nonsense_one_are_charged_alike() {
    for first in ["stray", "strya"] {
        let served = serve_as(few(100), true).await;
        let answer = served.ask(&format!("{{ {first} query {{ {first} hello }} }}")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("ratelimit")),
            (if first == "stray" { 500 } else { 400 }, "\"address\";r=66;t=34")
        );
    }
}

#[tokio::test]
async fn every_transport_is_charged() {
    let get = |served: &Served| {
        let request = served.client.get(format!("{}/graphql?query={{hello}}", served.base));
        request.header("apollo-require-preflight", "true").header(ACCEPT, "application/json")
    };
    let served = serve_as(few(35), true).await;
    assert_eq!(send(get(&served)).await.status, 200);
    spend(&served, 2).await;
    is_refused(&send(get(&served)).await);
    is_refused(&served.get("/schema.graphql").await);
    let events = served.post().header(ACCEPT, "text/event-stream").body(r#"{"query":"{ hello }"}"#);
    is_refused(&send(events).await);
    let upgrade = opened(&served, &[SPOKEN]).await.unwrap_err();
    assert!(matches!(upgrade, tokio_tungstenite::tungstenite::Error::Http(answer) if answer.status() == 429));
}

#[tokio::test]
async fn a_stream_that_begins_is_charged_what_it_costs() {
    let served = serve_as(few(35), true).await;
    spend(&served, 2).await;
    let body = json!({ "query": "subscription { a: counts(to: 1) }" }).to_string();
    let events = served.post().header(ACCEPT, "text/event-stream").body(body);
    assert!(send(events).await.text.contains("\"a\":1"));
    is_refused(&served.body("garbage").await);
}

#[tokio::test]
async fn within_a_socket_an_operation_is_refused_and_the_socket_goes_on() {
    // Opening costs ten, and so does each operation besides its own cost.
    let served = serve_as(few(34), true).await;
    let mut socket = known(&served).await;
    for id in ["a", "b"] {
        say(&mut socket, &subscribe(id, "{ hello }")).await;
        assert_eq!(hear(&mut socket).await.unwrap()["type"], "next");
        assert_eq!(hear(&mut socket).await.unwrap()["type"], "complete");
    }
    let reached = served.reached();
    for query in ["{ hello }", "subscription { ticks }", "{ nope"] {
        say(&mut socket, &subscribe("c", query)).await;
        let told = hear(&mut socket).await.unwrap();
        assert_eq!(told["type"], "error", "{told}");
        assert_eq!(told["payload"][0]["extensions"]["code"], "RATE_LIMITED", "{told}");
    }
    assert_eq!(served.reached(), reached);
    say(&mut socket, &json!({ "type": "ping" })).await;
    assert_eq!(hear(&mut socket).await.unwrap()["type"], "pong");
}

#[tokio::test]
async fn what_is_said_at_length_over_a_socket_pays_before_it_is_read() {
    let long = |kind: &str| json!({ "type": kind, "payload": { "text": "x".repeat(5_000) } });
    let served = serve_as(few(215), true).await;
    let mut socket = known(&served).await;
    // Opening cost ten; these cost ten and forty, for four KiB more than one.
    for _ in 0..4 {
        say(&mut socket, &long("ping")).await;
        assert_eq!(hear(&mut socket).await.unwrap()["type"], "pong");
    }
    say(&mut socket, &long("ping")).await;
    assert_eq!(hear(&mut socket).await, Err(1013));
    // A subscription pays once, whether it is long or short, and refused ones too.
    let served = serve_as(few(215), true).await;
    let mut socket = known(&served).await;
    let asked = json!({ "type": "subscribe", "id": "a", "payload": { "query": "{ nope }", "extensions": { "x": "x".repeat(5_000) } } });
    for _ in 0..4 {
        say(&mut socket, &asked).await;
        assert_eq!(hear(&mut socket).await.unwrap()["type"], "error");
    }
    say(&mut socket, &asked).await;
    assert_eq!(hear(&mut socket).await, Err(1013));
}

#[tokio::test]
async fn a_body_is_paid_for_by_its_weight_once_decompressed_and_refused_beyond() {
    let told = |answer: &Answer| answer.header("ratelimit").split(';').nth(1).unwrap().to_owned();
    let served = serve_as(few(300), true).await;
    // Ten for any request and four times ten for the KiB beyond the first, whatever is wrong with it.
    let answer = served.body(" ".repeat(5 * 1_024)).await;
    assert_eq!((answer.status.as_u16(), told(&answer).as_str()), (400, "r=250"), "{}", answer.text);
    let zipped = {
        let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut zip, &[b' '; 10 * 1_024]).unwrap();
        zip.finish().unwrap()
    };
    assert!(zipped.len() < 200);
    let answer = send(served.post().header("content-encoding", "gzip").body(zipped.clone())).await;
    assert_eq!((answer.status.as_u16(), told(&answer).as_str()), (400, "r=40"), "{}", answer.text);
    // Twenty KiB are paid beforehand where they are packed: nothing may come of them. More than is left is refused.
    is_refused(&send(served.post().header("content-encoding", "gzip").body(zipped)).await);
    assert_eq!(served.reached(), (0, 0));
}

#[tokio::test]
async fn a_role_that_there_is_not_is_charged_like_any_request() {
    let served = serve_as(few(40), true).await;
    let asked = || send(served.post().header("portico-role", "judge").body("{}"));
    for left in [30, 20, 10, 0] {
        let answer = asked().await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "BAD_ROLE"), "{}", answer.text);
        assert!(
            answer.header("ratelimit").starts_with(&format!("\"address\";r={left};")),
            "{}",
            answer.header("ratelimit")
        );
    }
    is_refused(&asked().await);
}

#[tokio::test]
async fn guessing_tokens_spends_the_budget_of_the_address() {
    let served = serve_as(few(1_100), true).await;
    let guess = |token: &str| served.post().bearer_auth(token).body(r#"{"query":"{ hello }"}"#);
    for number in 0..3 {
        assert_eq!(send(guess(&format!("guess{number}"))).await.status, 401, "{number}");
    }
    // The third took all that was left.
    is_refused(&send(guess("guess3")).await);
    is_refused(&send(guess("client")).await);
    is_refused(&served.ask("{ hello }").await);
    assert_eq!(served.reached(), (0, 0));
}

#[tokio::test]
async fn what_only_a_trusted_proxy_may_say_tells_addresses_apart() {
    let ask = async |served: &Served, address: &str| {
        send(served.post().header("x-forwarded-for", address).body(r#"{"query":"{ hello }"}"#)).await
    };
    let trusted = Proxies { trusted: vec!["127.0.0.0/8".parse().unwrap()], ..Proxies::default() };
    let served = serve_as(Settings { proxies: trusted, ..few(15) }, true).await;
    assert_eq!(ask(&served, "198.51.100.1").await.status, 200);
    is_refused(&ask(&served, "198.51.100.1").await);
    // What the caller has put before it changes nothing.
    is_refused(&ask(&served, "192.0.2.1, 198.51.100.1").await);
    assert_eq!(ask(&served, "198.51.100.2").await.status, 200);
    let served = serve_as(few(15), true).await;
    assert_eq!(ask(&served, "198.51.100.1").await.status, 200);
    is_refused(&ask(&served, "198.51.100.2").await);
}

#[tokio::test]
async fn signs_of_life_are_free_until_they_are_a_flood() {
    let served = serve().await;
    let said = |message: Json| Message::text(message.to_string());
    let asked = said(json!({ "type": "ping" }));
    let answered = said(json!({ "type": "pong" }));
    let ended = said(json!({ "type": "complete", "id": "a" }));
    for sign in [asked, answered, ended, Message::Ping(vec![1].into()), Message::Pong(vec![].into())] {
        let mut socket = known(&served).await;
        for _ in 0..150 {
            socket.send(sign.clone()).await.unwrap();
        }
        say(&mut socket, &subscribe("q", "{ __typename }")).await;
        loop {
            let heard = hear(&mut socket).await.expect("the socket is open");
            if heard["type"] == "complete" {
                break;
            }
        }
        for _ in 0..2_000 {
            if socket.send(sign.clone()).await.is_err() {
                break;
            }
        }
        let closed = loop {
            if let Err(code) = hear(&mut socket).await {
                break code;
            }
        };
        assert_eq!(closed, 4429, "{sign:?}");
    }
    served.lives().await;
}

#[tokio::test]
async fn what_is_refused_without_end_closes_its_socket() {
    let served = serve_as(few(20), true).await;
    let mut socket = known(&served).await;
    for number in 0..2_000 {
        let message = subscribe(&number.to_string(), "{ hello }").to_string();
        if socket.send(Message::text(message)).await.is_err() {
            break;
        }
    }
    let closed = loop {
        if let Err(code) = hear(&mut socket).await {
            break code;
        }
    };
    assert_eq!(closed, 4429);
}

#[tokio::test]
async fn what_is_no_token_is_charged_as_any_request_and_as_a_guess() {
    let served = serve_as(few(1_100), true).await;
    let ask = || send(served.post().header("authorization", "Basic YTpi").body("{}"));
    for left in [590, 80] {
        let answer = ask().await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, "UNAUTHENTICATED"));
        assert!(
            answer.header("ratelimit").starts_with("\"address\";r="),
            "{left}: {:?}",
            answer.header("ratelimit")
        );
    }
    ask().await;
    is_refused(&ask().await);
}

#[tokio::test]
async fn a_socket_keeps_its_place_among_connections() {
    let connections = Connections { of_address: 1, ..Connections::default() };
    let served = serve_as(Settings { connections, ..Settings::default() }, true).await;
    let mut socket = known(&served).await;
    assert!(served.client.get(&served.base).send().await.is_err(), "there is room for one");
    socket.close(None).await.unwrap();
    drop(socket);
    let again = async { while served.client.get(&served.base).send().await.is_err() {} };
    tokio::time::timeout(std::time::Duration::from_secs(20), again).await.expect("there is room again");
}

#[tokio::test]
async fn what_one_person_follows_is_bounded_over_all_sockets() {
    let limits = Limits { followed: 2, ..Limits::default() };
    let served = serve_as(Settings { limits: limits.into(), ..Settings::default() }, true).await;
    let (mut one, mut two) = (known(&served).await, known(&served).await);
    say(&mut one, &subscribe("a", "subscription { silence }")).await;
    say(&mut two, &subscribe("b", "subscription { silence }")).await;
    for (socket, id) in [(&mut one, "c"), (&mut two, "d")] {
        say(socket, &subscribe(id, "subscription { silence }")).await;
        let told = hear(socket).await.unwrap();
        assert_eq!(told["payload"][0]["extensions"]["code"], "TOO_MANY_STREAMS", "{told}");
    }
    say(&mut one, &json!({ "type": "complete", "id": "a" })).await;
    say(&mut one, &subscribe("e", "subscription { counts(to: 1) }")).await;
    assert_eq!(hear(&mut one).await.unwrap()["type"], "next");
}

#[tokio::test]
async fn what_is_followed_with_much_beside_counts_for_more() {
    let limits = Limits { followed: 8, ..Limits::default() };
    let served = serve_as(Settings { limits: limits.into(), ..Settings::default() }, true).await;
    let mut socket = known(&served).await;
    let long = |id: &str, kibs: usize| {
        subscribe(id, &format!("subscription {{ silence }} #{}", "x".repeat(kibs * 1_024)))
    };
    say(&mut socket, &long("a", 6)).await;
    say(&mut socket, &long("b", 1)).await;
    let told = hear(&mut socket).await.unwrap();
    assert_eq!(
        (&told["id"], &told["payload"][0]["extensions"]["code"]),
        (&json!("b"), &json!("TOO_MANY_STREAMS"))
    );
    say(&mut socket, &json!({ "type": "complete", "id": "a" })).await;
    say(&mut socket, &long("c", 1)).await;
    say(&mut socket, &subscribe("d", "subscription { counts(to: 1) }")).await;
    assert_eq!(hear(&mut socket).await.unwrap()["type"], "next");
}
