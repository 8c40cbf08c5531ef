//! Tokens: as a header, and as an issuer would sign them. Nobody is let in but by a token that was given out, or by claims
//! that the issuer's registration asks for.
#![no_main]

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use axum::http::{HeaderMap, HeaderValue, header};
use chrono::Utc;
use libfuzzer_sys::fuzz_target;
use portico::{
    error::Problem,
    http::{House as _, auth},
    people::{
        Wish,
        issuer::{self, NewIssuer, NewKeys},
    },
    policy::Role,
};
use portico_fuzz::{
    harness::{World, guarded, now},
    signing::{AUDIENCE, ISSUER, Signer, part},
    wait,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

const SUBJECT: &str = "00u-client";

struct Served {
    world: World,
    token: String,
    own: Signer,
    others: Signer,
}

static SERVED: LazyLock<Served> = LazyLock::new(|| wait(served()));

async fn served() -> Served {
    let (world, cast) = guarded().await;
    let (own, person) = (Signer::ec(), cast.people[&Role::Client].as_str());
    let token = world.token(person, Role::Client).await;
    let (keys, algorithms) = (own.public("a").to_string(), ["ES256".to_owned()]);
    let new = NewIssuer {
        name: "id",
        issuer: ISSUER,
        audience: AUDIENCE,
        algorithms: &algorithms,
        keys: NewKeys::Given(&keys),
    };
    let wish = Wish { person, firm: Some("castellan"), role: Some(Role::Client) };
    let registered = issuer::register(&world.store, "castellan", &new, now()).await;
    registered.unwrap_or_else(|fault| panic!("{fault:?}"));
    let bound = issuer::bind(&world.store, ("castellan", "id"), SUBJECT, &wish, now()).await;
    bound.unwrap_or_else(|fault| panic!("{fault:?}"));
    Served { world, token, own, others: Signer::ec() }
}

fuzz_target!(init: { LazyLock::force(&SERVED) }, |bytes: &[u8]| {
    // A head begins with a brace; all else is the value of a header.
    if bytes.starts_with(b"{") { signed(bytes) } else { sent(bytes) }
});

fn sent(bytes: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(bytes) else { return };
    let _ = auth::role(&HeaderMap::from_iter([(auth::ROLE, value.clone())]));
    if let Ok(Some(token)) = auth::token(&HeaderMap::from_iter([(header::AUTHORIZATION, value.clone())])) {
        assert!(token.is_ascii() && !token.contains(' '), "{token:?}");
        let is_one = token == SERVED.token;
        assert_eq!(is_let_in(token), is_one, "{token}");
    }
}

/// A line of the head, one of the claims, one that says who signs: the issuer, somebody else, or nobody.
fn signed(bytes: &[u8]) {
    let lines: Vec<&[u8]> = bytes.splitn(3, |byte| *byte == b'\n').collect();
    let [head, claims, by] = lines[..] else { return };
    let message = format!("{}.{}", part(head), part(claims));
    let signer = match by {
        b"" => Some(&SERVED.own),
        b"other" => Some(&SERVED.others),
        _ => None,
    };
    let signature = match signer {
        Some(Signer::Ec(pair)) => {
            pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap().as_ref().to_vec()
        }
        Some(Signer::Rsa(_)) | None => by.to_vec(),
    };
    let token = format!("{message}.{}", part(signature));
    if is_let_in(&token) {
        assert!(by.is_empty(), "forged: {token}");
        let (head, claims) = (read::<Head>(head), read::<Claims>(claims));
        let now = Utc::now().timestamp();
        let is_meant = claims.iss == ISSUER && claims.sub == SUBJECT && head.alg == "ES256";
        let is_for_us =
            claims.aud == AUDIENCE || claims.aud.as_array().is_some_and(|all| all.contains(&AUDIENCE.into()));
        let at = |time: &Value| (!time.is_null()).then(|| time.as_f64().expect("a number"));
        let is_now = at(&claims.exp).is_some_and(|exp| exp > (now - 32) as f64)
            && at(&claims.nbf).is_none_or(|nbf| nbf < (now + 32) as f64);
        assert!(is_meant && is_for_us && is_now, "{head:?} {claims:?}");
    }
}

/// What is asked of a head. Whatever else stands in it or in the claims may hold what it will, numbers beyond all ranges too.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Head {
    alg: Value,
}

/// What is asked of claims.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Claims {
    iss: Value,
    sub: Value,
    aud: Value,
    exp: Value,
    nbf: Value,
}

fn read<T: DeserializeOwned>(text: &[u8]) -> T {
    serde_json::from_slice(text).expect("JSON")
}

fn is_let_in(token: &str) -> bool {
    let house = &SERVED.world.house;
    match wait(house.viewer(Some(token), None, Utc::now())) {
        Ok(viewer) => {
            assert_eq!(viewer.role, Role::Client, "the role that was given");
            let again = house.remembered(token, None, Utc::now());
            assert!(again.is_some_and(|again| again.is(&viewer)), "{token}");
            true
        }
        Err(problem) => {
            assert_eq!(problem, Problem::Unauthenticated, "{token}");
            assert!(
                house.remembered(token, None, Utc::now()).is_none()
                    && house.known(token, Utc::now()).is_none()
            );
            false
        }
    }
}
