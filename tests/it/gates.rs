//! The gates that a paper must pass: when it is approved, and again at every read; and what is granted by itself.
use chrono::{NaiveDate, TimeDelta};
use diesel::{ExpressionMethods, QueryDsl};
use portico::{
    documents::{self, Bar, Gate, NewOverride, Seal, Told, Unreleased, documents::dsl},
    people::participants,
    releasing::Audience,
};
use serde_json::{Value, json};

use crate::{
    harness::{day, on_both},
    office::{ANN, COLE, EVE, MIA, Office, PAT, Who, ago},
    raw::Raw,
};

const IDS: &str = "{ documents { nodes { id } } }";

async fn count(office: &Office<'_>, who: Who) -> usize {
    office.ask(who, IDS).await.data()["documents"]["nodes"].as_array().unwrap().len()
}

/// Changes one column of a document, as an import or a colleague may after it was released.
macro_rules! set {
    ($office:expr, $document:expr, $($column:ident = $value:expr),+) => {{
        let mut t = $office.begin().await;
        let this = dsl::documents.filter(dsl::id.eq($document.clone()));
        t.execute(diesel::update(this).set(($(dsl::$column.eq($value),)+))).await.unwrap();
        t.commit().await.unwrap();
    }};
}

async fn overrule(office: &Office<'_>, document: &str, gate: Gate, who: Who) -> Result<(), Bar> {
    let mut t = office.begin().await;
    let decision = NewOverride {
        gate,
        attorney: office.person_id(who),
        reason: "canary: the record is about the client".into(),
        at: ago(1),
    };
    match documents::overrule(&mut t, (&office.firm_id(ANN), document), decision).await {
        Ok(()) => {
            t.commit().await.unwrap();
            Ok(())
        }
        Err(Unreleased::Barred(bar)) => Err(bar),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_shut_gate_refuses_a_release_and_leaves_nothing_behind() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let clients = || (Audience::Clients, ago(2));
        let mut draft = office.paper("one");
        (draft.origin, draft.filing_status, draft.filed_on) = ("FIRM".into(), "DRAFT".into(), None);
        let mut eyes = office.paper("one");
        eyes.protective = "ATTORNEYS_EYES_ONLY".into();
        let mut kept = office.paper("one");
        (kept.origin, kept.filing_status, kept.filed_on) = ("FIRM".into(), "FINAL".into(), None);
        let mut answer = office.paper("one");
        (answer.origin, answer.filing_status, answer.filed_on) = ("OPPOSING".into(), "SIGNED".into(), None);
        for (paper, bar) in [
            (draft, Bar::Draft),
            (eyes, Bar::AttorneysEyesOnly),
            (kept, Bar::NotDelivered),
            (answer, Bar::NotOwn),
        ] {
            let paper = office.add(paper).await;
            assert_eq!(office.try_release(&paper, "canary", clients()).await, Err(bar));
        }
        let paper = office.add(office.paper("one")).await;
        let told = Told { label: "canary".into(), explanation: "canary".into(), version: 2 };
        let terms = office.terms(Audience::Clients, ago(2));
        assert_eq!(
            office.try_tell(&paper, told, &terms).await,
            Err(Bar::Absent),
            "there is no second version"
        );
        let rivals = office.add(office.paper("rival")).await;
        assert_eq!(office.try_release(&rivals, "canary", clients()).await, Err(Bar::Absent));
        assert_eq!(count(&office, MIA).await, 0);
        let states = world.ask(ANN, "{ documents { nodes { publication { state } } } }").await.data();
        for node in states["documents"]["nodes"].as_array().unwrap() {
            assert_eq!(node["publication"]["state"], "INTERNAL");
        }
    });
}

#[test]
fn an_attorney_alone_overrides_a_seal_and_the_origin_of_a_record() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let mut sealed = office.paper("one");
        sealed.seal = Seal::sealed();
        let mut record = office.paper("one");
        (record.origin, record.filing_status, record.filed_on) = ("THIRD_PARTY".into(), "FINAL".into(), None);
        for (paper, gate, bar) in
            [(sealed, Gate::Sealed, Bar::Sealed), (record, Gate::Origin, Bar::ThirdParty)]
        {
            let paper = office.add(paper).await;
            let clients = || (Audience::Clients, ago(2));
            assert_eq!(office.try_release(&paper, "About you", clients()).await, Err(bar));
            assert_eq!(overrule(&office, &paper, gate, PAT).await, Err(Bar::NotAnAttorney));
            assert_eq!(office.try_release(&paper, "About you", clients()).await, Err(bar));
            let before = count(&office, MIA).await;
            assert_eq!(overrule(&office, &paper, gate, ANN).await, Ok(()));
            assert_eq!(count(&office, MIA).await, before, "to override is not to release");
            office.try_release(&paper, "About you", clients()).await.unwrap();
            assert_eq!(count(&office, MIA).await, before + 1);
        }
    });
}

#[test]
fn a_restriction_ends_at_the_courts_midnight_and_not_a_second_before() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let mut paper = office.paper("one");
        paper.seal = Seal::until(day(2010, 3, 17), chrono_tz::America::Los_Angeles);
        let paper = office.add(paper).await;
        // Midnight in Los Angeles, seven hours behind.
        let midnight = day(2010, 3, 17).and_hms_opt(7, 0, 0).unwrap();
        let second = TimeDelta::seconds(1);
        let early = (Audience::Clients, midnight - second);
        assert_eq!(office.try_release(&paper, "Too early", early).await, Err(Bar::Restricted(midnight)));
        // Released while it was open, restricted afterwards: the read judges.
        let mut t = office.begin().await;
        let case = office.case_id("one");
        let terms = office.terms(Audience::Clients, midnight - TimeDelta::days(300));
        portico::cases::CaseWording { title: "Long ago".into() }
            .approve(&mut t, (&case.0, &case.1), &terms)
            .await
            .unwrap();
        t.commit().await.unwrap();
        set!(
            office,
            paper,
            sealed = "NONE",
            restricted_on = None::<NaiveDate>,
            restricted_until = None::<chrono::NaiveDateTime>
        );
        let long_ago = (Audience::Clients, midnight - TimeDelta::days(200));
        office.try_release(&paper, "The order", long_ago).await.unwrap();
        set!(
            office,
            paper,
            sealed = "RESTRICTED_UNTIL",
            restricted_on = Some(day(2010, 3, 17)),
            restricted_until = Some(midnight)
        );
        let by_id = format!("{{ documents {{ nodes {{ id }} }} node(id: \"{paper}\") {{ id }} }}");
        for who in [MIA, COLE] {
            let before = world.ask_at(who, midnight - second, &by_id).await;
            assert_eq!(before.data(), json!({ "documents": { "nodes": [] }, "node": null }), "{who:?}");
            let after = world.ask_at(who, midnight, &by_id).await;
            let here = json!({ "id": paper });
            assert_eq!(after.data(), json!({ "documents": { "nodes": [here] }, "node": here }), "{who:?}");
        }
        let staff = world.ask_at(ANN, midnight - second, "{ documents { nodes { restrictedUntil } } }").await;
        assert_eq!(staff.data()["documents"]["nodes"][0]["restrictedUntil"], "2010-03-17T07:00:00Z");
    });
}

#[test]
fn a_gate_that_shuts_after_the_release_shuts_the_read() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let paper = office.add(office.paper("one")).await;
        office.release(&paper, "The order").await;
        office.grant(COLE, &paper, ago(2)).await;
        assert_eq!((count(&office, MIA).await, count(&office, COLE).await), (1, 1));
        set!(office, paper, sealed = "SEALED");
        assert_eq!((count(&office, MIA).await, count(&office, COLE).await), (0, 0), "sealed");
        set!(office, paper, sealed = "NONE", protective = "ATTORNEYS_EYES_ONLY");
        assert_eq!((count(&office, MIA).await, count(&office, COLE).await), (0, 0), "for attorneys' eyes");
        set!(office, paper, protective = "CONFIDENTIAL", filing_status = "DRAFT");
        assert_eq!((count(&office, MIA).await, count(&office, COLE).await), (0, 0), "a draft again");
        set!(office, paper, filing_status = "FINAL", origin = "THIRD_PARTY");
        assert_eq!(
            (count(&office, MIA).await, count(&office, COLE).await),
            (0, 1),
            "a record that was granted"
        );
        set!(office, paper, filing_status = "WITHDRAWN", origin = "OPPOSING");
        let found = office.ask(MIA, "{ documents { nodes { filingStatus } } }").await.data();
        assert_eq!(
            found["documents"]["nodes"],
            json!([{ "filingStatus": "WITHDRAWN" }]),
            "it stays and says so"
        );
        assert_eq!(count(&office, ANN).await, 1);
    });
}

#[test]
fn what_is_granted_one_by_one_is_read_without_what_was_worded_for_others() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let (granted, other) = (office.add(office.paper("one")).await, office.add(office.paper("one")).await);
        for paper in [&granted, &other] {
            // Eve belongs to no audience of clients.
            office.release(paper, "canary").await;
        }
        office.grant(EVE, &granted, ago(5)).await;
        office.add_version(&office.firm_id(ANN), &granted, 2, ago(4)).await;
        let query =
            "{ documents { nodes { id label explanation releasedAt kind pageCount case { reference } } } }";
        let seen = json!([{ "id": granted, "label": null, "explanation": null, "releasedAt": null, "kind": "ORDER",
            "pageCount": 1, "case": { "reference": "REF-one" } }]);
        assert_eq!(office.ask(EVE, query).await.data()["documents"]["nodes"], seen);
        // Of what is released anyway a grant takes nothing away; one in another's name gives nothing.
        let mut kept = office.paper("one");
        (kept.origin, kept.filing_status, kept.filed_on) = ("EXPERT".into(), "FINAL".into(), None);
        let kept = office.add(kept).await;
        office.grant(EVE, &kept, ago(5)).await;
        assert_eq!((count(&office, EVE).await, count(&office, MIA).await), (2, 2));
        let cole = world.ask(COLE, query).await.data();
        let nodes = cole["documents"]["nodes"].as_array().unwrap();
        assert!(nodes.iter().all(|node: &Value| node["id"] != kept.as_str()), "{cole}");
        office.grant(COLE, &kept, ago(1)).await;
        assert_eq!(world.ask(COLE, IDS).await.data()["documents"]["nodes"].as_array().unwrap().len(), 3);
    });
}

#[test]
fn a_grant_ends_with_the_part_and_holds_in_its_own_case_alone() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let here = office.add(office.paper("one")).await;
        let elsewhere = office.add(office.paper("two")).await;
        office.grant(COLE, &here, ago(5)).await;
        // The tables refuse such a grant, and were it there, it would open nothing.
        let raw = Raw::open(&world.database).await;
        raw.sleep().await;
        raw.run(&format!(
            "INSERT INTO item_grants (firm_id, participant_id, item_id, granted_by, granted_at) \
             SELECT firm_id, participant_id, '{elsewhere}', granted_by, granted_at FROM item_grants WHERE item_id = '{here}'"
        ))
        .await;
        assert_eq!(count(&office, COLE).await, 1, "a part in one case opens nothing of another");
        let mut t = office.begin().await;
        office.add_part(&mut t, "two", COLE).await;
        t.commit().await.unwrap();
        assert_eq!(count(&office, COLE).await, 1, "nor does it where he has a part in both");
        let mut t = office.begin().await;
        let his = participants::table.filter(participants::id.eq(office.part_id(COLE)));
        t.execute(diesel::update(his).set(participants::has_documents.eq(false))).await.unwrap();
        t.commit().await.unwrap();
        assert_eq!(count(&office, COLE).await, 0, "a grant opens no section");
        let mut t = office.begin().await;
        let his = participants::table.filter(participants::id.eq(office.part_id(COLE)));
        let ended = (participants::has_documents.eq(true), participants::active_until.eq(Some(ago(1))));
        t.execute(diesel::update(his).set(ended)).await.unwrap();
        t.commit().await.unwrap();
        assert_eq!(count(&office, COLE).await, 0, "it ends with the part that it was given to");
    });
}
