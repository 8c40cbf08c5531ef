//! Which keys are taken, how one is found, and when an issuer is asked again.
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use serde_json::json;

fn rsa(name: &str, bytes: usize) -> Value {
    let modulus = URL_SAFE_NO_PAD.encode(vec![255; bytes]);
    json!({ "kty": "RSA", "kid": name, "n": modulus, "e": "AQAB" })
}

fn set(keys: &[Value]) -> Option<Keys> {
    Keys::read(&json!({ "keys": keys }).to_string())
}

#[test]
fn secrets_small_keys_and_strangers_are_no_keys() {
    assert!(set(&[]).is_none());
    assert!(set(&[json!({ "kty": "oct", "k": "c2VjcmV0", "kid": "a" })]).is_none());
    assert!(set(&[rsa("a", 255)]).is_none());
    let mut secret = rsa("a", 256);
    secret["d"] = json!("AQAB");
    assert!(set(&[rsa("b", 256), secret]).is_none());
    assert!(Keys::read(&LARGE.replace("PUBLIC", "PRIVATE")).is_none());
    assert!(Keys::read(&format!("{LARGE}{}", SMALL.replace("PUBLIC", "PRIVATE"))).is_none());
    assert!(Keys::read("").is_none() && Keys::read("{}").is_none() && Keys::read("{\"keys\":1}").is_none());
    assert!(Keys::read("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n").is_none());
    let Some(Keys::Set(keys)) = set(&[json!({ "kty": "strange" }), json!(7), rsa("a", 256)]) else {
        panic!()
    };
    assert_eq!(keys.len(), 1);
}

const SMALL: &str = "\
-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDUVkeZ/Y+AFY3onFbQf6IgabWR
/NKzN+QifX/AI0Oyj0XGlMqJAGTME9+L6+iL+ofFskfkkweI4OXjv54NKYa4sUQ3
SywTCAOonhnc9alF8rvQSsfWFvpABbGO5Nm+kO+nxvT2ER1zJDWhq2VeE/L42GKU
IuSp0e525jxcjtVXPwIDAQAB
-----END PUBLIC KEY-----
";

const LARGE: &str = "\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApAed6uzqJ66+NOtehC2I
yaVIcssNmQ36m1FVkpIUYeJMWuSakKe+79mCxhpZy0GiB7R/yYY5/bDUlk0oF85/
ag2opeHMVO1OsMfNdkm5873WSqKnOSaEt8XNzA5i4w6GCgbiMESSnGII0p3GVuvn
H+/8a/mTZVme3sTnxvu2UZPGE+kZqOfOKRUSQWUbN46WsOwHh3EsPldrklIeC5R4
syixK8CGDq9LGsrGwoQpRz8dRHT827R2rTSq/1zZJT02YneWhO47akA5dDBRY9O3
bIwk2R+uA6E1t+zjh7S3k2N6g//k3QHIudXxY5ee5zb8op2jeAnhM3t61T0+Ei7e
7QIDAQAB
-----END PUBLIC KEY-----
";

const ELLIPTIC: &str = "\
-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEx1cBipUF+fk5hPPiYiXvPrHQp+/l
xzmX0cmEZZIPkQbmNrEcb5ppJpOo3OARAAXXEvTFReFTK6WylPpOsMZ48w==
-----END PUBLIC KEY-----
";

#[test]
fn an_rsa_key_is_measured_however_it_is_written() {
    assert!(Keys::read(SMALL).is_none(), "1024 bits");
    assert!(Keys::read(LARGE).is_some_and(|keys| keys.suits(Algorithm::RS256)), "2048 bits");
    let mut modulus = vec![0; 128];
    modulus.resize(256, 255);
    let padded = json!({ "kty": "RSA", "n": URL_SAFE_NO_PAD.encode(modulus), "e": "AQAB" });
    assert!(Keys::read(&padded.to_string()).is_none(), "1024 bits behind zeros");
    assert!(Keys::read(ELLIPTIC).is_some_and(|keys| keys.suits(Algorithm::ES256)));
}

#[test]
fn a_key_is_found_by_name_for_its_own_kind_of_algorithm() {
    let mut encrypting = rsa("enc", 256);
    encrypting["use"] = json!("enc");
    let mut other = rsa("rs512", 256);
    other["alg"] = json!("RS512");
    let keys = set(&[rsa("a", 256), encrypting, other]).unwrap();
    assert!(
        keys.find(Some("a"), Algorithm::RS256).is_some() && keys.find(Some("a"), Algorithm::PS256).is_some()
    );
    for (name, algorithm) in [
        (Some("a"), Algorithm::HS256),
        (Some("a"), Algorithm::ES256),
        (Some("b"), Algorithm::RS256),
        (Some("enc"), Algorithm::RS256),
        (Some("rs512"), Algorithm::RS256),
        (None, Algorithm::RS512),
    ] {
        assert!(keys.find(name, algorithm).is_none(), "{name:?} {algorithm:?}");
    }
    assert!(keys.find(None, Algorithm::RS256).is_some(), "the only one that fits");
}

/// An issuer that tells these keys, and how often it was asked.
async fn issuer(told: Arc<Mutex<String>>) -> (Registration, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let answer = move || async move {
        counted.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(50)).await;
        told.lock().unwrap().clone()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    let routes = axum::Router::new().route("/keys", axum::routing::get(answer));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let (issuer, audience) = ("https://id.firm.example".to_owned(), "portal".to_owned());
    let algorithms = vec![Algorithm::RS256];
    (Registration { issuer, audience, algorithms, source: Source::Fetched(url) }, count)
}

fn named(name: &str) -> Named<'_> {
    Named { name: Some(name), algorithm: Algorithm::RS256 }
}

impl Keyring {
    /// As if all that happened had happened so much earlier.
    async fn later(&self, time: Duration) {
        let places: Vec<_> = self.places.lock().unwrap().values().cloned().collect();
        for place in places {
            let earlier = |at: Instant| at.checked_sub(time).unwrap();
            let mut asked = place.asked.lock().await;
            *asked = asked.map(earlier);
            let mut fetched = place.fetched.lock().unwrap();
            *fetched = fetched.take().map(|(at, keys)| (earlier(at), keys));
        }
    }
}

#[tokio::test]
async fn keys_are_asked_for_again_after_a_minute_and_an_hour_and_kept_for_a_day() {
    let told = Arc::new(Mutex::new(json!({ "keys": [rsa("a", 256)] }).to_string()));
    let (registration, count) = issuer(Arc::clone(&told)).await;
    let ring = Keyring::default();
    let has = async |name: &str| {
        let keys = ring.keys(&registration, named(name)).await?;
        Ok::<_, Problem>(keys.is_some_and(|keys| keys.find(Some(name), Algorithm::RS256).is_some()))
    };
    assert_eq!((has("a").await, has("b").await, count.load(Ordering::SeqCst)), (Ok(true), Ok(false), 1));
    *told.lock().unwrap() = json!({ "keys": [rsa("b", 256)] }).to_string();
    assert_eq!((has("b").await, count.load(Ordering::SeqCst)), (Ok(false), 1), "within the minute");
    ring.later(PAUSE).await;
    assert_eq!((has("b").await, count.load(Ordering::SeqCst)), (Ok(true), 2), "after it");
    assert_eq!((has("a").await, count.load(Ordering::SeqCst)), (Ok(false), 2), "what was taken back is out");
    ring.later(BELIEVED).await;
    assert_eq!((has("b").await, count.load(Ordering::SeqCst)), (Ok(true), 3), "after an hour");
    *told.lock().unwrap() = "away".into();
    ring.later(BELIEVED).await;
    assert_eq!((has("b").await, count.load(Ordering::SeqCst)), (Ok(true), 4), "its last keys count");
    ring.later(KEPT).await;
    assert_eq!((has("b").await, count.load(Ordering::SeqCst)), (Err(Problem::Unavailable), 5));
    assert_eq!((has("b").await, count.load(Ordering::SeqCst)), (Err(Problem::Unavailable), 5));
}

#[tokio::test]
async fn an_issuer_that_does_not_answer_holds_nobody_up_whose_key_is_known() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    let (issuer, audience) = ("https://id.firm.example".to_owned(), "portal".to_owned());
    let algorithms = vec![Algorithm::RS256];
    let registration = Registration { issuer, audience, algorithms, source: Source::Fetched(url.clone()) };
    let ring = Keyring::default();
    let known = Arc::new(set(&[rsa("a", 256)]).unwrap());
    *ring.place(&url).fetched.lock().unwrap() = Some((Instant::now(), known));
    ring.later(BELIEVED).await;
    for _ in 0..3 {
        let within = tokio::time::timeout(PATIENCE / 2, ring.keys(&registration, named("a"))).await;
        assert!(within.expect("it is not waited for").unwrap().is_some());
    }
    let unknown = tokio::time::timeout(PATIENCE / 5, ring.keys(&registration, named("b"))).await;
    assert!(unknown.is_err(), "only the issuer knows that one");
    drop(listener);
}

#[tokio::test]
async fn who_hangs_up_ends_no_asking() {
    let told = Arc::new(Mutex::new(json!({ "keys": [rsa("a", 256)] }).to_string()));
    let (registration, count) = issuer(told).await;
    let ring = Keyring::default();
    let gone = tokio::time::timeout(Duration::from_millis(10), ring.keys(&registration, named("a"))).await;
    assert!(gone.is_err());
    assert!(ring.keys(&registration, named("a")).await.unwrap().is_some());
    assert_eq!(count.load(Ordering::SeqCst), 1);
}
