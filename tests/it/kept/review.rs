//! What the tables keep of reviews: a paper waits for those of its docket line, as it does in the service.
use portico::documents::Bar;

use super::{CASTELLANS, FOREVER, LATER, first, instant, judged, like};
use crate::{harness::on_both, raw::Raw, reviews::release};

#[test]
fn a_paper_whose_docket_line_waits_for_review_is_released_by_nobody() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        // A paper that no other gate bars, whichever comes first.
        let id = first(
            &raw,
            &format!(
                "SELECT id AS text FROM document_releases WHERE released_until = '{FOREVER}' AND released_from < '{LATER}' \
                 AND audience = 'CLIENTS' AND {CASTELLANS} AND document_id IN (SELECT id FROM documents \
                 WHERE sealed = 'NONE' AND protective = 'NONE' AND filing_status = 'FILED') ORDER BY id"
            ),
        )
        .await;
        let paper = format!("SELECT document_id AS text FROM document_releases WHERE id = '{id}'");
        let paper = first(&raw, &paper).await;
        // It never runs, so no other rule has a say.
        let never = ["released_from", "released_until"].map(|column| (column, instant(&raw, LATER)));
        let another = [like(&raw, "document_releases", &id, &never).await];
        let both = async |waits: bool| {
            judged(&raw, waits.then_some("waits for review is not released"), &another).await;
            let expected = if waits { Err(Bar::Unreviewed) } else { Ok(()) };
            assert_eq!(release(&world, &raw, &paper).await, expected, "the service says otherwise");
        };
        let line = |key: &str| {
            format!(
                "INSERT INTO docket_entries (firm_id, case_id, entry_key, position, filed_on, text, document_id) \
                 SELECT firm_id, case_id, '{key}', 1, '2020-01-02', 'MOTION', id FROM documents WHERE id = '{paper}'"
            )
        };
        let review = |case: &str, key: &str, code: &str| {
            format!(
                "INSERT INTO docket_reviews (firm_id, case_id, place, code, sentence, entry_key) \
                 SELECT firm_id, ({case}), 'row 1', '{code}', 'Why', '{key}' FROM documents WHERE id = '{paper}'"
            )
        };
        let elsewhere = "SELECT c.id FROM cases c WHERE c.firm_id = documents.firm_id AND c.id <> documents.case_id \
                         ORDER BY c.id LIMIT 1";
        both(false).await;
        raw.run(&line("line")).await;
        both(false).await;
        // Of the docket, of another line, of another case's line.
        for (case, key) in [("case_id", ""), ("case_id", "other"), (elsewhere, "line")] {
            raw.run(&review(case, key, "SEALED_WORDS")).await;
            both(false).await;
        }
        for code in ["SEALED_WORDS", "ENTRY_CHANGED"] {
            raw.run(&review("case_id", "line", code)).await;
            both(true).await;
        }
        let settle = |what: &str| {
            format!(
                "UPDATE docket_reviews SET settled_at = '2026-01-02 00:00:00', settled_by = \
                 (SELECT id FROM people WHERE email = 'nora@castellan.example') WHERE {what}"
            )
        };
        raw.run(&settle("entry_key = 'line' AND code = 'SEALED_WORDS'")).await;
        both(true).await;
        raw.run(&settle("entry_key = 'line' AND code = 'ENTRY_CHANGED'")).await;
        both(false).await;
        // The paper is on another line as well.
        raw.run(&line("other")).await;
        both(true).await;
        raw.run(&settle("entry_key = 'other'")).await;
        both(false).await;
    });
}
