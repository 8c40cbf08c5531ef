//! Approving: who may be named, what must be said, what it does to the item, and what staff read of it afterwards.
use diesel::{ExpressionMethods, QueryDsl, insert_into};
use portico::{
    cases::{CaseWording, MilestoneWording, NewMilestone, cases, milestones},
    id::{Tag, random},
    releasing::{Audience, Terms, Unapproved, drop_scheduled, withdraw},
};
use serde_json::json;

use crate::{
    harness::on_both,
    office::{ANN, BEN, BILL, MIA, OUTSIDE, Office, PAT, ZOE, ago},
};

fn wording(title: &str) -> CaseWording {
    CaseWording { title: title.into() }
}

fn step(title: &str) -> MilestoneWording {
    MilestoneWording {
        title: title.into(),
        what_happened: "Something".into(),
        what_comes_next: None,
        occurred_on: None,
        expected_on: None,
        expected_precision: None,
        progress: "DONE".into(),
    }
}

/// A step of the first case, internal as yet.
async fn milestone(office: &Office<'_>) -> String {
    let (firm_id, case_id) = office.case_id("one");
    let id = random(Tag::Milestone);
    let row = NewMilestone {
        firm_id,
        id: id.clone(),
        case_id,
        position: 9,
        internal_title: "canary: a step".into(),
        internal_notes: "canary".into(),
    };
    let mut t = office.begin().await;
    t.execute(insert_into(milestones::table).values(row)).await.unwrap();
    t.commit().await.unwrap();
    id
}

async fn approve(office: &Office<'_>, item: &str, title: &str, terms: &Terms) -> Result<String, Unapproved> {
    let mut t = office.begin().await;
    let id = step(title).approve(&mut t, (&office.firm_id(ANN), item), terms).await?;
    t.commit().await.unwrap();
    Ok(id)
}

#[test]
fn only_who_takes_part_in_the_case_is_named_and_who_is_left_out_is_left_out_for_a_reason() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let item = milestone(&office).await;
        let named = |who: &[_]| {
            let parts = who.iter().map(|who| office.part_id(*who)).collect();
            office.terms(Audience::Named(parts), ago(2))
        };
        let silent = |terms: Terms| Terms { withheld_reason: None, ..terms };
        let blank = |terms: Terms| Terms { withheld_reason: Some("  ".into()), ..terms };
        for (terms, code) in [
            (named(&[MIA, ZOE]), "AUDIENCE_NOT_OF_CASE"),
            (silent(named(&[MIA])), "WITHHOLDING_NEEDS_REASON"),
            (blank(named(&[MIA])), "WITHHOLDING_NEEDS_REASON"),
        ] {
            let answer = approve(&office, &item, "canary", &terms).await;
            assert_eq!(answer.map_err(|why| why.code().unwrap()), Err(code));
        }
        let absent = approve(&office, "no such step", "canary", &named(&[MIA])).await;
        assert_eq!(absent.map_err(|why| why.code().unwrap()), Err("NOT_FOUND"));
        let seen = async |who| {
            let query = format!("{{ node(id: \"{item}\") {{ ... on Milestone {{ title }} }} }}");
            office.ask(who, &query).await.data()["node"].clone()
        };
        assert_eq!(seen(MIA).await, json!(null));
        approve(&office, &item, "For both", &silent(named(&[MIA, BEN]))).await.unwrap();
        assert_eq!(seen(BEN).await["title"], "For both");
        approve(&office, &item, "For Mia", &Terms { from: ago(1), ..named(&[MIA]) }).await.unwrap();
        assert_eq!((seen(MIA).await["title"].clone(), seen(BEN).await), (json!("For Mia"), json!(null)));
    });
}

#[test]
fn approving_withdrawing_and_dropping_each_raise_the_items_version() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let item = milestone(&office).await;
        let (firm, case) = office.case_id("one");
        let of_step = async || {
            let mut t = office.begin().await;
            let row = milestones::table.filter(milestones::id.eq(item.clone())).select(milestones::version);
            let versions: Vec<i64> = t.load(row).await.unwrap();
            t.roll_back().await.unwrap();
            versions[0]
        };
        let terms = office.terms(Audience::Clients, ago(2));
        let first = approve(&office, &item, "One", &terms).await.unwrap();
        assert_eq!(of_step().await, 1);
        let mut t = office.begin().await;
        withdraw::<portico::cases::milestone_releases::table>(&mut t, &firm, (&item, &first), ago(1))
            .await
            .unwrap();
        t.commit().await.unwrap();
        assert_eq!(of_step().await, 2);
        let later = office.terms(Audience::Clients, ago(-2));
        let second = approve(&office, &item, "Two", &later).await.unwrap();
        let mut t = office.begin().await;
        drop_scheduled::<portico::cases::milestone_releases::table>(&mut t, &firm, (&item, &second), ago(0))
            .await
            .unwrap();
        t.commit().await.unwrap();
        assert_eq!(of_step().await, 4);
        let of_case = async || {
            let mut t = office.begin().await;
            let row = cases::table.filter(cases::id.eq(case.clone())).select(cases::version);
            let versions: Vec<i64> = t.load(row).await.unwrap();
            t.roll_back().await.unwrap();
            versions[0]
        };
        let before = of_case().await;
        let mut t = office.begin().await;
        wording("Anew").approve(&mut t, (&firm, &case), &terms).await.unwrap();
        t.commit().await.unwrap();
        assert_eq!(of_case().await, before + 1);
    });
}

#[test]
fn staff_read_every_release_that_was_ever_approved_and_nobody_outside_knows_of_any() {
    on_both(async |world| {
        let office = Office::open(&world).await;
        let item = milestone(&office).await;
        let clients = |from| office.terms(Audience::Clients, from);
        // Another step has a history of its own.
        let other = milestone(&office).await;
        approve(&office, &other, "Other", &clients(ago(8))).await.unwrap();
        approve(&office, &item, "One", &clients(ago(9))).await.unwrap();
        let mia = Audience::Named(vec![office.part_id(MIA)]);
        let two = approve(&office, &item, "Two", &office.terms(mia, ago(7))).await.unwrap();
        let firm = office.firm_id(ANN);
        let mut t = office.begin().await;
        withdraw::<portico::cases::milestone_releases::table>(&mut t, &firm, (&item, &two), ago(6))
            .await
            .unwrap();
        t.commit().await.unwrap();
        let expires = Terms { expires_at: Some(ago(4)), ..clients(ago(5)) };
        approve(&office, &item, "Three", &expires).await.unwrap();
        approve(&office, &item, "Four", &clients(ago(3))).await.unwrap();
        approve(&office, &item, "Five", &clients(ago(-1))).await.unwrap();
        let fields = "state audience releasedUntil withdrawnAt withheldReason approvedBy { email }";
        let query = format!(
            "{{ node(id: \"{item}\") {{ ... on Milestone {{ publication {{ state history {{ {fields} }} }} }} }} }}"
        );
        for who in [ANN, PAT] {
            let found = office.ask(who, &query).await.data()["node"]["publication"].clone();
            let history = found["history"].as_array().unwrap();
            let states: Vec<_> = history.iter().map(|release| release["state"].as_str().unwrap()).collect();
            assert_eq!(states, ["SUPERSEDED", "WITHDRAWN", "EXPIRED", "PUBLISHED", "SCHEDULED"]);
            assert_eq!(found["state"], "PUBLISHED");
            assert_eq!(
                (&history[1]["audience"], &history[1]["withheldReason"]),
                (&json!("NAMED"), &json!("canary: only hers"))
            );
            assert_eq!(history[0]["approvedBy"]["email"], ANN.0);
            assert_eq!(
                (&history[4]["releasedUntil"], &history[0]["withdrawnAt"]),
                (&json!(null), &json!(null))
            );
        }
        // Billing reads that of its own invoices, and of steps nothing.
        assert_ne!(office.ask(BILL, &query).await.status, 200);
        for who in OUTSIDE {
            office.assert_unknown(who, "{ cases { nodes { publication { history { state } } } } }").await;
        }
    });
}

#[test]
fn only_what_stands_is_ended_once_and_as_its_own_items() {
    type Steps = portico::cases::milestone_releases::table;
    on_both(async |world| {
        let office = Office::open(&world).await;
        let (firm, item, other) = (office.firm_id(ANN), milestone(&office).await, milestone(&office).await);
        let terms = |from| office.terms(Audience::Clients, from);
        let release = approve(&office, &item, "One", &terms(ago(3))).await.unwrap();
        let later = approve(&office, &item, "Two", &terms(ago(-3))).await.unwrap();
        approve(&office, &other, "Other", &terms(ago(3))).await.unwrap();
        let ended = async |done: Result<(), Unapproved>, t: portico::store::Transaction<'_>| {
            t.commit().await.unwrap();
            done.map_err(|why| why.code().unwrap())
        };
        let withdraw = async |of: (&str, &str), at| {
            let mut t = office.begin().await;
            ended(withdraw::<Steps>(&mut t, &firm, of, at).await, t).await
        };
        let drop = async |of: (&str, &str), at| {
            let mut t = office.begin().await;
            ended(drop_scheduled::<Steps>(&mut t, &firm, of, at).await, t).await
        };
        let absent = Err("NOT_FOUND");
        let ends = async || {
            let query = format!(
                "{{ node(id: \"{item}\") {{ ... on Milestone {{ publication {{ history {{ state releasedUntil }} }} }} }} }}"
            );
            office.ask(ANN, &query).await.data()["node"]["publication"]["history"].clone()
        };
        let before = ends().await;
        for of in [(other.as_str(), release.as_str()), ("no such step", &release), (&item, "no such release")]
        {
            assert_eq!((withdraw(of, ago(1)).await, drop(of, ago(4)).await), (absent, absent), "{of:?}");
        }
        // It runs, so it is withdrawn and not dropped.
        assert_eq!((drop((&item, &release), ago(1)).await, ends().await), (absent, before));
        assert_eq!(withdraw((&item, &release), ago(2)).await, Ok(()));
        assert_eq!(drop((&item, &later), ago(0)).await, Ok(()));
        let after = ends().await;
        assert_eq!((&after[0]["state"], &after[1]["state"]), (&json!("WITHDRAWN"), &json!("DROPPED")));
        // What was ended stays so: a later end would bring it back.
        for release in [&release, &later] {
            assert_eq!(withdraw((&item, release), ago(-9)).await, absent);
            assert_eq!(drop((&item, release), ago(9)).await, absent);
        }
        assert_eq!(ends().await, after);
    });
}
