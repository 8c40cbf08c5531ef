//! Issuers' public keys: from the registration, or fetched from the issuer and kept for a while.
//!
//! Fetched keys are believed for an hour. A token that names a key that is not among them has them fetched anew, and so
//! does one that comes later than that; but no more often than once a minute an address, whatever callers send, or five
//! seconds after it did not answer. Its last keys count for a day all the while.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse},
};
use serde_json::Value;

use super::subject::{Registration, Source};
use crate::error::{Fault, Problem};

const BELIEVED: Duration = Duration::from_hours(1);
const KEPT: Duration = Duration::from_hours(24);
const PAUSE: Duration = Duration::from_mins(1);
/// Until an issuer that did not answer is asked again.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// Until an issuer must have answered.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of an issuer's answer.
const LARGEST: usize = 256 * 1024;
/// Bytes of the smallest modulus that an RSA key may have: 2048 bits.
const RSA_BYTES: usize = 256;

/// Public keys, as an issuer tells them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Keys {
    /// One, as PEM: whatever name a token gives it.
    Pem(String),
    /// Several, each with a name.
    Set(Vec<Jwk>),
}

impl Keys {
    /// Reads a PEM, a JWK or a set of JWKs; none where there is no key to check a signature with.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text.trim_start().starts_with("-----BEGIN") {
            // A secret must not come to lie where public keys are kept.
            if text.contains("PRIVATE KEY") {
                return None;
            }
            let pem = Keys::Pem(text.to_owned());
            let all = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];
            let keys = all.into_iter().filter_map(|algorithm| pem.find(None, algorithm));
            let mut keys = keys.filter_map(|key| Jwk::from_decoding_key(&key, None).ok());
            return keys.any(|key| is_public(&key)).then_some(pem);
        }
        let json: Value = serde_json::from_str(text).ok()?;
        let all = match json.get("keys") {
            Some(Value::Array(all)) => all.clone(),
            Some(_) => return None,
            None => vec![json],
        };
        if all.iter().any(|key| key.get("d").is_some()) {
            return None;
        }
        // Keys of kinds that we do not know say nothing against those beside them.
        let keys: Vec<Jwk> =
            all.into_iter().filter_map(|key| serde_json::from_value(key).ok()).filter(is_public).collect();
        (!keys.is_empty()).then_some(Keys::Set(keys))
    }

    /// Whether there is a key for the algorithm.
    pub(super) fn suits(&self, algorithm: Algorithm) -> bool {
        match self {
            Keys::Pem(_) => self.find(None, algorithm).is_some(),
            Keys::Set(keys) => keys.iter().any(|key| fits(key, algorithm)),
        }
    }

    /// The key that a token names, for the algorithm; the only one that fits where it names none.
    pub(super) fn find(&self, name: Option<&str>, algorithm: Algorithm) -> Option<DecodingKey> {
        match self {
            Keys::Pem(pem) => match algorithm.family() {
                AlgorithmFamily::Rsa => DecodingKey::from_rsa_pem(pem.as_bytes()).ok(),
                AlgorithmFamily::Ec => DecodingKey::from_ec_pem(pem.as_bytes()).ok(),
                AlgorithmFamily::Ed => DecodingKey::from_ed_pem(pem.as_bytes()).ok(),
                AlgorithmFamily::Hmac => None,
            },
            Keys::Set(keys) => {
                let mut fitting = keys.iter().filter(|key| {
                    let is_named = name.is_none() || key.common.key_id.as_deref() == name;
                    is_named && fits(key, algorithm)
                });
                let found = fitting.next().filter(|_| fitting.next().is_none())?;
                DecodingKey::from_jwk(found).ok()
            }
        }
    }
}

/// Whether a key is of a kind that anybody may know, and not too small.
fn is_public(key: &Jwk) -> bool {
    if let AlgorithmParameters::RSA(rsa) = &key.algorithm {
        // Zeros in front are no bits of it.
        let bytes = |modulus: Vec<u8>| modulus.into_iter().skip_while(|byte| *byte == 0).count();
        return URL_SAFE_NO_PAD.decode(&rsa.n).is_ok_and(|modulus| bytes(modulus) >= RSA_BYTES);
    }
    matches!(key.algorithm, AlgorithmParameters::EllipticCurve(_) | AlgorithmParameters::OctetKeyPair(_))
}

fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let is_of_kind = if let AlgorithmParameters::EllipticCurve(ec) = &key.algorithm {
        (ec.curve == EllipticCurve::P256 && algorithm == Algorithm::ES256)
            || (ec.curve == EllipticCurve::P384 && algorithm == Algorithm::ES384)
    } else if let AlgorithmParameters::OctetKeyPair(pair) = &key.algorithm {
        pair.curve == EllipticCurve::Ed25519 && algorithm == Algorithm::EdDSA
    } else {
        matches!(key.algorithm, AlgorithmParameters::RSA(_)) && algorithm.family() == AlgorithmFamily::Rsa
    };
    let is_for_signing = key.common.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature);
    let is_its = key.common.key_algorithm.is_none_or(|own| own == algorithm.into());
    is_of_kind && is_for_signing && is_its
}

/// The keys of all issuers that tokens came from.
#[derive(Default)]
pub(super) struct Keyring {
    client: tokio::sync::OnceCell<reqwest::Client>,
    places: Mutex<HashMap<String, Arc<Place>>>,
}

/// An address of keys.
#[derive(Default)]
struct Place {
    fetched: Mutex<Option<(Instant, Arc<Keys>)>>,
    /// When it was asked the last time; held while it is asked.
    asked: Arc<tokio::sync::Mutex<Option<Instant>>>,
}

impl Place {
    fn keys(&self, for_at_most: Duration) -> Option<Arc<Keys>> {
        let fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        fetched.as_ref().filter(|(at, _)| at.elapsed() < for_at_most).map(|(_, keys)| Arc::clone(keys))
    }

    /// Asks, and keeps what it hears; the last keys stay where it hears none. Says whether it heard any.
    async fn fetch(&self, client: &reqwest::Client, url: &str) -> bool {
        match fetched(client, url).await {
            Ok(keys) => {
                let fetched = (Instant::now(), Arc::new(keys));
                *self.fetched.lock().unwrap_or_else(PoisonError::into_inner) = Some(fetched);
                true
            }
            Err(fault) => {
                let _logged: Problem = fault.while_doing("fetching an issuer's keys").into();
                false
            }
        }
    }
}

/// A key that a token names.
#[derive(Clone, Copy)]
pub(super) struct Named<'n> {
    pub(super) name: Option<&'n str>,
    pub(super) algorithm: Algorithm,
}

impl Keyring {
    /// The keys at hand, if the named one is among them.
    pub(super) fn at_hand(&self, registration: &Registration, named: Named<'_>) -> Option<Arc<Keys>> {
        let keys = match &registration.source {
            Source::Given(keys) => Arc::clone(keys),
            Source::Fetched(url) => self.place(url).keys(BELIEVED)?,
        };
        keys.find(named.name, named.algorithm).is_some().then_some(keys)
    }

    /// The keys, fetched where the named one is not at hand; none where the issuer has no such key.
    ///
    /// [`Problem::Unavailable`] where an issuer did not answer and none of its keys are kept.
    pub(super) async fn keys(
        &self,
        registration: &Registration,
        named: Named<'_>,
    ) -> Result<Option<Arc<Keys>>, Problem> {
        if let Some(keys) = self.at_hand(registration, named) {
            return Ok(Some(keys));
        }
        let Source::Fetched(url) = &registration.source else { return Ok(None) };
        let (place, client) = (self.place(url), self.client().await?);
        // One asks, the others wait for what it hears. Who waits no longer ends no asking: the next ones would have to wait
        // for the minute's end.
        let mut asked = Arc::clone(&place.asked).lock_owned().await;
        if let Some(keys) = self.at_hand(registration, named) {
            return Ok(Some(keys));
        }
        if asked.is_none_or(|at| at.elapsed() >= PAUSE) {
            let (its, url) = (Arc::clone(&place), url.clone());
            let asking = tokio::spawn(async move {
                *asked = Some(Instant::now());
                if !its.fetch(&client, &url).await {
                    *asked = Instant::now().checked_sub(PAUSE.saturating_sub(AFTER_FAILURE));
                }
            });
            asking.await.map_err(Fault::new)?;
        }
        place.keys(KEPT).map(Some).ok_or(Problem::Unavailable)
    }

    async fn client(&self) -> Result<reqwest::Client, Fault> {
        // Where one is led on to is not what the operator registered.
        let made = async || {
            reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build()
        };
        Ok(self.client.get_or_try_init(made).await?.clone())
    }

    fn place(&self, url: &str) -> Arc<Place> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(places.entry(url.to_owned()).or_default())
    }
}

async fn fetched(client: &reqwest::Client, url: &str) -> Result<Keys, Fault> {
    // Its errors name the address, which is the firm's to tell.
    let asked = client.get(url).header("accept", "application/json").send().await;
    let answer = asked.and_then(reqwest::Response::error_for_status);
    let mut answer = answer.map_err(reqwest::Error::without_url)?;
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LARGEST {
            return Err(Fault::new("an issuer's keys are larger than any set of keys"));
        }
    }
    Keys::read(&String::from_utf8(bytes)?).ok_or_else(|| Fault::new("an issuer's answer holds no public key"))
}

#[cfg(test)]
mod tests {
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
        assert!(
            Keys::read("").is_none() && Keys::read("{}").is_none() && Keys::read("{\"keys\":1}").is_none()
        );
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
            keys.find(Some("a"), Algorithm::RS256).is_some()
                && keys.find(Some("a"), Algorithm::PS256).is_some()
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
        assert_eq!(
            (has("a").await, count.load(Ordering::SeqCst)),
            (Ok(false), 2),
            "what was taken back is out"
        );
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
    async fn who_hangs_up_ends_no_asking() {
        let told = Arc::new(Mutex::new(json!({ "keys": [rsa("a", 256)] }).to_string()));
        let (registration, count) = issuer(told).await;
        let ring = Keyring::default();
        let gone =
            tokio::time::timeout(Duration::from_millis(10), ring.keys(&registration, named("a"))).await;
        assert!(gone.is_err());
        assert!(ring.keys(&registration, named("a")).await.unwrap().is_some());
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }
}
