//! Where a hearing takes place and who presides, where the words around the hour say so plainly.

use std::sync::LazyLock;

use regex::Regex;

use crate::import::prose::{after, part, pattern, sentences};

static ENDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)[("*;\[]|\bbefore\b|\s*,?\s*\bRE:|\s+(?:for|on) \d|\s*,?\s*\b(?:objections?|responses?|answers?|last day|proofs?|government|filed|signed|the|counsel|adequate|absent|mailed|replies|case management|joint|for final|for additional|\d+ (?:attachments?|counsel)|lead counsel|parties|plaintiff|defendant|debtors?|attorney|additional|court reporter|to consider|to show|on motion|hearing|status|by telephone|regarding|modified|correct|jury trial|who|with the|please|no later|in person|order|and|if|any|all)\b|\.\s*$|\.\.|(?-i:\.\s+[A-Z]{2,}|\.\s?(?:Obj|Resp))"#,
    )
});
static PLACE_WORD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:court\w*|room|rm|ctrm|crtrm|courtroom|floor|fl|ave\w*|st|street|bldg|building|annex|trustee|chambers|federal|telephone|springfield|[a-z]+,\s*[A-Z]{2}\b)",
    )
});
static ROOM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b((?i:courtroom|ctrm|crtrm|room|rm\.?))\s*#?\s*([0-9]{1,5}(?:[ -]?[A-Z]\b)?(?: North| South)?|[A-Z]\b)",
    )
});
static JUDGE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:\bbefore|The case judge is|- Judge)\s+(?:(?i:the )?(?:(?i:Chief|Senior|U\.?S\.?|United States|Magistrate|District|Bankruptcy)\s+)*(?:(?i:Judge|Honorable|Hon\.?|Justice)\s+))*((?:(?:[A-Z]\.|[A-Z][a-zA-Z'’-]+)[ ]?){2,5}(?:, II|, III|, Jr\.)?)",
    )
});

/// What the words after the hour, and the sentence, say about the place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub venue: Option<String>,
    pub room: Option<String>,
    pub judge: Option<String>,
}

/// `end` is where the day and hour end in the text.
pub(super) fn read(own: &str, end: usize) -> Place {
    let rest = after(own, end, 220);
    let place = place(rest);
    let room = place.as_deref().and_then(|place| ROOM.captures(place)).and_then(|found| found.get(2));
    let room = room.map(|room| room.as_str().trim().to_owned());
    let judge = JUDGE.captures(rest).and_then(|found| found.get(1)).map(|name| tidy(name.as_str()));
    Place { venue: place, room, judge: judge.filter(|name| name.contains(' ')) }
}

fn place(rest: &str) -> Option<String> {
    static LEAD: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^[\s,.]*(?:LOCATION:\s*|(?i:at|in)\s+|, ?(?i:courtroom)|(?:Boston|Springfield|Dallas|Room|Courtroom|Young Bldg)\b)",
        )
    });
    let lead = LEAD.find(rest)?;
    let word = lead.as_str().trim_start_matches([' ', ',', '.']);
    let joins = ["at", "in", "location:"].iter().any(|join| word.trim().eq_ignore_ascii_case(join));
    let start = if joins { lead.end() } else { lead.start() + (lead.as_str().len() - word.len()) };
    let body = rest.get(start..)?;
    let end = ENDS.find(body).map_or(body.len(), |found| found.start());
    let body = body.get(..end)?;
    let first = sentences(body).into_iter().next().unwrap_or_default();
    let text = tidy(part(body, first));
    (text.len() >= 4 && text.len() <= 120 && PLACE_WORD.is_match(&text)).then_some(text)
}

fn tidy(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.trim_end_matches([',', '.', ' ', '-', ':']);
    if text.contains('(') { text.to_owned() } else { text.trim_end_matches(')').to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_rooms_and_judges_are_read() {
        let forms = [
            (
                " at 230 N. First Ave., 6th Floor, Courtroom 602, Phoenix, AZ (JMM)",
                "230 N. First Ave., 6th Floor, Courtroom 602, Phoenix, AZ",
                "602",
                "",
            ),
            (
                " in Courtroom 1, 17th Floor, San Francisco before Hon. Samuel Roe. Responses",
                "Courtroom 1, 17th Floor, San Francisco",
                "1",
                "Samuel Roe",
            ),
            (
                " at Crtrm 303, 3420 Twelfth St., Riverside, CA 92501. The case judge is Sheri Roe (W)",
                "Crtrm 303, 3420 Twelfth St., Riverside, CA 92501",
                "303",
                "Sheri Roe",
            ),
            (
                " at US Bankruptcy Court, 824 Market St., 5th Fl., Courtroom #6, Wilmington, Delaware. Objections due",
                "US Bankruptcy Court, 824 Market St., 5th Fl., Courtroom #6, Wilmington, Delaware",
                "6",
                "",
            ),
            (" before Judge James V. Roe. (A", "", "", "James V. Roe"),
            (", to be arranged by the applicant.", "", "", ""),
        ];
        for (text, place, room, judge) in forms {
            let found = read(text, 0);
            let got = (
                found.venue.unwrap_or_default(),
                found.room.unwrap_or_default(),
                found.judge.unwrap_or_default(),
            );
            assert_eq!(got, (place.to_owned(), room.to_owned(), judge.to_owned()), "{text}");
        }
    }
}
