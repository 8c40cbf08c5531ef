//! What is never shared: who works on a case reads it, and for everybody else it does not exist.
use diesel::insert_into;
use portico::{
    id::{Tag, random},
    internal::{
        NewAdverseParty, NewCorrespondence, NewRiskFlag, NewStrategyNote, NewTask, NewThirdPartyRecord,
        adverse_parties, case_risk_flags, correspondence, strategy_notes, tasks, third_party_records,
    },
};
use serde_json::json;

use crate::{
    harness::{day, on_both},
    office::{ADA, ANN, AUDREY, BILL, COLE, EVE, MIA, OUTSIDE, Office, PAT, ROY, WALT, Who, ago},
};

/// Writes one of each into a case and answers the ids of the letter and the record.
async fn fill(office: &Office<'_>, case: &str) -> (String, String) {
    let (firm_id, case_id) = office.case_id(case);
    let author_id = office.person_id(if case == "rival" { ROY } else { ANN });
    let (letter, record) = (random(Tag::Correspondence), random(Tag::ThirdPartyRecord));
    let mut t = office.begin().await;
    for (id, direction, days, offer) in
        [(letter.clone(), "RECEIVED", 3, Some(2_500_000)), (random(Tag::Correspondence), "SENT", 2, None)]
    {
        let row = NewCorrespondence {
            firm_id: firm_id.clone(),
            id,
            case_id: case_id.clone(),
            direction: direction.into(),
            counterparty: "Other side".into(),
            subject: format!("{case} {direction}"),
            body: "We offer".into(),
            sent_at: ago(days),
            offer_amount: offer,
            offer_currency: offer.map(|_| "USD".into()),
            offer_expires_on: offer.map(|_| day(2026, 12, 1)),
        };
        t.execute(insert_into(correspondence::table).values(row)).await.unwrap();
    }
    for (title, due_on) in
        [("later", Some(day(2026, 5, 2))), ("sooner", Some(day(2026, 5, 1))), ("some day", None)]
    {
        let row = NewTask {
            firm_id: firm_id.clone(),
            id: random(Tag::Task),
            case_id: case_id.clone(),
            title: format!("{case} canary {title}"),
            is_done: title == "later",
            due_on,
            assignee_id: Some(author_id.clone()),
        };
        t.execute(insert_into(tasks::table).values(row)).await.unwrap();
    }
    let note = NewStrategyNote {
        firm_id: firm_id.clone(),
        id: random(Tag::StrategyNote),
        case_id: case_id.clone(),
        body: "canary: settle early".into(),
        author_id,
        created_at: ago(1),
    };
    t.execute(insert_into(strategy_notes::table).values(note)).await.unwrap();
    let row = NewThirdPartyRecord {
        firm_id: firm_id.clone(),
        id: record.clone(),
        case_id: case_id.clone(),
        kind: "EXPERT".into(),
        subject: format!("{case} report"),
        received_on: day(2026, 4, 1),
        source: "Dr Moss".into(),
    };
    t.execute(insert_into(third_party_records::table).values(row)).await.unwrap();
    let party = NewAdverseParty {
        firm_id: firm_id.clone(),
        case_id: case_id.clone(),
        id: "1".into(),
        name: "canary Ltd".into(),
        kind: "Defendant".into(),
    };
    t.execute(insert_into(adverse_parties::table).values(party)).await.unwrap();
    for flag in ["EXPOSURE", "DEADLINE"] {
        let row = NewRiskFlag { firm_id: firm_id.clone(), case_id: case_id.clone(), flag: flag.into() };
        t.execute(insert_into(case_risk_flags::table).values(row)).await.unwrap();
    }
    t.commit().await.unwrap();
    (letter, record)
}

const CASES: &str =
    "{ cases(orderBy: REFERENCE_ASC) { nodes { reference riskFlags settlementRange { low { amount currency } high { amount currency } }
    adverseParties { name kind } strategyNotes { nodes { body author { name } } }
    correspondence { nodes { subject direction offer { amount { amount currency } expiresOn } } }
    thirdPartyRecords { nodes { subject kind receivedOn source } } } } }";

fn case(reference: &str) -> serde_json::Value {
    let name = reference.trim_start_matches("REF-");
    json!({
        "reference": reference,
        "riskFlags": ["DEADLINE", "EXPOSURE"],
        "settlementRange": {
            "low": { "amount": "25000.00", "currency": "USD" },
            "high": { "amount": "40000.50", "currency": "USD" },
        },
        "adverseParties": [{ "name": "canary Ltd", "kind": "Defendant" }],
        "strategyNotes": { "nodes": [{ "body": "canary: settle early", "author": { "name": "ann" } }] },
        "correspondence": { "nodes": [
            { "subject": format!("{name} SENT"), "direction": "SENT", "offer": null },
            { "subject": format!("{name} RECEIVED"), "direction": "RECEIVED",
              "offer": { "amount": { "amount": "25000.00", "currency": "USD" }, "expiresOn": "2026-12-01" } },
        ] },
        "thirdPartyRecords": { "nodes": [
            { "subject": format!("{name} report"), "kind": "EXPERT", "receivedOn": "2026-04-01", "source": "Dr Moss" },
        ] },
    })
}

#[test]
fn who_works_on_a_case_reads_what_the_firm_keeps_to_itself() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        for name in ["one", "two", "rival"] {
            fill(&office, name).await;
        }
        let read = async |who| office.ask(who, CASES).await.data()["cases"]["nodes"].clone();
        assert_eq!(read(ANN).await, json!([case("REF-one"), case("REF-two")]));
        assert_eq!(read(PAT).await, json!([case("REF-one")]), "a paralegal reads the cases that he works on");
        assert_eq!(read(WALT).await, json!([case("REF-two")]), "a wall keeps him from the other");
    });
}

#[test]
fn the_firms_roots_list_the_viewers_cases_and_no_others() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        for name in ["one", "two", "rival"] {
            fill(&office, name).await;
        }
        let titles = async |who: Who, arguments: &str| -> Vec<String> {
            let query = format!("{{ tasks{arguments} {{ nodes {{ title }} }} }}");
            let found = office.ask(who, &query).await.data();
            let nodes = found["tasks"]["nodes"].as_array().unwrap();
            nodes.iter().map(|node| node["title"].as_str().unwrap().replace(" canary", "")).collect()
        };
        assert_eq!(titles(PAT, "").await, ["one sooner", "one later", "one some day"]);
        assert_eq!(titles(PAT, "(orderBy: DUE_ON_DESC)").await, ["one later", "one sooner", "one some day"]);
        assert_eq!(titles(PAT, "(filter: { isDone: true })").await, ["one later"]);
        assert_eq!(titles(ANN, "").await.len(), 6);
        assert_eq!(titles(WALT, "(filter: { isDone: true })").await, ["two later"]);
        let subjects = async |who: Who, arguments: &str| {
            let query = format!("{{ correspondence{arguments} {{ nodes {{ subject }} }} }}");
            office.ask(who, &query).await.data()["correspondence"]["nodes"].clone()
        };
        assert_eq!(
            subjects(PAT, "").await,
            json!([{ "subject": "one SENT" }, { "subject": "one RECEIVED" }])
        );
        assert_eq!(
            subjects(PAT, "(filter: { direction: RECEIVED })").await,
            json!([{ "subject": "one RECEIVED" }])
        );
        assert_eq!(subjects(WALT, "(filter: { direction: SENT })").await, json!([{ "subject": "two SENT" }]));
    });
}

#[test]
fn outside_the_firm_what_it_keeps_to_itself_does_not_exist() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        fill(&office, "one").await;
        let mut asked =
            vec![("tasks { nodes { id } }", OUTSIDE.to_vec()), ("people { nodes { id } }", OUTSIDE.to_vec())];
        let without =
            |some: &[Who]| OUTSIDE.into_iter().filter(|who| !some.contains(who)).collect::<Vec<_>>();
        asked.push(("correspondence { nodes { id } }", without(&[COLE])));
        for field in [
            "tasks { nodes { id } }",
            "strategyNotes { nodes { id } }",
            "walls { id }",
            "adverseParties { name }",
            "riskFlags",
            "settlementRange { low { amount } }",
        ] {
            for who in OUTSIDE {
                office.assert_unknown(who, &format!("{{ cases {{ nodes {{ {field} }} }} }}")).await;
            }
        }
        for who in without(&[COLE]) {
            office.assert_unknown(who, "{ cases { nodes { correspondence { nodes { id } } } } }").await;
        }
        for who in without(&[COLE, EVE]) {
            office.assert_unknown(who, "{ cases { nodes { thirdPartyRecords { nodes { id } } } } }").await;
        }
        for (field, roles) in asked {
            for who in roles {
                office.assert_unknown(who, &format!("{{ {field} }}")).await;
            }
        }
        for who in [BILL, ADA, AUDREY] {
            office.assert_unknown(who, "{ tasks { nodes { id } } }").await;
            office.assert_unknown(who, "{ correspondence { nodes { id } } }").await;
            office.assert_unknown(who, "{ cases { nodes { riskFlags } } }").await;
            office.assert_unknown(who, "{ cases { nodes { strategyNotes { nodes { id } } } } }").await;
        }
    });
}

#[test]
fn an_id_of_what_is_internal_is_an_id_of_nothing() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let (letter, record) = fill(&office, "one").await;
        let node = |id: &str| format!("{{ node(id: \"{id}\") {{ id }} }}");
        for who in [MIA, COLE, EVE, ROY] {
            let nothing = office.ask(who, &node("nonsense")).await;
            for id in [&letter, &record] {
                assert_eq!(office.ask(who, &node(id)).await.body, nothing.body, "{who:?}");
            }
        }
        assert_eq!(office.ask(ANN, &node(&letter)).await.data()["node"]["id"], json!(letter));
    });
}

#[test]
fn co_counsel_reads_the_letter_that_he_was_granted_and_an_expert_the_record() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let (letter, record) = fill(&office, "one").await;
        let letters = "{ correspondence { nodes { subject offer { amount { amount } } } } }";
        assert_eq!(office.ask(COLE, letters).await.data(), json!({ "correspondence": { "nodes": [] } }));
        office.grant(COLE, &letter, ago(1)).await;
        office.grant(EVE, &record, ago(1)).await;
        let granted = json!([{ "subject": "one RECEIVED", "offer": { "amount": { "amount": "25000.00" } } }]);
        assert_eq!(office.ask(COLE, letters).await.data()["correspondence"]["nodes"], granted);
        let records = "{ cases { nodes { thirdPartyRecords { nodes { subject } } } } }";
        let of = async |who| {
            office.ask(who, records).await.data()["cases"]["nodes"][0]["thirdPartyRecords"]["nodes"].clone()
        };
        assert_eq!(of(EVE).await, json!([{ "subject": "one report" }]));
        assert_eq!(of(COLE).await, json!([]));
    });
}

#[test]
fn walls_are_read_by_attorneys_and_the_admin_and_never_by_whom_they_keep_away() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let query =
            "{ cases(orderBy: REFERENCE_ASC) { nodes { reference walls { person { name } reason } } } }";
        let walled = json!({ "reference": "REF-one",
            "walls": [{ "person": { "name": "walt" }, "reason": "canary: worked for the other side" }] });
        let open = json!({ "reference": "REF-two", "walls": [] });
        for who in [ANN, ADA] {
            let found = office.ask(who, query).await.data()["cases"]["nodes"].clone();
            assert_eq!(found, json!([walled, open]), "{who:?}");
        }
        assert_eq!(office.ask(WALT, query).await.data()["cases"]["nodes"], json!([open]));
        let ids = office.ask(ANN, "{ cases { nodes { walls { id } } } }").await.data();
        let walls = ids["cases"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|case| case["walls"].as_array().unwrap());
        for wall in walls {
            let node = format!("{{ node(id: {}) {{ id }} }}", wall["id"]);
            assert_eq!(office.ask(ADA, &node).await.data(), json!({ "node": wall }));
            assert_eq!(office.ask(WALT, &node).await.data(), json!({ "node": null }));
        }
        for who in [PAT, BILL, AUDREY] {
            office.assert_unknown(who, query).await;
        }
    });
}

#[test]
fn people_are_listed_to_the_firm_by_kind() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let names = async |who: Who, arguments: &str| -> Vec<String> {
            let query = format!("{{ people{arguments} {{ nodes {{ name }} }} }}");
            let found = office.ask(who, &query).await.data();
            let nodes = found["people"]["nodes"].as_array().unwrap();
            nodes.iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect()
        };
        let staff = ["ada", "ann", "audrey", "bill", "pat", "walt"];
        for who in [ANN, BILL, ADA] {
            assert_eq!(names(who, "(filter: { kind: STAFF })").await, staff, "{who:?}");
        }
        assert_eq!(names(ADA, "").await.len(), 14, "nobody of the rival's");
        assert_eq!(
            names(PAT, "(filter: { kind: STAFF })").await,
            ["ann", "pat"],
            "on the case that he works on"
        );
        assert_eq!(names(ROY, "").await, ["rita", "roy"]);
        office.assert_unknown(AUDREY, "{ people { nodes { name } } }").await;
    });
}
