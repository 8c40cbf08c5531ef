//! What sort of entry it is, as far as events go: who speaks, and whether the entry stands at all.

use std::sync::LazyLock;

use regex::Regex;

use crate::import::docket::Entry;
use crate::import::prose::{after, own, pattern};

static QUOTES_ONLY: LazyLock<Regex> = LazyLock::new(|| {
    let heads = [
        r"bnc\b",
        r"(?:certificate|certification|proof|acknowledge?ment)\b",
        r"(?:affidavit|declaration)\b[^.]{0,60}\b(?:of|re:?)\s+(?:\w+ ){0,2}(?:service|mailing|publication|posting|telephonic)",
        r"(?:notification of )?transcripts?\b",
        r"(?:\[?proposed\b|received unsigned|notice of lodging|lodged)",
        r"(?:witness (?:and|list)|exhibits?\b)",
        r"notice (?:to|of) withdraw",
        r"courts? certificate",
        r"notice of intent to argue|notice to court of intent",
    ];
    let adverbs =
        r"(?:(?:amended|supplemental|corrected|redacted|second|third|first|joint|notice of filing of)\W+)*";
    pattern(&format!(r"(?i)^\W*{adverbs}(?:{})", heads.join("|")))
});
static IN_ERROR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:entered|docketed|filed) in error\b|\bincorrect event entered\b|\bentered due to clerical error\b|^\W*withdrawn\b|\bduplicate of (?:docket )?entry\b|^\W*(?:stricken|terminated in error)\b",
    )
});
static ASKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:joint|agreed|consent|consented|unopposed|opposed|emergency|expedited|amended|corrected|revised|supplemental|cross|limited|verified|oral|interim|final|monthly|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|renewed|ex parte|administrative|omnibus|debtor'?s'?|plaintiff'?s?|defendant'?s?|trustee'?s?|notice of)\W+)*(?:motion|stipulat\w*|request|application|letter|response|objection|reply|memorandum|brief|opposition|joinder|statement|declaration|affidavit|affirmation|supplement\w*|report)",
    )
});
static ORDERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:letter|text|memorandum decision and|memorandum opinion and|memorandum and|opinion and|stipulated|stipulation and|agreed|consent|joint|interim|final|amended|endorsed|minute|so ordered|memorandum|scheduling|corrected)\W+)*(?:orders?\b|so ordered\b|letter of adjournment)",
    )
});
static PROPOSAL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:motion|stipulation|request|application|objection)"));

/// Who speaks in an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// Nothing in it is said by this entry itself: service, transcripts, drafts.
    Quotes,
    /// Somebody asks or argues; only what the court's form adds at the end is certain.
    Asks,
    /// The court, or a notice.
    Tells,
}

/// What a hearing in an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// The entry itself: it is a motion.
    Itself,
    /// The entries it names, else itself.
    NamedOrItself,
    /// The entries it names.
    Named,
}

/// An entry's words, ready to be searched.
pub(super) struct Words {
    /// The words without quotations; offsets are those of the entry's words.
    pub own: String,
    pub voice: Voice,
    pub subject: Subject,
    /// Why the entry does not stand.
    pub in_error: Option<&'static str>,
    /// It is the agenda of a sitting.
    pub agenda: bool,
}

impl Words {
    pub(super) fn of(entry: &Entry) -> Self {
        let text = entry.words();
        let own = own(text);
        let head = after(&own, 0, 200);
        let asks = ASKS.is_match(head) && !ORDERS.is_match(head);
        let voice = match (QUOTES_ONLY.is_match(head), asks) {
            (true, _) => Voice::Quotes,
            (false, true) => Voice::Asks,
            (false, false) => Voice::Tells,
        };
        let subject = if asks && is_motion(head) {
            Subject::Itself
        } else if asks && PROPOSAL.is_match(after(head, 0, 90)) {
            Subject::NamedOrItself
        } else {
            Subject::Named
        };
        let in_error = IN_ERROR
            .is_match(text)
            .then_some("The entry says of itself that it was made in error or withdrawn.");
        Self { voice, subject, in_error, agenda: head.to_lowercase().contains("agenda of matters"), own }
    }
}

fn is_motion(head: &str) -> bool {
    static REPLIES: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)^\W*(?:\w+\W+){0,2}(?:response|reply|opposition|joinder|letter|declaration|affidavit|affirmation|statement|memorandum|brief|report|objection to (?:motion|application|debtor|plaintiff|defendant))",
        )
    });
    static NOTICE: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)^\W*(?:amended |corrected )?notice of (?:motion|application)\b"));
    static BOTH: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)^\W*(?:amended |corrected )?notice of (?:motion|hearing) and (?:motion|application)\b")
    });
    if NOTICE.is_match(head) && !BOTH.is_match(head) {
        return false;
    }
    !REPLIES.is_match(head) && PROPOSAL.is_match(after(head, 0, 90))
}
