//! A stable key for each entry, so that importing a docket again finds the same rows.
//!
//! The key is `n:` and the court's number, else `d:` and the document's id, else `s:` and the sequence number,
//! else `t:` with the day and a digest of the text. Where several entries share one of these, the earliest keeps
//! the plain key and each other adds its own `t:` part, so that a newcomer of a later day never changes the key of an
//! entry that was there before. One that the court dates back takes the plain key: then an import finds other words
//! under it, which waits for a review, and the entry that had it comes anew with a `t:` part. Entries equal to the
//! letter are numbered; which of them is which does not matter.

use std::collections::HashMap;

use crate::digest::sha256;

use super::docket::{Docket, Entry};

/// The keys of a docket's entries, in the order of `docket.entries`. Unique within the docket.
pub fn of_entries(docket: &Docket) -> Vec<String> {
    let mut keys: Vec<(usize, String)> = Vec::with_capacity(docket.entries.len());
    let mut order: Vec<(usize, &Entry, String)> =
        docket.entries.iter().enumerate().map(|(n, entry)| (n, entry, by_text(entry))).collect();
    order.sort_by(|a, b| (a.1.filed_on, a.1.entered_on, &a.2).cmp(&(b.1.filed_on, b.1.entered_on, &b.2)));
    let mut used: HashMap<String, usize> = HashMap::new();
    for (n, entry, text) in order {
        let plain = plain(entry).unwrap_or_else(|| text.clone());
        let key = if used.contains_key(&plain) && plain != text { format!("{plain}/{text}") } else { plain };
        let count = used.entry(key.clone()).or_default();
        *count += 1;
        keys.push((n, if *count == 1 { key } else { format!("{key}#{count}") }));
    }
    keys.sort_by_key(|(n, _)| *n);
    keys.into_iter().map(|(_, key)| key).collect()
}

/// Whether the entry can be told apart by its text alone. Such a key changes when the court corrects the text.
pub fn is_weak(entry: &Entry) -> bool {
    plain(entry).is_none()
}

fn plain(entry: &Entry) -> Option<String> {
    let number = entry.number.as_ref().map(|number| format!("n:{number}"));
    let id = || entry.doc_id.as_ref().map(|id| format!("d:{id}"));
    let seq = || entry.seq_no.as_ref().map(|seq| format!("s:{seq}"));
    number.or_else(id).or_else(seq)
}

fn by_text(entry: &Entry) -> String {
    let words: Vec<&str> = entry.words().split_whitespace().collect();
    format!("t:{}:{}", entry.filed_on, digest(&words.join(" ")))
}

/// The first 128 bits of the text's SHA-256, in hex.
pub(crate) fn digest(text: &str) -> String {
    sha256(text).chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::docket::sample::{docket, entry};

    #[test]
    fn numbers_come_first_then_ids_then_text() {
        let mut one = entry("2010-01-02", "Hearing Set");
        let numbered = entry("2010-01-01", "COMPLAINT").numbered("1");
        one.seq_no = Some("77".into());
        let bare = entry("2010-01-03", "Hearing  Held\n");
        let keys = of_entries(&docket(vec![numbered, one, bare.clone()]));
        assert_eq!(keys[..2], ["n:1", "s:77"]);
        assert_eq!(keys[2], format!("t:2010-01-03:{}", digest("Hearing Held")));
        assert!(is_weak(&bare));
    }

    #[test]
    fn a_line_that_is_dated_back_takes_the_plain_key() {
        let known = entry("2010-01-05", "Order").numbered("69");
        let back = entry("2010-01-04", "Application").numbered("69");
        assert_eq!(of_entries(&docket(vec![known.clone()])), ["n:69"]);
        let keys = of_entries(&docket(vec![known, back]));
        assert_eq!(keys, [format!("n:69/t:2010-01-05:{}", digest("Order")), "n:69".to_owned()]);
    }

    #[test]
    fn keys_survive_newcomers_at_either_end() {
        let old = vec![
            entry("2010-01-01", "Order").numbered("69"),
            entry("2010-01-01", "Application").numbered("69"),
            entry("2010-01-02", "Hearing Held"),
            entry("2010-01-02", "Hearing Held"),
        ];
        let before = of_entries(&docket(old.clone()));
        let new = [entry("2010-02-01", "Reply").numbered("69"), entry("2010-02-02", "Hearing Held")];
        let appended = of_entries(&docket([old.clone(), new.to_vec()].concat()));
        let prepended = of_entries(&docket([new.to_vec(), old].concat()));
        assert_eq!(appended[..4], before);
        assert_eq!(prepended[2..], before);
        for keys in [&appended, &prepended] {
            let unique: std::collections::HashSet<_> = keys.iter().collect();
            assert_eq!(unique.len(), keys.len());
        }
    }
}
