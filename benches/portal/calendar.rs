//! Events of the cases, each with an open release.
use super::firm::{Firm, Sheet, instant, release_columns, text};

/// Writes ten events a case.
pub(crate) fn write(firm: &mut Firm, cases: &[String], sheets: &mut Vec<Sheet>) {
    let mut items = Sheet::new(
        "events",
        "firm_id,id,case_id,uid,kind,status,is_all_day,given_start,start_overlap,end_overlap,local_start,starts_at,\
         sorts_at,time_zone,tz_version,was_in_gap,place,room,internal_title,prep_notes",
    );
    let mut releases =
        Sheet::new("event_releases", release_columns!("event_id", "title,bring,you_should_attend"));
    for case in cases {
        for _ in 0..10 {
            let (id, start) = (firm.dice.id(9), instant(firm.dice.below(900)));
            items.row(&[
                text(&firm.id),
                text(&id),
                text(case),
                text(&format!("{id}@bench.example")),
                text(firm.dice.pick(&["HEARING", "MEETING", "DEPOSITION"])),
                text("CONFIRMED"),
                "FALSE".into(),
                start.clone(),
                text("EARLIER"),
                text("EARLIER"),
                start.clone(),
                start.clone(),
                start,
                text("America/New_York"),
                text("2026a"),
                "FALSE".into(),
                text("60 Centre Street, New York"),
                text("Room 130"),
                text(&firm.dice.words(5)),
                text(&firm.dice.words(10)),
            ]);
            let mut release = firm.release(&id);
            release.extend([text(&firm.dice.words(4)), text(&firm.dice.words(5)), "TRUE".into()]);
            releases.row(&release);
        }
    }
    sheets.extend([items, releases]);
}
