//! Cases with who takes part in them, their teams, stages and milestones.
use super::firm::{CASES, Dice, Firm, Sheet, day, instant, release_columns, text};

/// Writes the cases and answers their ids.
pub(crate) fn write(firm: &mut Firm, clients: &[String], sheets: &mut Vec<Sheet>) -> Vec<String> {
    let mut cases = Sheet::new(
        "cases",
        "firm_id,id,reference,number,internal_title,description,practice_area,status,court_name,\
         court_docket_number,court_time_zone,opened_on,conflict_notes",
    );
    let mut releases = Sheet::new("case_releases", release_columns!("case_id", "title"));
    let mut staff = Sheet::new("case_staff", "firm_id,case_id,person_id,role,phone,is_responsible");
    let mut stages = Sheet::new("case_stages", "firm_id,case_id,position,stage,entered_at");
    let mut parts = Sheet::new(
        "participants",
        "firm_id,id,case_id,person_id,role,state,has_status,has_calendar,has_documents,has_billing,has_messages,\
         active_from",
    );
    let mut walls = Sheet::new("ethical_walls", "firm_id,id,case_id,person_id,reason,since");
    let mut words = Sheet::new("stage_words", "firm_id,stage,client_stage");
    for stage in 1..6 {
        words.row(&[text(&firm.id), text(&format!("Stage {stage}")), text(&format!("Step {stage} of five"))]);
    }
    let mut ids = Vec::new();
    for number in 0..CASES {
        let (key, id) = (text(&firm.id), firm.dice.id(4));
        cases.row(&[
            key.clone(),
            text(&id),
            text(&reference(&mut firm.dice, number)),
            text(&format!("2026-{number:04}")),
            text(&format!("Smith v. Jones {number}")),
            text(&firm.dice.words(12)),
            text(firm.dice.pick(&["Personal injury", "Family", "Contracts", "Estates"])),
            text(firm.dice.pick(&["OPEN", "OPEN", "OPEN", "ON_HOLD"])),
            text("Supreme Court, New York County"),
            text(&format!("15{number:04}/2026")),
            text("America/New_York"),
            day(firm.dice.below(200)),
            text("none"),
        ]);
        let mut release = firm.release(&id);
        release.push(text(&firm.dice.words(4)));
        releases.row(&release);
        for member in 0..3 {
            let person = firm.attorneys[(number + member) % firm.attorneys.len()].clone();
            let is_first = if member == 0 { "TRUE" } else { "FALSE" };
            let row = [&firm.id, &id, &person, "Attorney", "+1 212 555 0100"].map(text);
            staff.row(&[row.as_slice(), &[is_first.into()]].concat());
        }
        for position in 1..4 {
            let stage = text(&format!("Stage {}", position + number % 3));
            stages.row(&[key.clone(), text(&id), position.to_string(), stage, instant(position * 30)]);
        }
        for (role, person) in
            [("CLIENT", number % clients.len()), ("CO_CLIENT", (number * 7 + 3) % clients.len())]
        {
            let part = firm.dice.id(3);
            let row = [&firm.id, &part, &id, &clients[person], role, "ACTIVE"].map(text);
            let sections = std::iter::repeat_n("TRUE".to_owned(), 5);
            parts.row(&row.into_iter().chain(sections).chain([instant(10)]).collect::<Vec<_>>());
        }
        if number % 40 == 0 {
            let person = firm.attorneys[(number / 40 + 7) % firm.attorneys.len()].clone();
            let wall = firm.dice.id(14);
            let row = [&firm.id, &wall, &id, &person, "worked for the other side"].map(text);
            walls.row(&[row.as_slice(), &[instant(1)]].concat());
        }
        ids.push(id);
    }
    sheets.extend([words, cases, releases, staff, stages, parts, walls]);
    milestones(firm, &ids, sheets);
    ids
}

fn reference(dice: &mut Dice, number: usize) -> String {
    const LETTERS: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut letter = || char::from(LETTERS[dice.below(LETTERS.len())]);
    format!("{}{}{}{}-{number:04}", letter(), letter(), letter(), letter())
}

fn milestones(firm: &mut Firm, cases: &[String], sheets: &mut Vec<Sheet>) {
    let mut items = Sheet::new("milestones", "firm_id,id,case_id,position,internal_title,internal_notes");
    let mut releases = Sheet::new(
        "milestone_releases",
        release_columns!("milestone_id", "title,what_happened,what_comes_next,occurred_on,progress"),
    );
    for case in cases {
        for position in 0..10 {
            let id = firm.dice.id(5);
            items.row(&[
                text(&firm.id),
                text(&id),
                text(case),
                position.to_string(),
                text(&firm.dice.words(5)),
                text(&firm.dice.words(15)),
            ]);
            let mut release = firm.release(&id);
            release.extend([
                text(&firm.dice.words(4)),
                text(&firm.dice.words(15)),
                text(&firm.dice.words(10)),
                day(position * 20),
                text(if position < 6 { "DONE" } else { "PLANNED" }),
            ]);
            releases.row(&release);
        }
    }
    sheets.extend([items, releases]);
}
