//! An entry's text, with what it quotes from other entries set apart from what it says itself.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Compiles a pattern written in this crate.
#[expect(clippy::expect_used, reason = "patterns are constants; the tests of their modules compile each one")]
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern compiles")
}

/// A part of a text; empty where the range is not one of it.
pub(super) fn part(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

/// The last `count` bytes before `end`, a little less where a character would be cut.
pub(super) fn before(text: &str, end: usize, count: usize) -> &str {
    let mut start = end.saturating_sub(count);
    while start < end && !text.is_char_boundary(start) {
        start += 1;
    }
    part(text, start..end)
}

/// The first `count` bytes from `start`, a little less where a character would be cut.
pub(super) fn after(text: &str, start: usize, count: usize) -> &str {
    let mut end = start.saturating_add(count).min(text.len());
    while end > start && !text.is_char_boundary(end) {
        end -= 1;
    }
    part(text, start..end)
}

static QUOTE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*\[?(?:(?:re(?:[:;]|\s+\d|\s+related)|related doc\w*(?:\(s\))?|related docket|attachments?:|attachments\b|entered\b|filed on\b)|(?:\d+ )?additional attachment)",
    )
});
static RECOVER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\((?:(?:reset|preliminary|final|continued)\s+)*(?:hearing to be held on|reset to \d)| - Hearing Scheduled For ",
    )
});
static SHORT_LIST: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^\(related document\(s\)[\s\d,]+\s\.\s"));
static STAMP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\[entered:[^\]]*\]|\b(?:modified|attachment\(s\) added|signed|entered|filed|served|uploaded) on \d{1,2}/\d{1,2}/\d{2,4}",
    )
});

/// The text with every quotation of another entry, list of attachments and clerk's stamp blanked out. Offsets are
/// those of the text.
pub(super) fn own(text: &str) -> String {
    let mut blank: Vec<Range<usize>> = quotes(text);
    blank.extend(STAMP.find_iter(text).map(|found| found.range()));
    blank.sort_by_key(|range| range.start);
    let mut ranges = blank.into_iter().peekable();
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        while ranges.peek().is_some_and(|range| range.end <= at) {
            ranges.next();
        }
        let hidden = ranges.peek().is_some_and(|range| range.contains(&at));
        if hidden || c.is_control() {
            out.extend(std::iter::repeat_n(' ', c.len_utf8()));
        } else {
            out.push(c);
        }
    }
    out
}

/// The parentheses that quote: each is a whole group, or reaches to the end where it is never closed.
pub(super) fn quotes(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (open, _) in text.match_indices('(') {
        let inside = found.last().is_some_and(|last| last.contains(&open));
        if !inside && QUOTE.is_match(part(text, open + 1..text.len())) {
            found.push(open..close(text, open));
        }
    }
    found
}

fn close(text: &str, open: usize) -> usize {
    let rest = part(text, open..text.len());
    let mut depth = 0_usize;
    for (at, c) in rest.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return open + at + 1;
        }
    }
    if let Some(list) = SHORT_LIST.find(rest) {
        return open + list.end();
    }
    RECOVER.find(rest).map_or(text.len(), |found| open + found.start())
}

static ABBREVIATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\b(?:a\.m|p\.m|u\.s|u\.s\.c|st|ste|fl|flr|ave|blvd|rm|bldg|ctrm|no|nos|inc|corp|co|ltd|hon|jr|sr|dr|mr|mrs|ms|v|vs|etc|et al|dept|fed|civ|bankr|crim|r|p|doc|dkt|art|sec|l\.l\.p|l\.p|n\.a|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)|\b[a-z])$",
    )
});

/// The sentences of a text, as ranges that together are the whole text.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(['.', ';']) {
        let next = part(text, at + 1..text.len());
        let spaced = next.starts_with(char::is_whitespace);
        let first = next.trim_start().chars().next();
        let opens = first.is_some_and(|c| c.is_uppercase() || matches!(c, '(' | '[' | '"' | '*'));
        if spaced && opens && !ABBREVIATION.is_match(before(text, at, 8)) {
            found.push(start..at + 1);
            start = at + 1;
        }
    }
    found.push(start..text.len());
    found
}

/// The sentence in which a byte stands.
pub(super) fn sentence_at(text: &str, at: usize) -> Range<usize> {
    sentences(text).into_iter().find(|range| range.contains(&at)).unwrap_or(0..text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotations_are_blanked_and_offsets_stay() {
        let text =
            "Notice (RE: related document(s) 6 Meeting to be held on 4/6/2009 (Dallas)). Hearing é 1/2/2010";
        let own = own(text);
        assert_eq!(own.len(), text.len());
        assert!(!own.contains("4/6/2009") && own.ends_with(". Hearing é 1/2/2010"));
    }

    #[test]
    fn a_quotation_never_closed_reaches_to_the_end_or_to_the_clerks_own_words() {
        assert_eq!(own("Minute (related document: 10 Motion. Hearing 2/11/2010").trim(), "Minute");
        let text =
            "Held (RE: related document(s) 6 Motion (x) filed, (Reset Hearing to be held on 1/2/2010). (E)";
        assert!(own(text).contains("(Reset Hearing to be held on 1/2/2010)"));
        assert!(own("Held (Related document(s) 16 . Final Hearing 3/1/2010. (E)").contains("Final Hearing"));
    }

    #[test]
    fn sentences_end_where_one_begins() {
        let text =
            "Hearing at 9:30 a.m. in St. Paul before Hon. J. Roe. Replies due. (x) Filed by Inc. Next; B";
        let found: Vec<&str> = sentences(text).into_iter().map(|range| part(text, range).trim()).collect();
        assert_eq!(found[0], "Hearing at 9:30 a.m. in St. Paul before Hon. J. Roe.");
        assert_eq!(found[1], "Replies due.");
        assert_eq!(sentences("").len(), 1);
    }

    #[test]
    fn cutting_never_splits_a_character() {
        assert_eq!(before("aé", 3, 1), "");
        assert_eq!(after("éa", 0, 1), "");
    }
}
