//! At REPEATABLE READ PostgreSQL shows what was there when a transaction began, so rules that wait for one another refuse it.
use portico::store::Engine;

use super::{LATER, RELEASES, first, instant, judged, like, open};
use crate::{harness::on_both, raw::Raw};

#[test]
fn what_two_could_write_at_once_is_not_written_at_repeatable_read() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        if raw.engine() == Engine::Sqlite {
            println!("SQLite lets one write at a time");
            return;
        }
        let mut statements = Vec::new();
        for (table, ..) in RELEASES {
            let id = open(&raw, table).await;
            let never = ["released_from", "released_until"].map(|column| (column, instant(&raw, LATER)));
            statements.push(like(&raw, table, &id, &never).await);
            statements.push(format!("UPDATE {table} SET released_until = '{LATER}' WHERE id = '{id}'"));
        }
        let deposit = "SELECT id AS text FROM trust_entries WHERE kind = 'DEPOSIT' ORDER BY id";
        let deposit = first(&raw, deposit).await;
        statements.push(like(&raw, "trust_entries", &deposit, &[("position", "9999".into())]).await);
        let bill = first(&raw, "SELECT id AS text FROM invoices WHERE state = 'ISSUED' ORDER BY id").await;
        let but = [("id", "'bill'".into()), ("number", "'bill'".into())];
        let bill = like(&raw, "invoices", &bill, &but).await;
        let ended = "state = 'VOID', ended_on = '2099-01-01'";
        statements.push(format!("{bill}; UPDATE invoices SET {ended} WHERE id = 'bill'"));
        statements.push(format!(
            "{bill}; INSERT INTO payments (firm_id, id, case_id, currency, amount, received_on, method, state, bank_reference) \
             SELECT firm_id, 'payment', case_id, currency, 100, '2026-01-01', 'Card', 'PENDING', '' FROM invoices WHERE id = 'bill'; \
             INSERT INTO allocations (firm_id, payment_id, position, invoice_id, case_id, currency, amount, applied_on) \
             SELECT firm_id, 'payment', 1, id, case_id, currency, 100, '2026-01-02' FROM invoices WHERE id = 'bill'"
        ));
        statements.push(
            "UPDATE people SET kind = 'PORTAL', staff_role = NULL WHERE email = 'arthur@castellan.example'"
                .into(),
        );
        let at = |level: &str| -> Vec<String> {
            let each = |sql: &String| format!("SET TRANSACTION ISOLATION LEVEL {level}; {sql}");
            statements.iter().map(each).collect()
        };
        judged(&raw, Some("READ COMMITTED or SERIALIZABLE"), &at("REPEATABLE READ")).await;
        judged(&raw, None, &at("READ COMMITTED")).await;
        judged(&raw, None, &at("SERIALIZABLE")).await;
        // What no rule waits for may be written at any level.
        let free = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; UPDATE people SET name = 'Arthur' \
                    WHERE email = 'arthur@castellan.example'";
        judged(&raw, None, &[free.into()]).await;
    });
}
