//! What the lines come to for a role or group, by our own reading of them; casbin gives the answer that counts.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    lines::{ANY, Act, Effect, Line, Lines, covers},
    model::{Model, is_plumbing},
};

/// What a subject has of one type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Of {
    pub(super) members: BTreeSet<String>,
    pub(super) scopes: BTreeSet<String>,
}

impl Of {
    /// Whether it has all that the other has, fields and rows.
    pub(super) fn contains(&self, other: &Self) -> bool {
        self.members.is_superset(&other.members) && self.scopes.is_superset(&other.scopes)
    }

    const fn set(&mut self, act: Act) -> &mut BTreeSet<String> {
        match act {
            Act::Resolve => &mut self.members,
            Act::Row => &mut self.scopes,
        }
    }
}

/// What a subject has, by type. Arguments go with their fields and are not listed.
#[derive(Debug, Clone, Default)]
pub(super) struct Rights(pub(super) BTreeMap<String, Of>);

impl Rights {
    /// Reads the lines that the subject hears.
    pub(super) fn of(subject: &str, lines: &Lines, model: &Model) -> Self {
        Self::said_to(&lines.ancestry(subject), lines, model)
    }

    /// Reads the lines that name the subject itself.
    pub(super) fn own(subject: &str, lines: &Lines, model: &Model) -> Self {
        Self::said_to(&BTreeSet::from([subject]), lines, model)
    }

    fn said_to(heard: &BTreeSet<&str>, lines: &Lines, model: &Model) -> Self {
        let speaks = |line: &&Line| heard.contains(line.subject.as_str());
        let mut rights = Self::default();
        for line in lines.lines.iter().filter(speaks).filter(|line| line.effect == Effect::Allow) {
            let items = line.what.iter().flat_map(|item| members(model, line, item));
            rights.0.entry(line.ty.clone()).or_default().set(line.act).extend(items);
        }
        for line in lines.lines.iter().filter(speaks).filter(|line| line.effect == Effect::Deny) {
            for (_, of) in rights.0.iter_mut().filter(|(ty, _)| line.ty == **ty || line.ty == ANY) {
                of.set(line.act).retain(|name| !line.what.iter().any(|item| covers(item, name)));
            }
        }
        rights
    }

    pub(super) fn members(&self, ty: &str) -> bool {
        self.0.get(ty).is_some_and(|of| !of.members.is_empty())
    }

    pub(super) fn rows(&self, ty: &str) -> bool {
        self.0.get(ty).is_some_and(|of| !of.scopes.is_empty())
    }
}

/// The members that an item means: itself, or all of the type.
fn members(model: &Model, line: &Line, item: &str) -> Vec<String> {
    if item != ANY {
        return vec![item.to_owned()];
    }
    let all = model.types.get(&line.ty).map(super::model::Type::members).unwrap_or_default();
    all.into_iter().filter(|name| !is_plumbing(&line.ty, name)).map(str::to_owned).collect()
}
