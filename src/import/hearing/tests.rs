//! Wordings: what is an event, what is none, and what is left to a person.

use super::*;
use crate::import::docket::sample::entry;

/// The findings as `KIND|ACTION|day|hour`.
fn said(day: &str, text: &str) -> Vec<String> {
    find(&entry(day, text)).findings.iter().map(short).collect()
}

fn short(finding: &Finding) -> String {
    let name = |value: serde_json::Value| value.as_str().unwrap().to_owned();
    let kind = name(serde_json::to_value(finding.kind).unwrap());
    let action = name(serde_json::to_value(finding.action).unwrap());
    let day = finding.day.map_or("-".into(), |day| day.to_string());
    let time = finding.time.map_or("-".into(), |time| time.format("%H:%M").to_string());
    format!("{kind}|{action}|{day}|{time}")
}

fn doubts(day: &str, text: &str) -> Vec<Code> {
    find(&entry(day, text)).doubts.iter().map(|doubt| doubt.code).collect()
}

#[test]
fn settings_in_the_courts_forms_are_found() {
    let forms = [
        (
            "Notice of Hearing (RE: related document(s) 7 Motion filed by Birch Inc.). Hearing scheduled 3/9/2010 at 09:00 AM at 2nd Fl Ctrm.",
            "HEARING|SET|2010-03-09|09:00",
        ),
        (
            "Hearing Set (RE: 7) The Hearing date is set for 2/16/2010 at 10:00 AM at Crtrm 303, Riverside, CA. The case judge is Ada Thorn (W)",
            "HEARING|SET|2010-02-16|10:00",
        ),
        (
            "Motion to Sell Filed by Birch Mills, Inc.. Hearing scheduled for 2/18/2010 at 11:00 AM at Court, 824 Market St. Objections due by 2/11/2010.",
            "HEARING|SET|2010-02-18|11:00",
        ),
        (
            "NOTICE OF MOTION AND MOTION to Dismiss filed by Birch. Motion set for hearing on 6/9/2010 at 01:30 PM before Judge Ada Thorn.",
            "HEARING|SET|2010-06-09|13:30",
        ),
        (
            "Meeting of Creditors 341(a) meeting to be held on 2/9/2010 at 11:00 AM at RM 2610.",
            "MEETING|SET|2010-02-09|11:00",
        ),
        (
            "Motion to Intervene filed by Oakes on behalf of Birch. with hearing to be held on 7/15/2010 (check with court for location) Responses due by 7/10/2010,",
            "HEARING|SET|2010-07-15|-",
        ),
        (
            "ORDER appointing Uma Fir as mediator. Mediation Conference set for March 20, 2010, at 10:00 AM. Attendance is required.",
            "MEDIATION|SET|2010-03-20|10:00",
        ),
        (
            "LETTER ORDER Pursuant to Rule 16.1. On 5/8/2010 at 10:30 AM there shall be an Initial Scheduling Conference before Judge Thorn.",
            "HEARING|SET|2010-05-08|10:30",
        ),
        (
            "Endorsed Order. THE COURT WILL HOLD A HEARING ON THIS MOTION ON FEBRUARY 8, 2010, AT 10:30 A.M.; AND OBJECTIONS SHALL BE FILED BY FEBRUARY 7, 2010 AT 12:00 NOON.",
            "HEARING|SET|2010-02-08|10:30",
        ),
        (
            "Set/Reset Deadlines/Hearings: Status Conference set for 3/4/2010 at 10:00 AM in Courtroom 5 before Judge Ada Thorn. Joint report due by 2/25/2010.",
            "HEARING|SET|2010-03-04|10:00",
        ),
        (
            "NOTICE of Deposition of Iva Larch. Deposition set for 4/6/2010 at 09:30 AM at 1 Mill Lane, Room 2.",
            "DEPOSITION|SET|2010-04-06|09:30",
        ),
    ];
    for (text, expected) in forms {
        assert_eq!(said("2010-01-15", text), [expected], "{text}");
    }
}

#[test]
fn changes_are_found() {
    let forms = [
        (
            "MINUTE entry: the motion hearing previously set for 2/23/10 is stricken and reset to 4/5/10 at 9:45 a.m. in Courtroom 1725.",
            "HEARING|MOVED|2010-04-05|09:45",
        ),
        (
            "TEXT ORDER: the status conference scheduled for January 31, 2010 is adjourned to March 30, 2010, at 3:00 p.m. Please dial in.",
            "HEARING|MOVED|2010-03-30|15:00",
        ),
        (
            "Hearing Continued (RE: 38 Vacate). hearing scheduled for 2/10/2010 at 10:30 AM at Courtroom 682. Signed on 1/16/2010.",
            "HEARING|MOVED|2010-02-10|10:30",
        ),
        (
            "Notice of Rescheduled Meeting of Creditors Filed by Birch. Meeting of Creditors to be Held on 2/18/2010 at 03:00 PM at Room 1021.",
            "MEETING|MOVED|2010-02-18|15:00",
        ),
        (
            "Minute Sheet 341 Meeting Held and Continued to Open Date Pending Filing of Schedules.",
            "MEETING|TO_BE_SET|-|-",
        ),
        (
            "NOTICE canceling Case Management Hearing scheduled for 1/21/2010 (SAT)",
            "HEARING|CANCELLED|2010-01-21|-",
        ),
        (
            "HEARING CANCELLED. Notice of Agenda of Matters Scheduled for Hearing. Filed by Birch Inc.. Hearing scheduled for 1/20/2010 at 11:30 AM at Court.",
            "HEARING|CANCELLED|2010-01-20|11:30",
        ),
        (
            "MINUTES: the motion, scheduled for hearing on 1/22/10, is taken under submission. Accordingly, the hearing date is vacated.",
            "HEARING|CANCELLED|2010-01-22|-",
        ),
        ("Hearing Stricken (RE: 29 Motion for Relief Stay).", "HEARING|CANCELLED|-|-"),
        (
            "Trustee Notice of Rescheduled Meeting of Creditors filed by Roe 341(a) meeting to be held on 1/27/2010 at 08:30 AM at Room 2.",
            "MEETING|MOVED|2010-01-27|08:30",
        ),
        (
            "Confirmation Hearing Rescheduled (related document: 3 Plan) Confirmation hearing to be held on 2/7/2010 at 11:00 AM at Courtroom 2.",
            "HEARING|MOVED|2010-02-07|11:00",
        ),
        (
            "First Application Filed by. Hearing scheduled for 3/8/2010 - CORRECT HEARING DATE IS 3/11/2010 at 10:00 AM at Courtroom 4B, Camden.",
            "HEARING|SET|2010-03-11|10:00",
        ),
    ];
    for (text, expected) in forms {
        assert_eq!(said("2010-01-15", text), [expected], "{text}");
    }
}

#[test]
fn the_day_an_event_had_is_never_its_day() {
    let forms: [(&str, &[&str]); 12] = [
        (
            "TEXT ORDER CONTINUING generally the sentencing hearing set for 1/29/10 at 10:00 AM as to Roe.",
            &["HEARING|TO_BE_SET|-|-"],
        ),
        (
            "ORDER: Resetting Forfeiture Hearing now set for 2/19/10 to 2/9/2010 10:00 AM in Courtroom 2.",
            &["HEARING|MOVED|2010-02-09|10:00"],
        ),
        (
            "ORDER resetting Jury Selection & Trial now set 2/9/10 to for 3/18/2010 10:00 AM in Courtroom 2.",
            &["HEARING|MOVED|2010-03-18|10:00"],
        ),
        ("MINUTES: Final Pretrial Conference set for 02/22/2010 10:00 AM is moved to 02:00:00 PM.", &[]),
        (
            "ORDER that the trial set for February 1, 2010, is CONTINUED to be reset.",
            &["HEARING|TO_BE_SET|-|-"],
        ),
        ("Hearing Scheduled For 1/20/10 Not Held. WITHDRAWN Prior to the Hearing", &[]),
        (
            "ORDER denying reconsideration of order on Motion to Adjourn Conference, scheduled for Friday, \
             January 22, 2010. The conference is rescheduled to January 21, 2010 at 12:00 p.m.",
            &["HEARING|MOVED|2010-01-21|12:00"],
        ),
        (
            "Motion to Continue the Plan Confirmation hearing that is set for January 18, 2010 at 10:00 a.m.",
            &[],
        ),
        (
            "**Terminate Hearings: Arraignment reset for 2/14/2010 at 09:00 AM is canceled.",
            &["HEARING|CANCELLED|2010-02-14|09:00"],
        ),
        (
            "Virtual Minute Entry in reference to hearing On: 01/26/2010 Subject: MOTION. Proceedings: VACATED. \
             Hearing scheduled 03/19/2010 at 10:30 AM at Courtroom 1.",
            &["HEARING|CANCELLED|2010-01-26|-", "HEARING|MOVED|2010-03-19|10:30"],
        ),
        (
            "Letter of Adjournment: Hearing rescheduled from January 27, 2010 at 9:30 a.m. to January 27, 2010 \
             at 2:00 p.m. Filed by Roe.",
            &["HEARING|MOVED|2010-01-27|14:00"],
        ),
        ("MINUTE ENTRY RE: STATUS CONFERENCE RE: MOTIONS TO BE HEARD ON 1/28/10 HELD.", &[]),
    ];
    for (text, expected) in forms {
        assert_eq!(said("2010-01-15", text), expected, "{text}");
    }
}

#[test]
fn wishes_and_conditions_are_no_events() {
    let texts = [
        "MINUTE entry: If hearing on objections is necessary, it is set for 2/9/2010 at 9:30 a.m.",
        "Motion to Approve (Proposed Hearing Date: 2/10/10 @ 9:30 a.m.) filed by Birch.",
        "TEXT ORDER. The defendant requests the Status Conference be reset for 2/25/2010 at 02:00 PM in Chambers.",
        "Memo-Endorsement on letter that the Telephone conference be adjourned to 2/8/10; NO.",
        "Exhibits A - H for Evidentiary Hearing on Plan set for February 11, 2010 filed by Roe.",
    ];
    for text in texts {
        assert_eq!(said("2010-01-15", text), [""; 0], "{text}");
    }
}

#[test]
fn several_days_in_one_entry_are_several_events() {
    let text = "Order Setting Omnibus Hearing Dates. Omnibus Hearings scheduled for 4/6/2010 at 10:30 AM., 5/4/2010 at 09:00 AM. Signed on 2/2/2010.";
    assert_eq!(said("2010-02-02", text), ["HEARING|SET|2010-04-06|10:30", "HEARING|SET|2010-05-04|09:00"]);
    let text = "MINUTES: Scheduling Conference held. Discovery cut-off 10/16/2010. Jury Trial set for 1/16/2011 09:00 AM before Judge Thorn. Pretrial Conference set for 1/8/2011 09:00 AM before Judge Thorn.";
    assert_eq!(said("2010-04-10", text), ["HEARING|SET|2011-01-16|09:00", "HEARING|SET|2011-01-08|09:00"]);
}

#[test]
fn what_a_text_merely_mentions_is_no_event() {
    let texts = [
        "Hearing Held (RE: related document(s) 65 Motion) - GRANTED",
        "Minutes of Hearing held on: 02/12/2010 Subject: OMNIBUS.",
        "Transcript regarding Hearing Held 2/1/10 10:05 AM RE: Motion. Restricted until 5/5/2010.",
        "Affidavit/Declaration of Mailing of Notice of Agenda of Matters Scheduled for Hearing on February 22, 2010 at 1:00 P.M.",
        "BNC Certificate of Mailing (Re: 8 Notice. Meeting of Creditors to be Held on 2/26/2010 at 02:00 PM at Room 1021, Miami.)",
        "Notice of Continued 341 Meeting filed by Debtor (RE: related document(s) 6 Meeting of creditors 341(a) meeting to be held on 4/6/2010 at 02:30 PM at Dallas.)",
        "Request of US Trustee to Schedule Section 341 Meeting of Creditors (Requested Date/Time: March 19, 2010 at 2:00 P.M.)",
        "MOTION to Continue Hearing set for 3/1/2010 at 10:00 AM filed by Birch.",
        "REQUEST to Continue Hearing from 03/19/2010 to 03/22/2010 filed by Birch.",
        "ORDER granting extension. Responses due by 3/1/2010 at 5:00 PM. Discovery due by 4/3/2010. Final Pretrial Conference ready by 9/2010.",
        "[Proposed] Order setting hearing for 3/1/2010 at 10:00 AM.",
        "ORDER: the deadline to respond to the motion is continued to March 3, 2010 at 5:00 p.m.",
        "CASE ORDER: Jury Trial set for the January 2011 trial term, Conduct mediation hearing by 7/17/2010.",
        "Witness and Exhibit List of Birch for Hearing on February 22, 2010 at 9:00 AM",
        "Minute Sheet 341 Meeting Held and Concluded on 1/19/10 Filed by United States Trustee.",
    ];
    for text in texts {
        assert_eq!(said("2010-02-12", text), [""; 0], "{text}");
    }
}

#[test]
fn what_is_not_certain_is_left_to_a_person() {
    let texts = [
        (
            "HEARING CANCELLED/RESCHEDULED. Amended Notice of Agenda. Hearing scheduled for 2/16/2010 at 10:30 AM at Court.",
            Code::CancelledOrMoved,
        ),
        (
            "ORDER. The Case Management Hearing scheduled for February 20, 2010, will be cancelled by separate notice.",
            Code::CancelledOrMoved,
        ),
        (
            "Notice of Opportunity for Hearing. If a response or objection is filed DUE:2/24/10 a hearing will be held on DATE:3/24/10, TIME: 9:30 a.m.",
            Code::ConditionalEvent,
        ),
        (
            "Hearing (Bk Motion) Continued (RE: 4) Hearing to be held on 02/25/2010 at 09:30 AM for 4, CORRECTION: Entered due to clerical error.",
            Code::EntryInError,
        ),
        (
            "ALL HEARING DATES PRESENTLY SCHEDULED BEFORE THE CURRENT MAGISTRATE JUDGE ARE VACATED.",
            Code::AllVacated,
        ),
        (
            "Notice of Adjournment of Hearing on Debtors' Motion (related document(s) 3719 ).",
            Code::MovedWithoutDay,
        ),
        ("Status Conference set for Monday, 02/16/2010 at 10:00 AM.", Code::Contradiction),
        ("Status Conference set for 02/16/2009 at 10:00 AM.", Code::UnlikelyDay),
        (
            "Hearing scheduled for 3/1/2010 at 9:00 AM. Hearing scheduled for 3/1/2010 at 11:00 AM.",
            Code::Contradiction,
        ),
    ];
    for (text, code) in texts {
        assert_eq!(said("2010-02-12", text), [""; 0], "{text}");
        assert_eq!(doubts("2010-02-12", text), [code], "{text}");
    }
}

#[test]
fn a_text_that_no_clerk_writes_is_not_searched() {
    let text = "Hearing set for 3/1/2010 at 9:00 AM (RE: (Reset to 1 ".repeat(2000);
    assert_eq!((said("2010-02-12", &text), doubts("2010-02-12", &text)), (vec![], vec![Code::TextTooLong]));
    let text = "Hearing set for 3/1/2010 at 9:00 AM (RE: (Reset to 1 ".repeat(300);
    assert!(doubts("2010-02-12", &text).is_empty());
}

#[test]
fn what_it_is_about_where_and_before_whom_is_kept() {
    let text = "ORDER SCHEDULING HEARING as to 43 MOTION to Dismiss. Motion Hearing set for 6/3/2010 09:00 AM in Courtroom 5, 2nd Floor, Oakland before Hon. Ada B. Thorn. Signed by Judge Thorn.";
    let finding = &find(&entry("2010-04-08", text)).findings[0];
    assert_eq!(
        (finding.label.as_str(), finding.about.as_slice()),
        ("Motion Hearing", ["43".to_owned()].as_slice())
    );
    assert_eq!(finding.place.as_deref(), Some("Courtroom 5, 2nd Floor, Oakland"));
    assert_eq!((finding.room.as_deref(), finding.judge.as_deref()), (Some("5"), Some("Ada B. Thorn")));
    assert_eq!(&text[finding.span.clone()], "Motion Hearing set for 6/3/2010 09:00 AM");
}

#[test]
fn hours_without_halves_and_days_without_hours_are_flagged() {
    let found = find(&entry(
        "1997-03-12",
        "Notice of Motion With Hearing Re: [72-1] Motion scheduled For 2:30 4/25/97 at Rm 328",
    ));
    assert_eq!(
        (short(&found.findings[0]).as_str(), found.findings[0].flags.as_slice()),
        ("HEARING|SET|1997-04-25|14:30", [Flag::HourInferred].as_slice())
    );
    let found = find(&entry(
        "2010-03-12",
        "NOTICE of mediation conference/hearing to be held on 4/20/2010 before Uma Fir.",
    ));
    assert_eq!(found.findings[0].flags, [Flag::HourNotStated]);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_a_fall(text in "\\PC{0,200}") {
        let found = find(&entry("2010-02-12", &text));
        for finding in found.findings {
            proptest::prop_assert!(text.get(finding.span).is_some());
        }
    }

    #[test]
    fn clerks_words_in_any_order_are_read_without_a_fall(
        words in proptest::collection::vec(proptest::sample::select(vec![
            "Hearing", "scheduled for", "3/9/2010", "at", "10:00 AM", "(RE:", ")", ".", "é", "continued to", "is vacated",
            "341 meeting", "to be held on", "will be held", "if a response", "Motion", "MINUTES:", "\u{a0}", "12 Motion",
        ]), 0..24)
    ) {
        let text = words.join(" ");
        for finding in find(&entry("2010-02-12", &text)).findings {
            proptest::prop_assert!(text.get(finding.span).is_some());
        }
    }
}
