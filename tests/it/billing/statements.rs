//! Statements of account: brought forward, moved and closed to the cent, of what the viewer may know of and no more.
use portico::{
    billing::{self, NewTrustEntry, TrustKind},
    policy::Role,
};
use serde_json::{Value, json};

use super::cast::{BILLING, CLIENT, Cast, FATHER, PARTNER, line};
use crate::harness::{World, day, on_both_small};

const ROWS: &str = "opening { amount } closing { amount currency } entries { nodes { day kind amount { amount } balance { amount } invoice { number } payment { method } } }";

/// A statement of the whole year, unless it is asked otherwise.
fn asking(currency: &str, account: &str, (from, to): (&str, &str), rows: &str) -> String {
    format!(
        "statement(currency: \"{currency}\", account: {account}, from: \"2026-{from}\", to: \"2026-{to}\") {{ {rows} }}"
    )
}

async fn operating(world: &World, who: (&str, Role), days: (&str, &str)) -> Value {
    let statement = asking("USD", "OPERATING", days, ROWS);
    let query = format!("{{ billing {{ {statement} }} cases {{ nodes {{ billing {{ {statement} }} }} }} }}");
    let data = world.ask(who, &query).await.data();
    let whole = data["billing"]["statement"].clone();
    assert_eq!(data["cases"]["nodes"][0]["billing"]["statement"], whole, "there is one case");
    whole
}

/// Each movement as `day kind amount balance`.
fn told(statement: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let told = |entry: &Value| {
        let amounts = (text(&entry["amount"]["amount"]), text(&entry["balance"]["amount"]));
        format!("{} {} {} {}", &text(&entry["day"])[5..], text(&entry["kind"]), amounts.0, amounts.1)
    };
    statement["entries"]["nodes"].as_array().unwrap().iter().map(told).collect()
}

/// One of everything: two invoices paid in part, a credit, a write-off, one made void, a payment that bounces.
async fn busy(world: &World, cast: &Cast) {
    let firm = cast.firm.as_str();
    let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
    let one = cast.issue_and_share(&mut t, cast.plain("1", 10_000), day(2026, 1, 5), None).await;
    let two = cast.issue_and_share(&mut t, cast.plain("2", 5_000), day(2026, 2, 5), None).await;
    let void = cast.issue_and_share(&mut t, cast.plain("3", 700), day(2026, 2, 6), None).await;
    cast.pay(&mut t, 4_000, true, &[(&one, 3_000)]).await;
    cast.pay_as(&mut t, &cast.father, 1_000, true, &[(&one, 1_000)]).await;
    let bounces = cast.pay(&mut t, 2_000, false, &[(&two, 2_000)]).await;
    cast.pay(&mut t, 500, false, &[(&two, 500)]).await;
    billing::clear(&mut t, (firm, &bounces), day(2026, 2, 10)).await.unwrap();
    billing::reverse(&mut t, (firm, &bounces), day(2026, 2, 20)).await.unwrap();
    billing::credit(&mut t, (firm, &one), (500, day(2026, 3, 1)), "canary: goodwill").await.unwrap();
    billing::cancel(&mut t, (firm, &void), day(2026, 2, 7)).await.unwrap();
    billing::write_off(&mut t, (firm, &one), day(2026, 4, 1), "canary: will never pay").await.unwrap();
    t.commit().await.unwrap();
}

#[test]
fn a_statement_tells_each_movement_with_the_balance_that_it_left() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        busy(&world, &cast).await;
        let year = operating(&world, CLIENT, ("01-01", "12-31")).await;
        let expected = [
            "01-05 INVOICE 100.00 100.00",
            "01-21 PAYMENT -10.00 90.00",
            "01-21 PAYMENT -30.00 60.00",
            "02-05 INVOICE 50.00 110.00",
            "02-06 INVOICE 7.00 117.00",
            "02-07 VOIDED -7.00 110.00",
            "02-10 PAYMENT -20.00 90.00",
            "02-20 PAYMENT_RETURNED 20.00 110.00",
            "03-01 CREDIT -5.00 105.00",
            "04-01 WRITE_OFF -55.00 50.00",
        ];
        // Which of two payments of one day comes first is their ids' affair; the balances follow.
        let (mut seen, at) = (told(&year), 1..3);
        if seen[1].starts_with("01-21 PAYMENT -30") {
            assert_eq!(seen[at.clone()], ["01-21 PAYMENT -30.00 70.00", "01-21 PAYMENT -10.00 60.00"]);
            seen.splice(at, expected[1..3].iter().map(ToString::to_string));
        }
        assert_eq!(seen, expected);
        assert_eq!(year["opening"]["amount"], "0.00");
        assert_eq!(year["closing"], json!({ "amount": "50.00", "currency": "USD" }));
        let february = operating(&world, CLIENT, ("02-01", "02-28")).await;
        assert_eq!(february["opening"]["amount"], "60.00");
        assert_eq!(told(&february), expected[3..8]);
        assert_eq!(february["closing"]["amount"], "110.00");
        let quiet = operating(&world, CLIENT, ("05-01", "05-01")).await;
        assert_eq!((&quiet["opening"]["amount"], &quiet["entries"]["nodes"]), (&json!("50.00"), &json!([])));
        let owed = "{ billing { balances { outstanding { amount } } } }";
        let owed = world.ask(CLIENT, owed).await.data()["billing"]["balances"][0]["outstanding"].clone();
        assert_eq!(owed["amount"], year["closing"]["amount"]);
    });
}

#[test]
fn somebody_elses_payment_moves_the_balance_and_is_not_named() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        busy(&world, &cast).await;
        let paid_on = ("01-21", "01-21");
        let mut named = Vec::new();
        for who in [CLIENT, FATHER, BILLING] {
            let seen = operating(&world, who, paid_on).await;
            assert_eq!(seen["closing"]["amount"], "60.00", "{who:?}");
            let named_by = |entry: &&Value| entry["payment"] != Value::Null;
            let entries = seen["entries"]["nodes"].as_array().unwrap();
            assert!(entries.iter().all(|entry| entry["invoice"]["number"] == "1"));
            named.push(
                entries.iter().filter(named_by).map(|e| e["amount"]["amount"].clone()).collect::<Vec<_>>(),
            );
        }
        assert_eq!(named[..2], [vec![json!("-30.00")], vec![json!("-10.00")]]);
        assert_eq!(named[2].len(), 2);
    });
}

#[test]
fn pages_of_a_statement_go_on_with_the_balance() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        busy(&world, &cast).await;
        let whole = told(&operating(&world, CLIENT, ("01-01", "12-31")).await);
        let page = async |arguments: &str| {
            let rows = format!(
                "entries({arguments}) {{ nodes {{ day kind amount {{ amount }} balance {{ amount }} }} pageInfo {{ endCursor startCursor hasNextPage hasPreviousPage }} }}"
            );
            let query =
                format!("{{ billing {{ {} }} }}", asking("USD", "OPERATING", ("01-01", "12-31"), &rows));
            let statement = world.ask(CLIENT, &query).await.data()["billing"]["statement"].clone();
            (told(&statement), statement["entries"]["pageInfo"].clone())
        };
        let (mut seen, mut info) = page("first: 3").await;
        while info["hasNextPage"] == true {
            let (more, next) = page(&format!("first: 3, after: {}", info["endCursor"])).await;
            (seen, info) = ([seen, more].concat(), next);
        }
        assert_eq!(seen, whole);
        let (last, info) = page("last: 4").await;
        assert_eq!((last.as_slice(), &info["hasPreviousPage"]), (&whole[6..], &json!(true)));
    });
}

#[test]
fn a_statement_is_exact_beyond_32_bits_and_mixes_no_currencies() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        for (number, currency, on) in [("1", "USD", 5), ("2", "USD", 6), ("3", "JPY", 7)] {
            // 105,000,000,000 minor units each.
            let rate = if currency == "JPY" { 350_000_000 } else { 3_500_000 };
            let new = cast.invoice(number, currency, vec![line(30_000_000_000, rate)]);
            cast.issue_and_share(&mut t, new, day(2026, 1, on), None).await;
        }
        t.commit().await.unwrap();
        let of = async |currency: &str, days| {
            let query = format!("{{ billing {{ {} }} }}", asking(currency, "OPERATING", days, ROWS));
            world.ask(CLIENT, &query).await.data()["billing"]["statement"].clone()
        };
        let dollars = of("USD", ("01-06", "01-31")).await;
        assert_eq!(dollars["opening"]["amount"], "1050000000.00");
        assert_eq!(told(&dollars), ["01-06 INVOICE 1050000000.00 2100000000.00"]);
        assert_eq!(
            of("JPY", ("01-01", "01-31")).await["closing"],
            json!({ "amount": "105000000000", "currency": "JPY" })
        );
        assert_eq!(of("EUR", ("01-01", "01-31")).await["closing"]["amount"], "0.00");
    });
}

#[test]
fn what_is_held_in_trust_has_a_statement_for_its_owner_and_does_not_exist_for_a_bill_payer() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let issued = cast.issue_and_share(&mut t, cast.plain("1", 10_000), day(2026, 1, 5), None).await;
        let entry = |kind, amount, on, cleared_on| NewTrustEntry {
            firm: cast.firm.clone(),
            participant: cast.part.clone(),
            currency: "USD".into(),
            kind,
            amount,
            entered_on: on,
            cleared_on,
            payee: None,
            invoice: None,
            bank_reference: "canary: a bank reference".into(),
        };
        let deposit = entry(TrustKind::Deposit, 50_000, day(2026, 1, 5), Some(day(2026, 1, 8)));
        billing::enter(&mut t, deposit).await.unwrap();
        let mut fee = entry(TrustKind::ToOperating, 10_000, day(2026, 2, 1), Some(day(2026, 2, 1)));
        fee.invoice = Some(issued);
        let fee = billing::enter(&mut t, fee).await.unwrap();
        billing::enter(&mut t, entry(TrustKind::Deposit, 900, day(2026, 2, 2), None)).await.unwrap();
        billing::correct(&mut t, (&cast.firm, &fee), day(2026, 2, 3)).await.unwrap();
        t.commit().await.unwrap();
        let rows = format!("{ROWS} entries2: entries {{ nodes {{ trustEntry {{ kind }} }} }}");
        let query = format!("{{ billing {{ {} }} }}", asking("USD", "TRUST", ("01-09", "12-31"), &rows));
        let of = async |who| world.ask(who, &query).await.data()["billing"]["statement"].clone();
        let own = of(CLIENT).await;
        assert_eq!(own["opening"]["amount"], "500.00");
        assert_eq!(told(&own), ["02-01 TO_OPERATING -100.00 400.00", "02-03 CORRECTION 100.00 500.00"]);
        assert_eq!(own["entries"]["nodes"][0]["invoice"]["number"], "1");
        assert_eq!(own["entries2"]["nodes"][1]["trustEntry"]["kind"], "CORRECTION");
        assert_eq!(of(BILLING).await, own);
        let other = of(PARTNER).await;
        assert_eq!((&other["closing"]["amount"], &other["entries"]["nodes"]), (&json!("0.00"), &json!([])));
        // What trust paid and took back stands in the other account too.
        let paid = operating(&world, CLIENT, ("02-01", "02-28")).await;
        assert_eq!(told(&paid), ["02-01 PAYMENT -100.00 0.00", "02-03 PAYMENT_RETURNED 100.00 100.00"]);
        let refused = async |account: &str| {
            let query = format!(
                "{{ billing {{ {} }} }}",
                asking("USD", account, ("01-01", "12-31"), "closing { amount }")
            );
            let answer = world.ask(FATHER, &query).await;
            assert_eq!(answer.status, 400);
            answer.body.replace(account, "")
        };
        assert_eq!(refused("TRUST").await, refused("FROST").await);
    });
}

#[test]
fn a_statement_is_asked_in_one_statement_and_refuses_what_does_not_fit() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        busy(&world, &cast).await;
        world.store.record();
        operating(&world, CLIENT, ("01-01", "12-31")).await;
        world.store.recorded();
        operating(&world, CLIENT, ("01-01", "12-31")).await;
        assert_eq!(world.store.recorded().len(), 2, "one statement a root");
        for (currency, days) in
            [("USD", ("02-02", "02-01")), ("ZZZ", ("01-01", "02-01")), ("", ("01-01", "02-01"))]
        {
            let query =
                format!("{{ billing {{ {} }} }}", asking(currency, "OPERATING", days, "closing { amount }"));
            assert_eq!(world.ask(CLIENT, &query).await.code(), "BAD_USER_INPUT", "{currency} {days:?}");
        }
        let day = "{ billing { statement(currency: \"USD\", account: OPERATING, from: \"2026-02-30\", to: \"2026-03-01\") { to } } }";
        assert_eq!(world.ask(CLIENT, day).await.status, 400);
    });
}
