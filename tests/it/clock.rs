//! Instants: what begins at one and ends at another is there from the first microsecond to the last, and not longer.
use chrono::{NaiveDateTime, SubsecRound as _, TimeDelta};
use portico::{id, policy::Role};
use serde_json::{Value, json};

use crate::{
    cast::Cast,
    copying::Copier,
    harness::{World, on_both, today},
    raw::Raw,
};

const MICRO: TimeDelta = TimeDelta::microseconds(1);

/// A span in the hours to come, in which tokens of now still hold.
fn span() -> (NaiveDateTime, NaiveDateTime) {
    let begin = today().trunc_subsecs(0) + TimeDelta::hours(1);
    (begin, begin + TimeDelta::hours(1))
}

fn written(at: NaiveDateTime) -> String {
    at.format("'%Y-%m-%d %H:%M:%S%.f'").to_string()
}

/// Just before the span, its first and last microsecond, and just behind it.
async fn edges<T>(
    world: &World,
    (begin, end): (NaiveDateTime, NaiveDateTime),
    ask: impl AsyncFn() -> T,
) -> [T; 4] {
    let at = async |at| {
        world.is(at);
        ask().await
    };
    [at(begin - MICRO).await, at(begin).await, at(end - MICRO).await, at(end).await]
}

#[test]
fn a_release_is_open_from_its_first_microsecond_to_its_last() {
    on_both(async |world| {
        let cast = Cast::of(&world).await;
        let raw = Raw::open(&world.database).await;
        // Releases can't be changed otherwise.
        raw.sleep().await;
        let (begin, end) = span();
        let mut count = 0;
        for (releases, column, item) in Copier::new(&raw).await.releases() {
            if releases != format!("{}_releases", item.trim_end_matches('s')) {
                // What is said about an item, and not the item itself.
                continue;
            }
            let ids =
                raw.texts(&format!("SELECT DISTINCT {column} AS text FROM {releases} ORDER BY 1")).await;
            for item_id in ids {
                let ty = id::tag(&item_id).unwrap().type_name();
                if cast.model(Role::Client).field(ty, "id").is_none()
                    || !is_there(&world, &cast, &item_id).await
                {
                    continue;
                }
                let kept = format!(
                    "{column} = '{item_id}' AND CURRENT_TIMESTAMP BETWEEN released_from AND released_until"
                );
                let old = raw
                    .texts(&format!("SELECT CAST(released_from AS TEXT) || '|' || CAST(released_until AS TEXT) AS text FROM {releases} WHERE {kept}"))
                    .await;
                raw.run(&format!(
                    "UPDATE {releases} SET released_from = {}, released_until = {} WHERE {kept}",
                    written(begin),
                    written(end)
                ))
                .await;
                let seen =
                    edges(&world, (begin, end), async || is_there(&world, &cast, &item_id).await).await;
                assert_eq!(seen, [false, true, true, false], "{ty} of {item}");
                let (from, until) = old[0].split_once('|').unwrap();
                raw.run(&format!("UPDATE {releases} SET released_from = '{from}', released_until = '{until}' WHERE {column} = '{item_id}' AND released_from = {}", written(begin))).await;
                world.is(today());
                count += 1;
                break;
            }
        }
        println!("{:?}: edges of {count} tables of releases", world.engine);
        assert!(count >= 2, "cases and milestones have releases");
    });
}

async fn is_there(world: &World, cast: &Cast, id: &str) -> bool {
    let body = json!({ "query": "query($id: ID!) { node(id: $id) { id } }", "variables": { "id": id } });
    cast.ask(world, Role::Client, &body).await.data()["node"] != Value::Null
}

async fn status(world: &World, cast: &Cast, role: Role) -> u16 {
    cast.ask(world, role, &json!({ "query": "{ viewer { role } }" })).await.status
}

#[test]
fn a_part_in_a_case_and_with_it_the_account_holds_from_its_first_microsecond_to_its_last() {
    on_both(async |world| {
        let cast = Cast::of(&world).await;
        assert_eq!(status(&world, &cast, Role::Client).await, 200);
        let (begin, end) = span();
        let email = &cast.people[&Role::Client];
        Raw::open(&world.database)
            .await
            .run(&format!(
                "UPDATE participants SET active_from = {}, active_until = {} \
                 WHERE person_id IN (SELECT id FROM people WHERE email = '{email}')",
                written(begin),
                written(end)
            ))
            .await;
        assert_eq!(
            edges(&world, (begin, end), async || status(&world, &cast, Role::Client).await).await,
            [401, 200, 200, 401]
        );
    });
}

#[test]
fn a_session_ends_at_its_instant() {
    on_both(async |world| {
        let cast = Cast::of(&world).await;
        assert_eq!(status(&world, &cast, Role::Client).await, 200);
        let (begin, end) = span();
        let raw = Raw::open(&world.database).await;
        raw.run(&format!("UPDATE sessions SET expires_at = {}", written(end))).await;
        assert_eq!(
            edges(&world, (begin, end), async || status(&world, &cast, Role::Client).await).await,
            [200, 200, 200, 401]
        );
    });
}

#[test]
fn whoever_is_shut_out_is_out_at_the_next_request() {
    on_both(async |world| {
        let cast = Cast::of(&world).await;
        let raw = Raw::open(&world.database).await;
        // A part that has ended stays so otherwise.
        raw.sleep().await;
        let who = |role| format!("(SELECT id FROM people WHERE email = '{}')", cast.people[&role]);
        let mut shut: Vec<(Role, String, String)> = Vec::new();
        for state in ["ENDED", "SUSPENDED", "INVITED"] {
            let set = |state| {
                format!("UPDATE participants SET state = '{state}' WHERE person_id IN {}", who(Role::Client))
            };
            shut.push((Role::Client, set(state), set("ACTIVE")));
        }
        for role in [Role::Client, Role::Attorney] {
            let session =
                |at| format!("UPDATE sessions SET revoked_at = {at} WHERE person_id IN {}", who(role));
            shut.push((role, session("'2026-01-01 00:00:00'"), session("NULL")));
            let account = |is| format!("UPDATE people SET is_active = {is} WHERE id IN {}", who(role));
            shut.push((role, account("FALSE"), account("TRUE")));
        }
        for (role, out, back) in shut {
            assert_eq!(status(&world, &cast, role).await, 200, "before {out}");
            raw.run(&out).await;
            assert_eq!(status(&world, &cast, role).await, 401, "after {out}");
            raw.run(&back).await;
        }
    });
}

#[test]
fn a_wall_stands_at_the_next_request() {
    on_both(async |world| {
        let cast = Cast::of(&world).await;
        let raw = Raw::open(&world.database).await;
        for role in [Role::Attorney, Role::Paralegal, Role::Billing, Role::Admin, Role::Auditor] {
            let email = &cast.people[&role];
            let cases = async || {
                let answer = cast.ask(&world, role, &json!({ "query": "{ cases { nodes { id } } }" })).await;
                answer.data()["cases"]["nodes"].as_array().unwrap().len()
            };
            let before = cases().await;
            assert!(before > 0, "{role} has cases");
            raw.run(&format!(
                "INSERT INTO ethical_walls (firm_id, id, case_id, person_id, reason, since) SELECT c.firm_id, \
                 'A' || substr(c.id, 2, 10) || substr(p.id, 2, 12), c.id, p.id, 'canary', '2020-01-01 00:00:00' \
                 FROM cases c JOIN people p ON p.firm_id = c.firm_id WHERE p.email = '{email}' AND NOT EXISTS \
                 (SELECT 1 FROM ethical_walls w WHERE w.case_id = c.id AND w.person_id = p.id)"
            ))
            .await;
            assert_eq!(cases().await, 0, "{role}");
            raw.run(&format!("DELETE FROM ethical_walls WHERE reason = 'canary' AND person_id IN (SELECT id FROM people WHERE email = '{email}')")).await;
            assert_eq!(cases().await, before, "{role}");
        }
    });
}
