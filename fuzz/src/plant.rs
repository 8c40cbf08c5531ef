//! Plants one hidden name into a drawn request, wherever a name of its kind stands.
use std::collections::BTreeMap;

use portico::policy::model::{Model, named};
use rand::{Rng as _, RngCore, seq::IndexedRandom as _};

use crate::drawing::{Given, Pick, Word};

/// Where the name stands, until one is written there.
pub const HOLE: &str = "§";

/// A role's model, and the full one.
#[derive(Clone, Copy)]
pub struct Models<'m> {
    pub own: &'m Model,
    pub full: &'m Model,
}

/// Puts the hole in place of one of the picks' names; answers a name that is hidden from the role there.
pub fn plant(picks: &mut [Pick], models: Models<'_>, random: &mut dyn RngCore) -> Option<String> {
    let mut count = 0;
    models.selection(picks, &models.own.query, &mut |_, _| count += 1);
    if count == 0 {
        return None;
    }
    let (wanted, mut at, mut planted) = (random.random_range(0..count), 0, None);
    models.selection(picks, &models.own.query, &mut |name, hidden| {
        if at == wanted {
            planted = hidden.choose(random).cloned();
            HOLE.clone_into(name);
        }
        at += 1;
    });
    planted
}

/// Sees a name, and the names that are hidden from the role at its place, of which there are some.
type See<'s> = dyn FnMut(&mut String, &[String]) + 's;

fn hidden<T, U>(full: Option<&BTreeMap<String, T>>, own: Option<&BTreeMap<String, U>>) -> Vec<String> {
    let is_hidden = |name: &&String| own.is_none_or(|own| !own.contains_key(*name));
    full.into_iter().flat_map(BTreeMap::keys).filter(is_hidden).cloned().collect()
}

fn show(name: &mut String, hidden: &[String], see: &mut See<'_>) {
    if !hidden.is_empty() {
        see(name, hidden);
    }
}

impl Models<'_> {
    fn selection(self, picks: &mut [Pick], ty: &str, see: &mut See<'_>) {
        let (own, full) = (self.own.types.get(ty), self.full.types.get(ty));
        let fields = hidden(full.map(|it| &it.fields), own.map(|it| &it.fields));
        let types = hidden(Some(&self.full.types), Some(&self.own.types));
        for pick in picks {
            match pick {
                Pick::On { ty, below, .. } => {
                    self.selection(below, &ty.clone(), see);
                    show(ty, &types, see);
                }
                Pick::Field { key, name, arguments, below } => {
                    if let Some(field) = self.own.field(ty, name) {
                        let others = self.full.field(ty, name).map(|it| &it.args);
                        let others = hidden(others, Some(&field.args));
                        for (argument, given) in arguments {
                            let of = field.args.get(argument).map(|input| input.ty.clone());
                            if let (
                                Some(of),
                                Given::Literal(word) | Given::Variable { word: Some(word), .. },
                            ) = (of, given)
                            {
                                self.word(word, &of, see);
                            }
                            show(argument, &others, see);
                        }
                        self.selection(below, named(&field.ty), see);
                    }
                    let is_bare = key == name;
                    show(name, &fields, see);
                    if is_bare {
                        key.clone_from(name);
                    }
                }
            }
        }
    }

    fn word(self, word: &mut Word, ty: &str, see: &mut See<'_>) {
        let (own, full) = (self.own.types.get(named(ty)), self.full.types.get(named(ty)));
        match word {
            Word::Plain(_) => {}
            Word::Enum(value) => {
                show(value, &hidden(full.map(|it| &it.values), own.map(|it| &it.values)), see);
            }
            Word::List(words) => words.iter_mut().for_each(|word| self.word(word, ty, see)),
            Word::Object(fields) => {
                let others = hidden(full.map(|it| &it.inputs), own.map(|it| &it.inputs));
                for (name, word) in fields {
                    let of = own.and_then(|it| it.inputs.get(name)).map(|input| input.ty.clone());
                    if let Some(of) = of {
                        self.word(word, &of, see);
                    }
                    show(name, &others, see);
                }
            }
        }
    }
}
