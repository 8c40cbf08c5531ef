//! To which known event a finding belongs, and whether that is certain.

use chrono::{Duration, NaiveDate};

use super::{Life, Said, Status};
use crate::import::hearing::{Action, Finding, Flag, Kind};

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// These events, just as they are.
    Same(Vec<usize>),
    /// These events change.
    Change(Vec<usize>, Vec<Flag>),
    /// An event not known yet.
    New,
    /// Perhaps a known one; not certain.
    Unsure,
}

/// Names that a case has once at a time.
const ONCE: [&str; 9] = [
    "case management conference",
    "scheduling conference",
    "pretrial conference",
    "pre-trial conference",
    "settlement conference",
    "status conference",
    "confirmation hearing",
    "mediation conference",
    "initial conference",
];

/// Looks for the events that a finding is about.
pub(super) fn find(lives: &[Life], said: &Said<'_>) -> Link {
    match said.finding.action {
        Action::Set | Action::Moved => set(lives, said),
        Action::Cancelled | Action::ToBeSet => off(lives, said),
    }
}

fn set(lives: &[Life], said: &Said<'_>) -> Link {
    let finding = said.finding;
    let same = rows(lives, |life| same_hour(life, finding) && fits(life, finding));
    if !same.is_empty() {
        return Link::Same(same);
    }
    if finding.agenda || finding.label == "Omnibus Hearing" {
        return Link::New;
    }
    let open = rows(lives, |life| life.kind == finding.kind && is_open(life, said));
    let pick = |test: &dyn Fn(&Life) -> bool| -> Vec<usize> {
        open.iter().copied().filter(|row| lives.get(*row).is_some_and(test)).collect()
    };
    let mine = pick(&|life| finding.kind == Kind::Meeting || shares(life, finding));
    let former = finding.former;
    if let Some(former) = former {
        let on_day = pick(&|life| life.facts.day == Some(former));
        let of_mine: Vec<usize> = on_day.iter().copied().filter(|row| mine.contains(row)).collect();
        let chosen = if of_mine.is_empty() && (finding.about.is_empty() || once(&finding.label)) {
            named(lives, &on_day, finding)
        } else {
            of_mine
        };
        if !chosen.is_empty() && one_hour(lives, &chosen) {
            return Link::Change(chosen, Vec::new());
        }
    }
    if finding.kind == Kind::Meeting {
        return one(&mine, said, former.is_some());
    }
    if !finding.about.is_empty() && !once(&finding.label) {
        return by_matter(lives, said, &mine);
    }
    by_name(
        lives,
        said,
        &pick(&|life| equal(&life.label, &finding.label) && (life.about.is_empty() || once(&life.label))),
        &open,
    )
}

fn by_matter(lives: &[Life], said: &Said<'_>, mine: &[usize]) -> Link {
    let finding = said.finding;
    let covered = |row: &usize| {
        lives.get(*row).is_some_and(|life| life.about.iter().all(|number| finding.about.contains(number)))
    };
    let alike = |row: &usize| lives.get(*row).is_some_and(|life| alike(&life.label, &finding.label));
    if mine.is_empty() {
        return if finding.action == Action::Moved { Link::Unsure } else { Link::New };
    }
    let each_once = finding.about.iter().all(|number| {
        mine.iter().filter(|row| lives.get(**row).is_some_and(|life| life.about.contains(number))).count()
            <= 1
    });
    let moved = finding.action == Action::Moved && finding.about.len() <= 8;
    let told = finding.about.len() == 1 && mine.iter().all(|row| is_ahead(lives, *row, said));
    let certain =
        each_once && said.alone && mine.iter().all(covered) && mine.iter().all(alike) && (moved || told);
    if !certain {
        return Link::Unsure;
    }
    let differs = finding.former.is_some();
    Link::Change(mine.to_vec(), if differs { vec![Flag::FormerDayDiffers] } else { Vec::new() })
}

fn by_name(lives: &[Life], said: &Said<'_>, equal: &[usize], open: &[usize]) -> Link {
    let finding = said.finding;
    let name = finding.label.to_lowercase();
    let once = once(&name);
    let moved = finding.action == Action::Moved;
    let certain = |row: usize| if moved { name != "hearing" } else { once && is_ahead(lives, row, said) };
    let summons = said.entry.words().to_lowercase().contains("summons");
    match equal {
        [row] if said.alone_of_name && !summons && certain(*row) => {
            let flags = if finding.former.is_some() { vec![Flag::FormerDayDiffers] } else { Vec::new() };
            Link::Change(vec![*row], flags)
        }
        [] if finding.action == Action::Moved => Link::Unsure,
        [] => {
            let related = once
                && open
                    .iter()
                    .any(|row| lives.get(*row).is_some_and(|life| base(&life.label) == base(&finding.label)));
            if related { Link::Unsure } else { Link::New }
        }
        _ => Link::Unsure,
    }
}

fn off(lives: &[Life], said: &Said<'_>) -> Link {
    let finding = said.finding;
    let day = finding.day.or(finding.former);
    let live = |life: &Life| life.kind == finding.kind && life.facts.status != Status::Cancelled;
    let at = rows(lives, |life| {
        live(life)
            && day.is_some()
            && life.facts.day == day
            && (finding.time.is_none() || life.facts.time.is_none() || life.facts.time == finding.time)
    });
    if finding.agenda && finding.time.is_some() {
        return if at.is_empty() { Link::Unsure } else { Link::Change(at, Vec::new()) };
    }
    if day.is_some() {
        let mine: Vec<usize> = at
            .iter()
            .copied()
            .filter(|row| lives.get(*row).is_some_and(|life| shares(life, finding)))
            .collect();
        let chosen = if mine.is_empty() { named(lives, &at, finding) } else { mine };
        return if chosen.len() == 1 { Link::Change(chosen, Vec::new()) } else { Link::Unsure };
    }
    if finding.kind == Kind::Meeting {
        let meetings = rows(lives, live);
        return match meetings.as_slice() {
            [row] => Link::Change(vec![*row], Vec::new()),
            [] if finding.action == Action::ToBeSet => Link::New,
            _ => Link::Unsure,
        };
    }
    let mine = rows(lives, |life| {
        live(life) && is_open(life, said) && (shares(life, finding) || set_in(life, finding))
    });
    match mine.as_slice() {
        [row] => Link::Change(vec![*row], Vec::new()),
        [] if finding.about.is_empty() => {
            let plain = ["hearing", "motion hearing"];
            let open = rows(lives, |life| {
                live(life) && is_open(life, said) && plain.contains(&life.label.to_lowercase().as_str())
            });
            if open.len() == 1 { Link::Change(open, vec![Flag::OnlyOneOpen]) } else { Link::Unsure }
        }
        _ => Link::Unsure,
    }
}

fn one(rows: &[usize], said: &Said<'_>, differs: bool) -> Link {
    match rows {
        [] if said.finding.action == Action::Moved => Link::Unsure,
        [] => Link::New,
        [row] if said.alone => {
            Link::Change(vec![*row], if differs { vec![Flag::FormerDayDiffers] } else { Vec::new() })
        }
        _ => Link::Unsure,
    }
}

fn once(label: &str) -> bool {
    let label = label.to_lowercase();
    ONCE.iter().any(|one| label.ends_with(one))
}

impl Said<'_> {
    fn written(&self) -> NaiveDate {
        self.entry.entered_on.map_or(self.entry.filed_on, |entered| entered.min(self.entry.filed_on))
    }
}

fn rows(lives: &[Life], test: impl Fn(&Life) -> bool) -> Vec<usize> {
    lives.iter().enumerate().filter(|(_, life)| test(life)).map(|(row, _)| row).collect()
}

fn same_hour(life: &Life, finding: &Finding) -> bool {
    let hour = life.facts.time == finding.time || life.facts.time.is_none() || finding.time.is_none();
    life.facts.status == Status::Confirmed
        && life.kind == finding.kind
        && life.facts.day == finding.day
        && hour
}

/// Whether an event at the same hour is the one meant.
fn fits(life: &Life, finding: &Finding) -> bool {
    let free = (life.about.is_empty() && finding.about.is_empty()) || once(&finding.label);
    let sitting = finding.agenda || finding.label == "Omnibus Hearing" && life.about.is_empty();
    finding.kind == Kind::Meeting
        || sitting
        || shares(life, finding)
        || (free && alike(&life.label, &finding.label))
}

/// Not over yet when the entry was written.
fn is_open(life: &Life, said: &Said<'_>) -> bool {
    let patience = if said.finding.action == Action::Moved { 3 } else { 0 };
    let held = life.facts.day.is_some_and(|day| day < said.written() - Duration::days(patience));
    match life.facts.status {
        Status::Confirmed => !held,
        Status::ToBeSet => true,
        Status::Cancelled => false,
    }
}

fn is_ahead(lives: &[Life], row: usize, said: &Said<'_>) -> bool {
    lives.get(row).is_some_and(|life| life.facts.day.is_none_or(|day| day > said.written()))
}

fn shares(life: &Life, finding: &Finding) -> bool {
    life.about.iter().any(|number| finding.about.contains(number))
}

/// The finding names the very entry that gave the event its present day.
fn set_in(life: &Life, finding: &Finding) -> bool {
    let last = life.steps.last().and_then(|step| step.entry.as_ref());
    last.is_some_and(|number| finding.about.contains(number))
}

fn one_hour(lives: &[Life], rows: &[usize]) -> bool {
    let mut hours = rows.iter().filter_map(|row| lives.get(*row)).map(|life| life.facts.time);
    let first = hours.next();
    hours.all(|hour| Some(hour) == first)
}

fn named(lives: &[Life], rows: &[usize], finding: &Finding) -> Vec<usize> {
    rows.iter()
        .copied()
        .filter(|row| lives.get(*row).is_some_and(|life| alike(&life.label, &finding.label)))
        .collect()
}

/// The name without what tells first from later ones.
fn base(label: &str) -> String {
    let label = label.to_lowercase();
    let words =
        label.split_whitespace().filter(|word| !matches!(*word, "initial" | "further" | "final" | "joint"));
    words.collect::<Vec<_>>().join(" ")
}

fn equal(one: &str, two: &str) -> bool {
    one.eq_ignore_ascii_case(two)
}

/// Equal names, or one of them is no more than "Hearing".
fn alike(one: &str, two: &str) -> bool {
    let plain =
        |label: &str| label.eq_ignore_ascii_case("hearing") || label.eq_ignore_ascii_case("motion hearing");
    let hearing =
        |label: &str| label.to_lowercase().ends_with("hearing") || label.to_lowercase().ends_with("trial");
    base(one) == base(two) || (plain(one) && hearing(two)) || (plain(two) && hearing(one))
}
