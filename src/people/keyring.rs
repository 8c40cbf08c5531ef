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
use tokio::time::timeout;

use super::subject::{Registration, Source};
use crate::error::{Fault, Problem};

const BELIEVED: Duration = Duration::from_hours(1);
const KEPT: Duration = Duration::from_hours(24);
const PAUSE: Duration = Duration::from_mins(1);
/// Until an issuer that did not answer is asked again.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// Until an issuer must have answered.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long it is waited for where the key that a token names is known from before.
const BRIEFLY: Duration = Duration::from_millis(500);
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
        let is_its = |keys: &Arc<Keys>| keys.find(named.name, named.algorithm).is_some();
        let heard = self.heard(registration, named, url);
        match self.place(url).keys(KEPT).filter(is_its) {
            // It may have been taken back meanwhile, but an issuer that does not answer shall hold nobody up.
            Some(kept) => timeout(BRIEFLY, heard).await.unwrap_or(Ok(Some(kept))),
            None => heard.await,
        }
    }

    /// The keys, once the issuer was asked, if it is time to.
    async fn heard(
        &self,
        registration: &Registration,
        named: Named<'_>,
        url: &str,
    ) -> Result<Option<Arc<Keys>>, Problem> {
        let (place, client) = (self.place(url), self.client().await?);
        // One asks, the others wait for what it hears. Who waits no longer ends no asking: the next ones would have to wait
        // for the minute's end.
        let mut asked = Arc::clone(&place.asked).lock_owned().await;
        if let Some(keys) = self.at_hand(registration, named) {
            return Ok(Some(keys));
        }
        if asked.is_none_or(|at| at.elapsed() >= PAUSE) {
            let (its, url) = (Arc::clone(&place), url.to_owned());
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
mod tests;
