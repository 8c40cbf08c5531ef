//! Twins: a hidden name and a nonsense one of equal length get equal answers, in whatever document they stand.

use std::collections::BTreeMap;

use async_graphql::{Request, Response, Variables, parser::parse_query};
use portico::policy::{
    Live, Model, Role, RoleSchema,
    model::{Kind, named},
    names,
};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Map, Value, json};

use crate::toy::{self, Changes, Mutation, Query};

type Toy = RoleSchema<Query, Mutation, Changes>;

/// What a client of the toy has: a good part of it, with holes of every shape.
pub(crate) const LINES: &str = "\
p, role:client, Query, case|search|count|byStatus|node, resolve, allow
p, role:client, Query, search(filters), resolve, deny
p, role:client, Case, id|title|status|parent, resolve, allow
p, role:client, Case, released, row, allow
p, role:client, Status, OPEN|CLOSED, resolve, allow
p, role:client, Sort, NEWEST, resolve, allow
p, role:client, Filter, status|title|not|any|statuses|span, resolve, allow
p, role:client, Span, from|until|during, resolve, allow
p, role:client, Letter, id|title, resolve, allow
p, role:client, Mutation, close, resolve, allow
p, role:client, Close, case|reason, resolve, allow
p, role:client, Closed, case, resolve, allow
";

pub(crate) async fn client() -> Toy {
    let policy = toy::policy(LINES).await;
    let grants = policy.grants(Role::Client).clone();
    grants
        .prune(toy::builder().data(std::sync::Arc::new(Live::new(policy))))
        .unwrap_or_else(|faults| panic!("{faults}"))
}

/// A document whose hidden names are marked, so that each can be swapped for nonsense.
struct Writer<'a> {
    rng: StdRng,
    full: &'a Model,
    left: &'a Model,
    definitions: Vec<String>,
    variables: Map<String, Value>,
    aliases: usize,
    hidden: usize,
}

const MARK: char = '\u{1}';

impl Writer<'_> {
    fn name(&mut self, name: &str, is_there: bool) -> String {
        if is_there {
            return name.to_owned();
        }
        self.hidden += 1;
        format!("{MARK}{name}{MARK}")
    }

    fn document(&mut self) -> String {
        let root = if self.rng.random_bool(0.15) { "Mutation" } else { "Query" };
        let set = self.selections(root, 0);
        let head = if self.definitions.is_empty() {
            String::new()
        } else {
            format!("({})", self.definitions.join(", "))
        };
        format!("{} Q{head} {set}", root.to_lowercase())
    }

    fn selections(&mut self, ty: &str, depth: usize) -> String {
        let found = self.full.types.get(ty).expect("a type").clone();
        let mut parts = vec![self.typename()];
        for object in &found.possible {
            let there = self.left.types.contains_key(object);
            if self.rng.random_bool(if there { 0.5 } else { 0.1 }) {
                let on = self.name(object, there);
                let inner = self.selections(object, depth + 1);
                parts.push(format!("... on {on} {inner}"));
            }
        }
        for (field, meta) in &found.fields {
            let there = self.left.types.get(ty).is_some_and(|left| left.fields.contains_key(field));
            if depth > 3 || !self.rng.random_bool(if there { 0.5 } else { 0.02 }) {
                continue;
            }
            let name = self.name(field, there);
            self.aliases += 1;
            let alias = format!("a{}", self.aliases);
            let mut args = Vec::new();
            for (arg, input) in &meta.args {
                if !input.is_required() && !self.rng.random_bool(0.6) {
                    continue;
                }
                let known = self.left.field(ty, field).is_some_and(|field| field.args.contains_key(arg));
                if known || self.rng.random_bool(0.05) {
                    let arg = self.name(arg, known);
                    let value = self.value(&input.ty, 0);
                    args.push(format!("{arg}: {value}"));
                }
            }
            let args = if args.is_empty() { String::new() } else { format!("({})", args.join(", ")) };
            let inner = named(&meta.ty);
            let composite =
                self.full.types.get(inner).is_some_and(|ty| !matches!(ty.kind, Kind::Scalar | Kind::Enum));
            let set = if composite { self.selections(inner, depth + 1) } else { String::new() };
            parts.push(format!("{alias}: {name}{args} {set}"));
        }
        format!("{{ {} }}", parts.join(" "))
    }

    fn typename(&mut self) -> String {
        self.aliases += 1;
        let directive = match self.rng.random_range(0..30) {
            0 => " @include(if: true)",
            1 => " @nonsense",
            _ => "",
        };
        format!("t{}: __typename{directive}", self.aliases)
    }

    /// A literal, or a variable that is given, defaulted or without a value.
    fn value(&mut self, ty: &str, depth: usize) -> String {
        if !self.rng.random_bool(0.35) {
            return self.literal(ty, depth);
        }
        let name = format!("v{}", self.definitions.len());
        let slot = self.definitions.len();
        self.definitions.push(String::new());
        let required = ty.ends_with('!');
        let choice = if required { 0 } else { self.rng.random_range(0..4) };
        let default = match choice {
            0 | 1 => {
                let value = self.json(ty, depth);
                self.variables.insert(name.clone(), value);
                String::new()
            }
            2 => String::new(),
            _ => format!(" = {}", self.constant(ty, depth)),
        };
        self.definitions[slot] = format!("${name}: {ty}{default}");
        format!("${name}")
    }

    fn constant(&mut self, ty: &str, depth: usize) -> String {
        let before = self.definitions.len();
        loop {
            let text = self.literal(ty, depth);
            if !text.contains('$') {
                return text;
            }
            self.definitions.truncate(before);
            self.variables.retain(|name, _| name[1..].parse::<usize>().is_ok_and(|n| n < before));
        }
    }

    fn literal(&mut self, ty: &str, depth: usize) -> String {
        let ty = ty.strip_suffix('!').unwrap_or(ty);
        if let Some(inner) = ty.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            // One value stands for a list of one.
            if self.rng.random_bool(0.3) {
                return self.literal(inner, depth);
            }
            let items: Vec<_> = (0..self.rng.random_range(0..3)).map(|_| self.value(inner, depth)).collect();
            return format!("[{}]", items.join(", "));
        }
        let found = self.full.types.get(ty).expect("a type").clone();
        match found.kind {
            Kind::Enum => {
                let value = self.enum_value(ty);
                if self.rng.random_bool(0.1) { format!("\"{value}\"") } else { value }
            }
            Kind::Input => {
                let mut fields = Vec::new();
                for (field, input) in &found.inputs {
                    let there = self.left.types.get(ty).is_some_and(|left| left.inputs.contains_key(field));
                    let often = if there { 0.5 / (1.0 + depth as f64) } else { 0.08 };
                    if input.is_required() || self.rng.random_bool(often) {
                        let name = self.name(field, there);
                        let value =
                            if depth > 3 { "null".to_owned() } else { self.value(&input.ty, depth + 1) };
                        fields.push(format!("{name}: {value}"));
                    }
                }
                format!("{{{}}}", fields.join(", "))
            }
            Kind::Scalar | Kind::Object | Kind::Interface | Kind::Union => match ty {
                "Int" => "3".to_owned(),
                "Boolean" => "true".to_owned(),
                _ => "\"x\"".to_owned(),
            },
        }
    }

    fn enum_value(&mut self, ty: &str) -> String {
        let values: Vec<_> = self.full.types[ty].values.keys().cloned().collect();
        let value = values.choose(&mut self.rng).expect("a value").clone();
        let there = self.left.types.get(ty).is_some_and(|left| left.values.contains_key(&value));
        // Most values are there, or nearly every document would be refused.
        if !there && self.rng.random_bool(0.8) {
            return "OPEN".to_owned();
        }
        self.name(&value, there)
    }

    fn json(&mut self, ty: &str, depth: usize) -> Value {
        let ty = ty.strip_suffix('!').unwrap_or(ty);
        if let Some(inner) = ty.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            if self.rng.random_bool(0.3) {
                return self.json(inner, depth);
            }
            return (0..self.rng.random_range(0..3)).map(|_| self.json(inner, depth)).collect();
        }
        let found = self.full.types.get(ty).expect("a type").clone();
        match found.kind {
            Kind::Enum => Value::String(self.enum_value(ty)),
            Kind::Input => {
                let mut fields = Map::new();
                for (field, input) in &found.inputs {
                    let there = self.left.types.get(ty).is_some_and(|left| left.inputs.contains_key(field));
                    let often = if there { 0.5 / (1.0 + depth as f64) } else { 0.08 };
                    if input.is_required() || self.rng.random_bool(often) {
                        let name = self.name(field, there);
                        let value = if depth > 3 { Value::Null } else { self.json(&input.ty, depth + 1) };
                        fields.insert(name, value);
                    }
                }
                Value::Object(fields)
            }
            Kind::Scalar | Kind::Object | Kind::Interface | Kind::Union => match ty {
                "Int" => json!(3),
                "Boolean" => json!(true),
                _ => json!("x"),
            },
        }
    }
}

/// The text with its marked names as they are, or each as nonsense of the same length.
fn unmarked(text: &str, nonsense: bool, made: &mut BTreeMap<String, String>) -> String {
    let text = text.replace("\\u0001", &MARK.to_string());
    let parts = text.split(MARK).enumerate();
    let word = |(index, part): (usize, &str)| {
        if index % 2 == 0 || !nonsense {
            return part.to_owned();
        }
        let count = made.len();
        made.entry(part.to_owned())
            .or_insert_with(|| {
                let letters = format!(
                    "q{}",
                    ["zx", "kv", "jw", "gy", "fp", "bm", "dh", "cn"][count % 8].repeat(part.len())
                );
                letters.chars().take(part.len()).collect()
            })
            .clone()
    };
    parts.map(word).collect()
}

/// Executes as the service does: names first, then the schema.
async fn answer(schema: &Toy, query: &str, variables: &str, with_check: bool) -> Vec<String> {
    let variables = Variables::from_json(serde_json::from_str(variables).expect("variables"));
    let document = parse_query(query).unwrap_or_else(|error| panic!("{error}\n{query}"));
    if with_check {
        let errors = names::check(&document, None, &variables, &schema.model);
        if !errors.is_empty() {
            return lines(&Response::from_errors(errors));
        }
    }
    lines(&schema.schema.execute(Request::new(query).variables(variables)).await)
}

/// The errors as a set, since the validator's order varies; or the data.
fn lines(response: &Response) -> Vec<String> {
    if response.errors.is_empty() {
        return vec![response.data.to_string()];
    }
    let mut lines: Vec<_> =
        response.errors.iter().map(|e| format!("{:?} {}", e.locations, e.message)).collect();
    lines.sort();
    lines
}

fn renamed(lines: &[String], made: &BTreeMap<String, String>) -> Vec<String> {
    let rename =
        |line: &String| made.iter().fold(line.clone(), |text, (real, nonsense)| text.replace(nonsense, real));
    let mut lines: Vec<_> = lines.iter().map(rename).collect();
    lines.sort();
    lines
}

/// How many of the documents answer a hidden name otherwise than nonsense.
async fn differing(count: u64, with_check: bool) -> (usize, usize, Option<String>) {
    let (schema, full) = (client().await, toy::model());
    let (mut hidden, mut executed, mut differ, mut first) = (0, 0, 0, None);
    for seed in 0..count {
        let rng = StdRng::seed_from_u64(seed);
        let (definitions, variables) = (Vec::new(), Map::new());
        let mut writer =
            Writer { rng, full: &full, left: &schema.model, definitions, variables, aliases: 0, hidden: 0 };
        let (query, variables) = (writer.document(), Value::Object(writer.variables.clone()).to_string());
        let mut made = BTreeMap::new();
        let plain = (unmarked(&query, false, &mut made), unmarked(&variables, false, &mut made));
        let twin = (unmarked(&query, true, &mut made), unmarked(&variables, true, &mut made));
        let a = answer(&schema, &plain.0, &plain.1, with_check).await;
        if writer.hidden == 0 {
            executed += usize::from(a.len() == 1 && a[0].starts_with('{'));
            continue;
        }
        hidden += 1;
        let b = answer(&schema, &twin.0, &twin.1, with_check).await;
        if renamed(&a, &BTreeMap::new()) != renamed(&b, &made) {
            differ += 1;
            first.get_or_insert(format!("{}\n{}\n{a:#?}\n{}\n{b:#?}", plain.0, plain.1, twin.0));
        }
    }
    println!("{hidden} documents with hidden names, {executed} others executed, {differ} differ");
    assert!(
        executed > usize::try_from(count).unwrap_or(0) / 50,
        "documents without hidden names are executed"
    );
    (hidden, differ, first)
}

#[tokio::test]
async fn hidden_names_and_nonsense_get_equal_answers() {
    let (hidden, differ, first) = differing(8_000, true).await;
    assert!(hidden > 2_000, "{hidden} are enough");
    assert_eq!(differ, 0, "{}", first.unwrap_or_default());
}

#[tokio::test]
async fn without_the_check_of_names_some_answers_differ() {
    let (_, differ, _) = differing(8_000, false).await;
    assert!(differ > 0, "the documents are such that the check matters");
}
