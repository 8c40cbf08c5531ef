//! Money: exact amounts, what is owed, who sees what of it, and what the database refuses.
mod cast;
mod ledgers;
mod shares;
mod statements;
mod stays;
mod sums;

use portico::{
    billing::{self, Declined, InvoiceWording},
    calendar,
    policy::Role,
};
use serde_json::{Value, json};

use crate::harness::{day, on_both_small, today};
use cast::{BILLING, CLIENT, Cast, FATHER, PARTNER, STAFF, line, terms};

/// What a root connection of nodes holds.
fn nodes(data: &Value, root: &str) -> Vec<Value> {
    data[root]["nodes"].as_array().unwrap().clone()
}

fn amounts(data: &Value, root: &str, field: &str) -> Vec<String> {
    nodes(data, root).iter().map(|node| node[field]["amount"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn amounts_beyond_32_bits_and_of_every_exponent_are_exact() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        // 3,000,000.0000 hours at 350.0000 are 1,050,000,000.00: 105 billion cents.
        for (number, currency, quantity, rate) in [
            ("U", "USD", 30_000_000_000, 3_500_000),
            ("J", "JPY", 15_000, 100_000_000),
            ("K", "KWD", 5_000, 24_690),
        ] {
            let new = cast.invoice(number, currency, vec![line(quantity, rate)]);
            cast.issue_and_share(&mut t, new, day(2026, 1, 5), None).await;
        }
        t.commit().await.unwrap();
        let query = r#"{ invoices(orderBy: NUMBER_ASC) { nodes { total { amount currency formatted(locale: "en-US") } lines { quantity rate { amount } } } }
            billing { balances { currency outstanding { amount } } } }"#;
        let data = world.ask(CLIENT, query).await.data();
        let totals: Vec<Value> = nodes(&data, "invoices").iter().map(|node| node["total"].clone()).collect();
        let expected = [
            json!({ "amount": "15000", "currency": "JPY", "formatted": "¥15,000" }),
            json!({ "amount": "1.235", "currency": "KWD", "formatted": "KWD\u{a0}1.235" }),
            json!({ "amount": "1050000000.00", "currency": "USD", "formatted": "$1,050,000,000.00" }),
        ];
        assert_eq!(totals, expected);
        assert_eq!(
            nodes(&data, "invoices")[1]["lines"],
            json!([{ "quantity": "0.5", "rate": { "amount": "2.469" } }])
        );
        let owed = json!([
            { "currency": "JPY", "outstanding": { "amount": "15000" } },
            { "currency": "KWD", "outstanding": { "amount": "1.235" } },
            { "currency": "USD", "outstanding": { "amount": "1050000000.00" } },
        ]);
        assert_eq!(data["billing"]["balances"], owed);
    });
}

#[test]
fn an_invoice_is_partly_paid_paid_overdue_and_open_again_when_a_payment_bounces() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let past = today().date() - chrono::Days::new(3);
        let begun = past - chrono::Days::new(30);
        let ahead = today().date() + chrono::Days::new(30);
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let late = cast.issue_and_share(&mut t, cast.plain("1", 10_000), begun, Some(past)).await;
        let due = cast.issue_and_share(&mut t, cast.plain("2", 10_000), begun, Some(ahead)).await;
        t.commit().await.unwrap();
        let query = "{ invoices(orderBy: NUMBER_ASC) { nodes { state isOverdue balanceDue { amount } } } }";
        let seen = async || {
            let data = world.ask(CLIENT, query).await.data();
            let states = nodes(&data, "invoices");
            states
                .iter()
                .map(|i| {
                    (
                        i["state"].as_str().unwrap().to_owned(),
                        i["isOverdue"].as_bool().unwrap(),
                        i["balanceDue"]["amount"].as_str().unwrap().to_owned(),
                    )
                })
                .collect::<Vec<_>>()
        };
        let is = |state: &str, overdue, balance: &str| (state.to_owned(), overdue, balance.to_owned());
        assert_eq!(seen().await, [is("OVERDUE", true, "100.00"), is("ISSUED", false, "100.00")]);
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let payment = cast.pay(&mut t, 14_000, false, &[(&late, 10_000), (&due, 4_000)]).await;
        t.commit().await.unwrap();
        // On its way, it does not count.
        assert_eq!(seen().await, [is("OVERDUE", true, "100.00"), is("ISSUED", false, "100.00")]);
        let at = (cast.firm.as_str(), payment.as_str());
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        billing::clear(&mut t, at, day(2026, 1, 25)).await.unwrap();
        t.commit().await.unwrap();
        assert_eq!(seen().await, [is("PAID", false, "0.00"), is("PARTIALLY_PAID", false, "60.00")]);
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        billing::reverse(&mut t, at, today().date()).await.unwrap();
        t.commit().await.unwrap();
        assert_eq!(seen().await, [is("OVERDUE", true, "100.00"), is("ISSUED", false, "100.00")]);
        let only = "{ invoices(filter: { state: [OVERDUE] }) { nodes { number } } }";
        assert_eq!(nodes(&world.ask(CLIENT, only).await.data(), "invoices"), [json!({ "number": "1" })]);
    });
}

#[test]
fn credits_and_write_offs_lower_what_is_owed_and_no_more_than_that() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let id = cast.issue_and_share(&mut t, cast.plain("1", 10_000), day(2026, 1, 5), None).await;
        let at = (cast.firm.as_str(), id.as_str());
        billing::credit(&mut t, at, (2_500, day(2026, 1, 9)), "canary: goodwill").await.unwrap();
        t.commit().await.unwrap();
        let query = "{ invoices { nodes { state credited { amount } balanceDue { amount } credits { amount { amount } } } } }";
        let data = world.ask(CLIENT, query).await.data();
        assert_eq!(nodes(&data, "invoices")[0]["balanceDue"]["amount"], "75.00");
        assert_eq!(nodes(&data, "invoices")[0]["credits"], json!([{ "amount": { "amount": "25.00" } }]));
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let more = billing::credit(&mut t, at, (7_501, day(2026, 1, 9)), "too much").await;
        assert!(matches!(more, Err(Declined::Exceeds(_))));
        t.roll_back().await.unwrap();
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        billing::write_off(&mut t, at, day(2026, 2, 1), "canary: will never pay").await.unwrap();
        t.commit().await.unwrap();
        let data = world.ask(CLIENT, query).await.data();
        assert_eq!(nodes(&data, "invoices")[0]["state"], "WRITTEN_OFF");
        assert_eq!(nodes(&data, "invoices")[0]["balanceDue"]["amount"], "0.00");
        let staff = "{ invoices { nodes { writtenOff { amount } writeOffReason credits { reason } } } }";
        let data = world.ask(BILLING, staff).await.data();
        assert_eq!(nodes(&data, "invoices")[0]["writtenOff"]["amount"], "75.00");
    });
}

#[test]
fn a_draft_is_not_released_and_stays_a_draft() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let id = billing::draft(&mut t, cast.plain("1", 10_000)).await.unwrap();
        t.commit().await.unwrap();
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let wording = InvoiceWording { note: None, about_event: None, about_payment: None };
        let refused = billing::release(&mut t, (&cast.firm, &id), wording, &terms(&cast)).await;
        assert!(matches!(refused, Err(Declined::NotPermitted(_))));
        t.roll_back().await.unwrap();
        let data = world.ask(BILLING, "{ invoices { nodes { state publication { state } } } }").await.data();
        let internal = json!({ "state": "DRAFT", "publication": { "state": "INTERNAL" } });
        assert_eq!(nodes(&data, "invoices"), [internal]);
        assert_eq!(
            nodes(&world.ask(CLIENT, "{ invoices { nodes { id } } }").await.data(), "invoices"),
            [""; 0]
        );
    });
}

#[test]
fn each_role_has_the_members_that_are_its_own() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        cast.issue_and_share(&mut t, cast.plain("1", 10_000), day(2026, 1, 5), None).await;
        t.commit().await.unwrap();
        let allowed = async |who: (&str, Role), members: &str| {
            let answer = world.ask(who, &format!("{{ invoices {{ nodes {{ {members} }} }} }}")).await;
            assert!(!answer.body.contains("canary") || !who.1.is_outside(), "{}", answer.body);
            answer.status == 200
        };
        for (who, members, is_allowed) in [
            (CLIENT, "lines { narrative rate { amount } timekeeper }", true),
            (PARTNER, "lines { narrative }", true),
            (PARTNER, "lines { rate { amount } }", false),
            (PARTNER, "lines { timekeeper }", false),
            (FATHER, "total { amount } note payments { amount { amount } }", true),
            (FATHER, "lines { amount { amount } }", false),
            (CLIENT, "memo", false),
            (CLIENT, "lines { internalNarrative }", false),
            (CLIENT, "noteIsStale", false),
            (STAFF, "memo lines { internalNarrative }", true),
            (BILLING, "memo payments { payment { bankReference } }", true),
            (STAFF, "payments { payment { bankReference } }", false),
        ] {
            assert_eq!(allowed(who, members).await, is_allowed, "{} {members}", who.1);
        }
        let trust = "{ billing { trust { held { amount } } } }";
        assert_eq!(world.ask(FATHER, trust).await.status, 400);
        assert_eq!(world.ask(PARTNER, trust).await.status, 200);
    });
}

#[test]
fn who_sees_an_invoice_sees_what_was_paid_to_it_but_not_somebody_elses_payment() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let id = cast.issue_and_share(&mut t, cast.plain("1", 10_000), day(2026, 1, 5), None).await;
        cast.pay(&mut t, 3_000, true, &[(&id, 3_000)]).await;
        cast.pay_as(&mut t, &cast.father, 5_000, true, &[(&id, 2_000)]).await;
        t.commit().await.unwrap();
        let query = "{ invoices { nodes { paid { amount } payments { amount { amount } payment { amount { amount } } } } }
            payments { nodes { amount { amount } unapplied { amount } } } billing { unapplied { amount { amount } } } }";
        let data = world.ask(FATHER, query).await.data();
        let invoice = &nodes(&data, "invoices")[0];
        assert_eq!(invoice["paid"]["amount"], "50.00");
        let mut seen = invoice["payments"].as_array().unwrap().clone();
        seen.sort_by_key(|allocation| allocation["amount"]["amount"].to_string());
        let own = json!({ "amount": { "amount": "20.00" }, "payment": { "amount": { "amount": "50.00" } } });
        assert_eq!(seen, [own, json!({ "amount": { "amount": "30.00" }, "payment": null })]);
        assert_eq!(amounts(&data, "payments", "unapplied"), ["30.00"]);
        assert_eq!(data["billing"]["unapplied"], json!([{ "amount": { "amount": "30.00" } }]));
    });
}

fn timing(on: u32) -> calendar::Timing {
    let start = day(2026, 5, on).and_hms_opt(9, 30, 0).unwrap();
    calendar::Timing {
        zone: "America/New_York".into(),
        span: calendar::Span::Clock { start: start.into(), end: None },
    }
}

fn planned(case: &str, on: u32) -> calendar::Planned {
    calendar::Planned {
        case: case.into(),
        kind: calendar::EventKind::Hearing,
        is_tentative: false,
        timing: timing(on),
        place: calendar::Place::default(),
        internal_title: "canary: a hearing".into(),
        prep_notes: "canary: prepare".into(),
        attendees: Vec::new(),
        uid: None,
    }
}

fn moved(on: u32, at: chrono::NaiveDateTime) -> calendar::Move {
    let reason = "The court moved it.".into();
    calendar::Move { timing: timing(on), is_tentative: false, place: None, reason, at }
}

#[test]
fn a_note_is_stale_once_its_event_was_moved_and_clients_are_not_told() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let hearing = calendar::create(&mut t, &cast.firm, planned(&cast.case, 3)).await.unwrap();
        let event = (cast.firm.as_str(), hearing.as_str());
        // Moved before the note was approved: the note knows.
        let before = today() - chrono::TimeDelta::days(2);
        assert!(calendar::reschedule(&mut t, event, moved(4, before)).await.unwrap());
        let note = billing::NoteWording {
            body: "Payment received on April 12. Next invoice will post after the hearing on May 3.".into(),
            next_invoice_on: Some(day(2026, 5, 4)),
            about_event: Some(hearing.clone()),
            about_payment: None,
        };
        note.approve(&mut t, (&cast.firm, &cast.case), &terms(&cast)).await.unwrap();
        t.commit().await.unwrap();
        let query = "{ billing { note { body isStale } } cases { nodes { billing { note { isStale } } } } }";
        let data = world.ask(STAFF, query).await.data();
        assert_eq!(data["billing"]["note"]["isStale"], false);
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        assert!(calendar::reschedule(&mut t, event, moved(5, today())).await.unwrap());
        t.commit().await.unwrap();
        let data = world.ask(STAFF, query).await.data();
        assert_eq!(data["billing"]["note"]["isStale"], true);
        assert_eq!(data["cases"]["nodes"][0]["billing"]["note"]["isStale"], true);
        assert_eq!(world.ask(CLIENT, query).await.status, 400);
        let body = world.ask(CLIENT, "{ billing { note { body nextInvoiceOn } } }").await.data();
        assert_eq!(body["billing"]["note"]["nextInvoiceOn"], "2026-05-04");
    });
}
