//! Two worlds that differ only in what a role may not see, and what holds of each question that the role asks in both.
use std::collections::{BTreeSet, HashMap, HashSet};

use portico::{id, policy::Role};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::Value;

use crate::{
    assert_no_canary, assert_no_fault,
    bytes::Bytes,
    cast::Cast,
    drawing::{Drawing, Finds, Given, Pick, Word, body},
    harness::{self, Answer, World, copied, now, written},
    nonsense::{assert_twins, every_name, nonsense},
    perturb::Group,
    plant::{HOLE, Models, plant},
    walking::Walk,
};

/// Requests of each role whose answers' ids, cursors and words later ones may use.
const FIRST: usize = 40;
/// Statements beside one for each field at the root: who asks, as remembered and anew.
const FURTHER: usize = 2;

pub struct Pairs {
    cast: Cast,
    one: World,
    others: Vec<(Group, World)>,
    finds: HashMap<Role, Finds>,
    names: BTreeSet<String>,
}

impl Pairs {
    pub async fn new() -> Self {
        let (folder, cast) = written().await;
        let at = now();
        let mut others = Vec::new();
        for group in Group::all(&cast) {
            let other = copied(&folder);
            group.change(&harness::url(other.path()), &cast).await;
            let other = World::on(other, at).await;
            other.store.record();
            others.push((group, other));
        }
        let names = every_name(&cast.full);
        let one = World::on(folder, at).await;
        let mut pairs = Pairs { cast, one, others, finds: HashMap::new(), names };
        for role in Role::ALL {
            let finds = pairs.first(role).await;
            pairs.finds.insert(role, finds);
        }
        pairs
    }

    async fn first(&self, role: Role) -> Finds {
        let (mut finds, mut random) = (Finds::default(), StdRng::seed_from_u64(1));
        for _ in 0..FIRST {
            let picks = Drawing::new(self.cast.model(role), &finds, &mut random).request();
            let answer = self.cast.ask(&self.one, role, &body(&picks)).await.json();
            if answer.get("errors").is_none() {
                Walk::new(self.cast.model(role), &mut finds).root(&picks, &answer["data"]);
            }
        }
        finds
    }

    /// Draws a question, and asks it.
    pub async fn ask(&self, bytes: &[u8]) {
        let mut bytes = Bytes::of(bytes);
        let role = Role::ALL[bytes.random_range(0..Role::ALL.len())];
        let (is_odd, is_planted) = (bytes.random_bool(0.5), bytes.random_bool(0.5));
        let (own, finds) = (self.cast.model(role), &self.finds[&role]);
        let draw = if is_odd { Drawing::odd } else { Drawing::new };
        let picks = draw(own, finds, &mut bytes).request();
        let models = Models { own, full: &self.cast.full };
        let mut planted = picks.clone();
        match plant(&mut planted, models, &mut bytes).filter(|_| is_planted) {
            Some(name) => self.twins(role, &planted, &name).await,
            None => self.alike(role, picks).await,
        }
    }

    fn other(&self, role: Role) -> &World {
        let (_, other) = self.others.iter().find(|(group, _)| group.roles.contains(&role)).expect("a group");
        other
    }

    /// A hidden name answers as one that nobody has.
    async fn twins(&self, role: Role, picks: &[Pick], name: &str) {
        let (other, request) = (self.other(role), body(picks).to_string());
        let with =
            |name: &str| -> Value { serde_json::from_str(&request.replace(HOLE, name)).expect("JSON") };
        let nonsense = nonsense(name, &self.names);
        let hidden = self.cast.ask(other, role, &with(name)).await;
        let unknown = self.cast.ask(other, role, &with(&nonsense)).await;
        let what = || format!("{role}: {}", with(name));
        assert_twins(&hidden, &unknown, name, &nonsense, &what);
        judge(role, &hidden, &what);
    }

    /// Both worlds answer the same, with what the role has and no more, after no more statements than the roots need.
    async fn alike(&self, role: Role, picks: Vec<Pick>) {
        let (other, request) = (self.other(role), body(&picks));
        let what = || format!("{role}: {request}");
        other.store.recorded();
        let here = self.cast.ask(&self.one, role, &request).await;
        let there = self.cast.ask(other, role, &request).await;
        let statements = other.store.recorded();
        assert_eq!((here.status, &here.body), (there.status, &there.body), "{}", what());
        let most = roots(&picks) + FURTHER;
        assert!(statements.len() <= most, "{} statements, and not {most}: {}", statements.len(), what());
        judge(role, &there, &what);
        let answer = there.json();
        if answer.get("errors").is_none() {
            let mut finds = Finds::default();
            let mut walk = Walk::new(self.cast.model(role), &mut finds);
            walk.root(&picks, &answer["data"]);
            assert!(walk.faults.is_empty(), "{}\n{:?}\n{}", what(), walk.faults, there.body);
        }
    }
}

/// Staff read what is hidden from others, so canaries are for outside roles alone.
fn judge(role: Role, answer: &Answer, what: &dyn Fn() -> String) {
    assert_no_fault(answer, what);
    if role.is_outside() {
        assert_no_canary(&answer.body, what);
    }
}

/// Statements that the fields at the root need, fragments opened: one each, and one for each type whose ids are asked for.
fn roots(picks: &[Pick]) -> usize {
    let of = |pick: &Pick| match pick {
        Pick::Field { name, arguments, .. } if name == "nodes" => types(arguments),
        Pick::Field { .. } => 1,
        Pick::On { below, .. } => roots(below),
    };
    picks.iter().map(of).sum()
}

fn types(arguments: &[(String, Given)]) -> usize {
    let words = arguments.iter().filter_map(|(_, given)| match given {
        Given::Literal(word) | Given::Variable { word: Some(word), .. } => Some(word),
        Given::Variable { word: None, .. } => None,
    });
    let ids = words.flat_map(|word| if let Word::List(ids) = word { ids.as_slice() } else { &[] });
    let tags = ids.filter_map(|id| if let Word::Plain(id) = id { id::tag(id.as_str()?) } else { None });
    tags.collect::<HashSet<_>>().len().max(1)
}
