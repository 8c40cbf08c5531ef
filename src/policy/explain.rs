//! Which lines decide whether a role has a coordinate, and why.

use std::fmt;

use super::{
    compile::Policy,
    fault::nearest,
    lines::{Act, Effect, Line, Place},
    model::Coordinate,
    role::Role,
};

/// How it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The role has it.
    Granted,
    /// The lines grant it, but no field that the role has leads to it.
    Unreachable,
    /// It goes with the pages that lead to it, and needs no line.
    Plumbing,
    /// A deny shuts it.
    Denied,
    /// No line opens it.
    NotGranted,
    /// There is no such coordinate.
    Unknown,
}

/// The answer to "why can this role see this?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The role.
    pub role: Role,
    /// What it was asked about.
    pub coordinate: Coordinate,
    /// How it ends.
    pub verdict: Verdict,
    /// The lines that speak about it, those that decide first.
    pub lines: Vec<(Place, String, Effect)>,
    /// What was probably meant, where there is no such coordinate.
    pub nearest: Option<String>,
}

impl Policy {
    /// Says which lines decide about a role and a coordinate.
    pub fn explain(&self, role: Role, coordinate: &Coordinate) -> Explanation {
        let mut lines =
            self.lines.speaking(&role.subject(), &coordinate.ty, &coordinate.what(), Act::Resolve);
        // Denies first: one is enough.
        lines.sort_by_key(|line| (line.effect == Effect::Allow, line.place.clone()));
        let said = |line: &&Line| (line.place.clone(), line.subject.clone(), line.effect);
        let verdict = self.verdict(role, coordinate, &lines);
        let nearest = if verdict == Verdict::Unknown { self.meant(coordinate) } else { None };
        let lines = lines.iter().map(said).collect();
        Explanation { role, coordinate: coordinate.clone(), verdict, lines, nearest }
    }

    /// The nearest coordinate of the type, or of the type that was probably meant.
    fn meant(&self, coordinate: &Coordinate) -> Option<String> {
        let types = self.full.types.keys().map(String::as_str);
        let ty = nearest(&coordinate.ty, types)?;
        let all = self.full.coordinates();
        let members: Vec<String> = all.iter().filter(|other| other.ty == ty).map(Coordinate::what).collect();
        let what = nearest(&coordinate.what(), members.iter().map(String::as_str))?;
        Some(format!("{ty}.{what}"))
    }

    fn verdict(&self, role: Role, coordinate: &Coordinate, lines: &[&Line]) -> Verdict {
        if !self.full.has(coordinate) {
            return Verdict::Unknown;
        }
        if super::model::is_plumbing(&coordinate.ty, &coordinate.member) {
            return Verdict::Plumbing;
        }
        match lines.first().map(|line| line.effect) {
            None => Verdict::NotGranted,
            Some(Effect::Deny) => Verdict::Denied,
            Some(Effect::Allow) if self.grants(role).model().has(coordinate) => Verdict::Granted,
            Some(Effect::Allow) => Verdict::Unreachable,
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.verdict {
            Verdict::Granted => "granted",
            Verdict::Unreachable => "granted, but no field that the role has leads to it",
            Verdict::Plumbing => "goes with the pages that lead to it",
            Verdict::Denied => "denied, whatever else allows it",
            Verdict::NotGranted => "not granted: no line speaks about it",
            Verdict::Unknown => "there is no such member",
        };
        write!(f, "role:{} {}: {why}", self.role, self.coordinate)?;
        if let Some(nearest) = &self.nearest {
            write!(f, ". Did you mean `{nearest}`?")?;
        }
        writeln!(f)?;
        for (place, subject, effect) in &self.lines {
            let own = *subject == self.role.subject();
            let from = if own { String::new() } else { format!(", inherited from {subject}") };
            writeln!(f, "  {place}: {}{from}", effect.word())?;
        }
        Ok(())
    }
}
