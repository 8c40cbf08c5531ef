//! The body of a GraphQL request: one JSON object, read strictly.
//!
//! Two keys of one name are refused at every depth (two readers may choose differently), as are NUL, half
//! surrogates, a byte order mark and arrays of requests.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::indexmap::IndexMap;
use async_graphql::indexmap::map::Entry;
use async_graphql::{Name, Number, Value, Variables};
use axum::body::Body;
use futures_util::StreamExt as _;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::bill::Bill;
use super::limits::{Limits, over};
use super::packed::{self, Unpacked};
use super::persisted::{Wanted, wanted};
use super::scan::scan_json;
use crate::error::{Problem, Refusal};

/// What a request says, before anybody looked into its document.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) wanted: Wanted,
    pub(super) operation_name: Option<String>,
    pub(super) variables: Variables,
}

/// What the flat charge pays for.
pub(super) const KIB: usize = 1_024;

/// What a chunk counts for at least, in bytes: one of a single byte costs the service 30 microseconds.
const CHUNK: usize = 256;

/// Reads the bytes of a body, bounded in size and time, and paid for as they come: a caller who sends slowly, or little that
/// decompresses to much, holds no more than his budget. Decompression has happened below it.
pub(super) async fn read(
    body: Body,
    unpacked: Option<&Arc<Unpacked>>,
    limits: &Limits,
    bill: &Bill,
) -> Result<Vec<u8>, Refusal> {
    let mut paid = 1;
    if unpacked.is_some() {
        bill.weigh(packed::AT_MOST)?;
        paid += packed::AT_MOST;
    }
    let gather = async move {
        let (mut bytes, mut weight, mut stream) = (Vec::new(), 0_usize, body.into_data_stream());
        while let Some(chunk) = stream.next().await {
            let chunk = chunk
                .map_err(|_| Problem::MalformedBody.because("The body broke off or is not valid gzip."))?;
            if bytes.len() + chunk.len() > limits.body_bytes {
                return Err(over(Problem::BodyTooLarge, "bytes of body", limits.body_bytes));
            }
            weight = weight.saturating_add(chunk.len().max(CHUNK));
            let kibs = weight.div_ceil(KIB).max(paid);
            bill.weigh(kibs - paid)?;
            paid = kibs;
            bytes.extend_from_slice(&chunk);
            if let Some(unpacked) = unpacked {
                unpacked.add(chunk.len());
            }
        }
        Ok(bytes)
    };
    let time = Duration::from_secs(limits.body_seconds);
    tokio::time::timeout(time, gather).await.map_err(|_| Problem::BodyTooSlow)?
}

/// Reads the JSON of one request.
pub(super) fn parse(bytes: &[u8], limits: &Limits) -> Result<Asked, Refusal> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return Err(malformed("The body begins with a byte order mark. Leave it out."));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("The body is not UTF-8."))?;
    request(members(text, limits)?)
}

/// Reads the text of one JSON object, bounded and strictly.
pub(super) fn members(text: &str, limits: &Limits) -> Result<IndexMap<Name, Value>, Refusal> {
    match text.trim_start_matches([' ', '\t', '\r', '\n']).bytes().next() {
        Some(b'{') => {}
        Some(b'[') => return Err(Problem::BatchNotSupported.into()),
        Some(_) | None => return Err(Problem::MalformedBody.into()),
    }
    scan_json(text, limits)?;
    strict(text, limits)
}

fn malformed(sentence: impl Into<String>) -> Refusal {
    Problem::MalformedBody.because(sentence)
}

/// The JSON of one member, as text: an object.
pub(super) fn member(text: &str, limits: &Limits) -> Result<Value, Refusal> {
    scan_json(text, limits)?;
    strict(text, limits).map(Value::Object)
}

/// The members that GraphQL over HTTP names; others are its own to define and are passed over.
pub(super) fn request(mut members: IndexMap<Name, Value>) -> Result<Asked, Refusal> {
    let extensions = object(&mut members, "extensions")?;
    let wanted = wanted(&mut members, &extensions)?;
    let operation_name = match members.swap_remove("operationName") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name),
        Some(_) => return Err(malformed("The member operationName must be a string or null.")),
    };
    let variables = Variables::from_value(Value::Object(object(&mut members, "variables")?));
    Ok(Asked { wanted, operation_name, variables })
}

fn object(members: &mut IndexMap<Name, Value>, name: &str) -> Result<IndexMap<Name, Value>, Refusal> {
    match members.swap_remove(name) {
        None | Some(Value::Null) => Ok(IndexMap::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(malformed(format!("The member {name} must be an object or null."))),
    }
}

fn strict(text: &str, limits: &Limits) -> Result<IndexMap<Name, Value>, Refusal> {
    let state = State { left: Cell::new(limits.values), objection: Cell::new(None) };
    let mut json = serde_json::Deserializer::from_str(text);
    let value = Strict(&state).deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    match (value, state.objection.get()) {
        (Ok(Value::Object(members)), _) => Ok(members),
        (Ok(_), _) => Err(Problem::MalformedBody.into()),
        (Err(_), Some(Objection::TooMany)) => {
            Err(over(Problem::TooManyValues, "values in its JSON", limits.values))
        }
        (Err(error), Some(Objection::Twice)) => Err(told(&error, "has one key twice in an object")),
        (Err(error), Some(Objection::Nul)) => Err(told(&error, "holds the character NUL")),
        // serde_json's own words are not a stable interface; only these are worth telling apart.
        (Err(error), None) if error.to_string().contains("hex escape") => {
            Err(told(&error, "has half a surrogate pair or a broken \\u escape"))
        }
        (Err(error), None) => Err(told(&error, "is not valid JSON")),
    }
}

fn told(error: &serde_json::Error, what: &str) -> Refusal {
    malformed(format!("The body {what}, at line {}, column {}.", error.line(), error.column()))
}

#[derive(Clone, Copy)]
enum Objection {
    TooMany,
    Twice,
    Nul,
}

struct State {
    left: Cell<usize>,
    objection: Cell<Option<Objection>>,
}

#[derive(Clone, Copy)]
struct Strict<'a>(&'a State);

impl Strict<'_> {
    fn object<T, E: serde::de::Error>(self, objection: Objection) -> Result<T, E> {
        self.0.objection.set(Some(objection));
        Err(E::custom("refused"))
    }

    fn count<E: serde::de::Error>(self) -> Result<(), E> {
        match self.0.left.get().checked_sub(1) {
            Some(left) => self.0.left.set(left),
            None => return self.object(Objection::TooMany),
        }
        Ok(())
    }

    fn text<E: serde::de::Error>(self, text: String) -> Result<String, E> {
        if text.contains('\0') { self.object(Objection::Nul) } else { Ok(text) }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not finite"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.text(value.to_owned()).map(Value::String)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(self)? {
            list.push(value);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = IndexMap::new();
        while let Some(key) = map.next_key::<String>()? {
            let key = Name::new(self.text::<A::Error>(key)?);
            let value = map.next_value_seed(self)?;
            match object.entry(key) {
                Entry::Vacant(place) => place.insert(value),
                Entry::Occupied(_) => return self.object(Objection::Twice),
            };
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(body: impl AsRef<[u8]>) -> Result<Asked, Problem> {
        parse(body.as_ref(), &Limits::default()).map_err(|refusal| refusal.problem())
    }

    #[test]
    fn members_are_read() {
        let request = parsed(
            r#" {"query":"{a}","operationName":"A","variables":{"b":[1,-2,1.5,true,null,"c"]},"x":1}"#,
        );
        let request = request.unwrap();
        assert_eq!(
            (request.wanted, request.operation_name.as_deref()),
            (Wanted::Text("{a}".into()), Some("A"))
        );
        assert_eq!(request.variables.to_string(), r#"{b: [1, -2, 1.5, true, null, "c"]}"#);
        let request =
            parsed(r#"{"query":"{a}","operationName":null,"variables":null,"extensions":null}"#).unwrap();
        assert!(request.operation_name.is_none() && request.variables.is_empty());
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for body in [
            &b""[..],
            b"null",
            b"\"{a}\"",
            b"{}",
            b"{",
            b"{\"query\":1}",
            b"{\"query\":null}",
            b"{\"query\":\"{a}\"} {}",
            b"{\"query\":\"{a}\",\"operationName\":1}",
            b"{\"query\":\"{a}\",\"variables\":[]}",
            b"{\"query\":\"{a}\",\"variables\":\"{}\"}",
            b"{\"query\":\"{a}\",\"extensions\":[]}",
            b"{\"query\":\"{a}\",\"variables\":{\"a\":1e999}}",
            b"{\"query\":\"\xff\"}",
            b"\xEF\xBB\xBF{\"query\":\"{a}\"}",
            br#"{"query":"{a}","query":"{b}"}"#,
            br#"{"query":"{a}","variables":{"a":{"b":1,"b":2}}}"#,
            br#"{"query":"{a}","variables":{"a":"\u0000"}}"#,
            br#"{"query":"{a}","variables":{"a\u0000":1}}"#,
            br#"{"query":"{a}","variables":{"a":"\ud800"}}"#,
            br#"{"query":"{a}","variables":{"a":"\udc00"}}"#,
        ] {
            let text = String::from_utf8_lossy(body);
            assert_eq!(parsed(body).unwrap_err(), Problem::MalformedBody, "{text}");
        }
        assert_eq!(parsed("[{\"query\":\"{a}\"}]").unwrap_err(), Problem::BatchNotSupported);
        assert_eq!(parsed("[]").unwrap_err(), Problem::BatchNotSupported);
    }

    #[test]
    fn the_sentence_names_the_mend() {
        let sentence =
            |body: &str| parse(body.as_bytes(), &Limits::default()).unwrap_err().sentence().to_owned();
        assert!(sentence(r#"{"query":"","query":""}"#).contains("one key twice"));
        assert!(sentence(r#"{"query":"\u0000"}"#).contains("NUL"));
        assert!(sentence(r#"{"query":"\ud800"}"#).contains("surrogate"));
        assert!(sentence("\u{feff}{}").contains("byte order mark"));
        assert!(sentence("{\n x}").contains("at line 2, column 2"));
    }

    #[test]
    fn values_and_levels_are_bounded() {
        let many = |count: usize| {
            format!(r#"{{"query":"{{a}}","variables":{{"a":[{}]}}}}"#, vec!["1"; count].join(","))
        };
        // The body, query, variables and the list are values, too.
        assert!(parsed(many(10_000 - 4)).is_ok());
        assert_eq!(parsed(many(10_000 - 3)).unwrap_err(), Problem::TooManyValues);
        let deep = |levels: usize| {
            format!(r#"{{"query":"{{a}}","variables":{{"a":{}{}}}}}"#, "[".repeat(levels), "]".repeat(levels))
        };
        assert!(parsed(deep(62)).is_ok());
        for levels in 63..10_000 {
            assert_eq!(parsed(deep(levels)).unwrap_err(), Problem::TooDeep);
        }
    }
}
