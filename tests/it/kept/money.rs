//! What the tables keep of money: no ledger of trust below zero, and no wording about what is not of its case.
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
