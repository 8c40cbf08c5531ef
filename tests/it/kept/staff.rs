//! What the tables keep of who decides: the firm's staff approve and grant, its attorneys decide against gates and settle.
use portico::documents::{Gate, NewOverride, overrule};

use super::{CASTELLANS, LATER, RELEASES, first, instant, judged, like, open};
use crate::{
    harness::{World, on_both},
    office::ago,
    raw::Raw,
};

/// Somebody of the firm with several cases.
async fn somebody(raw: &Raw, is: &str) -> String {
    let sql = format!("SELECT id AS text FROM people WHERE {CASTELLANS} AND is_active AND {is} ORDER BY id");
    first(raw, &sql).await
}

/// One outside, and one of the staff who is no attorney.
async fn client_and_staff(raw: &Raw) -> (String, String) {
    let staff = "kind = 'STAFF' AND staff_role <> 'ATTORNEY'";
    (somebody(raw, "kind = 'PORTAL'").await, somebody(raw, staff).await)
}

#[test]
fn only_staff_approve_a_release() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let (client, staff) = client_and_staff(&raw).await;
        for (table, ..) in RELEASES {
            let id = open(&raw, table).await;
            // It never runs, so no other rule has a say.
            let by = async |who: &str| {
                let never = ["released_from", "released_until"].map(|column| (column, instant(&raw, LATER)));
                let [from, until] = never;
                [like(&raw, table, &id, &[from, until, ("approved_by", format!("'{who}'"))]).await]
            };
            judged(&raw, Some("only staff approve a release"), &by(&client).await).await;
            judged(&raw, None, &by(&staff).await).await;
        }
    });
}

#[test]
fn only_staff_grant_an_item() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let (client, staff) = client_and_staff(&raw).await;
        let grant = "SELECT participant_id || '|' || item_id AS text FROM item_grants";
        let grant = first(&raw, &format!("{grant} WHERE {CASTELLANS} ORDER BY 1")).await;
        let (part, item) = grant.split_once('|').unwrap();
        let other = format!(
            "SELECT d.id AS text FROM documents d JOIN participants p ON p.firm_id = d.firm_id AND p.case_id = d.case_id \
             WHERE p.id = '{part}' AND d.id NOT IN (SELECT item_id FROM item_grants) ORDER BY d.id"
        );
        let other = first(&raw, &other).await;
        let row = format!("participant_id = '{part}' AND item_id = '{item}'");
        let by = |who: &str| {
            [
                format!(
                    "INSERT INTO item_grants (firm_id, participant_id, item_id, granted_by, granted_at) \
                     SELECT firm_id, participant_id, '{other}', '{who}', granted_at FROM item_grants WHERE {row}"
                ),
                format!("UPDATE item_grants SET granted_by = '{who}' WHERE {row}"),
            ]
        };
        judged(&raw, Some("only staff grant an item"), &by(&client)).await;
        judged(&raw, None, &by(&staff)).await;
    });
}

#[test]
fn only_staff_decide_on_a_change_that_was_proposed() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let (client, staff) = client_and_staff(&raw).await;
        let event =
            first(&raw, &format!("SELECT id AS text FROM events WHERE {CASTELLANS} ORDER BY id")).await;
        let new = |state: &str, who: &str, at: &str| {
            format!(
                "INSERT INTO proposed_event_changes (firm_id, id, event_id, state, source, proposed_at, reason, new_status, \
                 is_all_day, start_overlap, end_overlap, time_zone, decided_by, decided_at) \
                 SELECT firm_id, 'proposal', id, '{state}', 'entry 1', '2026-01-01 00:00:00', 'Why', 'TO_BE_SET', \
                 FALSE, 'EARLIER', 'EARLIER', 'UTC', {who}, {at} FROM events WHERE id = '{event}'"
            )
        };
        let waiting = new("WAITING", "NULL", "NULL");
        let both = |who: &str| {
            let at = "'2026-01-02 00:00:00'";
            let set = format!("state = 'DISMISSED', decided_by = '{who}', decided_at = {at}");
            [
                new("DISMISSED", &format!("'{who}'"), at),
                format!("{waiting}; UPDATE proposed_event_changes SET {set} WHERE id = 'proposal'"),
            ]
        };
        judged(&raw, Some("only staff decide on a change"), &both(&client)).await;
        judged(&raw, None, &both(&staff)).await;
    });
}

/// Whether the service lets this person decide against a gate.
async fn overrules(world: &World, (firm, document): (&str, &str), who: &str) -> bool {
    let decision = NewOverride {
        gate: Gate::Sealed,
        attorney: who.to_owned(),
        reason: "The client has it anyway".into(),
        at: ago(1),
    };
    let mut t = world.store.unscoped("a test decides against a gate").begin().await.unwrap();
    let answer = overrule(&mut t, (firm, document), decision).await;
    t.roll_back().await.unwrap();
    answer.is_ok()
}

#[test]
fn only_an_attorney_of_the_firm_decides_against_a_gate_and_settles_a_review() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let (client, staff) = client_and_staff(&raw).await;
        let attorney = somebody(&raw, "staff_role = 'ATTORNEY' AND email = 'nora@castellan.example'").await;
        let left = somebody(&raw, "staff_role = 'ATTORNEY' AND email <> 'nora@castellan.example'").await;
        raw.run(&format!("UPDATE people SET is_active = FALSE WHERE id = '{left}'")).await;
        let document = "SELECT firm_id || '|' || id AS text FROM documents WHERE id NOT IN \
                        (SELECT document_id FROM document_overrides)";
        let document = first(&raw, &format!("{document} AND {CASTELLANS} ORDER BY id")).await;
        let (firm, document) = document.split_once('|').unwrap();
        let against = |who: &str| {
            format!(
                "INSERT INTO document_overrides (firm_id, document_id, gate, attorney_id, reason, made_at) \
                 SELECT firm_id, id, 'SEALED', '{who}', 'Why', '2026-01-02 00:00:00' FROM documents WHERE id = '{document}'"
            )
        };
        let review = |who: &str, at: &str| {
            format!(
                "INSERT INTO docket_reviews (firm_id, case_id, place, code, sentence, entry_key, settled_by, settled_at) \
                 SELECT firm_id, case_id, 'row 1', 'SEALED_WORDS', 'Why', 'line', {who}, {at} FROM documents WHERE id = '{document}'"
            )
        };
        let waiting = review("NULL", "NULL");
        for (who, may) in [(&client, false), (&staff, false), (&left, false), (&attorney, true)] {
            assert_eq!(overrules(&world, (firm, document), who).await, may, "{who}");
            let said = |word| (!may).then_some(word);
            let changed = format!(
                "{}; UPDATE document_overrides SET attorney_id = '{who}' WHERE document_id = '{document}'",
                against(&attorney)
            );
            let word = said("only an attorney of the firm decides against a gate");
            judged(&raw, word, &[against(who), changed]).await;
            let settled = format!(
                "{waiting}; UPDATE docket_reviews SET settled_by = '{who}', settled_at = '2026-01-02 00:00:00'"
            );
            let word = said("only an attorney of the firm settles a review");
            judged(&raw, word, &[review(&format!("'{who}'"), "'2026-01-02 00:00:00'"), settled]).await;
        }
        judged(&raw, None, &[waiting]).await;
    });
}
