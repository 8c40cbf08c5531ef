//! The manifests that clients' tools write: Apollo's list of operations, and Relay's object from hash to text.
use serde::Deserialize;

pub use crate::digest::sha256;

/// One document of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What clients send in place of the text.
    pub hash: String,
    /// The text.
    pub document: String,
}

/// Longer than any hash that a tool makes.
const LONGEST: usize = 200;

#[derive(Deserialize)]
struct Apollo {
    format: String,
    version: u32,
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    id: String,
    body: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Manifest {
    Apollo(Apollo),
    Relay(std::collections::BTreeMap<String, String>),
}

/// Reads a manifest; all that is wrong with it is told at once.
pub fn read(text: &str) -> Result<Vec<Entry>, Vec<String>> {
    let unknown = "it is neither Apollo's manifest of persisted queries, version 1, nor Relay's object from hash to text";
    let entries: Vec<Entry> = match serde_json::from_str(text) {
        Ok(Manifest::Apollo(Apollo { format, version: 1, operations }))
            if format == "apollo-persisted-query-manifest" =>
        {
            operations.into_iter().map(|it| Entry { hash: it.id, document: it.body }).collect()
        }
        Ok(Manifest::Relay(texts)) => {
            texts.into_iter().map(|(hash, document)| Entry { hash, document }).collect()
        }
        Ok(Manifest::Apollo(_)) | Err(_) => return Err(vec![unknown.into()]),
    };
    let mut faults: Vec<String> = entries.iter().filter_map(fault).collect();
    let mut hashes: Vec<&str> = entries.iter().map(|entry| entry.hash.as_str()).collect();
    hashes.sort_unstable();
    let twice =
        hashes.windows(2).filter_map(|pair| if let [a, b] = pair { (a == b).then_some(a) } else { None });
    faults.extend(twice.map(|hash| format!("{hash} is there twice")));
    if entries.is_empty() {
        faults.push("it has no operation".into());
    }
    if faults.is_empty() { Ok(entries) } else { Err(faults) }
}

/// What clients send for it, without the word for how it was made.
pub fn plain(hash: &str) -> &str {
    hash.strip_prefix("sha256:").unwrap_or(hash)
}

fn fault(entry: &Entry) -> Option<String> {
    let hash = entry.hash.as_str();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    if hash.is_empty() || hash.len() > LONGEST || !hash.bytes().all(fits) || hash != plain(hash) {
        return Some(format!(
            "{:?} is no hash: letters, digits and -_.: of up to {LONGEST}",
            hash.get(..80).unwrap_or(hash)
        ));
    }
    let is_sha256 = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_sha256 && hash != sha256(&entry.document)).then(|| format!("{hash} is not the SHA-256 of its text"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TEXT: &str = "query Home { viewer { role } }";

    #[test]
    fn both_tools_manifests_are_read() {
        let entry = Entry { hash: sha256(TEXT), document: TEXT.into() };
        let apollo = json!({
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [{ "id": sha256(TEXT), "name": "Home", "type": "query", "body": TEXT, "clientName": "web" }],
        });
        assert_eq!(read(&apollo.to_string()).unwrap(), std::slice::from_ref(&entry));
        let relay = json!({ "5d41402abc4b2a76b9719d911017c592": TEXT });
        let relayed = Entry { hash: "5d41402abc4b2a76b9719d911017c592".into(), ..entry };
        assert_eq!(read(&relay.to_string()).unwrap(), [relayed]);
    }

    #[test]
    fn other_files_are_refused_with_the_reason() {
        let told = |text: &str| read(text).unwrap_err().join("; ");
        for text in [
            "",
            "[]",
            "{\"a\":1}",
            "{\"format\":\"apollo-persisted-query-manifest\",\"version\":2,\"operations\":[]}",
        ] {
            assert!(told(text).contains("neither"), "{text}");
        }
        assert!(told("{}").contains("no operation"));
        assert!(told("{\"\":\"{a}\",\"a b\":\"{a}\"}").matches("is no hash").count() == 2);
        let wrong = json!({ sha256("{ b }"): "{ a }" }).to_string();
        assert!(told(&wrong).contains("not the SHA-256"));
        let twice = json!({
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [{ "id": "a", "body": TEXT }, { "id": "a", "body": TEXT }],
        });
        assert!(told(&twice.to_string()).contains("twice"));
    }
}
