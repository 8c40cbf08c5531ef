//! Sections: what a participant sees of a case depends on the parts that were opened to him, type by type.
use std::collections::{BTreeMap, BTreeSet};

use portico::policy::Role;
use serde_json::{Value, json};

use crate::{
    cast::Cast,
    harness::{World, on_both},
    ids::{standing, tag},
    raw::Raw,
    reload,
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

#[test]
fn whatever_rows_policy_grants_the_fence_holds() {
    on_both(async |world| {
        let cast = Cast::of(&world).await;
        let raw = Raw::open(&world.database).await;
        let (ids, cases) = (standing(&raw, 100).await, cases_of(&raw).await);
        let mut before = BTreeMap::new();
        for role in ROLES {
            before.insert(*role, seen(&world, &cast, *role, &ids).await);
        }
        world.house.reload(&reload::unwalled(&widest())).await.unwrap();
        for role in ROLES {
            let now = seen(&world, &cast, *role, &ids).await;
            assert_eq!(now["Case"], before[role]["Case"], "{role}");
            let more = now["Milestone"].len();
            assert!(more > before[role]["Milestone"].len(), "{role}: nothing was opened");
            let of_case = now.values().flatten().filter_map(|id| Some((id, cases.get(id)?)));
            let strange: Vec<_> = of_case.filter(|(_, case)| !now["Case"].contains(*case)).collect();
            let granted = |id: &str| WITHOUT.contains(&tag(id).type_name());
            assert!(strange.iter().all(|(id, _)| granted(id)), "{role}: {strange:?}");
        }
        raw.sleep().await;
        raw.run("UPDATE case_releases SET released_from = '2095-01-01 00:00:00', released_until = '9999-12-31 00:00:00'").await;
        for role in ROLES {
            let mut left = seen(&world, &cast, *role, &ids).await;
            left.retain(|ty, ids| !ids.is_empty() && (ty == "Case" || !WITHOUT.contains(&ty.as_str())));
            assert!(left.is_empty(), "{role}: {left:?}");
        }
    });
}

/// Lines that grant the whole firm's rows to whom policy grants narrower ones. Policy's own walls would refuse them.
fn widest() -> String {
    let narrow = [
        ("portal", "Case"),
        ("informed", "Milestone"),
        ("informed", "Event"),
        ("billed", "Invoice"),
        ("billed", "Payment"),
        ("billed", "BillingNote"),
        ("client", "TrustEntry"),
        ("co_client", "TrustEntry"),
    ];
    narrow.map(|(subject, ty)| format!("p, role:{subject}, {ty}, whole_firm, row, allow\n")).concat()
}

/// The case of each row that hangs on one.
async fn cases_of(raw: &Raw) -> BTreeMap<String, String> {
    let mut cases = BTreeMap::new();
    for table in raw.tables().await {
        let columns = raw.columns(&table).await;
        if !["id", "case_id"].iter().all(|name| columns.iter().any(|(column, _)| column == name)) {
            continue;
        }
        let pairs = format!("SELECT id || '|' || case_id AS text FROM {table} WHERE case_id IS NOT NULL");
        let pairs = raw.texts(&pairs).await;
        cases.extend(
            pairs
                .iter()
                .filter_map(|pair| pair.split_once('|'))
                .map(|(id, of)| (id.to_owned(), of.to_owned())),
        );
    }
    cases
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

#[test]
fn a_wall_keeps_participants_out_too() {
    on_both(async |world| {
        let (cast, raw) = (Cast::of(&world).await, Raw::open(&world.database).await);
        for role in [Role::Client, Role::CoCounsel, Role::Expert] {
            let email = cast.people[&role].as_str();
            let query = "{ viewer { participations { id } } cases { nodes { id } } documents { nodes { id } } events { nodes { id } } }";
            let before = world.ask((email, role), query).await.data();
            let case =
                before["cases"]["nodes"][0]["id"].as_str().unwrap_or_else(|| panic!("{role} sees no case"));
            raw.run(&format!(
                "INSERT INTO ethical_walls (firm_id, id, case_id, person_id, reason, since) SELECT firm_id, 'wall-{role}', \
                 '{case}', id, 'canary', '2020-01-01 00:00:00' FROM people WHERE email = '{email}'"
            ))
            .await;
            let after = world.ask((email, role), query).await.data();
            let nothing = json!({ "nodes": [] });
            assert_eq!(
                (&after["cases"], &after["documents"], &after["events"]),
                (&nothing, &nothing, &nothing),
                "{role}"
            );
            assert_eq!(after["viewer"]["participations"], json!([]), "{role}");
            let one = world.ask_with(
                (email, role),
                "query($c: ID!) { case(id: $c) { id } node(id: $c) { id } }",
                json!({ "c": case }),
            );
            assert_eq!(one.await.data(), json!({ "case": null, "node": null }), "{role}");
        }
    });
}

#[test]
fn who_works_for_the_firm_holds_one_role_whatever_cases_name_the_account() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        raw.run(
            "INSERT INTO participants (firm_id, id, case_id, person_id, role, state, has_status, has_calendar, has_documents, \
             has_billing, has_messages, active_from) SELECT p.firm_id, 'part-of-staff', c.id, p.id, 'CLIENT', 'ACTIVE', TRUE, \
             TRUE, TRUE, TRUE, TRUE, '2020-01-01 00:00:00' FROM people p, cases c WHERE p.email = 'priya@castellan.example' \
             AND c.firm_id = p.firm_id AND c.reference = (SELECT min(reference) FROM cases WHERE firm_id = p.firm_id)",
        )
        .await;
        let priya = ("priya@castellan.example", Role::Paralegal);
        let held = world.ask(priya, "{ viewer { rolesHeld } }").await.data();
        assert_eq!(held, json!({ "viewer": { "rolesHeld": ["PARALEGAL"] } }));
        let token = world.token(priya.0, priya.1).await;
        let request = world
            .request(reqwest::Method::POST, "/graphql")
            .bearer_auth(token)
            .header("portico-role", "client");
        assert_eq!(world.send(request.json(&json!({ "query": "{ __typename }" }))).await.status, 403);
    });
}
