//! Policy lines as data, read from text with every fault of form, and the question which lines speak about what.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use super::{
    fault::Fault,
    source::{File, Source},
};

/// Stands for every type or every member.
pub(super) const ANY: &str = "*";

/// The file and line where something is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file's name.
    pub file: Arc<str>,
    /// The line, counted from one.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// What a line is about: members that resolve, or rows that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Act {
    /// A member of a type.
    Resolve,
    /// A scope of rows.
    Row,
}

impl Act {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Row => "row",
        }
    }
}

/// Whether a line opens or shuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It opens.
    Allow,
    /// It shuts, whatever opens elsewhere.
    Deny,
}

impl Effect {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// `p, subject, type, what, act, effect`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Where it stands.
    pub(super) place: Place,
    /// The role or group, with its prefix.
    pub(super) subject: String,
    /// The type, or `*`.
    pub(super) ty: String,
    /// Members, arguments or scopes; or `*` alone.
    pub(super) what: Vec<String>,
    /// What it is about.
    pub(super) act: Act,
    /// What it does.
    pub(super) effect: Effect,
}

/// `g, child, parent`: the child has what the parent has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// Where it stands.
    pub(super) place: Place,
    /// Who inherits.
    pub(super) child: String,
    /// From whom.
    pub(super) parent: String,
}

/// All lines of a policy.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    pub(super) lines: Vec<Line>,
    pub(super) links: Vec<Link>,
}

impl Line {
    /// Whether the line speaks about the member, argument or scope. A field carries its arguments.
    pub(super) fn names(&self, ty: &str, what: &str, act: Act) -> bool {
        let about = self.ty == ty || self.ty == ANY;
        about && self.act == act && self.what.iter().any(|item| covers(item, what))
    }

    pub(super) fn is_wide(&self) -> bool {
        self.ty == ANY || self.what.iter().any(|item| item == ANY)
    }

    /// The columns as casbin takes them.
    pub(super) fn columns(&self) -> Vec<String> {
        let what = self.what.join("|");
        [&self.subject, &self.ty, &what, self.act.word(), self.effect.word()].map(str::to_owned).to_vec()
    }
}

/// Whether an item of a `|` list covers what is asked for: itself, anything (`*`), or an argument of the field.
pub(super) fn covers(item: &str, what: &str) -> bool {
    item == ANY || item == what || what.strip_prefix(item).is_some_and(|rest| rest.starts_with('('))
}

impl Lines {
    /// Reads the files; what can't be understood is left out and said.
    pub(super) fn read(source: &Source) -> (Self, Vec<Fault>) {
        let mut all = Self::default();
        let mut faults = Vec::new();
        for file in &source.files {
            all.read_file(file, &mut faults);
        }
        (all, faults)
    }

    fn read_file(&mut self, file: &File, faults: &mut Vec<Fault>) {
        let name: Arc<str> = file.name.as_str().into();
        for (index, text) in file.text.lines().enumerate() {
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let place = Place { file: Arc::clone(&name), line: index.saturating_add(1) };
            match parse(&place, text) {
                Ok(Parsed::Line(line)) => self.lines.push(line),
                Ok(Parsed::Link(link)) => self.links.push(link),
                Err(fault) => faults.push(fault),
            }
        }
    }

    /// The subject itself and all it inherits from, near or far.
    pub(super) fn ancestry<'a>(&'a self, subject: &'a str) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::from([subject]);
        let mut open = vec![subject];
        while let Some(child) = open.pop() {
            for link in self.links.iter().filter(|link| link.child == child) {
                if found.insert(&link.parent) {
                    open.push(&link.parent);
                }
            }
        }
        found
    }

    /// The lines that speak to the subject about the member, argument or scope.
    pub(super) fn speaking<'a>(&'a self, subject: &str, ty: &str, what: &str, act: Act) -> Vec<&'a Line> {
        let heard = self.ancestry(subject);
        let speaks = |line: &&Line| heard.contains(line.subject.as_str()) && line.names(ty, what, act);
        self.lines.iter().filter(speaks).collect()
    }

    /// The content without places, order, repetitions and comments: what the hash is taken of.
    pub(super) fn canonical(&self) -> String {
        let inherited = self.links.iter().map(|link| format!("g, {}, {}", link.child, link.parent));
        let single = |line: &Line, item: &String| {
            let (act, effect) = (line.act.word(), line.effect.word());
            format!("p, {}, {}, {item}, {act}, {effect}", line.subject, line.ty)
        };
        let said = self.lines.iter().flat_map(|line| line.what.iter().map(move |item| single(line, item)));
        let all: BTreeSet<_> = inherited.chain(said).collect();
        all.into_iter().collect::<Vec<_>>().join("\n")
    }

    /// The lines by type; those for every type stand under `*`.
    pub(super) fn by_type(&self) -> BTreeMap<&str, Vec<&Line>> {
        let mut by_type: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
        for line in &self.lines {
            by_type.entry(&line.ty).or_default().push(line);
        }
        by_type
    }
}

enum Parsed {
    Line(Line),
    Link(Link),
}

fn parse(place: &Place, text: &str) -> Result<Parsed, Fault> {
    let fault = |sentence: String| Fault::at(&place.file, place.line, sentence);
    if let Some(strange) = text.chars().find(|c| matches!(c, '"' | '\'' | '#' | '\t') || c.is_control()) {
        let why = if strange == '#' { " A comment stands on a line of its own." } else { "" };
        return Err(fault(format!("{strange:?} has no place in a line.{why}")));
    }
    let columns: Vec<&str> = text.split(',').map(str::trim).collect();
    match columns.as_slice() {
        ["p", subject, ty, what, act, effect] => line(place, [subject, ty, what, act, effect]),
        ["g", child, parent] => {
            let (child, parent) = (name(place, child)?, name(place, parent)?);
            Ok(Parsed::Link(Link { place: place.clone(), child, parent }))
        }
        ["p", ..] => Err(fault(format!(
            "a `p` line has 6 columns (p, role, type, members, act, effect), this one has {}.",
            columns.len()
        ))),
        ["g", ..] => Err(fault(format!("a `g` line has 3 columns, this one has {}.", columns.len()))),
        [other, ..] => Err(fault(format!("a line begins with `p` or `g`, not with `{other}`."))),
        [] => Err(fault("the line is empty.".to_owned())),
    }
}

fn line(place: &Place, [subject, ty, what, act, effect]: [&str; 5]) -> Result<Parsed, Fault> {
    let fault = |sentence: String| Fault::at(&place.file, place.line, sentence);
    let act = match act {
        "resolve" => Act::Resolve,
        "row" => Act::Row,
        other => {
            let fault = fault(format!("the act is `resolve` or `row`, not `{other}`."));
            return Err(fault.near(other, ["resolve", "row"]));
        }
    };
    let effect = match effect {
        "allow" => Effect::Allow,
        "deny" => Effect::Deny,
        other => {
            let fault = fault(format!("the effect is `allow` or `deny`, not `{other}`."));
            return Err(fault.near(other, ["allow", "deny"]));
        }
    };
    let what: Vec<String> = what.split('|').map(|item| item.trim().to_owned()).collect();
    if ty.is_empty() || what.iter().any(String::is_empty) {
        return Err(fault("a column or an item of a list is empty.".to_owned()));
    }
    if what.len() > 1 && what.iter().any(|item| item == ANY) {
        return Err(fault("`*` stands alone or not at all.".to_owned()));
    }
    let subject = name(place, subject)?;
    Ok(Parsed::Line(Line { place: place.clone(), subject, ty: ty.to_owned(), what, act, effect }))
}

/// A role or group, which always has its prefix: a person's name must never be one.
fn name(place: &Place, text: &str) -> Result<String, Fault> {
    let is_plain = |rest: &str| {
        !rest.is_empty() && rest.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    if text.strip_prefix("role:").is_some_and(is_plain) {
        return Ok(text.to_owned());
    }
    let sentence = format!("a role is written like `role:client`, not `{text}`.");
    Err(Fault::at(&place.file, place.line, sentence))
}
