//! The lint of `g` lines: who inherits from whom, and what must never come of it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    fault::Fault,
    lines::{Lines, Link},
    model::Model,
    rights::Rights,
    role::Role,
};

/// How many steps of inheritance casbin follows.
const DEEPEST: usize = 9;

/// The twelve roles and every group that some line names as a parent.
pub(super) fn subjects(lines: &Lines) -> BTreeSet<String> {
    let parents = lines.links.iter().map(|link| link.parent.clone());
    Role::ALL.into_iter().map(Role::subject).chain(parents).collect()
}

/// The roles that hear lines of the subject.
pub(super) fn heirs(lines: &Lines) -> BTreeMap<String, Vec<Role>> {
    let mut heirs: BTreeMap<String, Vec<Role>> = BTreeMap::new();
    for role in Role::ALL {
        for subject in lines.ancestry(&role.subject()) {
            heirs.entry(subject.to_owned()).or_default().push(role);
        }
    }
    heirs
}

fn role_of(subject: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| role.subject() == subject)
}

/// Every fault of the `g` lines.
pub(super) fn check(lines: &Lines, model: &Model) -> Vec<Fault> {
    let known = subjects(lines);
    let heirs = heirs(lines);
    let speaks: BTreeSet<&str> = lines.lines.iter().map(|line| line.subject.as_str()).collect();
    let mut faults = Vec::new();
    let mut seen = BTreeMap::new();
    for link in &lines.links {
        let at = |sentence: String| Fault::at(&link.place.file, link.place.line, sentence);
        if let Some(first) = seen.insert((&link.child, &link.parent), &link.place) {
            faults.push(at(format!("repeats {first}.")));
        }
        if !known.contains(&link.child) {
            let fault = at(format!("`{}` is no role, and nobody inherits from it.", link.child));
            faults.push(fault.near(&link.child, known.iter().map(String::as_str)));
        }
        let has_parents = lines.links.iter().any(|other| other.child == link.parent);
        if role_of(&link.parent).is_none() && !has_parents && !speaks.contains(link.parent.as_str()) {
            let fault = at(format!("`{}` is no role, and no line grants it anything.", link.parent));
            faults.push(fault.near(&link.parent, known_but(&known, &link.parent)));
        }
        faults.extend(mixed(link, &heirs).map(at));
        if lines.ancestry(&link.parent).contains(link.child.as_str()) {
            faults.push(at(format!("`{}` inherits from itself through this line.", link.child)).cause());
        }
    }
    faults.extend(deep(lines));
    let rights = known.iter().map(|subject| (subject.as_str(), Rights::of(subject, lines, model))).collect();
    let crossed = crossed(lines, &rights);
    // Of two parents that are told already, neither is told again by itself.
    if crossed.is_empty() {
        faults.extend(widened(lines, model, &rights));
    }
    faults.extend(crossed);
    faults
}

fn known_but<'a>(known: &'a BTreeSet<String>, but: &str) -> impl Iterator<Item = &'a str> {
    known.iter().map(String::as_str).filter(move |name| *name != but)
}

/// An outside role that would get what is said of staff.
fn mixed(link: &Link, heirs: &BTreeMap<String, Vec<Role>>) -> Option<String> {
    let outside = heirs.get(&link.child)?.iter().find(|role| role.is_outside())?;
    if let Some(staff) = role_of(&link.parent).filter(|role| role.is_staff()) {
        return Some(format!("role:{outside} stands outside the firm and can't inherit from role:{staff}."));
    }
    let staff = heirs.get(&link.parent)?.iter().find(|role| role.is_staff())?;
    Some(format!(
        "role:{outside} stands outside the firm and can't share `{}` with role:{staff}.",
        link.parent
    ))
}

/// Chains that casbin would stop following.
fn deep(lines: &Lines) -> Vec<Fault> {
    // A short cycle has no end either, but is told for itself.
    let too_deep = |link: &&Link| {
        let is_long = lines.ancestry(&link.child).len() > DEEPEST;
        is_long && depth(lines, &link.child, DEEPEST.saturating_add(1)) > DEEPEST
    };
    lines
        .links
        .iter()
        .filter(too_deep)
        .map(|link| {
            let sentence = format!("`{}` inherits through more than {DEEPEST} steps.", link.child);
            Fault::at(&link.place.file, link.place.line, sentence)
        })
        .collect()
}

/// The longest chain above a subject, counted up to a limit, so that a cycle ends too.
fn depth(lines: &Lines, subject: &str, limit: usize) -> usize {
    // By waves: the last wave that is not empty is the longest chain.
    let mut wave = BTreeSet::from([subject]);
    for step in 0..limit {
        let above = lines.links.iter().filter(|link| wave.contains(link.child.as_str()));
        wave = above.map(|link| link.parent.as_str()).collect();
        if wave.is_empty() {
            return step;
        }
    }
    limit
}

/// Two parents with different rows on one type: fields of the one would appear on rows of the other.
fn crossed(lines: &Lines, rights: &BTreeMap<&str, Rights>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (index, link) in lines.links.iter().enumerate() {
        let earlier = lines.links.iter().take(index).filter(|other| other.child == link.child);
        for other in earlier {
            let both = rights.get(other.parent.as_str()).zip(rights.get(link.parent.as_str()));
            let types = both.map(|(a, b)| crossed_types(a, b)).unwrap_or_default();
            faults.extend(types.into_iter().map(|ty| {
                let sentence = format!(
                    "`{}` inherits different rows of {ty} from `{}` ({}) and `{}`: each would be shown with the \
                     other's fields.",
                    link.child, other.parent, other.place, link.parent
                );
                Fault::at(&link.place.file, link.place.line, sentence)
            }));
        }
    }
    faults
}

/// A parent's rows on which fields of others would appear, since who inherits has other rows for them as well.
fn widened(lines: &Lines, model: &Model, rights: &BTreeMap<&str, Rights>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for link in &lines.links {
        let both = rights.get(link.parent.as_str()).zip(rights.get(link.child.as_str()));
        let Some((parent, whole)) = both else { continue };
        let own = Rights::own(&link.child, lines, model);
        let others =
            lines.links.iter().filter(|other| other.child == link.child && other.parent != link.parent);
        let others: Vec<_> =
            others.filter_map(|other| rights.get(other.parent.as_str())).chain([&own]).collect();
        for (ty, of) in parent.0.iter().filter(|(_, of)| !of.members.is_empty() && !of.scopes.is_empty()) {
            let Some(all) = whole.0.get(ty) else { continue };
            let has_more = !of.scopes.is_superset(&all.scopes) && !of.members.is_superset(&all.members);
            // Who has all of it and more shows nothing on its rows that is not meant for them.
            let covered = |other: &&Rights| other.0.get(ty).is_some_and(|other| other.contains(of));
            if has_more && !others.iter().any(covered) {
                let sentence = format!(
                    "`{}` has rows and fields of {ty} beside those that it inherits from `{}`: its fields would be shown on \
                     these rows, too.",
                    link.child, link.parent
                );
                faults.push(Fault::at(&link.place.file, link.place.line, sentence));
            }
        }
    }
    faults
}

fn crossed_types<'a>(a: &'a Rights, b: &Rights) -> Vec<&'a str> {
    let both = a.0.iter().filter_map(|(ty, of)| Some((ty, of, b.0.get(ty)?)));
    both.filter(|(_, x, y)| !x.scopes.is_empty() && !y.scopes.is_empty() && x.scopes != y.scopes)
        .filter(|(_, x, y)| !x.contains(y) && !y.contains(x))
        .map(|(ty, ..)| ty.as_str())
        .collect()
}
