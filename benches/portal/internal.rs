//! What the firm keeps to itself: work items and letters.
use super::firm::{Firm, Sheet, day, instant, text};

/// Writes what is internal to each case.
pub(crate) fn write(firm: &mut Firm, cases: &[String], sheets: &mut Vec<Sheet>) {
    let mut tasks = Sheet::new("tasks", "firm_id,id,case_id,title,is_done,due_on,assignee_id");
    let mut steps = Sheet::new("checklist_items", "firm_id,task_id,position,text,is_done");
    for case in cases {
        for number in 0..8 {
            let id = firm.dice.id(10);
            let assignee = firm.attorneys[firm.dice.below(firm.attorneys.len())].clone();
            let is_done = if number < 3 { "TRUE" } else { "FALSE" };
            tasks.row(&[
                text(&firm.id),
                text(&id),
                text(case),
                text(&firm.dice.words(6)),
                is_done.into(),
                day(firm.dice.below(300)),
                text(&assignee),
            ]);
            for position in 1..3 {
                let step = text(&firm.dice.words(5));
                steps.row(&[text(&firm.id), text(&id), position.to_string(), step, is_done.into()]);
            }
        }
    }
    let mut letters =
        Sheet::new("correspondence", "firm_id,id,case_id,direction,counterparty,subject,body,sent_at");
    for case in cases {
        for _ in 0..6 {
            letters.row(&[
                text(&firm.id),
                text(&firm.dice.id(12)),
                text(case),
                text(firm.dice.pick(&["RECEIVED", "SENT"])),
                text("Opposing & Counsel LLP"),
                text(&firm.dice.words(6)),
                text(&firm.dice.words(40)),
                instant(200 + firm.dice.below(300)),
            ]);
        }
    }
    sheets.extend([tasks, steps, letters]);
}
