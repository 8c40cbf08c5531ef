//! Looks for names that a role lacks in what is written for people: descriptions and reasons of deprecation.

use std::collections::BTreeSet;

use super::{
    closure::Finding,
    model::{Model, Text, Type, is_built_in},
};

/// Texts of the role's model that name what only the full model has.
pub(super) fn check(model: &Model, full: &Model) -> Vec<Finding> {
    let known = names(model);
    let hidden: BTreeSet<&str> = names(full).difference(&known).copied().collect();
    if hidden.is_empty() {
        return Vec::new();
    }
    let types: BTreeSet<&str> =
        full.types.keys().map(String::as_str).filter(|ty| hidden.contains(ty)).collect();
    let mut findings = Vec::new();
    for (name, ty) in model.types.iter().filter(|(name, _)| !is_built_in(name)) {
        for (member, text) in texts(ty) {
            for word in identifiers(text).filter(|word| means(word, &hidden, &types)) {
                let place = if member.is_empty() { name.clone() } else { format!("{name}.{member}") };
                let sentence = format!("the text of {place} names `{}`, which is not granted.", word.text);
                findings.push(Finding::new(name, member, sentence));
            }
        }
    }
    findings
}

/// Every name of a model that would be news to somebody.
fn names(model: &Model) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for (name, ty) in &model.types {
        names.insert(name.as_str());
        names.extend(ty.fields.keys().chain(ty.inputs.keys()).chain(ty.values.keys()).map(String::as_str));
        let args = ty.fields.values().flat_map(|field| field.args.keys());
        names.extend(args.map(String::as_str));
    }
    names
}

/// The texts of a type, each with the member it belongs to; the type's own has none.
fn texts(ty: &Type) -> Vec<(&str, &str)> {
    let mut texts: Vec<(&str, &str)> = ty.description.iter().map(|text| ("", text.as_str())).collect();
    for (member, field) in &ty.fields {
        texts.extend(both(&field.text).map(|text| (member.as_str(), text)));
        let args = field.args.values().flat_map(|arg| both(&arg.text));
        texts.extend(args.map(|text| (member.as_str(), text)));
    }
    for (member, input) in &ty.inputs {
        texts.extend(both(&input.text).map(|text| (member.as_str(), text)));
    }
    for (member, value) in &ty.values {
        texts.extend(both(value).map(|text| (member.as_str(), text)));
    }
    texts
}

fn both(text: &Text) -> impl Iterator<Item = &str> {
    text.description.iter().chain(&text.deprecated).map(String::as_str)
}

/// A word that could be a name.
struct Word<'a> {
    text: &'a str,
    /// Whether it stands between backticks.
    quoted: bool,
    /// Whether it begins a sentence, where any word has a capital.
    first: bool,
}

fn identifiers(text: &str) -> impl Iterator<Item = Word<'_>> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut quoted = false;
    let mut first = true;
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        if end > 0 {
            let (word, after) = rest.split_at(end);
            words.push(Word { text: word, quoted, first });
            (first, rest) = (false, after);
            continue;
        }
        quoted ^= next == '`';
        first |= matches!(next, '.' | '!' | '?' | ':' | '\n');
        rest = rest.get(next.len_utf8()..).unwrap_or_default();
    }
    words.into_iter()
}

/// Whether the word means the hidden name. An everyday word (`folder`) does so between backticks only; a type's
/// name with its capital inside a sentence does, and so does anything that nobody writes by chance (`riskFlags`).
fn means(word: &Word<'_>, hidden: &BTreeSet<&str>, types: &BTreeSet<&str>) -> bool {
    if !hidden.contains(word.text) {
        return false;
    }
    let coined = word.text.contains('_') || word.text.chars().skip(1).any(|c| c.is_ascii_uppercase());
    let lone_capitals = !word.text.chars().any(|c| c.is_ascii_lowercase());
    word.quoted || coined || lone_capitals || (types.contains(word.text) && !word.first)
}
