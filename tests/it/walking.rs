//! Walks an answer against the model of the role that asked: what the model lacks, no answer may hold.
use portico::policy::model::{Kind, Model};
use serde_json::Value;

use crate::drawing::{Finds, Pick};

pub struct Walk<'a> {
    pub model: &'a Model,
    /// What is wrong, each with its path.
    pub faults: Vec<String>,
    pub finds: &'a mut Finds,
    /// The list in which the walk stands, of which a page does not say that it is.
    list: String,
}

impl<'a> Walk<'a> {
    pub fn new(model: &'a Model, finds: &'a mut Finds) -> Self {
        Walk { model, faults: Vec::new(), finds, list: String::new() }
    }

    pub fn root(&mut self, picks: &[Pick], data: &Value) {
        self.object(&self.model.query.clone(), picks, data, "");
    }

    fn fault(&mut self, path: &str, what: impl std::fmt::Display) {
        self.faults.push(format!("{path}: {what}"));
    }

    fn object(&mut self, ty: &str, picks: &[Pick], value: &Value, path: &str) {
        let Some(found) = self.model.types.get(ty) else {
            return self.fault(path, format!("{ty} is not granted"));
        };
        let Some(object) = value.as_object() else { return self.fault(path, "no object") };
        let concrete = match found.kind {
            Kind::Object => ty.to_owned(),
            Kind::Interface | Kind::Union => match object.get("__typename").and_then(Value::as_str) {
                Some(name) if found.possible.contains(name) => name.to_owned(),
                Some(name) => return self.fault(path, format!("{name} is no {ty}")),
                // Drawn requests ask for it; a smaller one need not.
                None => return,
            },
            Kind::Scalar | Kind::Enum | Kind::Input => return self.fault(path, "no object's type"),
        };
        let mut expected = Vec::new();
        self.expect(&concrete, picks, &mut expected);
        for key in object.keys().filter(|key| !expected.iter().any(|(known, _, _)| known == *key)) {
            self.fault(path, format!("{key} was not asked for"));
        }
        for (key, name, below) in expected {
            let path = format!("{path}/{key}");
            let Some(value) = object.get(&key) else {
                self.fault(&path, "missing");
                continue;
            };
            if name == "__typename" {
                if value != concrete.as_str() {
                    self.fault(&path, format!("{value} and not {concrete}"));
                }
                continue;
            }
            let Some(field) = self.model.field(&concrete, &name) else {
                self.fault(&path, format!("{concrete}.{name} is not granted"));
                continue;
            };
            if concrete.ends_with("Connection") {
                self.list.clone_from(&concrete);
            }
            self.collect(&concrete, &name, value);
            self.value(&field.ty, &below, value, &path);
        }
    }

    /// The keys that an object of the type answers, fragments opened.
    fn expect(&self, ty: &str, picks: &[Pick], into: &mut Vec<(String, String, Vec<Pick>)>) {
        for pick in picks {
            match pick {
                Pick::Field { key, name, below, .. } => {
                    if !into.iter().any(|(known, _, _)| known == key) {
                        into.push((key.clone(), name.clone(), below.clone()));
                    }
                }
                Pick::On { ty: on, below, .. } => {
                    if on == ty || self.model.can_be(on, ty) {
                        self.expect(ty, below, into);
                    }
                }
            }
        }
        if into.is_empty() {
            into.push(("__typename".to_owned(), "__typename".to_owned(), Vec::new()));
        }
    }

    fn value(&mut self, ty: &str, below: &[Pick], value: &Value, path: &str) {
        let (bare, is_certain) = match ty.strip_suffix('!') {
            Some(bare) => (bare, true),
            None => (ty, false),
        };
        if value.is_null() {
            if is_certain {
                self.fault(path, format!("null where {ty} is said"));
            }
            return;
        }
        if let Some(inner) = bare.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
            let Some(items) = value.as_array() else { return self.fault(path, "no list") };
            for (at, item) in items.iter().enumerate() {
                self.value(inner, below, item, &format!("{path}/{at}"));
            }
            return;
        }
        let fits = match (bare, self.model.types.get(bare).map(|found| found.kind)) {
            (_, Some(Kind::Object | Kind::Interface | Kind::Union)) => {
                return self.object(bare, below, value, path);
            }
            (_, Some(Kind::Enum)) => {
                value.as_str().is_some_and(|word| self.model.types[bare].values.contains_key(word))
            }
            ("Int", _) => value.is_i64(),
            ("Boolean", _) => value.is_boolean(),
            ("Float", _) => value.is_number(),
            (_, _) => value.is_string(),
        };
        if !fits {
            self.fault(path, format!("{value} is not granted as {bare}"));
        }
    }

    /// Keeps ids, cursors and words for later requests.
    fn collect(&mut self, ty: &str, name: &str, value: &Value) {
        let keep = |all: &mut Vec<String>, text: &str| {
            if !all.iter().any(|known| known == text) && all.len() < 200 {
                all.push(text.to_owned());
            }
        };
        let Some(text) = value.as_str() else { return };
        match name {
            "id" => keep(self.finds.ids.entry(ty.to_owned()).or_default(), text),
            "cursor" => keep(self.finds.cursors.entry(ty.replace("Edge", "Connection")).or_default(), text),
            "startCursor" | "endCursor" => {
                keep(self.finds.cursors.entry(self.list.clone()).or_default(), text);
            }
            _ if text.len() < 40 => keep(&mut self.finds.words, text),
            _ => {}
        }
    }
}
