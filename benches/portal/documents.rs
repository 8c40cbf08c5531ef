//! Papers of the cases, each with its file and an open release.
use super::firm::{Firm, Sheet, day, instant, release_columns, text};

/// Writes twenty papers a case.
pub(crate) fn write(firm: &mut Firm, cases: &[String], sheets: &mut Vec<Sheet>) {
    let mut items = Sheet::new(
        "documents",
        "firm_id,id,case_id,kind,origin,legal_title,filing_status,filed_on,court_entry,sealed,protective,file_name,\
         folder,review_notes",
    );
    let mut versions = Sheet::new(
        "document_versions",
        "firm_id,document_id,number,media_type,size_bytes,page_count,sha256,added_at",
    );
    let mut releases =
        Sheet::new("document_releases", release_columns!("document_id", "label,explanation,pinned_number"));
    for case in cases {
        for number in 0..20 {
            let id = firm.dice.id(6);
            items.row(&[
                text(&firm.id),
                text(&id),
                text(case),
                text(firm.dice.pick(&["PLEADING", "MOTION", "ORDER", "NOTICE"])),
                text(firm.dice.pick(&["FIRM", "COURT"])),
                text(&firm.dice.words(6)),
                text("FILED"),
                day(firm.dice.below(300)),
                text(&number.to_string()),
                text("NONE"),
                text("NONE"),
                text(&format!("{number:02}.pdf")),
                text("filings"),
                text(&firm.dice.words(6)),
            ]);
            versions.row(&[
                text(&firm.id),
                text(&id),
                "1".into(),
                text("application/pdf"),
                firm.dice.below(4_000_000).to_string(),
                (1 + firm.dice.below(40)).to_string(),
                text(&format!("{:064x}", firm.dice.next())),
                instant(100),
            ]);
            let mut release = firm.release(&id);
            release.extend([text(&firm.dice.words(5)), text(&firm.dice.words(12)), "1".into()]);
            releases.row(&release);
        }
    }
    sheets.extend([items, versions, releases]);
}
