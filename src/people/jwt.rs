//! Tokens of other issuers: read without belief, then proved by the keys and the words of the firm's registration.
//!
//! What a token says of its own algorithm, keys and roles decides nothing: the algorithms and keys are the
//! registration's, the role is the one that the subject was bound with.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::NaiveDateTime;
use jsonwebtoken::{Algorithm, Validation};
use serde::{Deserialize, de::IgnoredAny};

use super::{keyring::Keys, subject::Registration};

/// Seconds by which clocks may differ.
const LEEWAY: i64 = 30;

/// A token as it came, proved by nothing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Claimed {
    text: String,
    pub(super) algorithm: Algorithm,
    /// Which key signed it, in the issuer's words.
    pub(super) key: Option<String>,
    /// Who made it.
    pub(super) issuer: String,
    /// Whom it speaks of.
    pub(super) subject: String,
    audience: Vec<String>,
    expires_at: i64,
    begins_at: Option<i64>,
}

#[derive(Deserialize)]
struct Head {
    alg: Algorithm,
    kid: Option<String>,
    /// Rules that a reader must know or else refuse the token; we know none.
    crit: Option<IgnoredAny>,
    b64: Option<IgnoredAny>,
    zip: Option<IgnoredAny>,
    enc: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Body {
    iss: String,
    sub: String,
    aud: Audience,
    exp: Seconds,
    nbf: Option<Seconds>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// An instant as a JSON number; fractions count downwards.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Seconds {
    Whole(i64),
    Broken(f64),
}

impl Seconds {
    fn read(self) -> Option<i64> {
        match self {
            Seconds::Whole(seconds) => Some(seconds),
            // Written out and read again, so that nothing out of range is bent into it.
            Seconds::Broken(seconds) => format!("{:.0}", seconds.floor()).parse().ok(),
        }
    }
}

impl Claimed {
    /// None for what has not the form of such a token.
    pub(super) fn read(token: &str) -> Option<Self> {
        let [head, body, _] = token.split('.').collect::<Vec<_>>().try_into().ok()?;
        let head: Head = part(head)?;
        let body: Body = part(body)?;
        let is_plain = head.crit.is_none() && head.b64.is_none() && head.zip.is_none() && head.enc.is_none();
        let texts = [&body.iss, &body.sub].into_iter().chain(head.kid.as_ref());
        if !is_plain || texts.into_iter().any(|text| text.is_empty() || text.contains('\0')) {
            return None;
        }
        Some(Claimed {
            text: token.to_owned(),
            algorithm: head.alg,
            key: head.kid,
            issuer: body.iss,
            subject: body.sub,
            audience: match body.aud {
                Audience::One(audience) => vec![audience],
                Audience::Several(all) => all,
            },
            expires_at: body.exp.read()?,
            begins_at: match body.nbf {
                Some(seconds) => Some(seconds.read()?),
                None => None,
            },
        })
    }

    /// Whether it is what the registration asks for, at this instant, and signed by one of these keys.
    pub(super) fn is_proved(&self, registration: &Registration, keys: &Keys, at: NaiveDateTime) -> bool {
        let now = at.and_utc().timestamp();
        let is_meant = self.issuer == registration.issuer
            && self.audience.contains(&registration.audience)
            && registration.algorithms.contains(&self.algorithm);
        let is_now = now < self.expires_at.saturating_add(LEEWAY)
            && self.begins_at.is_none_or(|begins| begins.saturating_sub(LEEWAY) <= now);
        is_meant && is_now && self.is_signed(keys)
    }

    fn is_signed(&self, keys: &Keys) -> bool {
        let Some(key) = keys.find(self.key.as_deref(), self.algorithm) else { return false };
        // The signature alone: jsonwebtoken reads the clock by itself, and takes lists where a text must stand.
        let mut rules = Validation::new(self.algorithm);
        rules.required_spec_claims.clear();
        (rules.validate_exp, rules.validate_nbf, rules.validate_aud) = (false, false, false);
        jsonwebtoken::decode::<IgnoredAny>(&self.text, &key, &rules).is_ok()
    }
}

fn part<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn token(head: &Value, body: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.c2ln", part(head), part(body))
    }

    fn body() -> Value {
        json!({ "iss": "https://id.example", "sub": "abc", "aud": "portico", "exp": 2_000_000_000 })
    }

    #[test]
    fn the_usual_forms_are_read() {
        let claimed =
            Claimed::read(&token(&json!({ "alg": "RS256", "kid": "a", "typ": "JWT" }), &body())).unwrap();
        assert_eq!((claimed.issuer.as_str(), claimed.subject.as_str()), ("https://id.example", "abc"));
        assert_eq!((claimed.key.as_deref(), claimed.expires_at), (Some("a"), 2_000_000_000));
        let mut several = body();
        several["aud"] = json!(["x", "portico"]);
        several["exp"] = json!(1_999_999_999.9);
        let claimed = Claimed::read(&token(&json!({ "alg": "ES256" }), &several)).unwrap();
        assert_eq!((claimed.audience.len(), claimed.expires_at), (2, 1_999_999_999));
    }

    #[test]
    fn odd_heads_and_claims_are_no_tokens() {
        let head = json!({ "alg": "RS256" });
        let heads = [
            json!({ "alg": "none" }),
            json!({ "alg": "None" }),
            json!({ "alg": "nOnE" }),
            json!({ "alg": "" }),
            json!({ "alg": null }),
            json!({ "alg": ["RS256"] }),
            json!({}),
            json!({ "alg": "RS256", "crit": ["exp"] }),
            json!({ "alg": "RS256", "b64": false }),
            json!({ "alg": "RS256", "enc": "A128GCM" }),
            json!({ "alg": "RS256", "zip": "DEF" }),
            json!({ "alg": "RS256", "kid": 1 }),
            json!({ "alg": "RS256", "kid": "" }),
            json!({ "alg": "RS256", "kid": "a\u{0}" }),
        ];
        for bad in heads {
            assert!(Claimed::read(&token(&bad, &body())).is_none(), "{bad}");
        }
        for (name, value) in [
            ("exp", json!("2000000000")),
            ("exp", Value::Null),
            ("exp", json!(1e300)),
            ("nbf", json!("0")),
            ("nbf", json!([0])),
            ("iss", json!(["https://id.example"])),
            ("iss", json!("")),
            ("sub", json!(7)),
            ("sub", json!("")),
            ("sub", json!("a\u{0}")),
            ("sub", json!({ "a": 1 })),
            ("aud", Value::Null),
            ("aud", json!(7)),
            ("aud", json!([7])),
        ] {
            let mut claims = body();
            claims[name] = value;
            assert!(Claimed::read(&token(&head, &claims)).is_none(), "{claims}");
        }
        for name in ["exp", "iss", "sub", "aud"] {
            let mut claims = body();
            claims.as_object_mut().unwrap().remove(name);
            assert!(Claimed::read(&token(&head, &claims)).is_none(), "{claims}");
        }
        let twice = URL_SAFE_NO_PAD.encode(r#"{"iss":"a","sub":"a","aud":"a","exp":1,"sub":"b"}"#);
        let head_part = URL_SAFE_NO_PAD.encode(head.to_string());
        for text in ["", "a", "a.b", "a.b.c", "..", "a.b.c.d", &format!("{head_part}.{twice}.c2ln")] {
            assert!(Claimed::read(text).is_none(), "{text}");
        }
    }
}
