//! Which entries a hearing is about: the numbers an entry gives.

use std::sync::LazyLock;

use regex::Regex;

use crate::import::prose::{part, pattern, quotes};

static LIST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\(\s*\[?(?:re:?\s*)?(?:(?:related|relates to)\s+(?:doc\w*(?:\(s\))?|docket)(?:\s+nos?\.?)?[:\s#]*|re:?\s+)?\(?(?:related doc #? ?)?(\d{1,5}(?:-\d+)?(?:\s*(?:,|and)\s*(?:and\s+)?\d{1,5})*)\b",
    )
});
static LATER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:,\s+(?:and\s+)?|\band\s+)(\d{1,5})\s+(?i:motion|application|amended|objection|notice|order|complaint|emergency|generic|disclosure|chapter|statement|ex parte|stipulation|hearing|meeting|joint|debtor|first|second|vacate|assume)",
    )
});
static PLAIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:\b(?:[Rr][Ee]:?|as to|on|ON|regarding|for|granting|GRANTING|the|The|on motions?|[Mm]otions?)\s+(\d{1,5})\s+[A-Z][A-Za-z]{3})|\(\s*(\d{1,5})\s+[A-Z][a-z]{3}|\[(\d{1,5})(?:-\d+)?\]",
    )
});
static FOR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bfor\s+(\d{1,5})\b\s*(?:[,.)(]|and\b|$)"));
static DOCKET_NOS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\bdocket (?:entry )?nos?\.? (\d{1,5})(?: and (\d{1,5}))?"));

/// The numbers an entry refers to, as printed, each once, in order.
pub(super) fn of(text: &str, own: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |number: &str| {
        let number = number.split('-').next().unwrap_or_default();
        if number != "0" && !found.iter().any(|known| known == number) {
            found.push(number.to_owned());
        }
    };
    for range in quotes(text) {
        let group = part(text, range);
        if let Some(list) = LIST.captures(group) {
            let list = list.get(1).map_or("", |list| list.as_str());
            list.split(|c: char| !c.is_ascii_digit() && c != '-')
                .filter(|n| !n.is_empty())
                .for_each(&mut add);
            for later in LATER.captures_iter(&flat(group)) {
                later.get(1).iter().for_each(|n| add(n.as_str()));
            }
        }
    }
    for regex in [&*PLAIN, &*FOR, &*DOCKET_NOS] {
        for numbers in regex.captures_iter(own) {
            numbers.iter().skip(1).flatten().for_each(|n| add(n.as_str()));
        }
    }
    found
}

/// The group without what stands in parentheses within it.
fn flat(group: &str) -> String {
    let mut depth = 0_usize;
    group
        .chars()
        .filter(|c| {
            if *c == '(' {
                depth += 1;
            }
            let kept = depth <= 1;
            if *c == ')' {
                depth = depth.saturating_sub(1);
            }
            kept
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::prose::own;

    #[test]
    fn numbers_are_read_in_each_form() {
        let forms: [(&str, &[&str]); 12] = [
            ("Hearing Set (RE: related document(s) 74 Emergency motion filed by Debtor)", &["74"]),
            ("ORDER (related document(s)6 Motion to Authorize, 7 Motion to Approve) Hearing", &["6", "7"]),
            ("Notice (related document(s) 992, 991, 50 ).", &["992", "991", "50"]),
            ("Hearing Continued (RE: 38 Vacate). hearing scheduled", &["38"]),
            ("Order (Related Doc # 74 ) Signed", &["74"]),
            ("Hearing RE: 16 Motion of Roe to Compel. Order", &["16"]),
            ("With Hearing Re: [72-1] Motion For Order, [73-1] Application", &["72", "73"]),
            ("The Hearing re 15 MOTION to Remand is moved", &["15"]),
            ("Hearing to be held on 3/3/2010 at 11:15 AM Ctrm for 71 and for 69, (E)", &["71", "69"]),
            ("Motions [42][43] reset for hearing", &["42", "43"]),
            ("VACATING HEARING ON 82 MOTION TO DISMISS", &["82"]),
            (
                "Notice (RE: related document(s) 71 Amended Motion (related document: 67 ) filed by X)",
                &["71"],
            ),
        ];
        for (text, expected) in forms {
            assert_eq!(of(text, &own(text)), expected, "{text}");
        }
    }
}
