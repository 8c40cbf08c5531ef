//! What casbin does when nobody looks: each pitfall shown, and refused by the lint before casbin sees it.

use casbin::{CoreApi, DefaultModel, Enforcer, MgmtApi, StringAdapter};

use crate::toy;

const MODEL: &str = "[request_definition]\nr = sub, obj\n[policy_definition]\np = sub, obj, eft\n\
    [role_definition]\ng = _, _\n[policy_effect]\ne = some(where (p.eft == allow)) && !some(where (p.eft == deny))\n\
    [matchers]\nm = g(r.sub, p.sub) && r.obj == p.obj\n";

async fn enforcer(lines: &str) -> Enforcer {
    let model = DefaultModel::from_str(MODEL).await.expect("a model");
    Enforcer::new(model, StringAdapter::new(lines)).await.expect("an enforcer")
}

async fn allows(lines: &str) -> bool {
    enforcer(lines).await.enforce(("alice", "data")).expect("an answer")
}

async fn assert_refused(line: &str) {
    toy::compile(line).await.expect_err(line);
}

#[tokio::test]
async fn a_mistyped_effect_makes_a_deny_vanish() {
    assert!(allows("p, alice, data, allow\np, alice, data, denny").await);
    assert_refused("p, role:client, Case, id, resolve, denny").await;
}

#[tokio::test]
async fn a_comment_behind_a_line_becomes_part_of_it() {
    assert!(
        !allows("p, alice, data, allow # why").await
            || allows("p, alice, data, deny # why\np, alice, data, allow").await
    );
    assert_refused("p, role:client, Case, id, resolve, allow # why").await;
}

#[tokio::test]
async fn an_unknown_kind_of_line_is_dropped_silently() {
    assert!(allows("p, alice, data, allow\nP, alice, data, deny").await);
    assert_refused("P, role:client, Case, id, resolve, deny").await;
}

#[tokio::test]
async fn a_subject_is_every_role_of_its_name() {
    let made = enforcer("p, admin, data, allow").await;
    assert!(made.enforce(("admin", "data")).expect("an answer"), "g(x, x) is true");
    assert_refused("p, client, Case, id, resolve, allow").await;
}

#[tokio::test]
async fn a_short_line_breaks_every_question_that_reaches_it() {
    let made = enforcer("p, alice, data").await;
    let counted = made.get_all_policy().len();
    assert!(counted == 0 || made.enforce(("alice", "data")).is_err(), "dropped or broken, never told");
    assert_refused("p, role:client, Case, id, resolve").await;
}

#[tokio::test]
async fn a_long_chain_is_cut_silently() {
    let chain: String = (0..12).map(|n| format!("g, r{n}, r{}\n", n + 1)).collect();
    assert!(!allows(&format!("g, alice, r0\n{chain}p, r12, data, allow")).await);
    let chain: String = (0..12).map(|n| format!("g, role:r{n}, role:r{}\n", n + 1)).collect();
    assert_refused(&format!("g, role:client, role:r0\n{chain}p, role:r12, Query, count, resolve, allow"))
        .await;
}

#[tokio::test]
async fn an_empty_policy_allows_an_empty_request() {
    let made = enforcer("").await;
    assert!(made.enforce(("", "")).expect("an answer"));
    // Nothing empty is ever asked: there are no lines without a type and members, and no such coordinate.
    assert_refused("p, role:client, , , resolve, allow").await;
}

#[tokio::test]
async fn nine_steps_of_inheritance_are_followed() {
    let chain: String = (0..8).map(|n| format!("g, role:r{n}, role:r{}\n", n + 1)).collect();
    let lines = format!("g, role:client, role:r0\n{chain}p, role:r8, Query, byStatus, resolve, allow");
    let policy = toy::policy(&lines).await;
    assert!(policy.grants(portico::policy::Role::Client).allows("Query", "byStatus"));
}
