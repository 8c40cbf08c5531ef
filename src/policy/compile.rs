//! Lines become grants: the only place that asks casbin, once for each role and coordinate, when a policy is loaded.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use casbin::{
    Adapter, CoreApi, DefaultModel, Enforcer, MemoryAdapter,
    function_map::{OperatorFunction, dynamic_to_str},
    rhai::Dynamic,
};

use super::{
    closure::{self, Finding},
    fault::{Fault, Faults},
    grants::{Grants, Members},
    lines::{ANY, Act, Effect, Line, Lines, covers},
    lint,
    model::{Coordinate, Model, is_plumbing},
    role::Role,
    source::{MODEL, Source},
    vocabulary::Vocabulary,
};
use crate::digest::sha256;

/// A loaded policy: immutable, swapped whole.
#[derive(Debug, Clone)]
pub struct Policy {
    hash: Arc<str>,
    grants: BTreeMap<Role, Arc<Grants>>,
    /// What a role would have that was never compiled: nothing.
    nothing: Arc<Grants>,
    pub(super) lines: Lines,
    pub(super) full: Arc<Model>,
}

impl Policy {
    /// Reads, lints and decides a policy for a schema's full model. All faults that can be found are told at once.
    ///
    /// Nothing in it waits: it is tens of milliseconds of plain computing, for a thread that answers no requests.
    pub async fn compile(source: &Source, model: &Model, vocabulary: &Vocabulary) -> Result<Self, Faults> {
        let full = Arc::new(model.clone());
        let (lines, mut faults) = Lines::read(source);
        faults.extend(lint::check(&lines, &full, vocabulary));
        Faults::new(faults).into_result()?;
        let asked = asked(&lines, &full, vocabulary).await.map_err(Faults::failed)?;
        decide(lines, full, asked)
    }

    /// Identifies the content: the same lines in another order or with other comments have the same hash.
    pub fn hash(&self) -> &Arc<str> {
        &self.hash
    }

    /// What a role has.
    pub fn grants(&self, role: Role) -> &Arc<Grants> {
        self.grants.get(&role).unwrap_or(&self.nothing)
    }

    /// The full model that the policy was compiled for.
    pub const fn model(&self) -> &Arc<Model> {
        &self.full
    }
}

/// What casbin grants each role. One enforcer a type and role, with the lines that can matter to them: asked so, casbin is
/// fifty times quicker. Each is gone before the next is made: all at once they take 12 MB, which an idle service would keep.
async fn asked(lines: &Lines, full: &Model, vocabulary: &Vocabulary) -> casbin::Result<Vec<Grants>> {
    let by_type = lines.by_type();
    let general = by_type.get(ANY).map(Vec::as_slice).unwrap_or_default();
    let mut grants: Vec<_> = Role::ALL.into_iter().map(nothing).collect();
    for grants in &mut grants {
        let subject = grants.role.subject();
        let heard = lines.ancestry(&subject);
        for (ty, own) in by_type.iter().filter(|(ty, _)| **ty != ANY) {
            let about = own.iter().chain(general).copied();
            let about: Vec<_> = about.filter(|line| heard.contains(line.subject.as_str())).collect();
            if !about.is_empty() {
                ask(&decider(lines, &about).await?, ty, grants, full, vocabulary)?;
            }
        }
    }
    Ok(grants)
}

async fn decider(lines: &Lines, about: &[&Line]) -> casbin::Result<Enforcer> {
    let mut memory = MemoryAdapter::default();
    let inherited = lines.links.iter().map(|link| vec![link.child.clone(), link.parent.clone()]);
    memory.add_policies("g", "g", inherited.collect()).await?;
    memory.add_policies("p", "p", about.iter().map(|line| line.columns()).collect()).await?;
    let mut enforcer = Enforcer::new(DefaultModel::from_str(MODEL).await?, memory).await?;
    enforcer.add_function("oneOf", OperatorFunction::Arg2(one_of));
    Ok(enforcer)
}

/// The model's `oneOf`: whether what is asked for is on a line's `|` list.
#[expect(clippy::needless_pass_by_value, reason = "casbin's signature")]
fn one_of(what: Dynamic, list: Dynamic) -> Dynamic {
    let (what, list) = (dynamic_to_str(&what), dynamic_to_str(&list));
    list.split('|').any(|item| covers(item, &what)).into()
}

fn decide(lines: Lines, full: Arc<Model>, asked: Vec<Grants>) -> Result<Policy, Faults> {
    let mut grants = BTreeMap::new();
    let mut findings: BTreeMap<Finding, BTreeSet<Role>> = BTreeMap::new();
    for mut own in asked {
        let (pruned, found) = closure::close(&full, &own);
        own.model = Arc::new(pruned);
        for finding in found {
            findings.entry(finding).or_default().insert(own.role);
        }
        grants.insert(own.role, Arc::new(own));
    }
    let faults = findings.iter().map(|(finding, roles)| placed(finding, roles, &lines)).collect();
    Faults::new(faults).into_result()?;
    let hash = sha256(lines.canonical()).into();
    Ok(Policy { hash, grants, nothing: Arc::new(nothing(Role::Anonymous)), lines, full })
}

fn nothing(role: Role) -> Grants {
    let (scopes, released) = (BTreeMap::new(), BTreeMap::new());
    Grants { role, members: Members::new(), scopes, released, model: Arc::default() }
}

/// Asks what a role has of one type.
fn ask(
    decider: &Enforcer,
    ty: &str,
    grants: &mut Grants,
    full: &Model,
    vocabulary: &Vocabulary,
) -> casbin::Result<()> {
    let subject = grants.role.subject();
    let ask = |what: &str, act: Act| decider.enforce((&subject, ty, what, act.word()));
    for member in members(full, ty) {
        if ask(member, Act::Resolve)? {
            let arguments = arguments(full, ty, member, &ask)?;
            grants.members.entry(ty.to_owned()).or_default().insert(member.to_owned(), arguments);
        }
    }
    let mut scopes = Vec::new();
    for scope in vocabulary.scopes_of(ty) {
        if ask(scope.name, Act::Row)? {
            scopes.push(scope);
        }
    }
    if !scopes.is_empty() {
        grants.scopes.insert(ty.to_owned(), scopes.iter().map(|scope| scope.name).collect());
    }
    // One scope without a release is enough for a null.
    if !scopes.is_empty() && scopes.iter().all(|scope| scope.released) {
        let fields = vocabulary.released.iter().filter(|(owner, _)| *owner == ty);
        grants.released.insert(ty.to_owned(), fields.map(|(_, field)| (*field).to_owned()).collect());
    }
    Ok(())
}

fn members<'a>(full: &'a Model, ty: &str) -> Vec<&'a str> {
    let mut members = full.types.get(ty).map(super::model::Type::members).unwrap_or_default();
    members.retain(|member| !is_plumbing(ty, member));
    members
}

fn arguments(
    full: &Model,
    ty: &str,
    member: &str,
    ask: &impl Fn(&str, Act) -> casbin::Result<bool>,
) -> casbin::Result<BTreeSet<String>> {
    let mut granted = BTreeSet::new();
    for argument in full.field(ty, member).into_iter().flat_map(|field| field.args.keys()) {
        if ask(&Coordinate::argument(ty, member, argument).what(), Act::Resolve)? {
            granted.insert(argument.clone());
        }
    }
    Ok(granted)
}

/// A finding at the line that grants what it is about, with the roles it concerns.
fn placed(finding: &Finding, roles: &BTreeSet<Role>, lines: &Lines) -> Fault {
    let who: Vec<_> = roles.iter().map(|role| role.subject()).collect();
    let sentence = format!("{} (For {}.)", finding.sentence, who.join(", "));
    let about = &finding.coordinate;
    let speaking = who.first().map(|subject| lines.speaking(subject, &about.ty, &about.what(), Act::Resolve));
    let line = speaking.into_iter().flatten().find(|line| line.effect == Effect::Allow);
    match line {
        Some(line) => Fault::at(&line.place.file, line.place.line, sentence),
        None => Fault::whole(sentence),
    }
}
