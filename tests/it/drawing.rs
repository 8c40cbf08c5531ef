//! Random requests out of a role's own model: fragments, aliases, variables, filters, orders, pages, ids and cursors.
use std::collections::BTreeMap;

use portico::policy::model::{Field, Kind, Model, named};
use rand::{Rng as _, RngCore, seq::IndexedRandom as _};
use serde_json::{Map, Value, json};

use crate::shape::NOBODYS;

/// What earlier answers held, by type: ids of rows, cursors of the lists of a type, and words.
#[derive(Default)]
pub struct Finds {
    pub ids: BTreeMap<String, Vec<String>>,
    pub cursors: BTreeMap<String, Vec<String>>,
    pub words: Vec<String>,
}

/// A part of a selection.
#[derive(Clone, Debug)]
pub enum Pick {
    Field { key: String, name: String, arguments: Vec<(String, Given)>, below: Vec<Pick> },
    On { ty: String, is_named: bool, below: Vec<Pick> },
}

/// What an argument is given.
#[derive(Clone, Debug)]
pub enum Given {
    Literal(Word),
    Variable { name: String, ty: String, word: Option<Word> },
}

/// A value, with enum values told apart from text.
#[derive(Clone, Debug)]
pub enum Word {
    Plain(Value),
    Enum(String),
    List(Vec<Word>),
    Object(Vec<(String, Word)>),
}

impl Word {
    fn literal(&self) -> String {
        match self {
            Word::Plain(value) => value.to_string(),
            Word::Enum(name) => name.clone(),
            Word::List(words) => {
                format!("[{}]", words.iter().map(Word::literal).collect::<Vec<_>>().join(", "))
            }
            Word::Object(fields) => {
                let fields: Vec<_> =
                    fields.iter().map(|(name, word)| format!("{name}: {}", word.literal())).collect();
                format!("{{{}}}", fields.join(", "))
            }
        }
    }

    fn json(&self) -> Value {
        match self {
            Word::Plain(value) => value.clone(),
            Word::Enum(name) => json!(name),
            Word::List(words) => Value::Array(words.iter().map(Word::json).collect()),
            Word::Object(fields) => {
                Value::Object(fields.iter().map(|(name, word)| (name.clone(), word.json())).collect())
            }
        }
    }
}

/// How many fields the answer to a request that fits may have; what answers with no value of its own is not counted.
const ROOM: usize = 10_000;
/// Aliases of a request that fits.
const ALIASES: usize = 40;

pub struct Drawing<'a> {
    pub model: &'a Model,
    pub finds: &'a Finds,
    pub random: &'a mut dyn RngCore,
    count: usize,
    /// Fields that the answer may still have; `None`: whatever comes, and the limits are what is tried.
    room: Option<usize>,
}

impl<'a> Drawing<'a> {
    /// Draws requests that fit the limits and name cursors that were given out.
    pub fn new(model: &'a Model, finds: &'a Finds, random: &'a mut dyn RngCore) -> Self {
        Drawing { model, finds, random, count: 0, room: Some(ROOM) }
    }

    /// Draws requests that may cost too much, ask for both ends of a page, or name cursors that nobody gave out.
    pub fn odd(model: &'a Model, finds: &'a Finds, random: &'a mut dyn RngCore) -> Self {
        Drawing { room: None, ..Self::new(model, finds, random) }
    }

    /// Whether so many more fields of the answer fit in.
    fn fits(&mut self, times: usize) -> bool {
        match &mut self.room {
            None => true,
            Some(room) if *room >= times && self.count < ALIASES => {
                *room -= times;
                true
            }
            Some(_) => false,
        }
    }

    pub fn request(&mut self) -> Vec<Pick> {
        let depth = self.random.random_range(if self.room.is_some() { 2..7 } else { 3..9 });
        self.selection(&self.model.query.clone(), depth, 1)
    }

    /// `times`: in how many rows of the answer it stands.
    fn selection(&mut self, ty: &str, depth: usize, times: usize) -> Vec<Pick> {
        let Some(found) = self.model.types.get(ty) else { return Vec::new() };
        if found.kind != Kind::Object {
            return self.of_abstract(&found.possible.iter().cloned().collect::<Vec<_>>(), depth, times);
        }
        let names: Vec<&String> = found.fields.keys().collect();
        let wanted = self.random.random_range(1..=names.len().min(7));
        let mut picks = Vec::new();
        for _ in 0..wanted {
            let name = (*names.choose(self.random).unwrap()).clone();
            picks.extend(self.field(&name, &found.fields[&name], depth, times));
        }
        if picks.is_empty() || self.random.random_bool(0.1) {
            picks.push(typename());
        }
        if self.random.random_bool(0.15) {
            let is_named = self.random.random_bool(0.5);
            picks = vec![Pick::On { ty: ty.to_owned(), is_named, below: picks }];
        }
        picks
    }

    fn of_abstract(&mut self, possible: &[String], depth: usize, times: usize) -> Vec<Pick> {
        let mut picks = vec![typename()];
        for ty in possible {
            if self.random.random_bool(0.5) {
                let is_named = self.random.random_bool(0.3);
                picks.push(Pick::On { ty: ty.clone(), is_named, below: self.selection(ty, depth, times) });
            }
        }
        picks
    }

    fn field(&mut self, name: &str, field: &Field, depth: usize, times: usize) -> Option<Pick> {
        let of = named(&field.ty).to_owned();
        let is_deep = crate::shape::is_composite(self.model, &of);
        if is_deep && depth == 0 || !self.fits(times) {
            return None;
        }
        let mut arguments = Vec::new();
        for (argument, input) in &field.args {
            if (input.is_required() || self.random.random_bool(0.25))
                && self.is_usable(&of, argument, &arguments)
            {
                arguments.push((argument.clone(), self.given(&of, argument, &input.ty)));
            }
        }
        let times = if of.ends_with("Connection") { self.page(times, field, &mut arguments) } else { times };
        let below = if is_deep { self.selection(&of, depth - 1, times) } else { Vec::new() };
        self.count += 1;
        let has_alias = is_deep || !field.args.is_empty() || self.random.random_bool(0.2);
        let key = if has_alias { format!("{name}_{}", self.count) } else { name.to_owned() };
        Some(Pick::Field { key, name: name.to_owned(), arguments, below })
    }

    /// Whether the argument can be given beside the others without a refusal.
    fn is_usable(&self, of: &str, argument: &str, others: &[(String, Given)]) -> bool {
        let is_given = |name: &str| others.iter().any(|(known, _)| known == name);
        match argument {
            _ if self.room.is_none() => true,
            "last" => !is_given("first"),
            "after" | "before" => self.finds.cursors.contains_key(of),
            _ => true,
        }
    }

    /// In how many rows of the answer a page's selection stands; a page is made smaller where there is no room for it.
    fn page(&mut self, times: usize, field: &Field, arguments: &mut Vec<(String, Given)>) -> usize {
        let asked = arguments.iter().find(|(name, _)| name == "first" || name == "last");
        let length = match asked.map(|(_, given)| given) {
            Some(Given::Literal(word) | Given::Variable { word: Some(word), .. }) => word.json().as_u64(),
            Some(Given::Variable { word: None, .. }) | None => None,
        };
        let rows = usize::try_from(length.unwrap_or(20)).unwrap().max(1);
        if self.room.is_none_or(|room| times * rows * 8 <= room) || !field.args.contains_key("first") {
            return times * rows;
        }
        let few: usize = self.random.random_range(1..3);
        arguments.retain(|(name, _)| name != "first" && name != "last");
        arguments.push(("first".to_owned(), Given::Literal(Word::Plain(json!(few)))));
        times * few
    }

    fn given(&mut self, of: &str, argument: &str, ty: &str) -> Given {
        let word = self.word(of, argument, ty);
        if !self.random.random_bool(0.3) {
            return Given::Literal(word);
        }
        self.count += 1;
        let is_absent = !ty.ends_with('!') && self.random.random_bool(0.2);
        Given::Variable {
            name: format!("v{}", self.count),
            ty: ty.to_owned(),
            word: (!is_absent).then_some(word),
        }
    }

    fn word(&mut self, of: &str, name: &str, ty: &str) -> Word {
        let bare = ty.trim_end_matches('!');
        if let Some(inner) = bare.strip_prefix('[') {
            let inner = inner.strip_suffix(']').unwrap();
            return Word::List(
                (0..self.random.random_range(0..4)).map(|_| self.word(of, name, inner)).collect(),
            );
        }
        let known = |all: &BTreeMap<String, Vec<String>>, of: &str, random: &mut dyn RngCore| {
            all.get(of).and_then(|all| all.choose(random)).cloned()
        };
        Word::Plain(match bare {
            "Int" if self.room.is_none() => json!(*[-1, 20, 50, 100, 101].choose(self.random).unwrap()),
            "Int" => json!(*[0, 1, 1, 2, 2, 3, 5, 20, 50].choose(self.random).unwrap()),
            "Float" => json!(1.5),
            "Boolean" => json!(self.random.random_bool(0.5)),
            "ID" => {
                let any = self.finds.ids.keys().cloned().collect::<Vec<_>>();
                let of = if self.model.types.get(of).is_some_and(|ty| ty.kind == Kind::Object) {
                    of.to_owned()
                } else {
                    any.choose(self.random).cloned().unwrap_or_default()
                };
                json!(known(&self.finds.ids, &of, self.random).unwrap_or(NOBODYS.to_owned()))
            }
            // A statement ends no earlier than it begins.
            "Date" if name == "from" => json!(*["2025-06-01", "2026-01-13"].choose(self.random).unwrap()),
            "CurrencyCode" => json!(*["USD", "USD", "EUR"].choose(self.random).unwrap()),
            "Date" => json!(*["2026-01-13", "2026-05-03", "2030-01-01"].choose(self.random).unwrap()),
            "DateTime" => json!("2026-05-03T09:30:00Z"),
            "TimeZone" => json!("America/New_York"),
            "String" if name == "after" || name == "before" => {
                json!(known(&self.finds.cursors, of, self.random).unwrap_or("AAAA".to_owned()))
            }
            "String" if name == "slug" => json!("castellan"),
            _ => {
                let found = self.model.types.get(bare);
                if let Some(found) = found.filter(|found| found.kind == Kind::Enum) {
                    let values: Vec<_> = found.values.keys().collect();
                    return Word::Enum((*values.choose(self.random).unwrap()).clone());
                }
                if let Some(found) = found.filter(|found| found.kind == Kind::Input) {
                    let mut fields = Vec::new();
                    for (name, input) in &found.inputs {
                        if input.is_required() || self.random.random_bool(0.4) {
                            fields.push((name.clone(), self.word(of, name, &input.ty)));
                        }
                    }
                    return Word::Object(fields);
                }
                json!(self.finds.words.choose(self.random).cloned().unwrap_or("x".to_owned()))
            }
        })
    }
}

fn typename() -> Pick {
    Pick::Field {
        key: "__typename".into(),
        name: "__typename".into(),
        arguments: Vec::new(),
        below: Vec::new(),
    }
}

/// The picks as the body of a request.
pub fn body(picks: &[Pick]) -> Value {
    let mut writing = Writing::default();
    let selection = writing.selection(picks);
    let variables = if writing.variables.is_empty() {
        String::new()
    } else {
        format!("({})", writing.variables.join(", "))
    };
    json!({ "query": format!("query{variables} {selection}{}", writing.fragments), "variables": writing.given })
}

#[derive(Default)]
struct Writing {
    fragments: String,
    count: usize,
    variables: Vec<String>,
    given: Map<String, Value>,
}

impl Writing {
    fn selection(&mut self, picks: &[Pick]) -> String {
        let mut text = "{".to_owned();
        for pick in picks {
            text.push(' ');
            text.push_str(&self.pick(pick));
        }
        text.push_str(if picks.is_empty() { " __typename }" } else { " }" });
        text
    }

    fn pick(&mut self, pick: &Pick) -> String {
        match pick {
            Pick::On { ty, is_named: false, below } => format!("... on {ty} {}", self.selection(below)),
            Pick::On { ty, is_named: true, below } => {
                self.count += 1;
                let name = format!("F{}", self.count);
                let selection = self.selection(below);
                self.fragments.extend([" fragment ", &name, " on ", ty, " ", &selection]);
                format!("...{name}")
            }
            Pick::Field { key, name, arguments, below } => {
                let alias = if key == name { String::new() } else { format!("{key}: ") };
                let arguments: Vec<String> =
                    arguments.iter().map(|(name, given)| format!("{name}: {}", self.given(given))).collect();
                let arguments =
                    if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
                let below =
                    if below.is_empty() { String::new() } else { format!(" {}", self.selection(below)) };
                format!("{alias}{name}{arguments}{below}")
            }
        }
    }

    fn given(&mut self, given: &Given) -> String {
        match given {
            Given::Literal(word) => word.literal(),
            Given::Variable { name, ty, word } => {
                self.variables.push(format!("${name}: {ty}"));
                if let Some(word) = word {
                    self.given.insert(name.clone(), word.json());
                }
                format!("${name}")
            }
        }
    }
}

/// The picks with one of them dropped, for each that can be.
pub fn smaller(picks: &[Pick]) -> Vec<Vec<Pick>> {
    let mut all = Vec::new();
    for (at, pick) in picks.iter().enumerate() {
        let with = |pick: Option<Pick>| {
            let before = picks[..at].iter().cloned();
            before.chain(pick).chain(picks[at + 1..].iter().cloned()).collect::<Vec<_>>()
        };
        if picks.len() > 1 {
            all.push(with(None));
        }
        match pick {
            Pick::Field { key, name, arguments, below } => {
                for less in smaller(below) {
                    let (key, name, arguments) = (key.clone(), name.clone(), arguments.clone());
                    all.push(with(Some(Pick::Field { key, name, arguments, below: less })));
                }
                for gone in 0..arguments.len() {
                    let mut arguments = arguments.clone();
                    arguments.remove(gone);
                    let (key, name, below) = (key.clone(), name.clone(), below.clone());
                    all.push(with(Some(Pick::Field { key, name, arguments, below })));
                }
            }
            Pick::On { ty, is_named, below } => {
                let (ty, is_named) = (ty.clone(), *is_named);
                all.extend(
                    smaller(below)
                        .into_iter()
                        .map(|below| with(Some(Pick::On { ty: ty.clone(), is_named, below }))),
                );
            }
        }
    }
    all
}
