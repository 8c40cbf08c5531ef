//! Sections: what a participant sees of a case depends on the parts that were opened to him, type by type.
use std::collections::{BTreeMap, BTreeSet};

use portico::policy::Role;
use serde_json::{Value, json};

use crate::{
    cast::Cast,
    harness::{World, on_both},
    ids::standing,
    raw::Raw,
    shape::Ids,
};

/// What needs no section: the case as such, what does not hang on one, and what is granted one by one.
const WITHOUT: &[&str] = &["Case", "Correspondence", "Firm", "Participant", "Person", "ThirdPartyRecord"];
const SECTIONS: &[&str] = &["has_status", "has_calendar", "has_documents", "has_billing", "has_messages"];
const ROLES: &[Role] = &[Role::Client, Role::CoClient, Role::CoCounsel];

#[test]
fn what_hangs_on_a_case_is_there_with_its_section_alone() {
    on_both(async |world| {
        let cast = Cast::of(&world).await;
        let raw = Raw::open(&world.database).await;
        let ids = standing(&raw, 100).await;
        for role in ROLES {
            let email = &cast.people[role];
            let set = async |open: &[&str]| {
                let flags: Vec<String> = SECTIONS
                    .iter()
                    .map(|flag| format!("{flag} = {}", if open.contains(flag) { "TRUE" } else { "FALSE" }))
                    .collect();
                raw.run(&format!(
                    "UPDATE participants SET {} WHERE person_id IN (SELECT id FROM people WHERE email = '{email}')",
                    flags.join(", ")
                ))
                .await;
                seen(&world, &cast, *role, &ids).await
            };
            let all = set(SECTIONS).await;
            let none = set(&[]).await;
            for (ty, ids) in &none {
                assert!(
                    ids.is_empty() || WITHOUT.contains(&ty.as_str()),
                    "{role} sees a {ty} without a section"
                );
            }
            let mut opened: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for flag in SECTIONS {
                for (ty, ids) in set(&[flag]).await {
                    assert!(ids.is_subset(&all[&ty]), "{role} sees more with {flag} alone");
                    let (ty, _) = all.get_key_value(&ty).unwrap();
                    if !ids.is_empty() && !WITHOUT.contains(&ty.as_str()) {
                        assert_eq!(ids, all[ty], "{role}: {flag} opens all of {ty} or nothing");
                        opened.entry(ty).or_default().push(flag);
                    }
                }
            }
            for (ty, flags) in &opened {
                assert_eq!(flags.len(), 1, "{role}: {ty} is opened by {flags:?}");
            }
            let closed = all.iter().filter(|(ty, ids)| !ids.is_empty() && !WITHOUT.contains(&ty.as_str()));
            let closed: Vec<_> = closed.filter(|(ty, _)| !opened.contains_key(ty.as_str())).collect();
            assert!(closed.is_empty(), "{role}: no section opens {closed:?}");
            assert!(opened.contains_key("Milestone"), "{role}: {opened:?}");
            println!("{:?}, {role}: {opened:?}", world.engine);
        }
    });
}

#[test]
fn nothing_of_a_case_is_there_while_the_case_is_not() {
    on_both(async |world| {
        let cast = Cast::of(&world).await;
        let raw = Raw::open(&world.database).await;
        let ids = standing(&raw, 100).await;
        let there = async |role| {
            let mut seen = seen(&world, &cast, role, &ids).await;
            seen.retain(|ty, ids| !ids.is_empty() && (ty == "Case" || !WITHOUT.contains(&ty.as_str())));
            seen
        };
        for role in ROLES {
            assert!(there(*role).await.contains_key("Milestone"));
        }
        raw.sleep().await;
        raw.run("UPDATE case_releases SET released_from = '2095-01-01 00:00:00', released_until = '9999-12-31 00:00:00'").await;
        for role in ROLES {
            assert!(there(*role).await.is_empty(), "{role}: {:?}", there(*role).await);
        }
    });
}

/// The ids that answer, by type.
async fn seen(world: &World, cast: &Cast, role: Role, ids: &Ids) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for (ty, ids) in ids {
        let body = json!({ "query": "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": { "ids": ids } });
        let nodes = cast.ask(world, role, &body).await.data()["nodes"].clone();
        let there = nodes.as_array().unwrap().iter().filter(|node| **node != Value::Null);
        found.insert(ty.clone(), there.map(|node| node["id"].as_str().unwrap().to_owned()).collect());
    }
    found
}
