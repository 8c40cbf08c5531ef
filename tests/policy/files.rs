//! The files of policies/ say what they are meant to say of the real model.
use portico::{
    house,
    policy::{Coordinate, Role, Source},
};

#[tokio::test]
async fn the_programs_own_policy_has_no_fault() {
    let policy = house::compile(&Source::embedded()).await.unwrap_or_else(|faults| panic!("{faults}"));
    let title = policy.grants(Role::Client).model().field("Milestone", "title").cloned().expect("a title");
    assert_eq!(title.ty, "String!", "a client sees released milestones only");
    let title = policy.grants(Role::Attorney).model().field("Milestone", "title").cloned().expect("a title");
    assert_eq!(title.ty, "String", "an attorney sees milestones before any release");
}

#[tokio::test]
async fn a_wall_is_named_when_a_right_is_explained() {
    let policy = house::compile(&Source::embedded()).await.unwrap_or_else(|faults| panic!("{faults}"));
    let why = policy.explain(Role::Client, &Coordinate::member("Task", "title")).to_string();
    assert!(why.contains("denied") && why.contains("roles.csv:"), "{why}");
    let why = policy.explain(Role::CoClient, &Coordinate::member("Case", "title")).to_string();
    assert!(why.contains("granted") && why.contains("cases.csv:"), "{why}");
}

#[tokio::test]
async fn an_amount_beside_its_quantity_is_for_who_has_the_rate() {
    let policy = house::compile(&Source::embedded()).await.unwrap_or_else(|faults| panic!("{faults}"));
    for role in Role::ALL {
        let has = |field| policy.grants(role).allows("InvoiceLine", field);
        assert!(!(has("quantity") && has("amount")) || has("rate"), "{role} can divide");
    }
}
