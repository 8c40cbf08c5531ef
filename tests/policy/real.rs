//! Random policies over the program's own model: what the lint lets through is, for each role, a valid schema that names
//! nothing but grants and tells of itself in introspection what its text says.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use portico::{
    domains::All,
    graph::{Domains as _, vocabulary},
    house,
    policy::{
        Model, Policy, Role, Source, Vocabulary,
        model::{Kind, Text, Type, is_plumbing, named},
    },
};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::Value;

use crate::{
    random::{assert_names_are_granted, assert_valid},
    sdl,
};

/// Policies that the lint is to let through. `PORTICO_POLICIES` asks for more.
const WANTED: usize = 16;

#[tokio::test]
async fn what_the_lint_lets_through_of_the_real_model_is_valid_and_names_only_grants() {
    let read = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = read("PORTICO_TEST_SEED").unwrap_or_else(|| rand::rng().random());
    println!("PORTICO_TEST_SEED={seed}");
    let wanted = read("PORTICO_POLICIES").and_then(|n| usize::try_from(n).ok()).unwrap_or(WANTED);
    let (model, vocabulary) = (house::model(), vocabulary(All::graph()));
    let mut rng = StdRng::seed_from_u64(seed);
    let (mut passed, mut refused, mut sizes) = (0, BTreeMap::new(), BTreeSet::new());
    let (begun, mut compiling) = (Instant::now(), Duration::ZERO);
    while passed < wanted {
        let text = Drawing { model: &model, vocabulary: &vocabulary, rng: &mut rng }.policy();
        let source = Source::of([("drawn.csv", text.as_str())]);
        let since = Instant::now();
        let compiled = Policy::compile(&source, &model, &vocabulary).await;
        compiling += since.elapsed();
        let policy = match compiled {
            Ok(policy) => policy,
            Err(faults) => {
                assert!(
                    refused.values().sum::<usize>() < wanted * 2 + 10,
                    "the lint lets too few through: {refused:#?}"
                );
                // The words of a fault without its names, to tell what was refused and why.
                let first = faults.to_string().lines().next().unwrap_or_default().to_owned();
                *refused.entry(kind_of(&first)).or_default() += 1;
                continue;
            }
        };
        for role in Role::ALL {
            let grants = policy.grants(role);
            let pruned =
                grants.prune(house::full()).unwrap_or_else(|faults| panic!("{seed}: {faults}\n{text}"));
            let text = pruned.schema.sdl();
            sizes.insert(pruned.model.coordinates().len());
            assert_names_are_granted(&pruned.model, grants);
            assert_valid(&text, &pruned.model);
            let answer = pruned.schema.execute(INTROSPECTION).await;
            assert!(answer.errors.is_empty(), "{:?}", answer.errors);
            let told = told(&answer.data.into_json().expect("JSON")["__schema"]);
            assert_eq!(told, without_built_in(sdl::model(&text)), "PORTICO_TEST_SEED={seed}");
        }
        passed += 1;
    }
    let all = passed + refused.values().sum::<usize>();
    println!(
        "{passed} of {all} policies passed the lint, {} schemas of {} to {} coordinates; compiled in {compiling:?} of {:?}; \
         refused: {refused:#?}",
        passed * Role::ALL.len(),
        sizes.first().copied().unwrap_or_default(),
        sizes.last().copied().unwrap_or_default(),
        begun.elapsed()
    );
    let full = model.coordinates().len();
    assert!(sizes.len() > wanted && sizes.last().is_some_and(|most| most * 3 > full), "{sizes:?} of {full}");
}

fn kind_of(fault: &str) -> String {
    let words =
        fault.split(' ').skip(1).filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == ','));
    words.collect::<Vec<_>>().join(" ")
}

/// What several roles inherit.
struct Group {
    name: String,
    lines: Vec<String>,
}

impl Group {
    /// Whether a line is of rows and the group has rows of the same type.
    fn has_rows_of(&self, line: &str) -> bool {
        let Some(ty) = rows_of(line) else { return false };
        self.lines.iter().any(|line| rows_of(line) == Some(ty))
    }
}

/// The type of which a line gives rows.
fn rows_of(line: &str) -> Option<&str> {
    let mut words = line.split(", ").skip(2);
    let ty = words.next()?;
    words.any(|word| word == "row").then_some(ty)
}

/// Draws a policy out of the vocabulary: groups, members, scopes, inheritance and walls; some are spoilt.
struct Drawing<'a> {
    model: &'a Model,
    vocabulary: &'a Vocabulary,
    rng: &'a mut StdRng,
}

impl Drawing<'_> {
    fn policy(&mut self) -> String {
        let mut lines = Vec::new();
        // Nobody within the firm shares a group with somebody outside.
        let count = self.rng.random_range(0..3);
        let groups = ["out", "in"].map(|side| -> Vec<Group> {
            let names = (0..count).map(|n| format!("role:{side}{n}"));
            names.map(|name| Group { lines: self.of(&name), name }).collect()
        });
        let mut heard: BTreeMap<&str, &Group> = BTreeMap::new();
        for (role, is_outside) in Role::ALL.into_iter().map(|role| (role.subject(), role.is_outside())) {
            let parent =
                groups[usize::from(!is_outside)].choose(self.rng).filter(|_| self.rng.random_bool(0.6));
            if let Some(group) = parent {
                lines.push(format!("g, {role}, {}", group.name));
                heard.insert(&group.name, group);
            }
            // Who inherits may have lines of his own beside; nobody else goes without.
            if parent.is_none() || self.rng.random_bool(0.5) {
                let own = self.of(&role);
                // Rows beside those of a group are refused more often than not: few ask for them.
                let group = parent.filter(|_| self.rng.random_bool(0.95));
                lines.extend(
                    own.into_iter().filter(|line| !group.is_some_and(|group| group.has_rows_of(line))),
                );
            }
            if let (None, Some(ty)) = (parent, self.unnamed(&lines, &role)) {
                lines.push(format!("p, {role}, {ty}, *, row, deny"));
            }
        }
        for group in heard.into_values() {
            lines.extend(group.lines.iter().cloned());
        }
        if self.rng.random_bool(0.3) {
            self.spoil(&mut lines);
        }
        lines.join("\n")
    }

    /// A type with rows that no line of the subject speaks of.
    fn unnamed(&mut self, lines: &[String], subject: &str) -> Option<&'static str> {
        let speaks = |ty: &str| lines.iter().any(|line| line.starts_with(&format!("p, {subject}, {ty},")));
        let free = self.vocabulary.scopes.iter().map(|scope| scope.ty).filter(|ty| !speaks(ty));
        free.collect::<Vec<_>>().choose(self.rng).copied()
    }

    /// What is wrong in a way that only the lint can notice.
    fn spoil(&mut self, lines: &mut Vec<String>) {
        let at = self.rng.random_range(0..lines.len());
        match self.rng.random_range(0..4) {
            0 => drop(lines.remove(at)),
            1 => lines.push(lines[at].clone()),
            2 => lines[at] = lines[at].replacen("role:", "role:x", 1),
            _ => lines[at] = lines[at].replace(", allow", ", deny"),
        }
    }

    /// Lines for a role or group, such as somebody would write who knows what goes with what.
    fn of(&mut self, subject: &str) -> Vec<String> {
        let mut left = self.drawn();
        while left.types[&left.query].fields.is_empty() {
            left = self.drawn();
        }
        let mut lines = Vec::new();
        for (name, ty) in &left.types {
            let mut members: Vec<&str> =
                ty.members().into_iter().filter(|member| !is_plumbing(name, member)).collect();
            let rest = members.split_off(self.rng.random_range(0..=members.len()));
            for some in [members, rest].into_iter().filter(|some| !some.is_empty()) {
                lines.push(format!("p, {subject}, {name}, {}, resolve, allow", some.join("|")));
            }
            let scopes: Vec<&str> = self.vocabulary.scopes_of(name).map(|scope| scope.name).collect();
            if !scopes.is_empty() && ty.kind == Kind::Object {
                let first = scopes.choose(self.rng).expect("a scope");
                let others = scopes.iter().filter(|scope| *scope != first).copied();
                let others: Vec<&str> = others.filter(|_| self.rng.random_bool(0.3)).collect();
                let scopes: Vec<&str> = std::iter::once(*first).chain(others).collect();
                lines.push(format!("p, {subject}, {name}, {}, row, allow", scopes.join("|")));
            }
            for (field, arguments) in &ty.fields {
                let plain = arguments.args.iter().filter(|(_, input)| {
                    !input.is_required() && ["Int", "String"].contains(&named(&input.ty))
                });
                for (argument, _) in plain.filter(|_| self.rng.random_bool(0.04)) {
                    lines.push(format!("p, {subject}, {name}, {field}({argument}), resolve, deny"));
                }
            }
        }
        lines
    }

    /// A part of the model in which nothing leads nowhere.
    fn drawn(&mut self) -> Model {
        let mut left = self.model.clone();
        let share = self.rng.random_range(0.35..1.0);
        for (name, ty) in &mut left.types {
            let rng = &mut *self.rng;
            ty.fields.retain(|field, _| is_plumbing(name, field) || rng.random_bool(share));
            ty.inputs.retain(|_, input| input.is_required() || rng.random_bool(share));
            ty.values.retain(|_, _| rng.random_bool(share));
        }
        loop {
            let before = left.clone();
            let full = self.model;
            let alive: BTreeSet<String> = left
                .types
                .iter()
                .filter(|(name, ty)| is_alive(full, name, ty))
                .map(|(name, _)| name.clone())
                .collect();
            for ty in left.types.values_mut() {
                let is_left = |ty: &str| alive.contains(named(ty));
                ty.possible.retain(|object| alive.contains(object));
                ty.fields.retain(|_, field| {
                    let has_required = field.args.values().all(|arg| !arg.is_required() || is_left(&arg.ty));
                    field.args.retain(|_, arg| is_left(&arg.ty));
                    is_left(&field.ty) && has_required
                });
                ty.inputs.retain(|_, input| is_left(&input.ty));
            }
            drop_mentions(&mut left, self.model);
            let reached = reached(&left);
            left.types
                .retain(|name, _| *name == left.query || alive.contains(name) && reached.contains(name));
            // An interface is what its objects have in common.
            let with_id: BTreeSet<String> = left
                .types
                .iter()
                .filter(|(_, ty)| ty.fields.contains_key("id"))
                .map(|(name, _)| name.clone())
                .collect();
            for ty in left.types.values_mut() {
                ty.possible.retain(|object| with_id.contains(object));
            }
            if left == before {
                return left;
            }
        }
    }
}

/// Drops what is written about in names that are left out, as somebody would who reads the descriptions.
fn drop_mentions(left: &mut Model, full: &Model) {
    let known = names(left);
    let hidden: BTreeSet<String> = names(full).difference(&known).cloned().collect();
    let speaks = |text: &Text| {
        let text = text.description.iter().chain(&text.deprecated);
        text.flat_map(|text| mentioned(text)).any(|name| hidden.contains(name))
    };
    let about = |ty: &Type| Text { description: ty.description.clone(), deprecated: None };
    left.types.retain(|_, ty| !speaks(&about(ty)));
    for ty in left.types.values_mut() {
        ty.fields
            .retain(|_, field| !speaks(&field.text) && !field.args.values().any(|arg| speaks(&arg.text)));
        ty.inputs.retain(|_, input| !speaks(&input.text));
        ty.values.retain(|_, value| !speaks(value));
    }
}

fn names(model: &Model) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = model.types.keys().cloned().collect();
    for ty in model.types.values() {
        names.extend(ty.members().into_iter().map(str::to_owned));
        names.extend(ty.fields.values().flat_map(|field| field.args.keys().cloned()));
    }
    names
}

/// Words that nobody writes by chance: between backticks, or with a capital or a line inside.
fn mentioned(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.split('`').skip(1).step_by(2);
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    quoted.chain(words.filter(|word| word.chars().any(|c| c.is_ascii_uppercase() || c == '_')))
}

fn is_alive(full: &Model, name: &str, ty: &Type) -> bool {
    match ty.kind {
        Kind::Scalar => true,
        Kind::Object if name.ends_with("Connection") => ty.fields.contains_key("nodes"),
        Kind::Object if name.ends_with("Edge") => ty.fields.contains_key("node"),
        Kind::Object => name == full.query || !ty.fields.is_empty(),
        Kind::Interface | Kind::Union => !ty.possible.is_empty(),
        Kind::Enum => !ty.values.is_empty(),
        Kind::Input => {
            let required = full.types[name].inputs.iter().filter(|(_, input)| input.is_required());
            !ty.inputs.is_empty()
                && required.map(|(field, _)| field).all(|field| ty.inputs.contains_key(field))
        }
    }
}

/// The types to which some way leads from the root.
fn reached(model: &Model) -> BTreeSet<String> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![model.query.clone()]);
    while let Some(name) = open.pop() {
        let Some(ty) = model.types.get(&name).filter(|_| reached.insert(name.clone())) else { continue };
        let args = ty.fields.values().flat_map(|field| field.args.values()).chain(ty.inputs.values());
        let types = args.map(|input| &input.ty).chain(ty.fields.values().map(|field| &field.ty));
        open.extend(types.map(|ty| named(ty).to_owned()).chain(ty.possible.iter().cloned()));
    }
    reached
}

/// The types that are not in every schema.
fn without_built_in(model: Model) -> BTreeMap<String, Type> {
    model.types.into_iter().filter(|(name, _)| !portico::policy::model::is_built_in(name)).collect()
}

/// The types that introspection tells of, written as the schema's text would write them.
fn told(schema: &Value) -> BTreeMap<String, Type> {
    let mut text = String::new();
    for ty in schema["types"].as_array().expect("types") {
        let name = ty["name"].as_str().expect("a name");
        if !name.starts_with("__") && !portico::policy::model::is_built_in(name) {
            text.push_str(&definition(name, ty));
        }
    }
    without_built_in(sdl::model(&text))
}

fn definition(name: &str, ty: &Value) -> String {
    let about = about(ty);
    let all = |what: &str, each: &dyn Fn(&Value) -> String, by: &str| {
        ty[what].as_array().into_iter().flatten().map(each).collect::<Vec<_>>().join(by)
    };
    let names = |what: &str, by: &str| all(what, &|one| one["name"].as_str().expect("a name").to_owned(), by);
    match ty["kind"].as_str().expect("a kind") {
        "SCALAR" => format!("{about} scalar {name}\n"),
        "ENUM" => {
            let values = all("enumValues", &|value| format!("{}{}", self::about(value), member(value)), "\n");
            format!("{about} enum {name} {{ {values} }}\n")
        }
        "UNION" => format!("{about} union {name} = {}\n", names("possibleTypes", " | ")),
        "INPUT_OBJECT" => format!("{about} input {name} {{ {} }}\n", all("inputFields", &input, "\n")),
        kind => {
            let interfaces = names("interfaces", " & ");
            let word = if kind == "OBJECT" { "type" } else { "interface" };
            let implements =
                if interfaces.is_empty() { String::new() } else { format!("implements {interfaces}") };
            format!("{about} {word} {name} {implements} {{ {} }}\n", all("fields", &field, "\n"))
        }
    }
}

fn about(of: &Value) -> String {
    of["description"].as_str().map(|text| format!("{} ", Value::from(text))).unwrap_or_default()
}

fn member(of: &Value) -> String {
    let name = of["name"].as_str().expect("a name");
    match of["deprecationReason"].as_str() {
        Some(reason) => format!("{name} @deprecated(reason: {})", Value::from(reason)),
        None => name.to_owned(),
    }
}

fn field(of: &Value) -> String {
    let arguments: Vec<String> = of["args"].as_array().expect("arguments").iter().map(input).collect();
    let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(" ")) };
    format!("{}{}{arguments}: {}", about(of), of["name"].as_str().expect("a name"), written(&of["type"]))
}

fn input(of: &Value) -> String {
    let default = of["defaultValue"].as_str().map(|value| format!(" = {value}")).unwrap_or_default();
    format!("{}{}: {}{default}", about(of), of["name"].as_str().expect("a name"), written(&of["type"]))
}

fn written(ty: &Value) -> String {
    match ty["kind"].as_str().expect("a kind") {
        "NON_NULL" => format!("{}!", written(&ty["ofType"])),
        "LIST" => format!("[{}]", written(&ty["ofType"])),
        _ => ty["name"].as_str().expect("a name").to_owned(),
    }
}

const INTROSPECTION: &str = "{ __schema { types { kind name description fields(includeDeprecated: true) { name description
    deprecationReason args { ...I } type { ...T } } inputFields { ...I } interfaces { name } possibleTypes { name }
    enumValues(includeDeprecated: true) { name description deprecationReason } } } }
    fragment I on __InputValue { name description defaultValue type { ...T } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }";
