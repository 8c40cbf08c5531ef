//! What is written for people is read from the registry whole, and names nothing that a role lacks.

use async_graphql::{
    EmptyMutation, EmptySubscription, Enum, InputObject, Interface, Object, Schema, SimpleObject,
};
use portico::policy::{Model, Policy, Vocabulary, model::is_built_in};

use crate::{sdl, toy};

/// The weather.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
enum Weather {
    /// The sun shines.
    Sunny,
    #[graphql(deprecation = "Nobody likes it.")]
    Rainy,
}

/// Where and when.
#[derive(InputObject)]
struct Place {
    /// The town.
    town: String,
    #[graphql(deprecation = "Take the town.")]
    village: Option<String>,
    #[graphql(default = 7)]
    days: i32,
}

/// Whatever has a name.
#[derive(Interface)]
#[graphql(field(name = "name", ty = "&String", desc = "The name."))]
enum Named {
    Report(Report),
}

/// A report.
#[derive(SimpleObject)]
struct Report {
    /// The name.
    name: String,
}

struct Query;

/// The root.
#[Object]
impl Query {
    /// What it is like.
    #[graphql(deprecation = "Take `named`.")]
    async fn weather(&self, #[graphql(desc = "Where.")] place: Place) -> Weather {
        if place.days > 7 || place.village.is_some() || place.town.is_empty() {
            Weather::Rainy
        } else {
            Weather::Sunny
        }
    }

    async fn named(&self) -> Named {
        Report { name: String::new() }.into()
    }
}

#[test]
fn a_registrys_model_has_every_text_and_default_of_its_schema() {
    let builder = || Schema::build(Query, EmptyMutation, EmptySubscription);
    let (mut registry, mut text) = (Model::of(builder()), sdl::model(&builder().finish().sdl()));
    for model in [&mut registry, &mut text] {
        model.types.retain(|name, _| !is_built_in(name));
    }
    assert_eq!(registry.types, text.types);
    assert_eq!(registry.types.len(), 5);
}

/// The faults of a field's text where a client has the field, `OPEN` and nothing else.
async fn told(text: &str) -> String {
    let sdl = format!(
        r#"
        type Query {{ ping: Int case(of: Status, by: By): Case wall: Wall strange: Int secret: Int riskFlags: Int team_lead: Int }}
        "{text}" type Case {{ "{text}" title("{text}" short: Int): String }}
        "{text}" input By {{ "{text}" name: String }}
        type Wall {{ reason: String }}
        enum Status {{ "{text}" OPEN SEALED }}
        "#
    );
    let lines = "p, role:client, Query, case, resolve, allow\np, role:client, Case, title, resolve, allow\n\
        p, role:client, Status, OPEN, resolve, allow\np, role:client, By, name, resolve, allow\n";
    let compiled = Policy::compile(&toy::source(lines), &sdl::model(&sdl), &Vocabulary::default()).await;
    compiled.err().map(|faults| faults.to_string()).unwrap_or_default()
}

#[tokio::test]
async fn a_text_is_read_wherever_it_stands() {
    insta::assert_snapshot!(told("Has a `secret`.").await, @r"
    policy: the text of By names `secret`, which is not granted. (For role:client.)
    policy: the text of Case names `secret`, which is not granted. (For role:client.)
    toy.csv:2: the text of Case.title names `secret`, which is not granted. (For role:client.)
    toy.csv:3: the text of Status.OPEN names `secret`, which is not granted. (For role:client.)
    toy.csv:4: the text of By.name names `secret`, which is not granted. (For role:client.)
    ");
}

#[tokio::test]
async fn a_hidden_name_is_told_from_an_everyday_word() {
    for text in [
        "Has a secret.",
        "Wall by wall.",
        "Big. Wall after wall! Wall? Wall: Wall\\nWall",
        "Has a `thing` and a secret.",
        "Has the title, `OPEN`, by a `Case`, `riskflags`.",
        "",
    ] {
        assert_eq!(told(text).await, "", "{text}");
    }
    for (text, name) in [
        ("Has a `secret`.", "secret"),
        ("`secret`", "secret"),
        ("A `thing` and `a strange` one.", "strange"),
        ("Behind a Wall.", "Wall"),
        ("Big, Wall.", "Wall"),
        ("It is SEALED.", "SEALED"),
        ("SEALED it is.", "SEALED"),
        ("All the riskFlags.", "riskFlags"),
        ("Its team_lead.", "team_lead"),
        ("Its reason is a `reason`.", "reason"),
    ] {
        let faults = told(text).await;
        assert!(faults.contains(&format!("names `{name}`")), "{text}: {faults}");
    }
}
