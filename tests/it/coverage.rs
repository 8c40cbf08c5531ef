//! Coverage both ways: every coordinate is somebody's or listed as nobody's, and whatever a role has can be executed.
use std::collections::BTreeSet;

use futures_util::StreamExt as _;
use portico::{
    house,
    policy::{
        Role,
        model::{Input, Kind, Model, named},
    },
};
use serde_json::{Value, json};

use crate::{
    cast::Cast,
    harness::{World, on_both},
    ids::standing,
    raw::Raw,
    shape::{Shape, below},
};

/// Coordinates that no role has, a line each; what stands behind `#` says why.
const NOBODY: &str = include_str!("nobody.txt");

#[test]
fn every_coordinate_is_granted_to_somebody_or_listed_as_nobodys() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let policy = runtime.block_on(house::compile(&portico::policy::Source::embedded()));
    let policy = policy.unwrap_or_else(|faults| panic!("{faults}"));
    let model = house::model();
    let is_granted =
        |coordinate: &&_| Role::ALL.iter().any(|role| policy.grants(*role).model().has(coordinate));
    let nobodys: BTreeSet<String> =
        model.coordinates().iter().filter(|it| !is_granted(it)).map(ToString::to_string).collect();
    let listed = NOBODY.lines().map(|line| line.split('#').next().unwrap().trim());
    let listed: BTreeSet<String> = listed.filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let missing: Vec<_> = nobodys.difference(&listed).collect();
    let stale: Vec<_> = listed.difference(&nobodys).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "tests/it/nobody.txt lacks {missing:#?}\nand lists what somebody has or nobody wrote: {stale:#?}"
    );
}

#[test]
fn whatever_a_role_has_is_executed_without_an_error() {
    on_both(async |world| {
        let cast = Cast::of(&world).await;
        let mut told = Vec::new();
        for role in Role::ALL {
            told.push(format!("{role} {}", of_role(&world, &cast, role).await));
        }
        println!("{:?}: executed: {}", world.engine, told.join(", "));
    });
}

/// Asks for each field, argument, input field and value of the role; answers with how many requests.
async fn of_role(world: &World, cast: &Cast, role: Role) -> usize {
    let model = cast.model(role);
    let ids = standing(&Raw::open(&world.database).await, 1).await;
    let shape = Shape::new(model, &ids);
    let mut asked = Vec::new();
    let mut unreached = Vec::new();
    // What is followed is no request's: tests/it/streams.rs follows as every role.
    let is_asked = |name: &str| !["Subscription", "CaseChange"].contains(&name);
    let objects = model.types.iter().filter(|(_, ty)| ty.kind == Kind::Object);
    for (name, ty) in objects.filter(|(name, _)| is_asked(name)) {
        for (member, field) in &ty.fields {
            let below = everything_below(model, &field.ty);
            let required = shape.required(field);
            match shape.within(name, &format!("{member}{required}{below}")) {
                Some(text) => asked.push(text),
                None => unreached.push(format!("{name}.{member}")),
            }
            let sub = crate::shape::below(model, &field.ty);
            for (argument, input) in &field.args {
                for value in values(&shape, named(&field.ty), argument, &input.ty) {
                    let arguments = shape.with_argument(field, argument, argument, &value);
                    asked.extend(shape.within(name, &format!("{member}{arguments}{sub}")));
                }
            }
        }
    }
    assert!(unreached.is_empty(), "{role} has what no request can reach: {unreached:?}");
    let count = asked.len();
    let answers = futures_util::stream::iter(asked).map(|text| async move {
        let answer = cast.ask(world, role, &json!({ "query": text })).await;
        let fault = match serde_json::from_str::<Value>(&answer.body) {
            Ok(body) if answer.status == 200 && body.get("errors").is_none() => return None,
            // A made-up cursor is refused as such; real ones are asked with below.
            Ok(body) if body["errors"][0]["extensions"]["code"] == "BAD_CURSOR" => return None,
            Ok(_) | Err(_) => answer.body,
        };
        Some(format!("{role}: {text}\n  {fault}"))
    });
    let faults: Vec<String> = answers.buffer_unordered(8).filter_map(async |fault| fault).collect().await;
    assert!(faults.is_empty(), "{} faults on {:?}:\n{}", faults.len(), world.engine, faults.join("\n"));
    cursors(world, cast, role, &shape).await;
    count
}

/// Every leaf of an object, so that each of its columns is read.
fn everything_below(model: &Model, ty: &str) -> String {
    let leaves = model.types.get(named(ty)).filter(|found| found.kind == Kind::Object).map(|found| {
        let leaves = found.fields.iter().filter(|(_, field)| below(model, &field.ty).is_empty());
        let leaves = leaves.filter(|(_, field)| !field.args.values().any(Input::is_required));
        leaves.map(|(name, _)| name.clone()).collect::<Vec<_>>().join(" ")
    });
    match leaves {
        Some(leaves) => format!(" {{ __typename {leaves} }}"),
        None => below(model, ty).to_owned(),
    }
}

/// Values that together use each input field and enum value that the argument can hold.
fn values(shape: &Shape<'_>, of: &str, name: &str, ty: &str) -> Vec<String> {
    let bare = ty.trim_end_matches('!');
    if let Some(inner) = bare.strip_prefix('[') {
        let inner = values(shape, of, name, inner.strip_suffix(']').unwrap());
        return inner.into_iter().map(|value| format!("[{value}]")).chain(["[]".to_owned()]).collect();
    }
    match shape.model.types.get(bare) {
        Some(found) if found.kind == Kind::Enum => found.values.keys().cloned().collect(),
        Some(found) if found.kind == Kind::Input => {
            let mut all = vec![shape.value(of, name, ty)];
            for (member, input) in &found.inputs {
                let others =
                    found.inputs.iter().filter(|(other, input)| *other != member && input.is_required());
                let others: Vec<String> = others
                    .map(|(other, input)| format!("{other}: {}, ", shape.value(of, other, &input.ty)))
                    .collect();
                let others = others.concat();
                // An input that holds itself is opened once.
                let inner = if named(&input.ty) == bare {
                    vec![shape.value(of, member, &input.ty)]
                } else {
                    values(shape, of, member, &input.ty)
                };
                all.extend(inner.into_iter().map(|value| format!("{{{others}{member}: {value}}}")));
            }
            all
        }
        Some(_) | None => vec![shape.value(of, name, bare)],
    }
}

/// Follows each connection behind and before a cursor of its own.
async fn cursors(world: &World, cast: &Cast, role: Role, shape: &Shape<'_>) {
    for (owner, ty) in &shape.model.types {
        for (member, field) in ty.fields.iter().filter(|(_, field)| field.args.contains_key("after")) {
            let orders = field.args.get("orderBy").map(|input| values(shape, "", "orderBy", &input.ty));
            for order in
                orders.into_iter().flatten().map(|order| format!(", orderBy: {order}")).chain([String::new()])
            {
                let ask = async |page: String| {
                    let text = format!(
                        "{member}({page}{order}) {{ pageInfo {{ endCursor hasNextPage }} nodes {{ __typename }} }}"
                    );
                    let text = shape.within(owner, &text).unwrap();
                    cast.ask(world, role, &json!({ "query": text })).await.data().to_string()
                };
                let first = ask("first: 1".to_owned()).await;
                let Some((_, rest)) = first.split_once("\"endCursor\":\"") else { continue };
                let cursor = rest.split('"').next().unwrap();
                ask(format!("first: 2, after: \"{cursor}\"")).await;
                ask(format!("last: 2, before: \"{cursor}\"")).await;
                ask(format!("last: 1, after: \"{cursor}\", before: \"{cursor}\"")).await;
            }
        }
    }
}
