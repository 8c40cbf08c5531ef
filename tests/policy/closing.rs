//! What goes with what was not granted, step by step, until nothing leads nowhere.

use portico::policy::{Faults, Model, Policy, Role, Vocabulary};

use crate::{sdl, toy};

async fn compile(sdl: &str, lines: &str) -> Result<Policy, Faults> {
    Policy::compile(&toy::source(lines), &sdl::model(sdl), &Vocabulary::default()).await
}

/// What is left for a client.
async fn left(sdl: &str, lines: &str) -> Model {
    let policy = compile(sdl, lines).await.unwrap_or_else(|faults| panic!("{faults}"));
    policy.grants(Role::Client).model().as_ref().clone()
}

async fn faults(sdl: &str, lines: &str) -> String {
    compile(sdl, lines).await.expect_err("faults").to_string()
}

#[tokio::test]
async fn a_chain_that_ends_in_nothing_goes_whole() {
    let sdl = "type Query { ping: Int a: A } type A { b: B } type B { c: C } type C { secret: Int }";
    let lines = "p, role:client, Query, a, resolve, allow\np, role:client, A, b, resolve, allow\n\
        p, role:client, B, c, resolve, allow\n";
    insta::assert_snapshot!(faults(sdl, lines).await, @r"
toy.csv:1: Query.a is granted, but nothing of its type A. (For role:client.)
toy.csv:2: A.b is granted, but nothing of its type B. (For role:client.)
toy.csv:3: B.c is granted, but nothing of its type C. (For role:client.)
");
}

#[tokio::test]
async fn an_interface_that_its_last_object_leaves_goes_too() {
    // Nothing else goes: a denied argument alone makes the object leave.
    let sdl = "type Query { ping: Int titled: Titled letter: Letter } \
        interface Titled { title(short: Boolean): String } \
        type Letter implements Titled { title(short: Boolean): String }";
    let lines = "p, role:client, Query, titled|letter, resolve, allow\n\
        p, role:client, Letter, title, resolve, allow\np, role:client, Letter, title(short), resolve, deny\n";
    insta::assert_snapshot!(faults(sdl, lines).await, @r"
toy.csv:1: Query.titled is granted, but nothing of its type Titled. (For role:client.)
");
    // And while something goes that nothing points at.
    let wider = format!("{sdl} type Wall {{ reason: Int }}").replace("ping: Int", "ping: Int wall: Wall");
    assert_eq!(faults(&wider, lines).await, faults(sdl, lines).await);
    // Or when the object loses only later what it has in common.
    let later = "type Query { ping: Int named: Named a: A } interface Named { of: Has } \
        interface Has { key: Key } type A implements Named { of: Has id: ID } \
        type O implements Has { key: Key n: Int } type Key { secret: Int }";
    let lines = "p, role:client, Query, named|a, resolve, allow\np, role:client, A, id, resolve, allow\n";
    insta::assert_snapshot!(faults(later, lines).await, @r"
toy.csv:1: Query.named is granted, but nothing of its type Named. (For role:client.)
");
}

#[tokio::test]
async fn an_interface_without_fields_is_none() {
    // The object keeps its field, whose type is its own; the interface's is of an interface that nobody is any longer.
    let sdl = "type Query { ping: Int named: Named a: A } interface Has { key: Int } interface Named { of: Has } \
        type O implements Has { key: Int n: Int } type A implements Named { of: O }";
    let lines = "p, role:client, Query, named|a, resolve, allow\np, role:client, A, of, resolve, allow\n\
        p, role:client, O, n, resolve, allow\n";
    insta::assert_snapshot!(faults(sdl, lines).await, @r"
toy.csv:1: Query.named is granted, but nothing of its type Named. (For role:client.)
");
}

#[tokio::test]
async fn an_object_whose_field_no_longer_fits_leaves_its_interface() {
    let sdl = "type Query { ping: Int named: [Named] } interface Has { key: Int } interface Named { of: Has } \
        type O implements Has { key: Int n: Int } type P implements Has { key: Int } \
        type A implements Named { of: O } type B implements Named { of: P }";
    let lines = "p, role:client, Query, named, resolve, allow\n\
        p, role:client, A, of, resolve, allow\np, role:client, B, of, resolve, allow\n\
        p, role:client, O, n, resolve, allow\np, role:client, P, key, resolve, allow\n";
    let model = left(sdl, lines).await;
    assert!(model.can_be("Named", "B") && !model.can_be("Named", "A"), "{model:#?}");
}

#[tokio::test]
async fn a_member_of_a_union_fits_where_the_union_is_asked_for() {
    let sdl = "type Query { ping: Int named: [Named] } interface Named { of: Found } union Found = O | P \
        type O { n: Int } type P { n: Int } type A implements Named { of: O }";
    let lines = "p, role:client, Query, named, resolve, allow\np, role:client, A, of, resolve, allow\n\
        p, role:client, O, n, resolve, allow\n";
    let model = left(sdl, lines).await;
    assert!(
        model.can_be("Named", "A") && model.can_be("Found", "O") && !model.can_be("Found", "P"),
        "{model:#?}"
    );
}
