//! What the tables themselves keep of the service's promises, whoever writes them: firms' own systems do by SQL.
mod isolation;
mod money;
mod place;
mod review;
mod staff;
mod years;

use portico::{cases::milestone_releases, releasing, store::Engine};

use crate::{
    harness::{World, on_both},
    raw::Raw,
};

/// Tables of releases: what is released, its table, and the case there.
const RELEASES: [(&str, &str, &str, &str); 6] = [
    ("case_releases", "case_id", "cases", "id"),
    ("milestone_releases", "milestone_id", "milestones", "case_id"),
    ("document_releases", "document_id", "documents", "case_id"),
    ("invoice_releases", "invoice_id", "invoices", "case_id"),
    ("billing_note_releases", "case_id", "cases", "id"),
    ("event_releases", "event_id", "events", "case_id"),
];
/// No release of the demo's begins then.
const LATER: &str = "2095-01-01 00:00:00";
/// The firm with several cases.
const CASTELLANS: &str = "firm_id = (SELECT id FROM firms WHERE slug = 'castellan')";
const FOREVER: &str = "9999-12-31 00:00:00";

async fn first(raw: &Raw, sql: &str) -> String {
    raw.texts(sql).await.into_iter().next().unwrap_or_else(|| panic!("nothing: {sql}"))
}

/// A release of this table that clients read, and that has no end.
async fn open(raw: &Raw, table: &str) -> String {
    let sql = format!(
        "SELECT id AS text FROM {table} WHERE released_until = '{FOREVER}' AND released_from < '{LATER}' \
         AND audience = 'CLIENTS' AND {CASTELLANS} ORDER BY id"
    );
    first(raw, &sql).await
}

/// A value of a column that a SELECT writes.
fn instant(raw: &Raw, text: &str) -> String {
    match raw.engine() {
        Engine::Sqlite => format!("'{text}'"),
        Engine::Postgres => format!("TIMESTAMP '{text}'"),
    }
}

/// Writes another release, like this one but for some columns.
async fn like(raw: &Raw, table: &str, id: &str, but: &[(&str, String)]) -> String {
    let columns: Vec<String> = raw.columns(table).await.into_iter().map(|(name, _)| name).collect();
    let value = |name: &String| match but.iter().find(|(known, _)| known == name) {
        Some((_, value)) => value.clone(),
        None if name == "id" => "'another'".to_owned(),
        None => name.clone(),
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    format!(
        "INSERT INTO {table} ({}) SELECT {} FROM {table} WHERE id = '{id}'",
        columns.join(", "),
        values.join(", ")
    )
}

/// Each of the statements is refused with a sentence that says this, or goes through where nothing is said.
async fn judged(raw: &Raw, word: Option<&str>, statements: &[String]) {
    for statement in statements {
        let answer = raw.refused(statement).await;
        match (word, &answer) {
            (None, None) => {}
            (Some(word), Some(why)) if why.contains(word) => {}
            _ => panic!("{:?} {statement}: {answer:?} and not {word:?}", raw.engine()),
        }
    }
}

#[test]
fn a_release_that_was_withdrawn_or_dropped_or_expires_ends_then() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        for (table, ..) in RELEASES {
            let id = open(&raw, table).await;
            let set =
                |what: &str| format!("UPDATE {table} SET {what} WHERE id = '{id}'").replace("LATER", LATER);
            judged(
                &raw,
                Some("ends no later than it expires"),
                &[
                    set("withdrawn_at = 'LATER'"),
                    set("dropped_at = 'LATER'"),
                    set("withdrawn_at = 'LATER', released_until = '2095-01-01 00:00:01'"),
                    set("dropped_at = 'LATER', released_until = 'LATER'"),
                    like(&raw, table, &id, &[("expires_at", instant(&raw, LATER))]).await,
                ],
            )
            .await;
            judged(
                &raw,
                None,
                &[
                    set("withdrawn_at = 'LATER', released_until = 'LATER'"),
                    set("withdrawn_at = '2001-01-01 00:00:00', released_until = released_from"),
                    set("dropped_at = 'LATER', released_until = released_from"),
                    set("released_until = 'LATER'"),
                ],
            )
            .await;
        }
    });
}

#[test]
fn at_most_one_release_of_an_item_is_open() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        for (table, ..) in RELEASES {
            let id = open(&raw, table).await;
            let from = |from, until| {
                [("released_from", instant(&raw, from)), ("released_until", instant(&raw, until))]
            };
            let later = like(&raw, table, &id, &from(LATER, FOREVER)).await;
            let never = like(&raw, table, &id, &from(LATER, LATER)).await;
            let end = format!("UPDATE {table} SET released_until = '{LATER}' WHERE id = '{id}'");
            let longer =
                format!("UPDATE {table} SET released_until = '2095-01-01 00:00:01' WHERE id = '{id}'");
            let open = format!("UPDATE {table} SET released_until = '{FOREVER}' WHERE id = 'another'");
            judged(
                &raw,
                Some("one release of an item is open at a time"),
                &[
                    later.clone(),
                    like(&raw, table, &id, &[]).await,
                    format!("{end}; {later}; {longer}"),
                    format!("{never}; {open}"),
                ],
            )
            .await;
            judged(&raw, None, &[format!("{end}; {later}"), never]).await;
        }
        if world.engine == Engine::Postgres {
            two_at_once(&world, &raw).await;
        }
    });
}

/// Neither transaction sees what the other writes, until it has to wait for it.
async fn two_at_once(world: &World, raw: &Raw) {
    let table = "milestone_releases";
    let id = open(raw, table).await;
    raw.run(&format!("UPDATE {table} SET released_until = '{LATER}' WHERE id = '{id}'")).await;
    let but = |id: &str| {
        [
            ("id", format!("'{id}'")),
            ("released_from", instant(raw, LATER)),
            ("released_until", instant(raw, FOREVER)),
        ]
    };
    let (one, other) = (like(raw, table, &id, &but("one")).await, like(raw, table, &id, &but("other")).await);
    let second = Raw::open(&world.database).await;
    raw.run(&format!("BEGIN; {one}")).await;
    let (answer, ()) = tokio::join!(second.attempt(&other), async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        raw.run("COMMIT").await;
    });
    assert!(answer.is_err_and(|why| why.contains("open at a time")));
}

#[test]
fn what_was_approved_and_what_was_told_of_a_change_stays() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let word = "does not change";
        let mut named = 0;
        for (table, ..) in RELEASES {
            let id = open(&raw, table).await;
            for (column, ty) in raw.columns(table).await {
                let other = match ty.as_str() {
                    "text" => format!("coalesce({column}, '') || 'x'"),
                    "date" => "'1999-01-01'".to_owned(),
                    "integer" | "bigint" => format!("coalesce({column}, 0) + 1"),
                    "boolean" => format!("NOT coalesce({column}, FALSE)"),
                    _ => format!("'{FOREVER}'"),
                };
                let answer =
                    raw.refused(&format!("UPDATE {table} SET {column} = {other} WHERE id = '{id}'")).await;
                let is_free = ["released_until", "withdrawn_at", "dropped_at"].contains(&column.as_str());
                assert_eq!(answer.is_some_and(|why| why.contains(word)), !is_free, "{table}.{column}");
            }
            let end = format!(
                "UPDATE {table} SET withdrawn_at = '{LATER}', released_until = '{LATER}' WHERE id = '{id}'"
            );
            let dropped = format!(
                "UPDATE {table} SET dropped_at = '{LATER}', released_until = released_from WHERE id = '{id}'"
            );
            let set = |what| format!("UPDATE {table} SET {what} WHERE id = '{id}'");
            judged(
                &raw,
                Some(word),
                &[
                    format!("{end}; {}", set("withdrawn_at = NULL")),
                    format!("{end}; {}", set("withdrawn_at = '2095-02-01 00:00:00'")),
                    format!("{dropped}; {}", set("dropped_at = NULL")),
                ],
            )
            .await;
            let audiences = format!("{}_audiences", table.trim_end_matches('s'));
            let names = raw.texts(&format!("SELECT release_id AS text FROM {audiences}")).await.len();
            if names > 0 {
                judged(
                    &raw,
                    Some(word),
                    &[format!("UPDATE {audiences} SET participant_id = participant_id")],
                )
                .await;
            }
            named += names;
        }
        assert!(named > 0, "the demo names somebody");
        judged(&raw, Some(word), &["UPDATE event_changes SET reason = 'another'".into()]).await;
    });
}

#[test]
fn a_part_in_a_case_stays_in_the_case_and_once_it_has_ended_stays_so() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let id = first(&raw, "SELECT id AS text FROM participants WHERE state = 'ACTIVE' ORDER BY id").await;
        let set = |what: &str| format!("UPDATE participants SET {what} WHERE id = '{id}'");
        let then = |one, other| {
            format!("{}; {}", set(&format!("state = '{one}'")), set(&format!("state = '{other}'")))
        };
        let ended = ["ACTIVE", "SUSPENDED", "INVITED"].map(|state| then("ENDED", state));
        judged(&raw, Some("stays ended"), &ended).await;
        judged(
            &raw,
            None,
            &[then("SUSPENDED", "ACTIVE"), then("SUSPENDED", "ENDED"), then("ENDED", "ENDED")],
        )
        .await;
        judged(
            &raw,
            Some("stays in that case"),
            &[set("case_id = case_id || 'x'"), set("firm_id = firm_id || 'x'")],
        )
        .await;
    });
}

#[test]
fn whoever_is_named_takes_part_in_the_case() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        for (table, item, items, case) in RELEASES {
            let id = open(&raw, table).await;
            let part = async |is: &str| {
                let sql = format!(
                    "SELECT p.id AS text FROM {table} r JOIN {items} i ON i.id = r.{item} \
                     JOIN participants p ON p.firm_id = r.firm_id AND p.case_id {is} i.{case} WHERE r.id = '{id}' ORDER BY p.id"
                );
                let part = first(&raw, &sql).await;
                let named = format!("{}_audiences", table.trim_end_matches('s'));
                format!(
                    "INSERT INTO {named} (firm_id, release_id, participant_id) SELECT firm_id, id, '{part}' FROM {table} WHERE id = '{id}'"
                )
            };
            judged(&raw, Some("names those alone who take part"), &[part("<>").await]).await;
            judged(&raw, None, &[part("=").await]).await;
        }
    });
}

#[test]
fn what_is_granted_is_of_the_case_and_of_a_type_that_is_granted() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let sql = "SELECT participant_id || '|' || item_id AS text FROM item_grants";
        let grant = first(&raw, &format!("{sql} WHERE {CASTELLANS} ORDER BY 1")).await;
        let (part, item) = grant.split_once('|').unwrap();
        let row = format!("participant_id = '{part}' AND item_id = '{item}'");
        let both = |other: &str| {
            [
                format!(
                    "INSERT INTO item_grants (firm_id, participant_id, item_id, granted_by, granted_at) \
                     SELECT firm_id, participant_id, '{other}', granted_by, granted_at FROM item_grants WHERE {row}"
                ),
                format!("UPDATE item_grants SET item_id = '{other}' WHERE {row}"),
            ]
        };
        let of = async |table: &str, is: &str| {
            let sql = format!(
                "SELECT i.id AS text FROM {table} i JOIN participants p ON p.firm_id = i.firm_id AND p.case_id {is} i.case_id \
                 WHERE p.id = '{part}' AND i.id NOT IN (SELECT item_id FROM item_grants) ORDER BY i.id"
            );
            first(&raw, &sql).await
        };
        let word = Some("of the same case is granted");
        judged(&raw, word, &both("nothing")).await;
        // Nobody outside reads a step or a task because it was granted.
        for table in ["milestones", "tasks"] {
            judged(&raw, word, &both(&of(table, "=").await)).await;
        }
        for table in ["documents", "events"] {
            judged(&raw, None, &both(&of(table, "=").await)).await;
            judged(&raw, word, &both(&of(table, "<>").await)).await;
        }
    });
}

#[test]
fn only_staff_work_on_a_case() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let word = Some("only staff work on a case");
        let kind = |email: &str| {
            format!("UPDATE people SET kind = 'PORTAL', staff_role = NULL WHERE email = '{email}'")
        };
        let part = first(&raw, "SELECT id AS text FROM participants ORDER BY id").await;
        judged(
            &raw,
            word,
            &[
                format!(
                    "INSERT INTO case_staff (firm_id, case_id, person_id, role, is_responsible) \
                     SELECT firm_id, case_id, person_id, 'Helps', FALSE FROM participants WHERE id = '{part}'"
                ),
                "UPDATE case_staff SET person_id = (SELECT min(p.id) FROM people p WHERE p.kind = 'PORTAL' AND p.firm_id = case_staff.firm_id)".into(),
                kind("nora@castellan.example"),
            ],
        )
        .await;
        judged(&raw, None, &[kind("arthur@castellan.example")]).await;
    });
}

#[test]
fn rows_from_before_are_no_hindrance_and_end_when_they_are_settled() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let door = world.store.unscoped("a test takes steps back");
        while door.taken().await.unwrap().iter().any(|step| step.as_str() >= "0018") {
            door.revert(1).await.unwrap();
        }
        let id = open(&raw, "milestone_releases").await;
        raw.run(&format!("UPDATE milestone_releases SET withdrawn_at = '{LATER}' WHERE id = '{id}'")).await;
        let later = [("released_from", instant(&raw, LATER))];
        raw.run(&like(&raw, "milestone_releases", &id, &later).await).await;
        world.store.unscoped("a test takes it again").migrate().await.unwrap();
        let of = format!(
            "SELECT firm_id || '|' || milestone_id AS text FROM milestone_releases WHERE id = '{id}'"
        );
        let of = first(&raw, &of).await;
        let (firm, milestone) = of.split_once('|').unwrap();
        let mut t = world.store.unscoped("a test settles releases").begin().await.unwrap();
        releasing::settle::<milestone_releases::table>(&mut t, firm, milestone).await.unwrap();
        t.commit().await.unwrap();
        let until = format!(
            "SELECT substr(CAST(released_until AS TEXT), 1, 19) AS text FROM milestone_releases WHERE id = '{id}'"
        );
        assert_eq!(first(&raw, &until).await, LATER);
    });
}
