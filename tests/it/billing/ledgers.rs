//! What the database and the writing functions refuse: changes to what was issued or booked, and trust below zero.
use chrono::NaiveDate;
use diesel::{ExpressionMethods, QueryDsl, delete, insert_into, update};
use portico::{
    billing::{
        self, Declined, NewTrustEntry, TrustKind, allocations, invoice_lines, invoices, payments,
        trust_entries,
    },
    store::Store,
};
use serde_json::json;

use super::cast::{BILLING, CLIENT, Cast, PARTNER};
use crate::harness::{World, day, on_both_small};

fn entry(cast: &Cast, kind: TrustKind, amount: i64, on: NaiveDate) -> NewTrustEntry {
    NewTrustEntry {
        firm: cast.firm.clone(),
        participant: cast.part.clone(),
        currency: "USD".into(),
        kind,
        amount,
        entered_on: on,
        cleared_on: Some(on),
        payee: None,
        invoice: None,
        bank_reference: "canary: a bank reference".into(),
    }
}

async fn enter(store: &Store, new: NewTrustEntry) -> Result<String, Declined> {
    let mut t = store.unscoped("a test writes").begin().await.unwrap();
    let id = billing::enter(&mut t, new).await?;
    t.commit().await.unwrap();
    Ok(id)
}

#[test]
fn what_was_issued_or_booked_is_not_changed_even_by_a_statement_of_ones_own() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let id = cast.issue_and_share(&mut t, cast.plain("1", 10_000), day(2026, 1, 5), None).await;
        cast.pay(&mut t, 1_000, true, &[(&id, 1_000)]).await;
        let draft = billing::draft(&mut t, cast.plain("2", 10_000)).await.unwrap();
        t.commit().await.unwrap();
        enter(&world.store, entry(&cast, TrustKind::Deposit, 500, day(2026, 1, 5))).await.unwrap();
        macro_rules! refused {
            ($statement:expr) => {
                let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
                let answer = t.execute($statement).await;
                t.roll_back().await.unwrap();
                assert!(answer.is_err(), "{} let {} through", stringify!($statement), answer.unwrap());
            };
        }
        let this = || invoices::table.filter(invoices::id.eq(id.clone()));
        refused!(update(this()).set((invoices::total.eq(1_i64), invoices::subtotal.eq(1_i64))));
        refused!(update(this()).set(invoices::state.eq("DRAFT")));
        refused!(update(this()).set(invoices::number.eq("9")));
        refused!(delete(this()));
        let lines = || invoice_lines::table.filter(invoice_lines::invoice_id.eq(id.clone()));
        refused!(update(lines()).set(invoice_lines::narrative.eq("another")));
        refused!(delete(lines()));
        refused!(
            update(invoice_lines::table.filter(invoice_lines::invoice_id.eq(draft.clone())))
                .set((invoice_lines::invoice_id.eq(id.clone()), invoice_lines::position.eq(7)))
        );
        refused!(insert_into(invoice_lines::table).values((
            invoice_lines::firm_id.eq(cast.firm.clone()),
            invoice_lines::invoice_id.eq(id.clone()),
            invoice_lines::position.eq(2),
            invoice_lines::kind.eq("ADJUSTMENT"),
            invoice_lines::performed_on.eq(day(2026, 1, 2)),
            invoice_lines::quantity.eq(0_i64),
            invoice_lines::adjustment.eq(1_i64),
            invoice_lines::amount.eq(1_i64),
            invoice_lines::internal_narrative.eq(""),
        )));
        refused!(update(payments::table).set(payments::amount.eq(2_000_i64)));
        refused!(delete(allocations::table));
        refused!(update(allocations::table).set(allocations::amount.eq(2_i64)));
        refused!(delete(trust_entries::table));
        refused!(update(trust_entries::table).set(trust_entries::amount.eq(2_i64)));
        refused!(update(trust_entries::table).set(trust_entries::cleared_on.eq(day(2026, 2, 2))));
        // A draft changes freely, and an issued invoice's day of payment may be put off.
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let lines = invoice_lines::table.filter(invoice_lines::invoice_id.eq(draft.clone()));
        assert_eq!(t.execute(update(lines).set(invoice_lines::narrative.eq("another"))).await.unwrap(), 1);
        assert_eq!(t.execute(update(this()).set(invoices::due_on.eq(day(2026, 6, 1)))).await.unwrap(), 1);
        t.commit().await.unwrap();
    });
}

#[test]
fn trust_is_below_zero_at_no_date_whatever_is_backdated() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let store = &world.store;
        let mut pending = entry(&cast, TrustKind::Deposit, 1_000, day(2026, 1, 5));
        pending.cleared_on = None;
        let pending = enter(store, pending).await.unwrap();
        // What is on its way covers nothing.
        let out = |amount, on| enter(store, entry(&cast, TrustKind::Disbursement, amount, on));
        assert!(matches!(out(1, day(2026, 2, 1)).await, Err(Declined::Overdrawn)));
        let mut t = store.unscoped("a test writes").begin().await.unwrap();
        billing::clear_entry(&mut t, (&cast.firm, &pending), day(2026, 1, 10)).await.unwrap();
        t.commit().await.unwrap();
        out(600, day(2026, 3, 1)).await.unwrap();
        // Backdated, it is covered on its own day and not on the later one.
        assert!(matches!(out(500, day(2026, 2, 1)).await, Err(Declined::Overdrawn)));
        assert!(matches!(out(400, day(2026, 1, 9)).await, Err(Declined::Overdrawn)));
        let cheque = out(400, day(2026, 2, 1)).await.unwrap();
        // The deposit can't be taken back, the cheque can; then there is money again, from that day on.
        let mut t = store.unscoped("a test writes").begin().await.unwrap();
        let back = billing::correct(&mut t, (&cast.firm, &pending), day(2026, 3, 2)).await;
        assert!(matches!(back, Err(Declined::Overdrawn)));
        t.roll_back().await.unwrap();
        let mut t = store.unscoped("a test writes").begin().await.unwrap();
        billing::correct(&mut t, (&cast.firm, &cheque), day(2026, 3, 2)).await.unwrap();
        t.commit().await.unwrap();
        assert!(matches!(out(400, day(2026, 3, 1)).await, Err(Declined::Overdrawn)));
        out(400, day(2026, 3, 2)).await.unwrap();
        let query = "{ billing { trust { held { amount } pending { amount } entries { nodes { kind amount { amount } reverses { kind } } } } } }";
        let trust = world.ask(CLIENT, query).await.data()["billing"]["trust"].clone();
        assert_eq!(trust[0]["held"]["amount"], "0.00");
        assert_eq!(trust[0]["entries"]["nodes"].as_array().unwrap().len(), 5);
        assert_eq!(world.ask(PARTNER, query).await.data()["billing"]["trust"], json!([]));
        assert_eq!(world.ask(BILLING, query).await.data()["billing"]["trust"], trust);
    });
}

#[test]
fn of_two_writers_at_once_one_waits_and_trust_is_spent_once() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        enter(&world.store, entry(&cast, TrustKind::Deposit, 1_000, day(2026, 1, 5))).await.unwrap();
        let out = || enter(&world.store, entry(&cast, TrustKind::Refund, 700, day(2026, 1, 6)));
        let answers = tokio::join!(out(), out(), out());
        let answers = [answers.0, answers.1, answers.2];
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(Declined::Overdrawn))));
    });
}

#[test]
fn what_is_moved_to_operating_pays_an_issued_invoice_and_is_taken_back_with_it() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let draft = billing::draft(&mut t, cast.plain("1", 10_000)).await.unwrap();
        let issued = cast.issue_and_share(&mut t, cast.plain("2", 10_000), day(2026, 1, 5), None).await;
        t.commit().await.unwrap();
        enter(&world.store, entry(&cast, TrustKind::Deposit, 50_000, day(2026, 1, 5))).await.unwrap();
        let to_operating = |invoice: Option<&str>, amount| {
            let mut new = entry(&cast, TrustKind::ToOperating, amount, day(2026, 1, 7));
            new.invoice = invoice.map(Into::into);
            enter(&world.store, new)
        };
        assert!(matches!(to_operating(None, 100).await, Err(Declined::NotPermitted(_))));
        assert!(matches!(to_operating(Some(&draft), 100).await, Err(Declined::NotPermitted(_))));
        assert!(matches!(to_operating(Some(&issued), 10_001).await, Err(Declined::Exceeds(_))));
        let moved = to_operating(Some(&issued), 10_000).await.unwrap();
        let query = "{ invoices { nodes { state balanceDue { amount } payments { payment { method } } } } }";
        let paid = world.ask(CLIENT, query).await.data()["invoices"]["nodes"][0].clone();
        assert_eq!((&paid["state"], &paid["balanceDue"]["amount"]), (&json!("PAID"), &json!("0.00")));
        assert_eq!(paid["payments"][0]["payment"]["method"], "From trust");
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        billing::correct(&mut t, (&cast.firm, &moved), day(2026, 1, 8)).await.unwrap();
        t.commit().await.unwrap();
        let open = world.ask(CLIENT, query).await.data()["invoices"]["nodes"][0].clone();
        assert_eq!(open["balanceDue"]["amount"], "100.00");
    });
}

#[test]
fn two_payments_at_once_do_not_pay_an_invoice_twice() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let id = cast.issue_and_share(&mut t, cast.plain("1", 10_000), day(2026, 1, 5), None).await;
        let (one, two) =
            (cast.pay(&mut t, 10_000, true, &[]).await, cast.pay(&mut t, 10_000, true, &[]).await);
        t.commit().await.unwrap();
        let apply = async |world: &World, payment: &str| -> Result<(), Declined> {
            let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
            let all = vec![billing::Application { invoice: id.clone(), amount: 10_000 }];
            billing::apply(&mut t, (&cast.firm, payment), all, day(2026, 1, 9)).await?;
            t.commit().await.unwrap();
            Ok(())
        };
        let answers = tokio::join!(apply(&world, &one), apply(&world, &two));
        assert!(answers.0.is_ok() != answers.1.is_ok(), "{answers:?}");
    });
}
