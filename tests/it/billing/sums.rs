//! Sums agree with the lists beside them, hidden rows move none of them, and pages, filters and orders hold.
use proptest::{prelude::*, strategy::ValueTree};
use serde_json::{Value, json};

use super::{
    cast::{BILLING, CLIENT, Cast, FATHER, line},
    nodes,
};
use crate::harness::{day, on_both_small};
use portico::{
    billing::{self, Declined},
    money,
};

const ALL: &str = "{ invoices { nodes { number state total { amount } paid { amount } balanceDue { amount } payments { amount { amount } } } }
    payments { nodes { amount { amount } unapplied { amount } allocations { amount { amount } invoice { number } } } }
    billing { balances { currency invoiced { amount } paid { amount } outstanding { amount } overdue { amount } } unapplied { amount { amount } }
      trust { held { amount } } invoices { nodes { number } } payments { nodes { amount { amount } } } ...Account }
    cases { nodes { invoices { nodes { number } } billing { balances { outstanding { amount } } unapplied { amount { amount } } ...Account } } } }
    fragment Account on Billing { statement(currency: \"USD\", account: OPERATING, from: \"2026-01-06\", to: \"2026-12-31\") {
      opening { amount } closing { amount } entries { nodes { day kind amount { amount } balance { amount } invoice { number } payment { method } } } } }";

#[test]
fn hidden_invoices_shift_no_sum_that_a_viewer_sees() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let id = cast.issue_and_share(&mut t, cast.plain("1", 10_000), day(2026, 1, 5), None).await;
        let payment = cast.pay(&mut t, 9_000, true, &[(&id, 4_000)]).await;
        t.commit().await.unwrap();
        let query = ALL.replace("trust { held { amount } }", "");
        let before = (world.ask(CLIENT, ALL).await.body, world.ask(FATHER, &query).await.body);
        // A draft, one that is issued and not shared, and money of the client's own applied to that one.
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        billing::draft(&mut t, cast.plain("canary 2", 77_700)).await.unwrap();
        let hidden = billing::draft(&mut t, cast.plain("canary 3", 55_500)).await.unwrap();
        billing::issue(&mut t, (&cast.firm, &hidden), day(2026, 1, 6), Some(day(2026, 1, 7))).await.unwrap();
        let application = billing::Application { invoice: hidden, amount: 3_300 };
        billing::apply(&mut t, (&cast.firm, &payment), vec![application], day(2026, 1, 9)).await.unwrap();
        t.commit().await.unwrap();
        let after = (world.ask(CLIENT, ALL).await.body, world.ask(FATHER, &query).await.body);
        assert_eq!(before, after);
        let staff = world.ask(BILLING, ALL).await.data();
        assert_eq!(nodes(&staff, "invoices").len(), 3);
        assert_eq!(staff["billing"]["balances"][0]["outstanding"]["amount"], "582.00");
        assert_eq!(staff["billing"]["unapplied"][0]["amount"]["amount"], "17.00");
    });
}

#[test]
fn pages_filters_and_orders_of_invoices_hold() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        for (number, on) in [("A", 3), ("B", 1), ("C", 2), ("D", 2)] {
            cast.issue_and_share(&mut t, cast.plain(number, 100), day(2026, 1, on), None).await;
        }
        billing::draft(&mut t, cast.plain("canary", 100)).await.unwrap();
        t.commit().await.unwrap();
        let numbers = async |arguments: &str| {
            let query = format!(
                "{{ cases {{ nodes {{ invoices{arguments} {{ nodes {{ number }} pageInfo {{ endCursor hasNextPage }} }} }} }} }}"
            );
            let found = world.ask(CLIENT, &query).await.data()["cases"]["nodes"][0]["invoices"].clone();
            let numbers: Vec<String> = found["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|n| n["number"].as_str().unwrap().into())
                .collect();
            (numbers.concat(), found["pageInfo"].clone())
        };
        assert_eq!(numbers("(orderBy: NUMBER_ASC)").await.0, "ABCD");
        let (first, info) = numbers("(first: 2)").await;
        assert_eq!((first.as_str(), &info["hasNextPage"]), (&*format!("A{}", &first[1..]), &json!(true)));
        let (rest, info) = numbers(&format!("(first: 2, after: {})", info["endCursor"])).await;
        assert_eq!(info["hasNextPage"], false);
        assert!(rest.ends_with('B'), "{first}{rest}");
        assert_eq!(
            numbers(
                "(filter: { issuedFrom: \"2026-01-02\", issuedTo: \"2026-01-02\" }, orderBy: NUMBER_ASC)"
            )
            .await
            .0,
            "CD"
        );
        assert_eq!(numbers("(filter: { state: [PAID] })").await.0, "");
        assert_eq!(numbers("(filter: { state: [] })").await.0, "");
        let hidden = world.ask(CLIENT, "{ invoices(filter: { state: [DRAFT] }) { nodes { id } } }").await;
        assert_eq!(hidden.status, 400);
        let drafts = "{ invoices(filter: { state: [DRAFT] }) { nodes { number issuedOn } } }";
        let drafts = world.ask(BILLING, drafts).await.data();
        assert_eq!(nodes(&drafts, "invoices"), [json!({ "number": "canary", "issuedOn": null })]);
    });
}

#[test]
fn an_amount_that_is_out_of_range_is_refused_and_never_wraps() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let huge = cast.invoice("1", "USD", vec![line(i64::MAX, i64::MAX)]);
        assert!(matches!(billing::draft(&mut t, huge).await, Err(Declined::OutOfRange)));
        let mut most = cast.plain("2", 100);
        most.tax = i64::MAX;
        assert!(matches!(billing::draft(&mut t, most).await, Err(Declined::OutOfRange)));
        let mut many = cast.plain("3", money::MOST / 2);
        many.lines.extend([line(10_000, money::MOST / 2 * 100), line(10_000, 300)]);
        assert!(matches!(billing::draft(&mut t, many).await, Err(Declined::OutOfRange)));
        let none = cast.invoice("4", "ZZZ", vec![line(10_000, 100)]);
        assert!(matches!(billing::draft(&mut t, none).await, Err(Declined::NoCurrency)));
        t.roll_back().await.unwrap();
    });
}

/// What may happen to money; what the rules forbid is declined and changes nothing.
#[derive(Clone, Debug)]
enum Step {
    Bill(i64),
    Pay(i64, bool, usize, i64),
    Clear(usize),
    Reverse(usize),
    Credit(usize, i64),
    WriteOff(usize),
    Cancel(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let amount = || 1_i64..20_000;
    let step = prop_oneof![
        amount().prop_map(Step::Bill),
        (amount(), any::<bool>(), 0_usize..4, amount()).prop_map(|(a, c, i, b)| Step::Pay(a, c, i, b)),
        (0_usize..4).prop_map(Step::Clear),
        (0_usize..4).prop_map(Step::Reverse),
        (0_usize..4, amount()).prop_map(|(i, a)| Step::Credit(i, a)),
        (0_usize..4).prop_map(Step::WriteOff),
        (0_usize..4).prop_map(Step::Cancel),
    ];
    proptest::collection::vec(step, 1..25)
}

fn cents(money: &Value) -> i64 {
    money["amount"].as_str().unwrap().replace('.', "").parse().unwrap()
}

fn total(list: &Value, field: &str) -> i64 {
    list.as_array().unwrap().iter().map(|row| cents(&row[field])).sum()
}

#[test]
fn whatever_happens_to_money_the_sums_agree() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        for run in 0..8 {
            let steps = steps().new_tree(&mut runner).unwrap().current();
            let (mut invoices, mut payments) = (Vec::new(), Vec::new());
            for (count, step) in steps.iter().enumerate() {
                let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
                let chosen = |from: &[String], at: usize| from.get(at).cloned().unwrap_or_default();
                let firm = cast.firm.as_str();
                let done = match step {
                    Step::Bill(amount) => {
                        let new = cast.plain(&format!("{run}-{count}"), *amount);
                        invoices.push(cast.issue_and_share(&mut t, new, day(2026, 1, 5), None).await);
                        Ok(())
                    }
                    Step::Pay(amount, is_cleared, invoice, applied) => {
                        let payment = cast.pay(&mut t, *amount, *is_cleared, &[]).await;
                        payments.push(payment.clone());
                        t.commit().await.unwrap();
                        t = world.store.unscoped("a test writes").begin().await.unwrap();
                        let to =
                            billing::Application { invoice: chosen(&invoices, *invoice), amount: *applied };
                        billing::apply(&mut t, (firm, &payment), vec![to], day(2026, 1, 9)).await
                    }
                    Step::Clear(at) => {
                        billing::clear(&mut t, (firm, &chosen(&payments, *at)), day(2026, 1, 25)).await
                    }
                    Step::Reverse(at) => {
                        billing::reverse(&mut t, (firm, &chosen(&payments, *at)), day(2026, 2, 1)).await
                    }
                    Step::Credit(at, amount) => {
                        let given = (*amount, day(2026, 1, 9));
                        billing::credit(&mut t, (firm, &chosen(&invoices, *at)), given, "goodwill").await
                    }
                    Step::WriteOff(at) => {
                        billing::write_off(&mut t, (firm, &chosen(&invoices, *at)), day(2026, 1, 28), "lost")
                            .await
                    }
                    Step::Cancel(at) => {
                        billing::cancel(&mut t, (firm, &chosen(&invoices, *at)), day(2026, 1, 6)).await
                    }
                };
                match done {
                    Ok(()) => t.commit().await.unwrap(),
                    Err(Declined::Fault(fault)) => panic!("{steps:?}: {fault:?}"),
                    Err(_) => t.roll_back().await.unwrap(),
                }
            }
            agree(&world.ask(BILLING, BOOKS).await.data(), &steps);
        }
    });
}

const BOOKS: &str = "{ invoices(first: 100) { nodes { state subtotal { amount } discount { amount } tax { amount } interest { amount } total { amount }
      paid { amount } credited { amount } writtenOff { amount } balanceDue { amount } lines { amount { amount } }
      payments { state amount { amount } } credits { amount { amount } } } }
    payments(first: 100) { nodes { state amount { amount } unapplied { amount } allocations { amount { amount } } } }
    billing { balances { outstanding { amount } } unapplied { amount { amount } } ...Accounts } }
    fragment Accounts on Billing {
      whole: statement(currency: \"USD\", account: OPERATING, from: \"2026-01-01\", to: \"2026-12-31\") { ...Account }
      before: statement(currency: \"USD\", account: OPERATING, from: \"2026-01-01\", to: \"2026-01-21\") { ...Account }
      after: statement(currency: \"USD\", account: OPERATING, from: \"2026-01-22\", to: \"2026-12-31\") { ...Account } }
    fragment Account on Statement { opening { amount } closing { amount } entries(first: 100) { nodes { amount { amount } balance { amount } } } }";

/// The invariants of an invoice, a payment, and the balances over them.
fn agree(data: &Value, steps: &[Step]) {
    let (mut outstanding, mut unapplied) = (0, 0);
    for invoice in nodes(data, "invoices") {
        let of = |field: &str| cents(&invoice[field]);
        assert_eq!(of("subtotal"), total(&invoice["lines"], "amount"), "{steps:?}");
        assert_eq!(of("total"), of("subtotal") + of("tax") + of("interest") - of("discount"), "{steps:?}");
        let cleared = invoice["payments"].as_array().unwrap().iter().filter(|a| a["state"] == "CLEARED");
        assert_eq!(of("paid"), cleared.map(|a| cents(&a["amount"])).sum::<i64>(), "{steps:?}");
        assert_eq!(of("credited"), total(&invoice["credits"], "amount"), "{steps:?}");
        let left = of("total") - of("paid") - of("credited") - of("writtenOff");
        let is_void = invoice["state"] == "VOID";
        assert_eq!(of("balanceDue"), if is_void { 0 } else { left }, "{steps:?}");
        assert!(of("balanceDue") >= 0, "{steps:?}");
        assert_eq!(invoice["state"] == "PAID", left == 0 && of("writtenOff") == 0 && !is_void, "{steps:?}");
        outstanding += of("balanceDue");
    }
    for payment in nodes(data, "payments") {
        let applied = total(&payment["allocations"], "amount");
        assert!(applied <= cents(&payment["amount"]), "{steps:?}");
        let left = if payment["state"] == "CLEARED" { cents(&payment["amount"]) - applied } else { 0 };
        assert_eq!(cents(&payment["unapplied"]), left, "{steps:?}");
        unapplied += left;
    }
    assert_eq!(total(&data["billing"]["balances"], "outstanding"), outstanding, "{steps:?}");
    assert_eq!(total(&data["billing"]["unapplied"], "amount"), unapplied, "{steps:?}");
    let account = |name: &str| followed(&data["billing"][name], steps);
    let (whole, before, after) = (account("whole"), account("before"), account("after"));
    assert_eq!(whole, (0, outstanding), "{steps:?}");
    assert_eq!((before.0, before.1), (0, after.0), "{steps:?}");
    assert_eq!(after.1, outstanding, "{steps:?}");
}

/// Opening and closing of a statement whose movements lead from the one to the other.
fn followed(statement: &Value, steps: &[Step]) -> (i64, i64) {
    let (opening, closing) = (cents(&statement["opening"]), cents(&statement["closing"]));
    let mut balance = opening;
    for entry in statement["entries"]["nodes"].as_array().unwrap() {
        balance += cents(&entry["amount"]);
        assert_eq!(cents(&entry["balance"]), balance, "{steps:?}");
    }
    assert_eq!(balance, closing, "{steps:?}");
    (opening, closing)
}
