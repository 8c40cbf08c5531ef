//! What a model lets one ask: a way from the root to each type, and values for its arguments.
use std::collections::HashMap;

use portico::policy::model::{Field, Input, Kind, Model, named};

/// Ids of rows by the name of their type.
pub type Ids = HashMap<String, Vec<String>>;

/// An id that decodes and names nothing.
pub const NOBODYS: &str = "BAAAAAAAAAAAAAAAAAAAAAA";

/// Where an input or enum can be written: the field's owner, the field, the argument, and the input fields down to it.
#[derive(Clone)]
pub struct Use {
    pub owner: String,
    pub field: String,
    pub argument: String,
    pub chain: Vec<(String, Input)>,
}

pub struct Shape<'m> {
    pub model: &'m Model,
    pub ids: &'m Ids,
    ways: HashMap<String, (usize, String)>,
}

pub fn is_composite(model: &Model, ty: &str) -> bool {
    let kind = model.types.get(named(ty)).map(|ty| ty.kind);
    matches!(kind, Some(Kind::Object | Kind::Interface | Kind::Union))
}

/// What a field of this type must be asked for.
pub fn below(model: &Model, ty: &str) -> &'static str {
    match model.types.get(named(ty)) {
        // The rows themselves, so that a filter that worked would show.
        Some(found) if found.fields.contains_key("nodes") => " { nodes { __typename } }",
        Some(_) if is_composite(model, ty) => " { __typename }",
        Some(_) | None => "",
    }
}

impl<'m> Shape<'m> {
    pub fn new(model: &'m Model, ids: &'m Ids) -> Self {
        let mut shape = Shape { model, ids, ways: HashMap::new() };
        shape.ways.insert(model.query.clone(), (0, "{ ".to_owned()));
        while shape.lengthen() {}
        shape
    }

    fn lengthen(&mut self) -> bool {
        let mut found: Vec<(String, usize, String)> = Vec::new();
        for (ty, (cost, prefix)) in &self.ways {
            for (name, field) in &self.model.types[ty].fields {
                let to = named(&field.ty);
                let Some(target) = self.model.types.get(to) else { continue };
                let arguments = self.required(field);
                let cost = cost + if arguments.is_empty() { 1 } else { 10 };
                let here = format!("{prefix}{name}{arguments} {{ ");
                match target.kind {
                    Kind::Object => found.push((to.to_owned(), cost, here)),
                    Kind::Interface | Kind::Union => {
                        found.push((to.to_owned(), cost + 20, here.clone()));
                        for object in &target.possible {
                            let id = self.ids.get(object).and_then(|ids| ids.first());
                            let here = id.map_or(here.clone(), |id| here.replace(NOBODYS, id));
                            found.push((object.clone(), cost + 20, format!("{here}... on {object} {{ ")));
                        }
                    }
                    Kind::Scalar | Kind::Enum | Kind::Input => {}
                }
            }
        }
        let mut has_changed = false;
        for (ty, cost, prefix) in found {
            if self.ways.get(&ty).is_none_or(|(known, text)| (cost, &prefix) < (*known, text)) {
                self.ways.insert(ty, (cost, prefix));
                has_changed = true;
            }
        }
        has_changed
    }

    /// A document that asks an object of the type for this selection.
    pub fn within(&self, ty: &str, selection: &str) -> Option<String> {
        let (_, prefix) = self.ways.get(ty)?;
        let open = prefix.matches('{').count() - prefix.matches('}').count();
        Some(format!("{prefix}{selection}{}", " }".repeat(open)))
    }

    /// The arguments that a field must have, in brackets.
    pub fn required(&self, field: &Field) -> String {
        let given = field.args.iter().filter(|(_, input)| input.is_required());
        let of = named(&field.ty);
        let texts: Vec<String> =
            given.map(|(name, input)| format!("{name}: {}", self.value(of, name, &input.ty))).collect();
        if texts.is_empty() { String::new() } else { format!("({})", texts.join(", ")) }
    }

    /// The required arguments and this one, written under that name.
    pub fn with_argument(&self, field: &Field, argument: &str, written: &str, value: &str) -> String {
        let others = field.args.iter().filter(|(name, input)| input.is_required() && *name != argument);
        let others =
            others.map(|(name, input)| format!("{name}: {}", self.value(named(&field.ty), name, &input.ty)));
        let all: Vec<String> = others.chain([format!("{written}: {value}")]).collect();
        format!("({})", all.join(", "))
    }

    /// A literal that fits an argument of a field of type `of`.
    pub fn value(&self, of: &str, name: &str, ty: &str) -> String {
        let bare = ty.trim_end_matches('!');
        if let Some(inner) = bare.strip_prefix('[') {
            return format!("[{}]", self.value(of, name, inner.strip_suffix(']').unwrap()));
        }
        match bare {
            "Int" | "Float" => "1".to_owned(),
            "Boolean" => "false".to_owned(),
            "ID" => {
                let id = self.ids.get(of).and_then(|ids| ids.first());
                format!("\"{}\"", id.map_or(NOBODYS, String::as_str))
            }
            "String" if name == "slug" => "\"castellan\"".to_owned(),
            "Date" => "\"2026-05-03\"".to_owned(),
            "CurrencyCode" => "\"USD\"".to_owned(),
            "DateTime" => "\"2026-05-03T09:30:00Z\"".to_owned(),
            "TimeZone" => "\"America/New_York\"".to_owned(),
            _ => match self.model.types.get(bare) {
                Some(found) if found.kind == Kind::Enum => found.values.keys().next().unwrap().clone(),
                Some(found) if found.kind == Kind::Input => {
                    let needed = found.inputs.iter().filter(|(_, input)| input.is_required());
                    let fields: Vec<String> = needed
                        .map(|(name, input)| format!("{name}: {}", self.value(of, name, &input.ty)))
                        .collect();
                    format!("{{{}}}", fields.join(", "))
                }
                _ => "\"x\"".to_owned(),
            },
        }
    }

    /// A place where a value of this input type or enum can be written.
    pub fn place(&self, ty: &str) -> Option<Use> {
        let mut open: Vec<Use> = Vec::new();
        for (owner, found) in &self.model.types {
            if !self.ways.contains_key(owner) {
                continue;
            }
            for (field, about) in &found.fields {
                open.extend(about.args.iter().map(|(argument, input)| Use {
                    owner: owner.clone(),
                    field: field.clone(),
                    argument: argument.clone(),
                    chain: vec![(argument.clone(), input.clone())],
                }));
            }
        }
        let mut seen = Vec::new();
        while !open.is_empty() {
            let mut next = Vec::new();
            for place in open {
                let at = named(&place.chain.last().unwrap().1.ty).to_owned();
                if at == ty {
                    return Some(place);
                }
                if seen.contains(&at) {
                    continue;
                }
                for (name, input) in self.model.types.get(&at).into_iter().flat_map(|found| &found.inputs) {
                    let mut longer = place.clone();
                    longer.chain.push((name.clone(), input.clone()));
                    next.push(longer);
                }
                seen.push(at);
            }
            open = next;
        }
        None
    }
}

impl Use {
    /// The argument's literal with this text at the end of the chain.
    pub fn literal(&self, inner: &str) -> String {
        let mut text = inner.to_owned();
        for (at, (name, input)) in self.chain.iter().enumerate().rev() {
            if input.ty.starts_with('[') {
                text = format!("[{text}]");
            }
            if at > 0 {
                text = format!("{{{name}: {text}}}");
            }
        }
        text
    }

    /// The argument's type as the schema writes it.
    pub fn ty(&self) -> &str {
        &self.chain[0].1.ty
    }
}
