//! What an entry is: a document with its kind, origin, state and legal title, or words only.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;
use serde::Serialize;

use super::docket::Entry;
use super::prose::{after, own, part, pattern, sentences};

/// What sort of paper a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// Complaint, answer, counterclaim, petition.
    Pleading,
    /// A motion, application, request or stipulation.
    Motion,
    /// An argument for or against: brief, memorandum, response, reply, objection.
    Brief,
    /// An order, opinion or the minutes of the court.
    Order,
    /// A judgment.
    Judgment,
    /// A notice.
    Notice,
    /// An exhibit or appendix.
    Exhibit,
    /// A transcript.
    Transcript,
    /// A letter.
    Letter,
    /// Anything else.
    Other,
}

/// Who made it. Whose side a party's paper is on, a docket does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Origin {
    /// The court or its clerk.
    Court,
    /// Somebody else; a person says who.
    Other,
}

/// How far the paper has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Filing {
    /// Filed with the court.
    Filed,
    /// Entered by the court.
    Entered,
}

/// A paper on the docket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Document {
    /// What sort of paper.
    pub kind: Kind,
    /// Who made it.
    pub origin: Origin,
    /// How far it has come.
    pub filing: Filing,
    /// The entry's first sentence, at most [`TITLE_MAX`] characters.
    pub legal_title: String,
    /// The day it bears.
    pub filed_on: NaiveDate,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Content {
    /// There is a paper.
    Document(Document),
    /// There are words only; the title is shortened like a document's.
    TextOnly(String),
}

/// The longest legal title, in characters.
pub const TITLE_MAX: usize = 300;

/// Judges one entry. A paper is there only where the court's list links one that has pages.
pub fn of(entry: &Entry) -> Content {
    let title = title(entry.words());
    if !entry.linked || entry.pages == Some(0) || says_no_document(entry.words()) {
        return Content::TextOnly(title);
    }
    let kind = kind(entry.words());
    let court = matches!(kind, Kind::Order | Kind::Judgment) || by_clerk(entry.words());
    Content::Document(Document {
        kind,
        origin: if court { Origin::Court } else { Origin::Other },
        filing: if matches!(kind, Kind::Order | Kind::Judgment) { Filing::Entered } else { Filing::Filed },
        legal_title: title,
        filed_on: entry.filed_on,
    })
}

fn says_no_document(text: &str) -> bool {
    static NONE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\btext[- ]only (?:docket )?entry\b|\bno document (?:is )?(?:associated|attached)|\bpaperless (?:order|entry)\b",
        )
    });
    NONE.is_match(text)
}

fn by_clerk(text: &str) -> bool {
    static CLERK: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)^\W*(?:(?:amended|second|third)\W+)*(?:clerk'?s?\b|bnc\b|court'?s? (?:notice|certificate)|summons issued|notice of (?:electronic filing|impending reassignment)|hearing (?:set|continued|stricken|scheduled|held))",
        )
    });
    CLERK.is_match(text)
}

const ADVERBS: &str = r"(?:(?:amended|second|third|fourth|first|corrected|revised|supplemental|final|interim|joint|agreed|consent|unopposed|emergency|expedited|ex parte|omnibus|notice of|renewed|cross|verified|sealed|redacted(?: document)?|unredacted|modified|opposed|administrative|initial|proposed|limited|default|sur|stipulated|chapter \d+|debtor'?s'?|debtors'?|plaintiff'?s?'?|defendant'?s?'?|trustee'?s?)\W+)*";

static KINDS: LazyLock<Vec<(Regex, Kind)>> = LazyLock::new(|| {
    let table = [
        (
            r"(?:\[?proposed|received unsigned|notice of (?:proposed|lodging)|lodged|certificat\w+|bnc|affidavit|declaration|proof of service)\b",
            Kind::Other,
        ),
        (r"{A}transcript", Kind::Transcript),
        (r"{A}(?:clerk'?s )?judgment\b", Kind::Judgment),
        (
            r"(?:{A}(?:letter |text |minute |endorsed |memorandum(?: opinion)?(?: and)? |so |opinion (?:and|&) |scheduling |stipulation and |(?:adr |pretrial |case management |and |initial )*scheduling |findings[^.]{0,40}and )*order(?:ed)?\b|{A}(?:memorandum )?(?:opinion|decision)\b|(?:civil )?minutes?\b|virtual minutes?\b|report and recommendation)",
            Kind::Order,
        ),
        (
            r"{A}(?:complaint|answer|counter-?claim|cross-?claim|third[- ]party complaint|(?:voluntary |involuntary )?petition)\b",
            Kind::Pleading,
        ),
        (r"{A}exhibit|{A}appendix", Kind::Exhibit),
        (r"{A}letter\b", Kind::Letter),
        (
            r"notice of (?:motion|application) and|{A}(?:motion|application|request|stipulat|petition for)",
            Kind::Motion,
        ),
        (
            r"{A}(?:brief|memorandum|opposition|response|reply|objection|joinder|surreply|statement of (?:points|position))",
            Kind::Brief,
        ),
        (r"(?:clerk'?s )?{A}notice\b|notice\b|court'?s? notice|re-?notice", Kind::Notice),
        (
            r"[^.]{0,40}\b(?:supplement\w*|statement|service|unsigned|proposed|agency|filing)\b[^.]{0,40}\border",
            Kind::Other,
        ),
        (
            r"[a-z ,'-]{0,40}\b(?:scheduling order|order)\b(?: (?:granting|denying|setting|approving|signed|by judge|re\b))?",
            Kind::Order,
        ),
    ];
    table
        .map(|(text, kind)| (pattern(&format!(r"(?i)^\W*(?:{})", text.replace("{A}", ADVERBS))), kind))
        .to_vec()
});

fn kind(text: &str) -> Kind {
    KINDS.iter().find(|(form, _)| form.is_match(text)).map_or(Kind::Other, |(_, kind)| *kind)
}

/// The first sentence of a text without quotations and stamps; two where the first says little.
pub fn title(text: &str) -> String {
    let own = own(after(text, 0, 8 * 1024));
    let mut title = String::new();
    for range in sentences(&own) {
        let next = part(&own, range).split_whitespace().collect::<Vec<_>>().join(" ");
        let joined = format!("{title} {next}").trim().to_owned();
        if title.chars().count() >= 24 || (!title.is_empty() && joined.chars().count() > TITLE_MAX) {
            break;
        }
        title = joined;
    }
    shorten(title.trim_end_matches(['.', ';', ',', ' ']))
}

fn shorten(title: &str) -> String {
    if title.chars().count() <= TITLE_MAX {
        return title.to_owned();
    }
    let room = TITLE_MAX - 2;
    let mut short = String::new();
    let mut count = 0;
    for word in title.split(' ') {
        let length = word.chars().count() + usize::from(count > 0);
        if count + length > room {
            break;
        }
        if count > 0 {
            short.push(' ');
        }
        short.push_str(word);
        count += length;
    }
    if short.is_empty() {
        short = title.chars().take(room).collect();
    }
    format!("{} …", short.trim_end_matches([',', ';', ':', '-', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::docket::sample::entry;

    fn linked(text: &str) -> Entry {
        Entry { linked: true, ..entry("2010-01-02", text) }
    }

    fn paper(text: &str) -> Document {
        match of(&linked(text)) {
            Content::Document(document) => document,
            Content::TextOnly(title) => panic!("{title}"),
        }
    }

    #[test]
    fn kinds_are_told_by_the_first_words() {
        let kinds = [
            ("COMPLAINT against Roe", Kind::Pleading),
            ("AMENDED ANSWER to 1 Complaint", Kind::Pleading),
            ("Chapter 11 Voluntary Petition", Kind::Pleading),
            ("NOTICE OF MOTION AND MOTION to Dismiss", Kind::Motion),
            ("Emergency motion for Order", Kind::Motion),
            ("STIPULATION to extend", Kind::Motion),
            ("STIPULATION AND ORDER of dismissal", Kind::Order),
            ("MEMORANDUM in Opposition", Kind::Brief),
            ("MEMORANDUM OPINION AND ORDER", Kind::Order),
            ("MINUTE entry before the Honorable Roe", Kind::Order),
            ("ADR SCHEDULING ORDER", Kind::Order),
            ("Final JUDGMENT in favor of Roe", Kind::Judgment),
            ("MOTION for Summary Judgment", Kind::Motion),
            ("NOTICE of Appearance", Kind::Notice),
            ("CLERK'S NOTICE Continuing", Kind::Notice),
            ("Exhibit A", Kind::Exhibit),
            ("Transcript regarding Hearing", Kind::Transcript),
            ("LETTER from Roe", Kind::Letter),
            ("LETTER ORDER", Kind::Order),
            ("[Proposed] Order", Kind::Other),
            ("Certificate of Service of Order", Kind::Other),
            ("Affidavit of Roe", Kind::Other),
        ];
        for (text, expected) in kinds {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn the_courts_papers_are_the_courts() {
        let order = paper("ORDER granting 3 Motion. Signed by Judge Roe.");
        assert_eq!((order.origin, order.filing), (Origin::Court, Filing::Entered));
        let notice = paper("CLERK'S NOTICE Continuing Hearing.");
        assert_eq!((notice.origin, notice.filing), (Origin::Court, Filing::Filed));
        assert_eq!(paper("NOTICE of Appearance by Roe").origin, Origin::Other);
    }

    #[test]
    fn without_a_link_or_pages_there_are_words_only() {
        assert!(matches!(of(&entry("2010-01-02", "ORDER")), Content::TextOnly(_)));
        let empty = Entry { pages: Some(0), ..linked("PAYMENT OF FEE") };
        assert!(matches!(of(&empty), Content::TextOnly(_)));
        let said = linked("NOTICE. (This is a text-only entry generated by the court.)");
        assert!(matches!(of(&said), Content::TextOnly(_)));
    }

    #[test]
    fn titles_end_at_a_sentence_and_never_within_a_word() {
        let text = "MOTION to Dismiss (related document(s) 3 Complaint) filed by Birch Inc.. Hearing set. (Entered: 01/02/2010)";
        assert_eq!(title(text), "MOTION to Dismiss filed by Birch Inc");
        assert_eq!(title("ORDER. Granted as to all."), "ORDER. Granted as to all");
        let long = format!("MOTION {}", "überlong ".repeat(60));
        let short = title(&long);
        assert!(short.chars().count() <= TITLE_MAX && short.ends_with("überlong …"), "{short}");
        assert!(title(&"x".repeat(1000)).chars().count() <= TITLE_MAX);
        assert_eq!(title(""), "");
    }
}
