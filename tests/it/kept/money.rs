//! What the tables keep of money: no ledger below zero, no wording about another case, no payment applied twice over.
use super::{LATER, first, instant, judged, like};
use crate::{harness::on_both, raw::Raw};

/// A ledger without entries, and the statement that opens it.
async fn ledger(raw: &Raw) -> (String, String) {
    let part = first(raw, "SELECT id AS text FROM participants ORDER BY id").await;
    let opened = format!(
        "INSERT INTO trust_ledgers (firm_id, participant_id, currency, case_id) \
         SELECT firm_id, id, 'KWD', case_id FROM participants WHERE id = '{part}'"
    );
    (part, opened)
}

/// An entry: its position, its amount, the day in January on which it was entered, and the one on which it cleared.
fn entry(position: u32, amount: i64, entered: u32, cleared: Option<u32>, reverses: Option<u32>) -> String {
    let day = |day: u32| format!("'2026-01-{day:02}'");
    let kind = match (reverses, amount > 0) {
        (Some(_), _) => "CORRECTION",
        (None, true) => "DEPOSIT",
        (None, false) => "DISBURSEMENT",
    };
    let (cleared, reverses) = (
        cleared.map_or("NULL".into(), day),
        reverses.map_or("NULL".into(), |other| format!("'entry{other}'")),
    );
    format!(
        "INSERT INTO trust_entries (firm_id, id, participant_id, currency, case_id, position, kind, amount, entered_on, \
         cleared_on, reverses_id, bank_reference) VALUES ((FIRM), 'entry{position}', 'PART', 'KWD', (CASE_ID), {position}, \
         '{kind}', {amount}, {}, {cleared}, {reverses}, '')",
        day(entered)
    )
}

#[test]
fn a_ledger_of_trust_is_below_zero_at_no_date() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let (part, opened) = ledger(&raw).await;
        let of = |column: &str| format!("SELECT {column} FROM participants WHERE id = '{part}'");
        let written = |entries: &[String]| {
            format!("{opened}; {}", entries.join("; "))
                .replace("FIRM", &of("firm_id"))
                .replace("CASE_ID", &of("case_id"))
                .replace("PART", &part)
        };
        let deposit = entry(1, 100, 10, Some(10), None);
        let pending = entry(1, 100, 10, None, None);
        let cleared = "UPDATE trust_entries SET cleared_on = '2026-01-20' WHERE id = 'entry1'".to_owned();
        judged(
            &raw,
            Some("below zero at no date"),
            &[
                written(&[entry(1, -1, 10, Some(10), None)]),
                written(&[deposit.clone(), entry(2, -101, 10, Some(10), None)]),
                // Backdated, though there is enough today; and a cheque that is still out.
                written(&[deposit.clone(), entry(2, -100, 9, Some(10), None)]),
                written(&[deposit.clone(), entry(2, -60, 11, None, None), entry(3, -60, 12, None, None)]),
                written(&[pending.clone(), entry(2, -100, 11, Some(11), None)]),
                // What was spent is taken back.
                written(&[
                    deposit.clone(),
                    entry(2, -100, 11, Some(11), None),
                    entry(3, -100, 12, Some(12), Some(1)),
                ]),
                // What never cleared was taken back, and clears nevertheless.
                written(&[pending.clone(), entry(2, -100, 11, None, Some(1)), cleared.clone()]),
            ],
        )
        .await;
        judged(
            &raw,
            None,
            &[
                written(&[deposit.clone(), entry(2, -100, 10, None, None)]),
                written(&[deposit.clone(), entry(2, -100, 11, None, None), entry(3, 100, 12, None, Some(2))]),
                written(&[deposit, entry(2, -100, 12, Some(12), Some(1))]),
                written(&[pending.clone(), entry(2, -100, 11, None, Some(1))]),
                written(&[pending, cleared, entry(2, -100, 20, Some(20), None)]),
            ],
        )
        .await;
    });
}

#[test]
fn a_wording_is_about_what_is_of_its_case_and_what_it_is_about_stays() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let told = "SELECT id AS text FROM billing_note_releases WHERE about_event IS NOT NULL AND about_payment IS NOT NULL";
        let note = first(&raw, told).await;
        let case = format!("SELECT case_id FROM billing_note_releases WHERE id = '{note}'");
        let bill = "SELECT r.id AS text FROM invoice_releases r JOIN invoices i ON i.id = r.invoice_id";
        let bill = first(&raw, &format!("{bill} WHERE i.case_id = ({case}) ORDER BY r.id")).await;
        let word = Some("an event and a payment of its own case");
        for (table, id) in [("billing_note_releases", &note), ("invoice_releases", &bill)] {
            for (column, items) in [("about_event", "events"), ("about_payment", "payments")] {
                let of = async |is: &str| {
                    let sql =
                        format!("SELECT id AS text FROM {items} WHERE case_id {is} ({case}) ORDER BY id");
                    first(&raw, &sql).await
                };
                let about = async |what: &str| {
                    let ends =
                        ["released_from", "released_until"].map(|column| (column, instant(&raw, LATER)));
                    let but = [ends[0].clone(), ends[1].clone(), (column, format!("'{what}'"))];
                    [like(&raw, table, id, &but).await]
                };
                judged(&raw, word, &about("nothing").await).await;
                judged(&raw, word, &about(&of("<>").await).await).await;
                judged(&raw, None, &about(&of("=").await).await).await;
            }
        }
        let gone = format!(
            "DELETE FROM events WHERE id = (SELECT about_event FROM billing_note_releases WHERE id = '{note}')"
        );
        judged(&raw, Some("is not deleted"), &[gone]).await;
    });
}

/// A bill beside another, which nobody has paid.
async fn bill(raw: &Raw) -> String {
    let known = first(raw, "SELECT id AS text FROM invoices WHERE state = 'ISSUED' ORDER BY id").await;
    like(raw, "invoices", &known, &[("id", "'bill'".into()), ("number", "'bill'".into())]).await
}

/// A payment of 100 of the bill's case, and so many of its amounts applied to it.
fn paid(state: &str, amounts: &[i64]) -> String {
    let (cleared, ended) = match state {
        "PENDING" => ("NULL", "NULL"),
        "CLEARED" => ("'2026-01-02'", "NULL"),
        _ => ("'2026-01-02'", "'2026-01-03'"),
    };
    let payment = format!(
        "INSERT INTO payments (firm_id, id, case_id, currency, amount, received_on, method, state, cleared_on, ended_on, bank_reference) \
         SELECT firm_id, 'payment', case_id, currency, 100, '2026-01-01', 'Card', '{state}', {cleared}, {ended}, '' \
         FROM invoices WHERE id = 'bill'"
    );
    let applied = |(position, amount): (u32, &i64)| {
        format!(
            "; INSERT INTO allocations (firm_id, payment_id, position, invoice_id, case_id, currency, amount, applied_on) \
             SELECT firm_id, 'payment', {position}, id, case_id, currency, {amount}, '2026-01-02' FROM invoices WHERE id = 'bill'"
        )
    };
    let applied: String = (1..).zip(amounts).map(applied).collect();
    format!("{payment}{applied}")
}

#[test]
fn an_invoice_is_made_void_only_where_nothing_was_paid_or_credited() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let bill = bill(&raw).await;
        let ended = "UPDATE invoices SET state = 'VOID', ended_on = '2099-01-01' WHERE id = 'bill'";
        let after = |what: &str| format!("{bill}; {what}; {ended}");
        let credit = "INSERT INTO credits (firm_id, invoice_id, position, credited_on, amount, reason) \
                      SELECT firm_id, id, 1, '2026-01-02', 1, 'Why' FROM invoices WHERE id = 'bill'";
        judged(
            &raw,
            Some("is not made void"),
            &[after(credit), after(&paid("PENDING", &[1])), after(&paid("CLEARED", &[1]))],
        )
        .await;
        judged(
            &raw,
            None,
            &[
                format!("{bill}; {ended}; UPDATE invoices SET memo = 'void' WHERE id = 'bill'"),
                after(&paid("CLEARED", &[])),
                after(&paid("REVERSED", &[1])),
                after(&paid("REFUNDED", &[1])),
            ],
        )
        .await;
    });
}

#[test]
fn no_more_of_a_payment_is_applied_than_it_comes_to() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let bill = bill(&raw).await;
        let applied = |amounts: &[i64]| format!("{bill}; {}", paid("CLEARED", amounts));
        judged(&raw, Some("than it comes to"), &[applied(&[101]), applied(&[60, 41])]).await;
        judged(&raw, None, &[applied(&[100]), applied(&[60, 40])]).await;
    });
}
