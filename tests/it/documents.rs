//! Who reads which papers, in which order, and what nobody learns of the others.
use chrono::TimeDelta;
use portico::{
    policy::Role,
    releasing::{self, Audience},
};
use serde_json::{Value, json};

use crate::{
    harness::{day, on_both, today},
    office::{
        ADA, ANN, AUDREY, BEN, BILL, COLE, CON, DORA, EVE, MIA, OUTSIDE, Office, PAM, PAT, RITA, ROY, WALT,
        Who, ZOE, ago,
    },
};

const IDS: &str = "{ documents { nodes { id } } }";

fn ids(documents: &Value) -> Vec<String> {
    let nodes = documents["documents"]["nodes"].as_array().unwrap_or_else(|| panic!("{documents}"));
    nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect()
}

async fn read(office: &Office<'_>, who: Who) -> Vec<String> {
    let found = office.ask(who, IDS).await;
    let mut found = ids(&found.data());
    found.sort();
    found
}

fn sorted<'a>(ids: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    let mut ids: Vec<String> = ids.into_iter().cloned().collect();
    ids.sort();
    ids
}

#[test]
fn each_role_reads_the_papers_that_are_for_it() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let shared = office.add(office.paper("one")).await;
        office.release(&shared, "The order").await;
        let kept = office.add(office.paper("one")).await;
        let mut bill = office.paper("one");
        (bill.kind, bill.origin, bill.filing_status) = ("INVOICE".into(), "FIRM".into(), "DRAFT".into());
        (bill.filed_on, bill.legal_title) = (None, Some("canary".into()));
        let bill = office.add(bill).await;
        let others = office.add(office.paper("two")).await;
        office.release(&others, "Another's order").await;
        for who in [MIA, BEN, DORA, COLE] {
            assert_eq!(read(&office, who).await, [shared.as_str()], "{who:?}");
        }
        for who in [CON, EVE, RITA, ROY] {
            assert_eq!(read(&office, who).await, [""; 0], "{who:?}");
        }
        assert_eq!(read(&office, ZOE).await, [others.as_str()]);
        assert_eq!(read(&office, ANN).await, sorted([&shared, &kept, &bill, &others]));
        assert_eq!(read(&office, PAT).await, sorted([&shared, &kept, &bill]), "the case that he works on");
        assert_eq!(read(&office, WALT).await, [others.as_str()], "a wall keeps him from the first case");
        assert_eq!(read(&office, BILL).await, [bill.as_str()]);
        for who in [PAM, ADA, AUDREY] {
            office.assert_unknown(who, IDS).await;
            office.assert_unknown(who, "{ cases { nodes { documents { nodes { id } } } } }").await;
        }
    });
}

#[test]
fn a_case_leads_to_the_same_papers_and_they_lead_back() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let shared = office.add(office.paper("one")).await;
        office.release(&shared, "The order").await;
        office.add(office.paper("one")).await;
        let query = "{ cases { nodes { reference documents { nodes { id label explanation kind filingStatus legalTitle
            filedOn courtEntry mediaType sizeBytes pageCount case { documents { nodes { id } } } } } } } }";
        let found = office.ask(MIA, query).await.data();
        let paper = json!({ "id": shared, "label": "The order", "explanation": "What it is for", "kind": "ORDER",
            "filingStatus": "ENTERED", "legalTitle": "Order on the motion", "filedOn": "2026-03-04", "courtEntry": "52",
            "mediaType": "application/pdf", "sizeBytes": 100, "pageCount": 1,
            "case": { "documents": { "nodes": [{ "id": shared }] } } });
        assert_eq!(
            found["cases"]["nodes"],
            json!([{ "reference": "REF-one", "documents": { "nodes": [paper] } }])
        );
    });
}

#[test]
fn what_is_for_named_participants_is_read_by_them_and_by_co_counsel() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let paper = office.add(office.paper("one")).await;
        let named = Audience::Named(vec![office.part_id(MIA), office.part_id(EVE)]);
        office.try_release(&paper, "For two", (named, ago(3))).await.unwrap();
        for who in [MIA, EVE, COLE] {
            assert_eq!(read(&office, who).await, [paper.as_str()], "{who:?}");
        }
        for who in [BEN, DORA] {
            assert_eq!(read(&office, who).await, [""; 0], "{who:?}");
        }
    });
}

#[test]
fn an_id_of_what_is_not_the_viewers_is_an_id_of_nothing() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let (kept, mine, zoes) = (
            office.add(office.paper("one")).await,
            office.add(office.paper("one")).await,
            office.add(office.paper("two")).await,
        );
        office.release(&mine, "Mine").await;
        office.release(&zoes, "Another's").await;
        let rivals = office.add(office.paper("rival")).await;
        let node = |id: &str| format!("{{ node(id: \"{id}\") {{ id ... on Document {{ label }} }} }}");
        let nothing = office.ask(MIA, &node(&portico::id::random(portico::id::Tag::Document))).await;
        assert_eq!(nothing.data(), json!({ "node": null }));
        for id in [&kept, &zoes, &rivals] {
            let answer = office.ask(MIA, &node(id)).await;
            assert_eq!((answer.status, &answer.body), (nothing.status, &nothing.body));
        }
        assert_eq!(office.ask(MIA, &node(&mine)).await.data()["node"]["label"], "Mine");
        // The same papers for whom they are.
        assert_eq!(office.ask(ZOE, &node(&zoes)).await.data()["node"]["label"], "Another's");
        assert_eq!(office.ask(ROY, &node(&rivals)).await.data()["node"]["id"], json!(rivals));
    });
}

#[test]
fn a_paper_is_read_from_the_first_to_the_last_instant_of_its_release() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let paper = office.add(office.paper("one")).await;
        let (from, second) = (today() + TimeDelta::days(3), TimeDelta::seconds(1));
        let mut terms = office.terms(Audience::Clients, from);
        terms.expires_at = Some(from + TimeDelta::days(1));
        let told = portico::documents::Told {
            label: "For Monday".into(),
            explanation: "What it is for".into(),
            version: 1,
        };
        office.try_tell(&paper, told, &terms).await.unwrap();
        let at = async |at| ids(&world.ask_at(MIA, at, IDS).await.data()).len();
        assert_eq!(at(from - second).await, 0);
        assert_eq!(at(from).await, 1);
        assert_eq!(at(from + TimeDelta::days(1) - second).await, 1);
        assert_eq!(at(from + TimeDelta::days(1)).await, 0);
        let state = "{ documents { nodes { publication { state } } } }";
        let found = world.ask(ANN, state).await.data();
        assert_eq!(found["documents"]["nodes"][0]["publication"]["state"], "SCHEDULED");
    });
}

#[test]
fn a_withdrawn_paper_is_gone_and_staff_read_that_it_was() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let paper = office.add(office.paper("one")).await;
        let release = office.release(&paper, "The order").await;
        assert_eq!(read(&office, MIA).await, [paper.as_str()]);
        let mut t = office.begin().await;
        let firm = office.firm_id(ANN);
        let of = (paper.as_str(), release.as_str());
        releasing::withdraw::<portico::documents::document_releases::table>(&mut t, &firm, of, ago(1))
            .await
            .unwrap();
        t.commit().await.unwrap();
        assert_eq!(read(&office, MIA).await, [""; 0]);
        let found = world.ask(ANN, "{ documents { nodes { label publication { state } } } }").await.data();
        let node = &found["documents"]["nodes"][0];
        assert_eq!((&node["label"], &node["publication"]["state"]), (&json!(null), &json!("WITHDRAWN")));
    });
}

#[test]
fn a_newer_file_stays_the_firms_until_it_is_released() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let paper = office.add(office.paper("one")).await;
        office.release(&paper, "The order").await;
        office.add_version(&office.firm_id(ANN), &paper, 2, ago(1)).await;
        let pages = async |who: Who| {
            office.ask(who, "{ documents { nodes { pageCount sizeBytes } } }").await.data()["documents"]["nodes"]
                [0]
            .clone()
        };
        for who in [MIA, COLE] {
            assert_eq!(pages(who).await, json!({ "pageCount": 1, "sizeBytes": 100 }));
        }
        assert_eq!(pages(ANN).await, json!({ "pageCount": 2, "sizeBytes": 200 }));
    });
}

#[test]
fn a_legal_title_is_told_once_the_paper_is_filed() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let mut contract = office.paper("one");
        (contract.kind, contract.origin, contract.filing_status) =
            ("CONTRACT".into(), "FIRM".into(), "FINAL".into());
        (contract.filed_on, contract.delivered_on) = (None, Some(day(2026, 2, 1)));
        contract.legal_title = Some("canary".into());
        let contract = office.add(contract).await;
        office.release(&contract, "Business contract submitted for approval").await;
        let query = "{ documents { nodes { legalTitle deliveredOn } } }";
        let seen = office.ask(MIA, query).await.data()["documents"]["nodes"][0].clone();
        assert_eq!(seen, json!({ "legalTitle": null, "deliveredOn": "2026-02-01" }));
        assert_eq!(office.ask(ANN, query).await.data()["documents"]["nodes"][0]["legalTitle"], "canary");
    });
}

#[test]
fn what_the_firm_notes_of_a_paper_does_not_exist_outside() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        for field in [
            "fileName",
            "folder",
            "origin",
            "sealed",
            "restrictedUntil",
            "protective",
            "privilege",
            "reviewNotes",
        ] {
            for who in OUTSIDE {
                office.assert_unknown(who, &format!("{{ documents {{ nodes {{ {field} }} }} }}")).await;
            }
        }
        for who in OUTSIDE {
            let asked = async |status: &str| {
                let query =
                    format!("{{ documents(filter: {{ filingStatus: [{status}] }}) {{ nodes {{ id }} }} }}");
                let answer = office.ask(who, &query).await;
                assert_eq!(answer.status, 400, "{who:?}");
                answer.body.replace(status, "")
            };
            assert_eq!(asked("DRAFT").await, asked("DRAFX").await, "drafts are not even a word: {who:?}");
        }
        let types = "{ __type(name: \"Document\") { fields { name type { kind } } } }";
        let kind = async |who| {
            let found = office.ask(who, types).await.data();
            let fields = found["__type"]["fields"].as_array().unwrap().clone();
            fields.into_iter().find(|field| field["name"] == "label").unwrap()["type"]["kind"].clone()
        };
        assert_eq!(kind(MIA).await, "NON_NULL", "who reads released papers alone finds a label on each");
        assert_eq!(kind(EVE).await, "SCALAR", "a paper that was granted may have none");
    });
}

#[test]
fn filters_narrow_and_an_empty_list_finds_nothing() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let mut papers = Vec::new();
        for (kind, status, filed) in [
            ("ORDER", "ENTERED", day(2026, 3, 1)),
            ("MOTION", "FILED", day(2026, 3, 2)),
            ("MOTION", "WITHDRAWN", day(2026, 3, 3)),
        ] {
            let mut paper = office.paper("one");
            (paper.kind, paper.filing_status, paper.filed_on) = (kind.into(), status.into(), Some(filed));
            let id = office.add(paper).await;
            office.release(&id, kind).await;
            papers.push(id);
        }
        let [order, motion, withdrawn] = papers.as_slice() else { panic!() };
        for (filter, expected) in [
            ("{}", vec![withdrawn, motion, order]),
            ("{ kind: [MOTION] }", vec![withdrawn, motion]),
            ("{ kind: [MOTION, MOTION, ORDER] }", vec![withdrawn, motion, order]),
            ("{ kind: [] }", vec![]),
            ("{ filingStatus: [] }", vec![]),
            ("{ kind: [MOTION], filingStatus: [] }", vec![]),
            ("{ kind: [MOTION], filingStatus: [WITHDRAWN, ENTERED] }", vec![withdrawn]),
            ("{ filedFrom: \"2026-03-02\" }", vec![withdrawn, motion]),
            ("{ filedTo: \"2026-03-02\" }", vec![motion, order]),
            ("{ filedFrom: \"2026-03-02\", filedTo: \"2026-03-02\" }", vec![motion]),
            ("{ filedFrom: \"2026-03-03\", filedTo: \"2026-03-02\" }", vec![]),
        ] {
            for who in [MIA, ANN] {
                let query = format!("{{ documents(filter: {filter}) {{ nodes {{ id }} }} }}");
                let found = office.ask(who, &query).await.data();
                assert_eq!(ids(&found).iter().collect::<Vec<_>>(), expected, "{who:?} {filter}");
            }
        }
    });
}

#[test]
fn a_day_has_a_year_of_four_digits_on_either_engine() {
    on_both(async |world| {
        let mia = ("mia@okafor.example", Role::Client);
        for day in ["+99999-01-01", "-4714-01-01", "-262143-01-01", "0000-01-01", "10000-01-01"] {
            let query = "query($day: Date) { documents(filter: { filedFrom: $day }) { nodes { id } } }";
            let answer = world.ask_with(mia, query, json!({ "day": day })).await;
            assert_eq!(answer.code(), "BAD_USER_INPUT", "{day}");
        }
        for day in ["0001-01-01", "9999-12-31"] {
            let query = format!("{{ documents(filter: {{ filedTo: \"{day}\" }}) {{ nodes {{ id }} }} }}");
            world.ask(mia, &query).await.data();
        }
    });
}

#[test]
fn an_expert_can_tell_by_its_name_what_was_granted_and_by_nothing_that_was_not() {
    on_both(async |world| {
        let leonie = ("leonie@marsh.example", Role::Expert);
        let query = "{ documents { nodes { kind legalTitle filedOn sizeBytes pageCount } } \
                      cases { nodes { thirdPartyRecords { nodes { subject } } } } }";
        let data = world.ask(leonie, query).await.data();
        let [report] = data["documents"]["nodes"].as_array().unwrap().as_slice() else { panic!("{data}") };
        assert_eq!(report["legalTitle"], "ACCIDENT RECONSTRUCTION, PRELIMINARY");
        assert!(report["filedOn"].is_null() && report["sizeBytes"].is_number(), "{report}");
        let records = &data["cases"]["nodes"][0]["thirdPartyRecords"]["nodes"];
        assert_eq!(records, &json!([{ "subject": "Statement of a bystander at the crossing" }]));
    });
}

#[test]
fn pages_in_each_order_follow_one_another_without_a_gap() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let mut papers = Vec::new();
        // Two of one day and one without a day, shared in another order than they were filed.
        for (filed, shared) in [(Some(1), 10), (Some(2), 40), (Some(2), 30), (None, 20)] {
            let mut paper = office.paper("one");
            paper.filed_on = filed.map(|number| day(2026, 3, number));
            if filed.is_none() {
                paper.filing_status = "SERVED".into();
            }
            let id = office.add(paper).await;
            office.try_release(&id, "A paper", (Audience::Clients, ago(shared))).await.unwrap();
            papers.push(id);
        }
        let twins = sorted([&papers[1], &papers[2]]);
        for (order, expected) in [
            ("FILED_ON_DESC", [&twins[0], &twins[1], &papers[0], &papers[3]]),
            ("FILED_ON_ASC", [&papers[0], &twins[0], &twins[1], &papers[3]]),
            ("RELEASED_AT_DESC", [&papers[0], &papers[3], &papers[2], &papers[1]]),
        ] {
            for who in [MIA, ANN] {
                let (mut found, mut after) = (Vec::new(), "null".to_owned());
                loop {
                    let query = format!(
                        "{{ documents(orderBy: {order}, first: 1, after: {after}) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"
                    );
                    let page = office.ask(who, &query).await.data();
                    found.extend(ids(&page));
                    after = page["documents"]["pageInfo"]["endCursor"].to_string();
                    if page["documents"]["pageInfo"]["hasNextPage"] == false {
                        break;
                    }
                }
                assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{who:?} {order}");
            }
        }
    });
}

#[test]
fn hidden_papers_change_nothing_in_what_a_client_is_answered() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        for _ in 0..2 {
            let paper = office.add(office.paper("one")).await;
            office.release(&paper, "The order").await;
        }
        let query = "{ documents(first: 2) { nodes { id label } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
            cases { nodes { documents(last: 2, filter: { kind: [ORDER] }) { edges { cursor } pageInfo { hasNextPage hasPreviousPage } } } } }";
        let before = office.ask(MIA, query).await;
        before.data();
        for case in ["one", "one", "two", "rival"] {
            office.add(office.paper(case)).await;
        }
        let scheduled = office.add(office.paper("one")).await;
        let later = (Audience::Clients, today() + TimeDelta::days(1));
        office.try_release(&scheduled, "canary", later).await.unwrap();
        let named = office.add(office.paper("one")).await;
        let bens = (Audience::Named(vec![office.part_id(BEN)]), ago(1));
        office.try_release(&named, "canary", bens).await.unwrap();
        let after = office.ask(MIA, query).await;
        assert_eq!((before.status, before.body), (after.status, after.body));
    });
}
