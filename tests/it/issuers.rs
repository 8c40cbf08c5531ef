//! Tokens of issuers that a firm registered: who is let in, and every way in which nobody is.
use std::sync::LazyLock;

use chrono::TimeDelta;
use portico::{
    people::{
        Wish,
        issuer::{self, NewIssuer, NewKeys},
    },
    policy::Role,
    store::Engine,
};
use serde_json::{Value, json};

use crate::{
    commands::portico,
    harness::{Answer, Content, World, loaded, on_both, today},
    raw::Raw,
    signing::{AUDIENCE, ISSUER, Signer, Told, claims, head, part, with_secret},
};

const MIA: &str = "mia@okafor.example";
const WHO: &str = "{ viewer { role person { name } } }";

/// RSA keys take long to make.
static OURS: LazyLock<Signer> = LazyLock::new(Signer::rsa);
static THEIRS: LazyLock<Signer> = LazyLock::new(Signer::rsa);

async fn register(world: &World, (firm, name): (&str, &str), algorithm: &str, keys: NewKeys<'_>) {
    let audience = if firm == "castellan" { AUDIENCE } else { "https://harborlight.example" };
    let algorithms = [algorithm.to_owned()];
    let new = NewIssuer { name, issuer: ISSUER, audience, algorithms: &algorithms, keys };
    issuer::register(&world.store, firm, &new, today()).await.unwrap();
}

async fn bind(world: &World, (firm, name): (&str, &str), subject: &str, person: &str, role: Role) {
    let wish = Wish { person, firm: Some(firm), role: Some(role) };
    issuer::bind(&world.store, (firm, name), subject, &wish, today()).await.unwrap();
}

const OKTA: (&str, &str) = ("castellan", "okta");

/// Mia's subject, at an issuer whose keys the operator gave.
async fn prepared(world: &World) {
    register(world, OKTA, "RS256", NewKeys::Given(&OURS.public("a").to_string())).await;
    bind(world, OKTA, "00u-mia", MIA, Role::Client).await;
}

async fn ask(world: &World, token: &str) -> Answer {
    world.post(Some(token), &json!({ "query": WHO })).await
}

#[track_caller]
fn is_nobody(answer: &Answer, why: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (401, "UNAUTHENTICATED"), "{why}: {}", answer.body);
    assert!(!answer.body.contains("data") && answer.header("www-authenticate") == "Bearer", "{why}");
}

#[test]
fn a_bound_subject_is_let_in_with_the_role_that_it_was_bound_with() {
    on_both(async |world| {
        prepared(&world).await;
        let mut claims = claims("00u-mia");
        for role in [json!("attorney"), json!(["admin"]), json!("ATTORNEY ")] {
            claims["role"] = role.clone();
            claims["roles"] = role;
            let answer = ask(&world, &OURS.token(&head(), &claims)).await.data();
            assert_eq!(answer["viewer"]["role"], "CLIENT");
            assert_eq!(answer["viewer"]["person"]["name"], "Mia Okafor");
        }
        let token = OURS.token(&head(), &claims);
        let other = world.request(reqwest::Method::POST, "/graphql").bearer_auth(&token);
        let other = other.header("portico-role", "attorney").json(&json!({ "query": WHO }));
        assert_eq!(world.send(other).await.status, 403);
    });
}

#[test]
fn who_bears_it_is_asked_within_the_statement_that_answers() {
    on_both(async |world| {
        prepared(&world).await;
        let token = OURS.token(&head(), &claims("00u-mia"));
        world.store.record();
        let counted = async || {
            world.store.recorded();
            ask(&world, &token).await.data();
            world.store.recorded().len()
        };
        assert_eq!((counted().await, counted().await), (2, 1));
        is_nobody(&ask(&world, "a.b.c").await, "no token at all");
        assert_eq!(world.store.recorded().len(), 0, "what has not the form costs no statement");
    });
}

/// What is wrong, and the token that is.
fn forged() -> Vec<(&'static str, String)> {
    let good = claims("00u-mia");
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
    };
    let now = chrono::Utc::now().timestamp();
    let public = OURS.public("a");
    let mut forged: Vec<(&'static str, String)> = [
        ("an hour old", with("exp", json!(now - 3_600))),
        ("just beyond the leeway", with("exp", json!(now - 31))),
        ("not yet", with("nbf", json!(now + 3_600))),
        ("times as text", with("exp", json!((now + 3_600).to_string()))),
        ("no end", with("exp", Value::Null)),
        ("no number", with("exp", json!(1e300))),
        ("for another", with("aud", json!("https://other.example"))),
        ("for others", with("aud", json!(["https://other.example", "x"]))),
        ("for nobody", with("aud", json!([]))),
        ("for whom it may concern", with("aud", Value::Null)),
        ("for a prefix", with("aud", json!(&AUDIENCE[..9]))),
        ("of another", with("iss", json!("https://id.evil.example"))),
        ("of another spelling", with("iss", json!(format!("{ISSUER}/")))),
        ("of several", with("iss", json!([ISSUER]))),
        ("of nobody we know", with("sub", json!("00u-tom"))),
        ("in another case", with("sub", json!("00U-MIA"))),
        ("padded", with("sub", json!(" 00u-mia"))),
        ("a role", with("sub", json!("role:attorney"))),
        ("a star", with("sub", json!("*"))),
        ("quotes", with("sub", json!("' OR '1'='1"))),
        ("nul", with("sub", json!("00u-mia\u{0}"))),
        ("a person's id", with("sub", json!(MIA))),
    ]
    .into_iter()
    .map(|(why, claims)| (why, OURS.token(&head(), &claims)))
    .collect();
    for (why, head) in [
        ("alg none", json!({ "alg": "none", "kid": "a" })),
        ("alg in another case", json!({ "alg": "rs256", "kid": "a" })),
        ("another of the key's algorithms", json!({ "alg": "PS256", "kid": "a" })),
        ("another kind of key", json!({ "alg": "ES256", "kid": "a" })),
        ("a rule that we do not know", json!({ "alg": "RS256", "kid": "a", "crit": ["exp"] })),
        ("another key's name", json!({ "alg": "RS256", "kid": "b" })),
        ("a name as a path", json!({ "alg": "RS256", "kid": "../../dev/null" })),
        ("a name as SQL", json!({ "alg": "RS256", "kid": "a' OR '1'='1" })),
    ] {
        forged.push((why, OURS.token(&head, &good)));
    }
    // Whoever brings his own key along.
    for (name, value) in [
        ("jwk", THEIRS.public("a")),
        ("jku", json!("http://127.0.0.1:1/keys")),
        ("x5u", json!("http://127.0.0.1:1/chain")),
    ] {
        let mut head = head();
        head[name] = value;
        forged.push(("its own key", THEIRS.token(&head, &good)));
    }
    for secret in [public.to_string(), public["n"].as_str().unwrap().to_owned(), String::new()] {
        let head = json!({ "alg": "HS256", "kid": "a" });
        forged.push(("the public key as a secret", with_secret(secret.as_bytes(), &head, &good)));
        let head = json!({ "alg": "RS256", "kid": "a" });
        forged.push(("a secret's tag as a signature", with_secret(secret.as_bytes(), &head, &good)));
    }
    let token = OURS.token(&head(), &good);
    let [first, second, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let other = part(claims("00u-nora").to_string());
    forged.extend([
        ("another's signature", THEIRS.token(&head(), &good)),
        ("no signature", format!("{first}.{second}.")),
        ("none, and no signature", format!("{}.{second}.", part(r#"{"alg":"none"}"#))),
        ("a signature cut short", format!("{first}.{second}.{}", &signature[..40])),
        ("other claims under the signature", format!("{first}.{other}.{signature}")),
        ("five parts", format!("{token}.a.b")),
        ("a token within", format!("{first}.{}.{signature}", part(&token))),
    ]);
    forged
}

#[test]
fn every_forgery_is_one_answer() {
    on_both(async |world| {
        prepared(&world).await;
        bind(&world, OKTA, "00u-nora", "nora@castellan.example", Role::Attorney).await;
        let told = ask(&world, "pts_nobody").await.body;
        for (why, token) in forged() {
            // Twice: what was believed once must not be remembered.
            for _ in 0..2 {
                let answer = ask(&world, &token).await;
                is_nobody(&answer, why);
                assert_eq!(answer.body, told, "{why}");
            }
        }
        ask(&world, &OURS.token(&head(), &claims("00u-mia"))).await.data();
    });
}

#[test]
fn leeway_is_small_and_time_goes_on_for_a_remembered_token() {
    on_both(async |world| {
        prepared(&world).await;
        let now = today();
        let mut claims = claims("00u-mia");
        claims["exp"] = json!((now + TimeDelta::seconds(60)).and_utc().timestamp());
        claims["nbf"] = json!((now + TimeDelta::seconds(20)).and_utc().timestamp());
        let token = OURS.token(&head(), &claims);
        for (seconds, is_in) in
            [(-15, false), (-5, true), (60, true), (85, true), (95, false), (3_600, false)]
        {
            world.is(now + TimeDelta::seconds(seconds));
            assert_eq!(ask(&world, &token).await.status == 200, is_in, "{seconds}");
        }
    });
}

#[test]
fn what_is_removed_is_out_at_the_next_request() {
    on_both(async |world| {
        prepared(&world).await;
        let token = OURS.token(&head(), &claims("00u-mia"));
        let raw = Raw::open(&world.database).await;
        for (sql, back) in [
            (
                "UPDATE people SET is_active = FALSE WHERE email = 'mia@okafor.example'",
                "UPDATE people SET is_active = TRUE WHERE email = 'mia@okafor.example'",
            ),
            (
                "UPDATE issuers SET audience = 'x'",
                "UPDATE issuers SET audience = 'https://portal.castellan.example/graphql'",
            ),
            ("UPDATE issuers SET algorithms = 'ES256'", "UPDATE issuers SET algorithms = 'RS256'"),
            (
                "UPDATE participants SET state = 'SUSPENDED' WHERE role = 'CLIENT' AND person_id IN (SELECT id FROM people WHERE email = 'mia@okafor.example')",
                "UPDATE participants SET state = 'ACTIVE' WHERE role = 'CLIENT' AND person_id IN (SELECT id FROM people WHERE email = 'mia@okafor.example')",
            ),
        ] {
            ask(&world, &token).await.data();
            raw.run(sql).await;
            is_nobody(&ask(&world, &token).await, sql);
            raw.run(back).await;
        }
        ask(&world, &token).await.data();
        issuer::remove(&world.store, OKTA, Some("00u-mia")).await.unwrap();
        is_nobody(&ask(&world, &token).await, "unbound");
        bind(&world, OKTA, "00u-mia", MIA, Role::Client).await;
        ask(&world, &token).await.data();
        issuer::remove(&world.store, OKTA, None).await.unwrap();
        is_nobody(&ask(&world, &token).await, "no such issuer any more");
    });
}

#[test]
fn a_firms_issuer_speaks_for_that_firm_alone() {
    on_both(async |world| {
        prepared(&world).await;
        // The same issuer and subject at another firm, which holds keys of its own.
        let harborlight = ("harborlight", "okta");
        register(&world, harborlight, "RS256", NewKeys::Given(&THEIRS.public("a").to_string())).await;
        bind(&world, harborlight, "00u-mia", "vera@harborlight.example", Role::Attorney).await;
        let ours = claims("00u-mia");
        let mut theirs = ours.clone();
        theirs["aud"] = json!("https://harborlight.example");
        let answer = ask(&world, &OURS.token(&head(), &ours)).await.data();
        assert_eq!(answer["viewer"]["role"], "CLIENT");
        let answer = ask(&world, &THEIRS.token(&head(), &theirs)).await.data();
        assert_eq!(answer["viewer"]["role"], "ATTORNEY");
        is_nobody(&ask(&world, &THEIRS.token(&head(), &ours)).await, "their key, our audience");
        is_nobody(&ask(&world, &OURS.token(&head(), &theirs)).await, "our key, their audience");
        let mut both = ours.clone();
        both["aud"] = json!([AUDIENCE, "https://harborlight.example"]);
        let answer = ask(&world, &OURS.token(&head(), &both)).await.data();
        assert_eq!(answer["viewer"]["role"], "CLIENT", "for both, but only one of them can prove it");
    });
}

#[test]
fn fetched_keys_are_kept_and_a_flood_of_unknown_ones_fetches_once() {
    on_both(async |world| {
        let told = Told::serve().await;
        let next = Signer::ec();
        told.tells(&[OURS.public("a")]);
        register(&world, OKTA, "RS256", NewKeys::Fetched(&told.url)).await;
        bind(&world, OKTA, "00u-mia", MIA, Role::Client).await;
        let token = |kid: &str| OURS.token(&json!({ "alg": "RS256", "kid": kid }), &claims("00u-mia"));
        // Nobody's subject has nothing fetched.
        is_nobody(&ask(&world, &OURS.token(&head(), &claims("nobody"))).await, "unbound");
        assert_eq!(told.count(), 0);
        let good = token("a");
        let many = futures_util::future::join_all((0..20).map(|_| ask(&world, &good))).await;
        assert!(many.iter().all(|answer| answer.status == 200));
        assert_eq!(told.count(), 1, "twenty callers at once, one fetch");
        let floods: Vec<String> = (0..50).map(|number| token(&format!("k{number}"))).collect();
        for answer in futures_util::future::join_all(floods.iter().map(|token| ask(&world, token))).await {
            is_nobody(&answer, "an unknown key");
        }
        assert_eq!(told.count(), 1, "within the minute of the first fetch nothing is fetched again");
        // The new key counts once the minute is over; the known one all the while.
        told.tells(&[OURS.public("a"), next.public("b")]);
        is_nobody(&ask(&world, &token("b")).await, "not fetched yet");
        ask(&world, &good).await.data();
        assert_eq!(told.count(), 1);
    });
}

#[test]
fn an_issuer_that_does_not_answer_lets_nobody_in() {
    on_both(async |world| {
        let told = Told::serve().await;
        told.says("<html>");
        register(&world, OKTA, "RS256", NewKeys::Fetched(&told.url)).await;
        bind(&world, OKTA, "00u-mia", MIA, Role::Client).await;
        let token = OURS.token(&head(), &claims("00u-mia"));
        for _ in 0..3 {
            let answer = ask(&world, &token).await;
            assert_eq!((answer.status, answer.code().as_str()), (503, "UNAVAILABLE"), "no keys");
        }
        assert_eq!(told.count(), 1, "asked once a minute, not once a request");
    });
}

#[test]
fn other_algorithms_work_where_they_are_registered() {
    on_both(async |world| {
        let signer = Signer::ec();
        register(&world, OKTA, "ES256", NewKeys::Given(&signer.public("a").to_string())).await;
        bind(&world, OKTA, "x, *:'\"\n", MIA, Role::Client).await;
        let claims = claims("x, *:'\"\n");
        ask(&world, &signer.token(&json!({ "alg": "ES256", "kid": "a" }), &claims)).await.data();
        ask(&world, &signer.token(&json!({ "alg": "ES256" }), &claims)).await.data();
        is_nobody(
            &ask(&world, &signer.token(&json!({ "alg": "ES384", "kid": "a" }), &claims)).await,
            "another",
        );
        is_nobody(&ask(&world, &OURS.token(&head(), &claims)).await, "not registered");
    });
}

#[test]
fn a_session_is_no_signed_token_and_a_signed_one_no_session() {
    on_both(async |world| {
        prepared(&world).await;
        let session = world.token(MIA, Role::Client).await;
        let signed = OURS.token(&head(), &claims("00u-mia"));
        for token in [
            format!("{session}.a.b"),
            format!("a.{session}.b"),
            signed.replace('.', ""),
            format!("pts_{signed}"),
        ] {
            is_nobody(&ask(&world, &token).await, &token);
        }
        // A session whose hash somebody wrote as a subject.
        bind(&world, OKTA, &session, MIA, Role::Client).await;
        world.post(Some(&session), &json!({ "query": WHO })).await.data();
    });
}

#[test]
fn the_operator_registers_and_binds() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (database, folder) = runtime.block_on(loaded(Engine::Sqlite, Content::Demo));
    let path = folder.as_ref().unwrap().path().join("keys.json");
    std::fs::write(&path, json!({ "keys": [OURS.public("a")] }).to_string()).unwrap();
    let keys = path.to_str().unwrap();
    let run = |words: &[&str]| {
        portico(&[&["issuer"], words, &["--firm", "castellan", "--database", &database]].concat())
    };
    let add = ["add", "okta", "--issuer", ISSUER, "--audience", AUDIENCE, "--algorithm"];
    let with = |more: &[&str]| run(&[&add, more].concat());
    for (more, word) in [
        (&["HS256", "--keys", keys][..], "RS256"),
        (&["none", "--keys", keys], "RS256"),
        (&["ES256", "--keys", keys], "no key"),
        (&["RS256", "--keys", "/nowhere"], "nowhere"),
        (&["RS256", "--keys", "Cargo.toml"], "no public key"),
        (&["RS256", "--keys-url", "http://id.example/keys"], "https://"),
        (&["RS256", "--keys-url", "file:///etc/passwd"], "https://"),
        (&["RS256"], "--keys"),
        (&["RS256", "--keys", keys, "--keys-url", "https://id.example/keys"], "--keys"),
    ] {
        let told = with(more).failure();
        assert!(told.contains(word), "{more:?}: {told}");
    }
    with(&["RS256", "--keys", keys]).success();
    assert!(with(&["RS256", "--keys", keys]).failure().contains("already"));
    run(&["bind", "okta", "00u-mia", "--as", MIA]).success();
    assert!(run(&["bind", "okta", "00u-mia", "--as", MIA]).failure().contains("already"));
    run(&["bind", "okta", "00u-vera", "--as", "vera@harborlight.example"]).failure();
    run(&["bind", "okta", "00u-2", "--as", MIA, "--role", "attorney"]).failure();
    run(&["bind", "google", "00u-2", "--as", MIA]).failure();
    let listed = run(&["list"]).success();
    assert!(
        listed.contains(ISSUER) && listed.contains("00u-mia is ") && listed.contains("client"),
        "{listed}"
    );
    run(&["remove", "okta", "--subject", "nobody"]).failure();
    run(&["remove", "okta", "--subject", "00u-mia"]).success();
    run(&["remove", "okta"]).success();
    run(&["remove", "okta"]).failure();
    assert_eq!(run(&["list"]).success(), "");
}
