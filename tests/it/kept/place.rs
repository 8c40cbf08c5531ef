//! What is there stays where it is: in its case, and not replaced by another row of its name.
use portico::store::Engine;

use super::{CASTELLANS, LATER, RELEASES, first, judged, like, open};
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
fn a_version_that_a_release_pins_stays_as_it_is() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let pinned = "SELECT document_id AS text FROM document_releases ORDER BY document_id";
        let document = first(&raw, pinned).await;
        let last =
            format!("SELECT max(pinned_number) FROM document_releases WHERE document_id = '{document}'");
        let later = format!(
            "INSERT INTO document_versions (firm_id, document_id, number, media_type, size_bytes, page_count, sha256, added_at) \
             SELECT firm_id, document_id, 99, media_type, size_bytes, page_count, sha256, added_at \
             FROM document_versions WHERE document_id = '{document}' AND number = ({last})"
        );
        let is = |number: &str| format!("WHERE document_id = '{document}' AND number = ({number})");
        for (column, ty) in raw.columns("document_versions").await {
            let other = match ty.as_str() {
                "text" => format!("{column} || 'x'"),
                "integer" | "bigint" => format!("coalesce({column}, 0) + 1"),
                _ => "'2001-01-01 00:00:00'".to_owned(),
            };
            let set =
                |number: &str| format!("UPDATE document_versions SET {column} = {other} {}", is(number));
            judged(&raw, Some("stays as it is"), &[set(&last)]).await;
            let answer = raw.refused(&format!("{later}; {}", set("99"))).await;
            assert!(!answer.is_some_and(|why| why.contains("stays as it is")), "{column}");
        }
        let deleted = |number: &str| format!("DELETE FROM document_versions {}", is(number));
        judged(&raw, Some("stays as it is"), &[deleted(&last)]).await;
        judged(&raw, None, &[format!("{later}; {}", deleted("99"))]).await;
    });
}

#[test]
fn whom_a_release_names_stays_named_and_nobody_is_named_once_it_has_ended() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        for (table, item, items, case) in RELEASES {
            let id = open(&raw, table).await;
            let names = format!("{}_audiences", table.trim_end_matches('s'));
            let name = format!(
                "INSERT INTO {names} (firm_id, release_id, participant_id) SELECT r.firm_id, r.id, p.id FROM {table} r \
                 JOIN {items} i ON i.id = r.{item} JOIN participants p ON p.firm_id = r.firm_id AND p.case_id = i.{case} \
                 WHERE r.id = '{id}' ORDER BY p.id LIMIT 1"
            );
            let delete = format!("DELETE FROM {names} WHERE release_id = '{id}'");
            let end = |column: &str| {
                format!(
                    "UPDATE {table} SET {column} = '{LATER}', released_until = released_from WHERE id = '{id}'"
                )
            };
            let (withdrawn, dropped) = (end("withdrawn_at"), end("dropped_at"));
            let word = Some("does not change");
            judged(&raw, word, &[format!("{name}; {delete}"), format!("{name}; {withdrawn}; {delete}")])
                .await;
            let word = Some("names nobody anew");
            judged(&raw, word, &[format!("{withdrawn}; {name}"), format!("{dropped}; {name}")]).await;
            judged(&raw, None, &[format!("{name}; {dropped}; {delete}"), name]).await;
        }
    });
}

/// Tables of which a trigger keeps something when a row is changed or deleted, but for how times are spelled and that numbers
/// are whole: an INSERT is judged by that as well.
const KEPT: &str = "SELECT DISTINCT tbl_name AS text FROM sqlite_schema WHERE type = 'trigger' \
    AND (sql LIKE '% UPDATE %ON %' OR sql LIKE '% DELETE ON %') AND name NOT LIKE '%_spell_times_%' \
    AND name NOT LIKE '%_numbers_are_whole_%' AND name NOT LIKE '%_are_not_replaced_%' ORDER BY 1";
/// Triggers of other rules, but for those that let no update of their table through.
const OTHERS: &str = "SELECT name AS text FROM sqlite_schema WHERE type = 'trigger' AND name NOT LIKE '%_are_not_replaced_%' \
    AND NOT (sql LIKE '% BEFORE UPDATE ON %' AND sql NOT LIKE '%WHEN%')";

/// A table's keys, each with the condition under which it is one.
async fn keys(raw: &Raw, table: &str) -> Vec<(Vec<String>, String)> {
    let sql = format!(
        "SELECT (SELECT group_concat(name) FROM pragma_index_info(l.name)) || '|' || CASE WHEN l.partial \
         THEN (SELECT substr(sql, instr(sql, ' WHERE ') + 7) FROM sqlite_schema WHERE name = l.name) ELSE 'TRUE' END AS text \
         FROM pragma_index_list('{table}') l WHERE l.\"unique\""
    );
    let keys = raw.texts(&sql).await;
    assert!(!keys.is_empty(), "{table}");
    let rowid = "rowid|TRUE".to_owned();
    let both = |key: &String| key.split_once('|').map(|(columns, is)| (columns.to_owned(), is.to_owned()));
    let keys = keys.iter().chain([&rowid]).filter_map(both);
    keys.map(|(columns, is)| (columns.split(',').map(str::to_owned).collect(), is)).collect()
}

#[test]
fn what_is_there_is_not_replaced_by_any_of_its_keys() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        if raw.engine() == Engine::Postgres {
            println!("PostgreSQL has no INSERT OR REPLACE");
            return;
        }
        let kept = raw.texts(KEPT).await;
        let known =
            ["trust_entries", "participants", "event_release_audiences", "document_versions", "people"];
        assert!(known.iter().all(|table| kept.iter().any(|name| name == table)), "{kept:?}");
        let staff = first(&raw, "SELECT person_id AS text FROM case_staff ORDER BY person_id").await;
        let portal = [("id", "id"), ("kind", "'PORTAL'"), ("staff_role", "NULL")];
        let portal =
            like(&raw, "people", &staff, &portal.map(|(name, value)| (name, value.to_owned()))).await;
        let portal = portal.replacen("INSERT", "INSERT OR REPLACE", 1);
        judged(&raw, Some("only staff work on a case"), &[portal]).await;
        // Nothing but the rules of replacing and the keys judges what follows.
        for trigger in raw.texts(OTHERS).await {
            raw.run(&format!("DROP TRIGGER {trigger}")).await;
        }
        raw.run("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").await;
        let word = Some("a row that is there is not replaced");
        for table in kept {
            let columns: Vec<String> = raw.columns(&table).await.into_iter().map(|(name, _)| name).collect();
            let row = |value: &dyn Fn(&String) -> &'static str| {
                let values: Vec<&str> = columns.iter().map(value).collect();
                format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), values.join(", "))
            };
            let another = row(&|_| "'another'");
            for (key, is) in keys(&raw, &table).await {
                let is_meant = |name: &String| is.contains(name.as_str());
                let is_same = |name: &&String| key.contains(name) || is_meant(name);
                let there = row(&|name| if is_meant(name) { "1" } else { "'there'" });
                let this = format!("FROM {table} WHERE firm_id = 'there' AND {is}");
                let names: Vec<&String> =
                    key.iter().filter(|name| *name == "rowid").chain(&columns).collect();
                let value = |name: &&String| if is_same(name) { (*name).clone() } else { "'another'".into() };
                let values: Vec<String> = names.iter().map(value).collect();
                let named: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
                let replaced = format!(
                    "{there}; INSERT OR REPLACE INTO {table} ({}) SELECT {} {this}",
                    named.join(", "),
                    values.join(", ")
                );
                // People who are there may be added again, which does nothing.
                if table != "people" {
                    judged(&raw, word, &[replaced]).await;
                }
                let set = |name: &&String| format!("{name} = (SELECT {name} {this})");
                let set: Vec<String> = names.iter().filter(|name| is_same(name)).map(set).collect();
                let set = set.join(", ");
                let taken = format!(
                    "{there}; {another}; UPDATE OR REPLACE {table} SET {set} WHERE firm_id = 'another'"
                );
                let answer = raw.refused(&taken).await;
                assert!(
                    answer.as_ref().is_some_and(|why| !why.contains("constraint")),
                    "{taken}: {answer:?}"
                );
            }
        }
    });
}
