//! What is there stays where it is: in its case, and not replaced by another row of its name.
use portico::store::Engine;

use super::{CASTELLANS, RELEASES, first, judged};
use crate::{harness::on_both, raw::Raw};

const THERE: &str = "what belongs to a case stays in that case";
/// Rows that people outside read once they are released or granted, and what is said where one is to be moved.
const SHARED: [(&str, &str, &str); 7] = [
    ("milestones", "1 = 1", THERE),
    ("documents", "1 = 1", THERE),
    ("invoices", "state = 'DRAFT'", THERE),
    ("invoices", "state = 'ISSUED'", "an issued invoice does not change"),
    ("events", "1 = 1", THERE),
    ("correspondence", "1 = 1", THERE),
    ("third_party_records", "1 = 1", THERE),
];

#[test]
fn what_belongs_to_a_case_stays_in_it() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        for (table, rows, word) in SHARED {
            let one = format!("SELECT id AS text FROM {table} WHERE {CASTELLANS} AND {rows} ORDER BY id");
            let id = first(&raw, &one).await;
            let to = format!("SELECT c.id FROM cases c WHERE c.firm_id = {table}.firm_id");
            let other = format!("{to} AND c.id <> {table}.case_id ORDER BY c.id LIMIT 1");
            let moved = format!("UPDATE {table} SET case_id = ({other}) WHERE id = '{id}'");
            judged(&raw, Some(word), &[moved]).await;
            judged(&raw, None, &[format!("UPDATE {table} SET case_id = case_id WHERE id = '{id}'")]).await;
        }
    });
}

#[test]
fn a_part_in_a_case_stays_with_its_person_and_its_role() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let id = first(&raw, "SELECT id AS text FROM participants WHERE role = 'CLIENT' ORDER BY id").await;
        let set = |what: &str| [format!("UPDATE participants SET {what} WHERE id = '{id}'")];
        let other = "SELECT p.id FROM people p WHERE p.firm_id = participants.firm_id AND p.kind = 'PORTAL'";
        let other = format!("{other} AND p.id <> participants.person_id ORDER BY p.id LIMIT 1");
        judged(&raw, Some("stays with that person"), &set(&format!("person_id = ({other})"))).await;
        judged(&raw, Some("stays in that role"), &set("role = 'CO_COUNSEL'")).await;
        judged(&raw, None, &set("person_id = person_id, role = role, has_billing = NOT has_billing")).await;
    });
}

#[test]
fn what_is_there_is_not_replaced_either() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        if raw.engine() == Engine::Postgres {
            println!("PostgreSQL has no INSERT OR REPLACE");
            return;
        }
        let tables = RELEASES.iter().map(|(table, ..)| *table);
        let booked = ["invoices", "invoice_lines", "payments", "allocations", "credits", "trust_entries"];
        for table in tables.chain(["participants", "event_changes"]).chain(booked) {
            first(&raw, &format!("SELECT firm_id AS text FROM {table}")).await;
            // Whichever rule speaks first.
            let replaced = format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1");
            assert!(raw.refused(&replaced).await.is_some(), "{table}");
        }
    });
}
