//! What the database itself holds of money: column by column what was booked stays, and check by check what can't be.
use portico::{
    billing::{self, NewTrustEntry, TrustKind},
    store::Engine,
};

use super::cast::Cast;
use crate::{
    harness::{World, day, on_both_small},
    raw::Raw,
};

/// Another value than the one that a column has, and one that no row has.
fn other(column: &str, ty: &str) -> String {
    match ty.to_uppercase().as_str() {
        "TEXT" => format!("coalesce({column}, '') || 'x'"),
        "DATE" => "'2027-01-01'".to_owned(),
        "BIGINT" | "INTEGER" => format!("coalesce({column}, 0) + 1000000"),
        ty => panic!("{column} is of type {ty}"),
    }
}

/// Money of every kind: an issued invoice, one that was written off, a draft, payments, a credit, an entry of trust.
async fn books(world: &World, cast: &Cast) {
    let firm = cast.firm.as_str();
    let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
    let issued = billing::draft(&mut t, cast.plain("issued", 10_000)).await.unwrap();
    billing::divide(&mut t, (firm, &issued), vec![(cast.part.clone(), 10_000)]).await.unwrap();
    cast.share(&mut t, &issued, day(2026, 1, 5), None).await;
    let ended = cast.issue_and_share(&mut t, cast.plain("ended", 10_000), day(2026, 1, 5), None).await;
    billing::write_off(&mut t, (firm, &ended), day(2026, 2, 1), "lost").await.unwrap();
    let draft = billing::draft(&mut t, cast.plain("draft", 10_000)).await.unwrap();
    billing::divide(&mut t, (firm, &draft), vec![(cast.part.clone(), 10_000)]).await.unwrap();
    cast.pay(&mut t, 1_000, true, &[(&issued, 1_000)]).await;
    let back = cast.pay(&mut t, 2_000, true, &[]).await;
    billing::reverse(&mut t, (firm, &back), day(2026, 1, 30)).await.unwrap();
    cast.pay(&mut t, 3_000, false, &[]).await;
    billing::credit(&mut t, (firm, &issued), (500, day(2026, 1, 9)), "goodwill").await.unwrap();
    let entry = |amount, cleared_on| NewTrustEntry {
        firm: firm.to_owned(),
        participant: cast.part.clone(),
        currency: "USD".into(),
        kind: TrustKind::Deposit,
        amount,
        entered_on: day(2026, 1, 5),
        cleared_on,
        payee: None,
        invoice: None,
        bank_reference: "canary".into(),
    };
    billing::enter(&mut t, entry(100, Some(day(2026, 1, 5)))).await.unwrap();
    billing::enter(&mut t, entry(200, None)).await.unwrap();
    t.commit().await.unwrap();
}

#[test]
fn every_column_of_what_was_booked_stays_but_for_those_that_may_still_change() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        books(&world, &cast).await;
        let raw = Raw::open(&world.database).await;
        let of = |number: &str| format!("invoice_id = (SELECT id FROM invoices WHERE number = '{number}')");
        for (table, rows, free, word) in [
            (
                "invoices",
                "number = 'issued'",
                "version state due_on written_off write_off_reason ended_on memo",
                "does not change",
            ),
            ("invoices", "number = 'ended'", "version due_on memo", ""),
            ("invoice_lines", &of("issued"), "", "lines of an issued invoice"),
            ("invoice_shares", &of("issued"), "", "divided anew"),
            ("invoice_shares", &of("draft"), "", "divided anew"),
            (
                "payments",
                "amount = 1000",
                "version method bank_reference state ended_on",
                "booked payment does not",
            ),
            ("payments", "amount = 2000", "version method bank_reference", "booked payment does not"),
            (
                "payments",
                "amount = 3000",
                "version method bank_reference state cleared_on ended_on",
                "booked payment does not",
            ),
            ("allocations", "1 = 1", "", "does not change"),
            ("credits", "1 = 1", "", "does not change"),
            ("trust_entries", "amount = 100", "", "trust entry that was booked does not"),
            ("trust_entries", "amount = 200", "cleared_on", "trust entry that was booked does not"),
        ] {
            let free: Vec<&str> = free.split(' ').filter(|name| !name.is_empty()).collect();
            let columns = raw.columns(table).await;
            assert!(
                free.iter().all(|name| columns.iter().any(|(column, _)| column == name)),
                "{table}: {free:?}"
            );
            for (column, ty) in columns {
                let other = other(&column, &ty);
                let statement = format!("UPDATE {table} SET {column} = {other} WHERE {rows}");
                let answer = raw.refused(&statement).await;
                let by_rule = answer.as_deref().is_some_and(|why| {
                    why.contains(word)
                        && (!word.is_empty() || why.contains("does not change") || why.contains("stays so"))
                });
                // A value that may change is refused by a check at most, never because it was booked.
                assert_eq!(by_rule, !free.contains(&column.as_str()), "{statement}: {answer:?}");
            }
        }
        for (table, rows) in [
            ("invoices", "state <> 'DRAFT'"),
            ("invoice_lines", of("issued").as_str()),
            ("invoice_shares", of("issued").as_str()),
            ("payments", "1 = 1"),
            ("allocations", "1 = 1"),
            ("credits", "1 = 1"),
            ("trust_entries", "1 = 1"),
        ] {
            assert!(raw.refused(&format!("DELETE FROM {table} WHERE {rows}")).await.is_some(), "{table}");
        }
    });
}

/// Changes that no check lets through: what is set, and of which rows.
const CHANGES: &[(&str, &str)] = &[
    ("invoices SET number = ''", "number = 'draft'"),
    ("invoices SET state = 'PAID'", "number = 'draft'"),
    ("invoices SET currency = 'US'", "number = 'draft'"),
    ("invoices SET discount = -1, total = total + 1", "number = 'draft'"),
    ("invoices SET tax = -1, total = total - 1", "number = 'draft'"),
    ("invoices SET interest = -1, total = total - 1", "number = 'draft'"),
    ("invoices SET subtotal = -1, total = -1", "number = 'draft'"),
    ("invoices SET total = total + 1", "number = 'draft'"),
    ("invoices SET state = 'ISSUED'", "number = 'draft'"),
    ("invoices SET issued_on = '2026-02-02', due_on = '2026-02-01'", "number = 'draft'"),
    ("invoices SET period_start = '2026-02-02'", "number = 'draft'"),
    ("invoices SET period_start = '2026-02-02', period_end = '2026-02-01'", "number = 'draft'"),
    ("invoices SET written_off = 1", "number = 'issued'"),
    ("invoices SET state = 'WRITTEN_OFF', ended_on = '2026-02-01'", "number = 'issued'"),
    ("invoices SET state = 'WRITTEN_OFF', write_off_reason = 'lost'", "number = 'issued'"),
    ("invoices SET state = 'VOID'", "number = 'issued'"),
    ("invoices SET state = 'VOID', ended_on = '2026-01-04'", "number = 'issued'"),
    ("invoices SET ended_on = '2026-02-01'", "number = 'issued'"),
    ("invoices SET case_id = 'nowhere'", "number = 'draft'"),
    ("invoice_lines SET position = 0", "invoice_id = (SELECT id FROM invoices WHERE number = 'draft')"),
    ("invoice_lines SET kind = 'GIFT'", "invoice_id = (SELECT id FROM invoices WHERE number = 'draft')"),
    ("invoice_lines SET rate = NULL", "invoice_id = (SELECT id FROM invoices WHERE number = 'draft')"),
    ("payments SET state = 'CLEARED'", "amount = 3000"),
    ("payments SET cleared_on = '2026-02-01'", "amount = 3000"),
    ("payments SET state = 'CLEARED', cleared_on = '2026-01-01'", "amount = 3000"),
    ("payments SET state = 'REVERSED'", "amount = 3000"),
    ("payments SET state = 'REVERSED', ended_on = '2026-01-01'", "amount = 3000"),
    ("payments SET state = 'REFUNDED', ended_on = '2026-02-01'", "amount = 3000"),
    ("payments SET state = 'LOST'", "amount = 3000"),
    ("payments SET method = ''", "amount = 3000"),
    ("trust_entries SET cleared_on = '2026-01-04'", "amount = 200"),
    ("trust_ledgers SET currency = 'US'", "1 = 1"),
    ("invoice_releases SET audience = 'ALL'", "1 = 1"),
    ("invoice_releases SET released_until = '2000-01-01 00:00:00'", "1 = 1"),
    ("invoice_releases SET withheld_reason = 'no audience was named'", "1 = 1"),
    ("invoice_releases SET audience = 'NAMED', withheld_reason = ''", "1 = 1"),
];

/// Rows that no check lets in: the table, its columns, and the query that makes the row.
const ROWS: &[(&str, &str, &str)] = &[
    (
        "invoice_shares",
        "firm_id, invoice_id, participant_id, amount",
        "SELECT firm_id, id, '{part}', 0 FROM invoices WHERE number = 'draft'",
    ),
    (
        "payments",
        "firm_id, id, case_id, currency, amount, received_on, method, state, bank_reference",
        "SELECT firm_id, 'p', case_id, 'USD', 0, '2026-01-01', 'Card', 'PENDING', '' FROM invoices WHERE number = 'draft'",
    ),
    (
        "credits",
        "firm_id, invoice_id, position, credited_on, amount, reason",
        "SELECT firm_id, id, 9, '2026-01-01', 0, 'why' FROM invoices WHERE number = 'issued'",
    ),
    (
        "credits",
        "firm_id, invoice_id, position, credited_on, amount, reason",
        "SELECT firm_id, id, 9, '2026-01-01', 1, '' FROM invoices WHERE number = 'issued'",
    ),
    (
        "credits",
        "firm_id, invoice_id, position, credited_on, amount, reason",
        "SELECT firm_id, id, 0, '2026-01-01', 1, 'why' FROM invoices WHERE number = 'issued'",
    ),
    (
        "allocations",
        "firm_id, payment_id, position, invoice_id, case_id, currency, amount, applied_on",
        "SELECT firm_id, payment_id, 9, invoice_id, case_id, currency, 0, applied_on FROM allocations",
    ),
    (
        "allocations",
        "firm_id, payment_id, position, invoice_id, case_id, currency, amount, applied_on",
        "SELECT firm_id, payment_id, 9, invoice_id, case_id, 'EUR', 1, applied_on FROM allocations",
    ),
    (
        "allocations",
        "firm_id, payment_id, position, invoice_id, case_id, currency, amount, applied_on",
        "SELECT firm_id, payment_id, 0, invoice_id, case_id, currency, 1, applied_on FROM allocations",
    ),
    (
        "trust_entries",
        "firm_id, id, participant_id, currency, case_id, position, kind, amount, entered_on, bank_reference",
        "SELECT firm_id, 't', participant_id, currency, case_id, 9, 'DEPOSIT', -1, '2026-01-01', '' FROM trust_ledgers",
    ),
    (
        "trust_entries",
        "firm_id, id, participant_id, currency, case_id, position, kind, amount, entered_on, bank_reference",
        "SELECT firm_id, 't', participant_id, currency, case_id, 9, 'REFUND', 1, '2026-01-01', '' FROM trust_ledgers",
    ),
    (
        "trust_entries",
        "firm_id, id, participant_id, currency, case_id, position, kind, amount, entered_on, bank_reference",
        "SELECT firm_id, 't', participant_id, currency, case_id, 9, 'TO_OPERATING', -1, '2026-01-01', '' FROM trust_ledgers",
    ),
    (
        "trust_entries",
        "firm_id, id, participant_id, currency, case_id, position, kind, amount, entered_on, bank_reference",
        "SELECT firm_id, 't', participant_id, currency, case_id, 9, 'CORRECTION', 1, '2026-01-01', '' FROM trust_ledgers",
    ),
    (
        "trust_entries",
        "firm_id, id, participant_id, currency, case_id, position, kind, amount, entered_on, bank_reference",
        "SELECT firm_id, 't', participant_id, 'EUR', case_id, 9, 'DEPOSIT', 1, '2026-01-01', '' FROM trust_ledgers",
    ),
];

#[test]
fn what_can_not_be_is_refused_check_by_check() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        books(&world, &cast).await;
        let raw = Raw::open(&world.database).await;
        if world.engine == Engine::Sqlite {
            raw.run("PRAGMA foreign_keys = ON").await;
        }
        let draft = "invoices SET memo = memo || 'x'";
        assert_eq!(raw.refused(&format!("UPDATE {draft} WHERE number = 'draft'")).await, None);
        for (what, rows) in CHANGES {
            let statement = format!("UPDATE {what} WHERE {rows}");
            assert!(raw.refused(&statement).await.is_some(), "{statement} went through");
        }
        for (table, columns, row) in ROWS {
            let row = row.replace("{part}", &cast.part);
            let row = if world.engine == Engine::Postgres {
                row.replace("'2026-01-01'", "CAST('2026-01-01' AS DATE)")
            } else {
                row
            };
            let statement = format!("INSERT INTO {table} ({columns}) {row}");
            assert!(raw.refused(&statement).await.is_some(), "{statement} went through");
        }
    });
}
