//! Whatever comes in by HTTP, written as a head and a body: methods, addresses, headers, JSON, forms, gzip. The answer is
//! no fault, is JSON where it says so, and holds nothing that is hidden from outside roles.
#![no_main]

use std::sync::LazyLock;

use axum::{
    body::Body,
    http::{Method, Request},
};
use libfuzzer_sys::fuzz_target;
use portico::policy::Role;
use portico_fuzz::{
    assert_no_canary, assert_no_fault,
    harness::{World, guarded},
    wait,
};

/// What stands in a head for a token of the role.
const ROLES: [(&str, Role); 3] =
    [("{client}", Role::Client), ("{payer}", Role::BillPayer), ("{expert}", Role::Expert)];

struct Served {
    world: World,
    tokens: Vec<(&'static str, String)>,
}

static SERVED: LazyLock<Served> = LazyLock::new(|| {
    wait(async {
        let (world, cast) = guarded().await;
        let mut tokens = Vec::new();
        for (word, role) in ROLES {
            tokens.push((word, world.token(&cast.people[&role], role).await));
        }
        Served { world, tokens }
    })
});

fuzz_target!(init: { LazyLock::force(&SERVED) }, |bytes: &[u8]| {
    let what = || String::from_utf8_lossy(bytes).into_owned();
    let Some(request) = request(bytes).filter(|_| !what().to_lowercase().contains("canary")) else { return };
    let has_body = request.method() != Method::HEAD;
    let answer = wait(SERVED.world.send(request));
    assert_no_fault(&answer, &what);
    assert_no_canary(&answer.body, &what);
    if has_body && answer.header("content-type").contains("json") {
        let read = serde_json::from_str::<serde_json::Value>(&answer.body);
        assert!(read.is_ok(), "{}\n{}", what(), answer.body);
    }
});

/// A line of method and address, a line for each header, an empty one, and the body; none where HTTP has no such request.
fn request(bytes: &[u8]) -> Option<Request<Body>> {
    let end = bytes.windows(2).position(|two| two == b"\n\n").unwrap_or(bytes.len());
    let (head, body) = (&bytes[..end], bytes.get(end + 2..).unwrap_or_default());
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = std::str::from_utf8(lines.next()?).ok()?;
    let (method, address) = first.split_once(' ')?;
    let mut request = Request::builder().method(method).uri(address);
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        let value = match std::str::from_utf8(value) {
            Ok(text) => SERVED
                .tokens
                .iter()
                .fold(text.to_owned(), |it, (word, token)| it.replace(word, token))
                .into_bytes(),
            Err(_) => value.to_vec(),
        };
        request = request.header(name, value);
    }
    request.body(Body::from(body.to_vec())).ok()
}
