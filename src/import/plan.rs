//! Everything there is to say about one docket, for the half of the importer that writes it down.

use serde::Serialize;

use super::chain::{self, Life};
use super::courts::{self, Court};
use super::docket::{Docket, Entry};
use super::document::{self, Content};
use super::key;
use super::report::{Code, Issue, Severity};
use super::sealing::{self, Restriction};

/// One docket, read and judged. Nothing of it is shared with anybody by being imported.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The docket.
    pub docket: Docket,
    /// Its court; none where the id is not known, and then no hour has an instant.
    pub court: Option<Court>,
    /// What each entry is, in the order of `docket.entries`.
    pub entries: Vec<Planned>,
    /// The events and what happened to each.
    pub lives: Vec<Life>,
    /// What to tell and to review, the reader's issues first.
    pub issues: Vec<Issue>,
}

/// What one entry is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// The key by which a later import finds it again.
    pub key: String,
    /// A document, or words only.
    pub content: Content,
    /// Words of sealing or restriction; such an entry waits for a person.
    pub restriction: Option<Restriction>,
}

/// Judges a docket. `issues` are those of its reading.
pub fn of(file: &str, docket: Docket, mut issues: Vec<Issue>) -> Plan {
    let court = courts::find(&docket.court);
    issues.extend(about_court(file, &docket, court.as_ref()));
    let keys = key::of_entries(&docket);
    let entries: Vec<Planned> =
        docket.entries.iter().zip(keys).map(|(entry, key)| planned(entry, key)).collect();
    issues.extend(about_keys(file, &docket));
    let (lives, doubts) = chain::lives(file, &docket);
    issues.extend(doubts);
    for (entry, planned) in docket.entries.iter().zip(&entries) {
        issues.extend(planned.restriction.as_ref().map(|restriction| restriction.issue(file, entry)));
    }
    Plan { docket, court, entries, lives, issues }
}

fn planned(entry: &Entry, key: String) -> Planned {
    Planned { key, content: document::of(entry), restriction: sealing::find(entry) }
}

fn about_court(file: &str, docket: &Docket, court: Option<&Court>) -> Option<Issue> {
    let (code, sentence) = match court {
        None => {
            let sentence =
                format!("The court {:?} is not known, so its hours have no time zone.", docket.court);
            (Code::UnknownCourt, sentence)
        }
        Some(court) if !court.also.is_empty() => {
            let others: Vec<&str> = court.also.iter().map(|zone| zone.name()).collect();
            let sentence = format!("{} also sits in {}; compare each place.", court.name, others.join(", "));
            (Code::SeveralZones, sentence)
        }
        Some(_) => return None,
    };
    Some(Issue::of_file(Severity::Review, code, file, sentence).at_path("court_id"))
}

fn about_keys(file: &str, docket: &Docket) -> Option<Issue> {
    let weak = docket.entries.iter().filter(|entry| key::is_weak(entry)).count();
    (weak > 0).then(|| {
        let sentence = format!(
            "{weak} of {} entries have no number; they are known by day and text, so one that the court corrects comes anew.",
            docket.entries.len()
        );
        Issue::of_file(Severity::Note, Code::WeakKey, file, sentence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::docket::sample::{docket, entry};

    #[test]
    fn a_plan_has_a_line_for_each_entry() {
        let entries = vec![
            entry("2010-01-02", "ORDER. Status Conference set for 2/1/2010 at 10:00 AM.").numbered("1"),
            entry("2010-01-03", "SEALED DOCUMENT filed by Birch."),
        ];
        let plan = of("a.json", docket(entries), Vec::new());
        assert_eq!((plan.entries.len(), plan.lives.len()), (2, 1));
        assert_eq!(plan.entries[0].key, "n:1");
        assert!(plan.entries[0].restriction.is_none() && plan.entries[1].restriction.is_some());
        let codes: Vec<Code> = plan.issues.iter().map(|issue| issue.code).collect();
        assert_eq!(codes, [Code::WeakKey, Code::SealedWords]);
    }

    #[test]
    fn a_court_without_one_zone_is_told_once() {
        let entries = vec![entry("2010-01-02", "Hearing set for 2/1/2010 at 10:00 AM.").numbered("1")];
        for (court, code) in [("nowhere", Code::UnknownCourt), ("txwb", Code::SeveralZones)] {
            let plan = of("a.json", Docket { court: court.into(), ..docket(entries.clone()) }, Vec::new());
            let codes: Vec<Code> = plan.issues.iter().map(|issue| issue.code).collect();
            assert_eq!(codes, [code]);
        }
    }
}
