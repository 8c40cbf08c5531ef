//! The closure: what is left of the full model for a role, so that nothing in it leads to what the role lacks.

use std::collections::BTreeSet;

use super::{
    grants::Grants,
    model::{Coordinate, Input, Kind, Model, Type, is_built_in, is_plumbing, named},
    names, words,
};

/// What is wrong with what is left, and at which grant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    pub(super) coordinate: Coordinate,
    pub(super) sentence: String,
}

impl Finding {
    pub(super) fn new(ty: &str, member: &str, sentence: String) -> Self {
        Self { coordinate: Coordinate::member(ty, member), sentence }
    }
}

/// Prunes the full model by the grants, and says what can't stay as it is.
pub(super) fn close(full: &Model, grants: &Grants) -> (Model, Vec<Finding>) {
    let mut model = full.clone();
    keep_granted(&mut model, grants);
    while shrink(&mut model) {}
    let mut findings = vanished(&model, full, grants);
    drop_unreachable(&mut model);
    findings.extend(broken(&model, full));
    findings.extend(words::check(&model, full));
    (model, findings)
}

fn keep_granted(model: &mut Model, grants: &Grants) {
    for (name, ty) in &mut model.types {
        match ty.kind {
            Kind::Object => ty.fields.retain(|field, found| {
                found.args.retain(|argument, _| grants.allows_argument(name, field, argument));
                grants.allows(name, field)
            }),
            Kind::Input => ty.inputs.retain(|field, _| grants.allows(name, field)),
            Kind::Enum => ty.values.retain(|value, _| grants.allows(name, value)),
            // An interface's fields and a union's members follow from the objects that stay.
            Kind::Interface | Kind::Union | Kind::Scalar => {}
        }
        for field in grants.released(name) {
            let found = ty.fields.get_mut(field);
            found.filter(|found| !found.ty.ends_with('!')).into_iter().for_each(|found| found.ty.push('!'));
        }
    }
}

/// One step of dropping what leads nowhere; whether anything was dropped.
fn shrink(model: &mut Model) -> bool {
    let dead: BTreeSet<String> = model
        .types
        .iter()
        .filter(|(name, ty)| is_dead(name, ty, model))
        .map(|(name, _)| name.clone())
        .collect();
    model.types.retain(|name, _| !dead.contains(name));
    let left = leavers(model);
    for (object, interface) in &left {
        if let Some(ty) = model.types.get_mut(object) {
            ty.interfaces.remove(interface);
        }
        if let Some(ty) = model.types.get_mut(interface) {
            ty.possible.remove(object);
        }
    }
    model.mutation.take_if(|root| dead.contains(root));
    model.subscription.take_if(|root| dead.contains(root));
    // Nothing dangles unless something died.
    drop_dangling(model);
    !dead.is_empty() || !left.is_empty()
}

/// Whether a type has nothing left that would be worth reaching. A page without its items is nothing.
fn is_dead(name: &str, ty: &Type, model: &Model) -> bool {
    match ty.kind {
        Kind::Scalar => false,
        Kind::Object if name == model.query => false,
        Kind::Object => {
            let has = |field: &str| ty.fields.contains_key(field);
            let own = ty.fields.keys().any(|field| !is_plumbing(name, field));
            !own && !has("edges")
                && !has("nodes")
                && !has("node")
                && (name != "PageInfo" || ty.fields.is_empty())
        }
        Kind::Interface => ty.possible.is_empty() || ty.fields.is_empty(),
        Kind::Union => ty.possible.is_empty(),
        Kind::Enum => ty.values.is_empty(),
        Kind::Input => ty.inputs.is_empty(),
    }
}

/// Objects that can't be what they claim to be any longer.
fn leavers(model: &Model) -> Vec<(String, String)> {
    let mut left = Vec::new();
    for (name, ty) in &model.types {
        for interface in &ty.interfaces {
            let found = model.types.get(interface);
            if !found.is_some_and(|found| fulfils(ty, found, model)) {
                left.push((name.clone(), interface.clone()));
            }
        }
    }
    left
}

fn fulfils(object: &Type, interface: &Type, model: &Model) -> bool {
    interface.fields.iter().all(|(name, wanted)| {
        object.fields.get(name).is_some_and(|field| {
            let args = wanted.args.keys().all(|arg| field.args.contains_key(arg));
            args && is_subtype(&field.ty, &wanted.ty, model)
        })
    })
}

/// Whether a field of the one type will do where the other is asked for.
fn is_subtype(ty: &str, wanted: &str, model: &Model) -> bool {
    match (ty.strip_suffix('!'), wanted.strip_suffix('!')) {
        (Some(ty), Some(wanted)) => return is_subtype(ty, wanted, model),
        (Some(ty), None) => return is_subtype(ty, wanted, model),
        (None, Some(_)) => return false,
        (None, None) => {}
    }
    match (ty.strip_prefix('[').zip(wanted.strip_prefix('[')), ty == wanted) {
        (Some((ty, wanted)), _) => {
            let inner = ty.strip_suffix(']').zip(wanted.strip_suffix(']'));
            inner.is_some_and(|(ty, wanted)| is_subtype(ty, wanted, model))
        }
        (None, same) => {
            same || model.can_be(wanted, ty)
                || model.types.get(ty).is_some_and(|t| t.interfaces.contains(wanted))
        }
    }
}

/// Drops members whose type is gone.
fn drop_dangling(model: &mut Model) {
    let names: BTreeSet<String> = model.types.keys().cloned().collect();
    let alive = |ty: &str| names.contains(named(ty));
    for ty in model.types.values_mut() {
        ty.fields.retain(|_, field| {
            field.args.retain(|_, arg| alive(&arg.ty));
            alive(&field.ty)
        });
        ty.inputs.retain(|_, input| alive(&input.ty));
        ty.possible.retain(|name| alive(name));
        ty.interfaces.retain(|name| alive(name));
    }
}

/// Drops what no root leads to, as the registry will.
fn drop_unreachable(model: &mut Model) {
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<String> = model.roots().map(str::to_owned).collect();
    let args = model.directives.values().flat_map(|directive| directive.args.values());
    open.extend(args.map(|arg| named(&arg.ty).to_owned()));
    while let Some(name) = open.pop() {
        if let Some(ty) = model.types.get(&name)
            && reached.insert(name)
        {
            open.extend(leads_to(ty).map(str::to_owned));
        }
    }
    model.types.retain(|name, _| is_built_in(name) || reached.contains(name));
    for ty in model.types.values_mut() {
        ty.interfaces.retain(|name| reached.contains(name));
        ty.possible.retain(|name| reached.contains(name));
    }
}

fn leads_to(ty: &Type) -> impl Iterator<Item = &str> {
    let args = ty.fields.values().flat_map(|field| field.args.values());
    let inputs = ty.inputs.values().chain(args).map(|input| named(&input.ty));
    let fields = ty.fields.values().map(|field| named(&field.ty));
    fields.chain(inputs).chain(ty.possible.iter().map(String::as_str))
}

/// Grants that came to nothing because a type behind them has none: they would mislead whoever reads the policy.
fn vanished(model: &Model, full: &Model, grants: &Grants) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (ty, members) in &grants.members {
        for member in members.keys() {
            if model.has(&Coordinate::member(ty, member)) {
                continue;
            }
            let behind = type_of(full, ty, member).map(named).unwrap_or_default();
            let sentence = format!("{ty}.{member} is granted, but nothing of its type {behind}.");
            findings.push(Finding::new(ty, member, sentence));
        }
    }
    findings
}

fn type_of<'a>(model: &'a Model, ty: &str, member: &str) -> Option<&'a str> {
    let ty = model.types.get(ty)?;
    let field = ty.fields.get(member).map(|field| &field.ty);
    field.or_else(|| ty.inputs.get(member).map(|input| &input.ty)).map(String::as_str)
}

/// What would name, in an error or a default, a thing that the role lacks.
fn broken(model: &Model, full: &Model) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, ty) in &model.types {
        let Some(before) = full.types.get(name) else { continue };
        for (member, field) in &ty.fields {
            let lost = before.fields.get(member).into_iter().flat_map(|field| &field.args);
            let lost = lost.filter(|(arg, input)| input.is_required() && !field.args.contains_key(*arg));
            findings.extend(lost.map(|(arg, _)| {
                let sentence = format!("{name}.{member} is granted without its required argument `{arg}`.");
                Finding::new(name, member, sentence)
            }));
            let inputs = field.args.iter().map(|(arg, input)| (format!("{member}({arg})"), input));
            findings
                .extend(inputs.filter_map(|(what, input)| bad_default(model, name, member, &what, input)));
        }
        let lost = before
            .inputs
            .iter()
            .filter(|(field, input)| input.is_required() && !ty.inputs.contains_key(*field));
        findings.extend(lost.filter(|_| ty.kind == Kind::Input).map(|(field, _)| {
            let first = ty.inputs.keys().next().map(String::as_str).unwrap_or_default();
            Finding::new(name, first, format!("{name} is granted without its required field `{field}`."))
        }));
        let inputs = ty.inputs.iter();
        findings.extend(inputs.filter_map(|(field, input)| bad_default(model, name, field, field, input)));
    }
    findings
}

fn bad_default(model: &Model, ty: &str, member: &str, what: &str, input: &Input) -> Option<Finding> {
    let unknown = names::in_default(model, &input.ty, input.default.as_deref()?)?;
    Some(Finding::new(ty, member, format!("the default of {ty}.{what} says what is not granted: {unknown}.")))
}
