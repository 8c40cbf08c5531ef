//! An issuer as the tests play it: keys, what it signs, and an address where it tells its public keys.
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use aws_lc_rs::{
    encoding::{AsBigEndian, EcPublicKeyUncompressedBin},
    hmac,
    rand::SystemRandom,
    rsa::{KeyPair as RsaPair, KeySize},
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
        RsaEncoding, RsaPublicKeyComponents,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

pub const ISSUER: &str = "https://id.castellan.example";
pub const AUDIENCE: &str = "https://portal.castellan.example/graphql";

pub fn part(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A key pair that signs.
pub enum Signer {
    Rsa(Box<RsaPair>),
    Ec(Box<EcdsaKeyPair>),
}

impl Signer {
    pub fn rsa() -> Self {
        Signer::Rsa(Box::new(RsaPair::generate(KeySize::Rsa2048).unwrap()))
    }

    pub fn ec() -> Self {
        Signer::Ec(Box::new(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()))
    }

    /// The public key as the issuer tells it.
    pub fn public(&self, name: &str) -> Value {
        match self {
            Signer::Rsa(pair) => {
                let public: RsaPublicKeyComponents<Vec<u8>> = pair.public_key().into();
                json!({ "kty": "RSA", "kid": name, "use": "sig", "n": part(&public.n), "e": part(&public.e) })
            }
            Signer::Ec(pair) => {
                let point: EcPublicKeyUncompressedBin<'_> = pair.public_key().as_be_bytes().unwrap();
                let (x, y) = point.as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "kid": name, "crv": "P-256", "x": part(x), "y": part(y) })
            }
        }
    }

    /// A token with this head and these claims, signed as the head's algorithm says where the key can.
    pub fn token(&self, head: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", part(head.to_string()), part(claims.to_string()));
        let random = SystemRandom::new();
        let signature = match self {
            Signer::Rsa(pair) => {
                let encoding: &'static dyn RsaEncoding =
                    if head["alg"] == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &random, message.as_bytes(), &mut signature).unwrap();
                signature
            }
            Signer::Ec(pair) => pair.sign(&random, message.as_bytes()).unwrap().as_ref().to_vec(),
        };
        format!("{message}.{}", part(signature))
    }
}

/// The same token, signed with a secret.
pub fn with_secret(secret: &[u8], head: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", part(head.to_string()), part(claims.to_string()));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
    format!("{message}.{}", part(tag.as_ref()))
}

pub fn head() -> Value {
    json!({ "alg": "RS256", "kid": "a", "typ": "JWT" })
}

/// What the issuer says of a subject for an hour from now.
pub fn claims(subject: &str) -> Value {
    let now = chrono::Utc::now().timestamp();
    json!({ "iss": ISSUER, "sub": subject, "aud": AUDIENCE, "exp": now + 3_600, "nbf": now, "iat": now })
}

/// The address where an issuer tells its keys.
pub struct Told {
    pub url: String,
    keys: Arc<Mutex<String>>,
    count: Arc<AtomicUsize>,
}

impl Told {
    pub async fn serve() -> Self {
        let (keys, count) = (Arc::<Mutex<String>>::default(), Arc::<AtomicUsize>::default());
        let (told, counted) = (Arc::clone(&keys), Arc::clone(&count));
        let answer = move || async move {
            counted.fetch_add(1, Ordering::SeqCst);
            // Slow enough that callers meet.
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            told.lock().unwrap().clone()
        };
        let routes = axum::Router::new().route("/keys", axum::routing::get(answer));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Told { url, keys, count }
    }

    pub fn tells(&self, keys: &[Value]) {
        self.says(&json!({ "keys": keys }).to_string());
    }

    pub fn says(&self, text: &str) {
        text.clone_into(&mut self.keys.lock().unwrap());
    }

    pub fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }
}
