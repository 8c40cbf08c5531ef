//! Twins: a hidden name and a nonsense one of equal length get equal answers, for every coordinate that a role lacks.
use std::collections::BTreeSet;

use futures_util::StreamExt as _;
use portico::{
    id,
    policy::{Coordinate, Role, model::named},
    store::Engine,
};
use serde_json::{Value, json};

use crate::{
    cast::Cast,
    harness::{Answer, World, on_both, on_engines},
    ids::standing,
    nonsense::{assert_twins, every_name, nonsense},
    perturb::Group,
    raw::Raw,
    shape::{Ids, Shape},
    twin_forms::{Form, HOLE, anywhere, of_coordinate, of_type},
};

/// Forbidden ids of each type that are asked for.
const MOST: usize = 12;
/// Requests under way at once.
const ABREAST: usize = 12;

#[test]
fn what_a_role_lacks_answers_as_what_was_never_written() {
    on_both(async |world| {
        let started = std::time::Instant::now();
        let cast = Cast::of(&world).await;
        let ids = standing(&Raw::open(&world.database).await, 1).await;
        let names = every_name(&cast.full);
        let mut told = Vec::new();
        for role in Role::ALL {
            let found = of_role(&world, &cast, role, &ids, &names).await;
            let (all, granted) = (cast.full.coordinates(), cast.model(role).coordinates());
            assert!(granted.iter().all(|coordinate| all.contains(coordinate)));
            assert_eq!(found.coordinates, all.len() - granted.len(), "twins of {role}");
            let (types, left) = (cast.full.types.len(), cast.model(role).types.len());
            assert_eq!(found.types, types - left, "types with twins of {role}");
            told.push(format!(
                "{role}: {} of {} coordinates and {} of {types} types in {} requests",
                found.coordinates,
                all.len(),
                found.types,
                found.requests
            ));
        }
        println!("{:?}: twins, in {:?}:\n  {}", world.engine, started.elapsed(), told.join("\n  "));
    });
}

/// What had twins of its own, and how many requests that took.
struct Found {
    coordinates: usize,
    types: usize,
    requests: usize,
}

async fn of_role(world: &World, cast: &Cast, role: Role, ids: &Ids, names: &BTreeSet<String>) -> Found {
    let (model, full) = (cast.model(role), &cast.full);
    let (shape, whole) = (Shape::new(model, ids), Shape::new(full, ids));
    // Names are judged before any statement, so the second engine is asked with a part of the forms only: the first
    // of each coordinate and type, and some of the others.
    let is_asked = |at: usize| world.engine == Engine::Sqlite || at == 0 || at % 4 == 1;
    let mut forms: Vec<(String, Form)> = Vec::new();
    let mut add = |name: &str, of_it: Vec<Form>| {
        let of_it: Vec<Form> =
            of_it.into_iter().enumerate().filter(|(at, _)| is_asked(*at)).map(|(_, form)| form).collect();
        let is_any = !of_it.is_empty();
        forms.extend(of_it.into_iter().map(|form| (name.to_owned(), form)));
        usize::from(is_any)
    };
    let (mut coordinates, mut types) = (0, 0);
    for coordinate in full.coordinates().iter().filter(|coordinate| !model.has(coordinate)) {
        coordinates += add(hidden_name(coordinate), of_coordinate(coordinate, &shape, &whole));
        add(hidden_name(coordinate), anywhere());
    }
    for ty in full.types.keys().filter(|ty| !model.types.contains_key(*ty)) {
        types += add(ty, of_type(ty, &shape, &whole));
    }
    let mut asked = BTreeSet::new();
    forms.retain(|(name, form)| asked.insert(form.with(name).to_string()));
    let requests = forms.len() * 2;
    let asked = forms.into_iter().map(|(name, form)| async move {
        let nonsense = nonsense(&name, names);
        let one = cast.ask(world, role, &form.with(&name)).await;
        let other = cast.ask(world, role, &form.with(&nonsense)).await;
        assert_twins(&one, &other, &name, &nonsense, &|| format!("{role}: {}", form.with(&name)));
    });
    futures_util::stream::iter(asked).buffer_unordered(ABREAST).collect::<Vec<()>>().await;
    Found { coordinates, types, requests }
}

fn hidden_name(coordinate: &Coordinate) -> &str {
    coordinate.argument.as_ref().unwrap_or(&coordinate.member)
}

#[test]
fn an_id_of_a_hidden_type_answers_as_one_that_does_not_decode() {
    on_both(async |world| {
        let cast = Cast::of(&world).await;
        let ids = standing(&Raw::open(&world.database).await, 2).await;
        world.store.record();
        let mut count = 0;
        for role in Role::ALL.into_iter().filter(|role| cast.model(*role).field("Query", "node").is_some()) {
            let hidden = ids.iter().filter(|(ty, _)| cast.model(role).field(ty, "id").is_none());
            for id in hidden.flat_map(|(_, ids)| ids) {
                // The last character's spare bits are set, so this is no id.
                let nonsense = format!("{}_", &id[..22]);
                let (one, first) = recorded(&world, &cast, role, id).await;
                let (other, second) = recorded(&world, &cast, role, &nonsense).await;
                assert_twins(&one, &other, id, &nonsense, &|| format!("{role}: {id}"));
                assert_eq!(first, second, "statements for {role}");
                assert!(first.len() <= 1, "only the viewer is looked up: {first:?}");
                count += 1;
            }
        }
        assert!(count > 0, "some role has hidden types with ids");
    });
}

#[test]
fn a_forbidden_id_of_a_visible_type_answers_as_an_absent_one_after_the_same_statement() {
    on_engines(async |engine| {
        let groups = Group::all(&Cast::of(&World::new(engine).await).await);
        for group in groups {
            // Another firm's, another client's, a draft's, a withdrawn one's, one behind a wall: whatever was added.
            let world = World::new(engine).await;
            let cast = Cast::of(&world).await;
            let raw = Raw::open(&world.database).await;
            let before = standing(&raw, 10_000).await;
            group.perturb(&world, &cast).await;
            let mut added = standing(&raw, 10_000).await;
            for (ty, ids) in &mut added {
                let known: BTreeSet<_> = before.get(ty).into_iter().flatten().collect();
                ids.retain(|id| !known.contains(id));
                ids.truncate(MOST);
            }
            world.store.record();
            let mut count = 0;
            for role in &group.roles {
                count += forbidden(&world, &cast, *role, &added).await;
            }
            println!("{engine:?}: {count} forbidden ids for {}", group.name);
            assert!(count > 0);
        }
    });
}

/// How many ids of types that the role has are forbidden to it; each answers as an absent one.
async fn forbidden(world: &World, cast: &Cast, role: Role, ids: &Ids) -> usize {
    let mut count = 0;
    if cast.model(role).field("Query", "node").is_none() {
        return count;
    }
    // So that who asks is remembered from the first of them on.
    cast.ask(world, role, &json!({ "query": "{ __typename }" })).await;
    for (ty, ids) in ids.iter().filter(|(ty, _)| cast.model(role).field(ty, "id").is_some()) {
        for id in ids {
            let absent = id::random(crate::ids::tag(id));
            let (one, first) = recorded(world, cast, role, id).await;
            let (other, second) = recorded(world, cast, role, &absent).await;
            assert_eq!(one.data()["node"], Value::Null, "{role} reads {ty} {id}");
            assert_twins(&one, &other, id, &absent, &|| format!("{role}: {ty} {id}"));
            assert_eq!(first, second, "statements for {role}: {ty}");
            assert_eq!(first.len(), 1, "one statement, which asks who asks: {first:?}");
            count += 1;
        }
    }
    count
}

async fn recorded(world: &World, cast: &Cast, role: Role, id: &str) -> (Answer, Vec<String>) {
    let body =
        json!({ "query": "query($id: ID!) { node(id: $id) { __typename id } }", "variables": { "id": id } });
    world.store.recorded();
    let answer = cast.ask(world, role, &body).await;
    (answer, world.store.recorded())
}

#[test]
fn a_form_writes_its_name_wherever_the_hole_is() {
    let form = Form::query(format!("{{ {HOLE} a: {HOLE} }}"));
    assert_eq!(form.with("x"), json!({ "query": "{ x a: x }", "variables": {} }));
    assert_eq!(named("[Case!]!"), "Case");
}
