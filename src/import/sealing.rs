//! Words of sealing and restriction: they put an entry on the review list and decide nothing else.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;
use serde::Serialize;

use super::dates::moments;
use super::docket::Entry;
use super::prose::{after, pattern};
use super::report::{Code, Issue, Severity};

/// How many words are told, each of 40 letters at most. They stand in a review's key, which is bounded; so are its words.
const WORDS_MAX: usize = 16;

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bunder\s+seal|\b(?:un)?seal(?:ed|ing|s)?\b|\bredact\w{0,12}|\brestrict(?:ed|ions?|ing)\b|\battorneys?['’]?s?['’]?\s+eyes\s+only|\bAEO\b|\b(?:highly\s+)?confidential\w{0,12}|\bin\s+camera\b|\bprivileged\b|\bpersonal\s+identifiers?|\bcourt\s+users?\s+only\b|\bnot\s+(?:available|viewable)\s+to\s+the\s+(?:general\s+)?public\b|\btranscript\s+release\s+date\b",
    )
});
static UNTIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\brestricted\s+(?:until|through)\s|\brelease\s+(?:date\s+is|of\s+transcript\s+restriction\s+set\s+for)\s",
    )
});

/// The words found in an entry, and the day until which access is restricted, where one is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restriction {
    /// The words in lower case, each once, in order; the first sixteen.
    pub words: Vec<String>,
    /// The last of the days until which the text restricts access.
    pub until: Option<NaiveDate>,
}

impl Restriction {
    /// The entry's line on the review list.
    pub fn issue(&self, file: &str, entry: &Entry) -> Issue {
        let until = self.until.map_or(String::new(), |day| format!("; restricted until {day}"));
        let sentence = format!("The entry says: {}{until}.", self.words.join(", "));
        Issue::of_file(Severity::Review, Code::SealedWords, file, sentence)
            .at_row(entry.position)
            .of_entry(entry.number.as_deref())
    }
}

/// The restriction that an entry's words speak of, in whatever sense; none where they do not.
pub fn find(entry: &Entry) -> Option<Restriction> {
    let text = format!("{}\n{}", entry.text, entry.short.as_deref().unwrap_or_default());
    let mut words: Vec<String> = Vec::new();
    for found in WORDS.find_iter(&text) {
        let word = found.as_str().to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        if !words.contains(&word) {
            words.push(word);
        }
        if words.len() == WORDS_MAX {
            break;
        }
    }
    let until = UNTIL.find_iter(&text).filter_map(|lead| {
        let said = moments(after(&text, lead.end(), 40), entry.filed_on);
        said.first().filter(|one| one.start == 0).map(|one| one.day)
    });
    let until = until.max();
    (!words.is_empty()).then_some(Restriction { words, until })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::docket::sample::entry;

    fn words(text: &str) -> Vec<String> {
        find(&entry("2010-01-01", text)).map(|found| found.words).unwrap_or_default()
    }

    #[test]
    fn sealed_redacted_and_confidential_words_are_found() {
        assert_eq!(words("SEALED DOCUMENT filed by Roe"), ["sealed"]);
        assert_eq!(words("MOTION to file Under  Seal"), ["under seal"]);
        assert_eq!(words("REDACTED DOCUMENT- Motion to 584 Sealed Document"), ["redacted", "sealed"]);
        assert_eq!(words("ORDER on sealing procedures"), ["sealing"]);
        assert_eq!(
            words("Designated Attorneys' Eyes Only and highly confidential"),
            ["attorneys' eyes only", "highly confidential"]
        );
        assert_eq!(words("Submitted for in camera review"), ["in camera"]);
        assert_eq!(words("MOTION to dismiss; concealed facts; Sealy Inc."), [""; 0]);
    }

    #[test]
    fn the_day_of_release_is_read() {
        let text = "Transcript. Access is restricted until 03/17/2010. Redaction Request Due By 01/7/2010. \
                    Transcript access will be restricted through 3/19/2010. (x)";
        let found = find(&entry("2009-12-17", text)).unwrap();
        assert_eq!(found.until, NaiveDate::from_ymd_opt(2010, 3, 19));
        let text = "THIS TRANSCRIPT: TRANSCRIPT RELEASE DATE IS 05/11/2010. Until that time";
        assert_eq!(find(&entry("2010-02-10", text)).unwrap().until, NaiveDate::from_ymd_opt(2010, 5, 11));
        assert_eq!(find(&entry("2010-02-10", "Sealed on 3/4/2010")).unwrap().until, None);
    }

    #[test]
    fn neither_long_nor_many_words_make_a_sentence_without_bound() {
        assert_eq!(
            words("Order on redactability and confidentialities"),
            ["redactability", "confidentialities"]
        );
        let long = words(&format!("redact{0} confidential{0}", "é".repeat(5_000)));
        assert!(long.len() == 2 && long.iter().all(|word| word.chars().count() < 30), "{long:?}");
        let many: Vec<String> = (0..5_000).map(|n| format!("redact{n}")).collect();
        let found = find(&entry("2010-01-01", &many.join(" "))).unwrap();
        assert!(found.issue("a.json", &entry("2010-01-01", "")).sentence.len() < 1_000);
    }

    #[test]
    fn short_texts_count_too() {
        let mut one = entry("2010-01-01", "");
        one.short = Some("Sealed Motion".into());
        assert!(find(&one).is_some());
    }
}
