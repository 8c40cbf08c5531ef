//! Okafor: an injury claim on its way to trial. A couple are both clients, a sister may see dates only, an expert and
//! another firm's lawyer are given single items, and there are offers that the couple must never come across here.
use super::{
    desk::Letter,
    diary::Date,
    firm::Staff,
    money::{Bill, Line},
    papers::Paper,
    scene::{ALL, Brief, DATES, Scene, Told, When},
};
use crate::{
    billing::{NoteWording, TrustKind},
    calendar::EventKind,
    cases::Precision,
    documents::{DocumentKind as Kind, DocumentOrigin as Origin, Gate},
    error::Fault,
    internal::{Direction, RiskFlag, ThirdPartyKind},
    policy::Role,
    releasing::{Audience, Terms},
};

/// The ids of those who take part.
struct Parts {
    mia: String,
    mia_person: String,
    david: String,
    leonie: String,
    samuel: String,
}

pub(super) async fn write(s: &mut Scene<'_, '_>, staff: &Staff) -> Result<(), Fault> {
    s.case(Brief {
        reference: "7Q4K-M2",
        number: "2026-0113",
        title: "Okafor v. Brightline Logistics - personal injury",
        told: "Your injury claim",
        about: "Rear-end collision with a delivery van; cervical injury, eleven weeks off work.",
        area: "Personal injury",
        status: "OPEN",
        court: Some(("Supreme Court, New York County", "150113/2026", "Hon. Miriam Aldous")),
        opened: 220,
        barred_in: Some(860),
        conflicts: "Cleared. A former clerk of ours works for the carrier's panel counsel; no overlap in time.",
        range: Some((21_000_000, 34_000_000)),
        lead: &staff.nora,
        phone: "+1 212 555 0141",
    })
    .await?;
    s.staff(&staff.priya, "Paralegal", Some("+1 212 555 0147")).await?;
    let mia_person = s.person("Mia Okafor", "mia@okafor.example").await?;
    let david = s.person("David Okafor", "david@okafor.example").await?;
    let ruth = s.person("Ruth Adeyemi", "ruth@okafor.example").await?;
    let leonie = s.person("Dr. Leonie Marsh", "leonie@marsh.example").await?;
    let samuel = s.person("Samuel Ferreira", "samuel@ferreira.example").await?;
    let parts = Parts {
        mia: s.part(&mia_person, Role::Client, ALL).await?,
        leonie: s.part(&leonie, Role::Expert, ALL).await?,
        samuel: s.part(&samuel, Role::CoCounsel, ALL).await?,
        david: s.part(&david, Role::CoClient, ALL).await?,
        mia_person,
    };
    s.part(&ruth, Role::AuthorizedContact, DATES).await?;
    for (stage, days) in [("Intake", 220), ("Pleadings", 180), ("Discovery", 120), ("Settlement posture", 9)]
    {
        s.stage(stage, days).await?;
    }
    steps(s).await?;
    papers(s, &parts).await?;
    calendar(s, staff, &parts).await?;
    money(s, &parts).await?;
    desk(s, staff, &parts).await
}

async fn steps(s: &mut Scene<'_, '_>) -> Result<(), Fault> {
    let told = Told {
        title: "Complaint filed",
        happened: "Your case has been formally filed with the court. We'll notify you once a hearing date is scheduled.",
        next: "The other side has to answer within thirty days.",
        when: When::Done(180),
    };
    s.milestone(
        ("Complaint filed", "Index number bought the same day; RJI held back on purpose."),
        Some(told),
    )
    .await?;
    let told = Told {
        title: "The other side answered",
        happened: "Brightline Logistics has answered. They deny that their driver was at fault, which is usual at this point.",
        next: "Both sides now exchange documents and information.",
        when: When::Done(148),
    };
    s.milestone(
        ("Answer with affirmative defenses", "Comparative negligence pleaded; seat-belt defense is weak."),
        Some(told),
    )
    .await?;
    let told = Told {
        title: "Exchanging information",
        happened: "We have sent your medical records and are reviewing what the other side gave us.",
        next: "The next step is a mediation: a meeting with a neutral person who helps both sides look for an agreement.",
        when: When::Current(120),
    };
    s.milestone(
        ("Discovery, first round", "Driver's telematics log incomplete: chase before the mediation."),
        Some(told),
    )
    .await?;
    s.milestone(("Authority for mediation", "Ask for authority in writing; floor stays with us."), None)
        .await?;
    let told = Told {
        title: "Mediation",
        happened: "A mediation is planned.",
        next: "If there is no agreement, the court sets a date for trial.",
        when: When::Planned(24, Precision::Day),
    };
    s.milestone(("Mediation", "Mediator leans toward the median of verdicts."), Some(told)).await?;
    let told = Told {
        title: "Trial, if there is no agreement",
        happened: "No date has been set.",
        next: "",
        when: When::Planned(210, Precision::Quarter),
    };
    s.milestone(("Trial", "Aldous sets short trials; hold Ferreira's calendar."), Some(told)).await?;
    Ok(())
}

async fn papers(s: &mut Scene<'_, '_>, parts: &Parts) -> Result<(), Fault> {
    let complaint = Paper::filed(Kind::Pleading, Origin::Firm, "VERIFIED COMPLAINT", ("1", 180)).sized(14, 3);
    let complaint = s.paper(complaint.noted("Paragraph 22 amended after the second interview.")).await?;
    let words = (
        "The complaint that started your case",
        "It tells the court what happened to you and what we ask for.",
    );
    s.tell(&complaint, words, 178).await?;
    let answer = s
        .paper(
            Paper::filed(Kind::Pleading, Origin::Opposing, "ANSWER WITH AFFIRMATIVE DEFENSES", ("7", 148))
                .sized(9, 1),
        )
        .await?;
    let words = (
        "The other side's answer",
        "Their reply to the complaint. Denials like these are routine; we will answer them with evidence.",
    );
    s.tell(&answer, words, 146).await?;
    let order =
        s.paper(Paper::entered(Kind::Order, "PRELIMINARY CONFERENCE ORDER", ("12", 110)).sized(3, 1)).await?;
    let words = (
        "The court's timetable",
        "The judge's schedule for exchanging information. We keep these dates for you.",
    );
    s.tell(&order, words, 109).await?;
    let review =
        Paper::delivered(Kind::Letter, "LETTER TO CLIENT RE INDEPENDENT MEDICAL EXAMINATION", 30).sized(2, 1);
    let review = s.paper(review).await?;
    let only_mia = Terms {
        audience: Audience::Named(vec![parts.mia.clone()]),
        withheld_reason: Some("Her own examination: she asked that David not read about it.".into()),
        ..s.since(29)
    };
    let words = (
        "How to prepare for your medical examination",
        "What the doctor may ask, and what you need not answer.",
    );
    s.tell_under(&review, words, &only_mia).await?;
    let chart = s
        .paper(
            Paper::received(Kind::Report, Origin::ThirdParty, "DISCHARGE SUMMARY, RIVERBEND HOSPITAL")
                .sized(6, 1),
        )
        .await?;
    s.overrule((&chart, Gate::Origin), "The client's own record; she asked for a copy.", 61).await?;
    let words = ("Your hospital discharge summary", "Your own record, as the hospital sent it to us.");
    s.tell(&chart, words, 60).await?;
    let report =
        Paper::received(Kind::Report, Origin::Expert, "ACCIDENT RECONSTRUCTION, PRELIMINARY").sized(22, 2);
    let report = s.paper(report.noted("Do not circulate until the speed estimate is settled.")).await?;
    s.grant(&parts.leonie, &report, 9).await?;
    s.paper(
        Paper::draft(Kind::Brief, "MEDIATION STATEMENT")
            .noted("Lead with the van's maintenance log.")
            .sized(11, 4),
    )
    .await?;
    s.paper(Paper::draft(Kind::Discovery, "SECOND REQUEST FOR PRODUCTION").sized(5, 1)).await?;
    Ok(())
}

async fn calendar(s: &mut Scene<'_, '_>, staff: &Staff, parts: &Parts) -> Result<(), Fault> {
    let court = Some(("60 Centre Street, New York", "Room 218"));
    let conference = s
        .event(Date {
            kind: EventKind::Hearing,
            title: "Preliminary conference, Aldous",
            begins: Some((s.workday(-110), (9, 30))),
            minutes: 45,
            place: court,
            link: None,
            prep: "Ask for the telematics deadline.",
            attendees: &[&staff.nora],
        })
        .await?;
    s.invite(&conference, ("First meeting with the judge", None, false), 130).await?;
    s.held(&conference).await?;
    let mediation = s
        .event(Date {
            kind: EventKind::Mediation,
            title: "Mediation, Brightline and carrier",
            begins: Some((s.workday(24), (10, 0))),
            minutes: 420,
            place: Some(("Hudson Mediation Center, 14 Wall Street, New York", "Suite 900")),
            link: None,
            prep: "Opening at the top of the range. Carrier's adjuster must be in the building.",
            attendees: &[&staff.nora, &parts.mia_person],
        })
        .await?;
    let bring = Some("A photo ID and your list of expenses since the accident");
    s.invite(&mediation, ("Mediation: a meeting to look for an agreement", bring, true), 12).await?;
    let exam = s
        .event(Date {
            kind: EventKind::Hearing,
            title: "Status conference, Aldous",
            begins: Some((s.workday(12), (9, 30))),
            minutes: 30,
            place: court,
            link: None,
            prep: "Report on the telematics log; ask for a conference on sanctions if it is still missing.",
            attendees: &[&staff.nora],
        })
        .await?;
    s.invite(&exam, ("Short hearing on the schedule", None, false), 33).await?;
    s.moved(&exam, ((s.workday(19), (11, 0)), 30), ("The court moved the hearing to a later day.", 5))
        .await?;
    let call = s
        .event(Date {
            kind: EventKind::Meeting,
            title: "Prep call with Mia: mediation",
            begins: Some((s.workday(17), (16, 0))),
            minutes: 60,
            place: None,
            link: Some("https://meet.castellan.example/okafor"),
            prep: "Walk through the process; no figures on the call.",
            attendees: &[&staff.nora, &staff.priya, &parts.mia_person],
        })
        .await?;
    s.invite(&call, ("Video call: getting ready for the mediation", None, true), 11).await?;
    s.event(Date {
        kind: EventKind::CourtDeadlineInternal,
        title: "Expert disclosure due",
        begins: Some((s.workday(33), (17, 0))),
        minutes: 0,
        place: None,
        link: None,
        prep: "Two weeks of slack after the mediation.",
        attendees: &[],
    })
    .await?;
    Ok(())
}

async fn money(s: &mut Scene<'_, '_>, parts: &Parts) -> Result<(), Fault> {
    let first = s
        .bill(Bill {
            number: "CP-2041",
            period: (210, 170),
            discount: 0,
            memo: "Costs only; fee is contingent.",
            lines: &[
                Line::Expense(180, 21_000, "Court filing fee"),
                Line::Expense(175, 9_550, "Service of the complaint"),
                Line::Expense(172, 14_200, "Copies of hospital records"),
            ],
        })
        .await?;
    s.send(
        &first,
        165,
        Some("These are costs paid to others on your behalf. Our fee depends on the result."),
    )
    .await?;
    s.payment(&parts.mia_person, (44_750, 150), "Bank transfer", &[(&first, 44_750)]).await?;
    s.trust(&parts.mia, TrustKind::Deposit, (250_000, 140), (None, None)).await?;
    let second = s
        .bill(Bill {
            number: "CP-2107",
            period: (120, 45),
            discount: 0,
            memo: "Marsh's retainer is high; ask her for hours before the next one.",
            lines: &[
                Line::Expense(100, 120_000, "Accident reconstruction expert, first installment"),
                Line::Expense(70, 36_450, "Deposition transcript"),
            ],
        })
        .await?;
    s.divide(&second, &[(&parts.mia, 100_000), (&parts.david, 56_450)]).await?;
    s.send(&second, 40, Some("Paid in part from the money that we hold for you.")).await?;
    s.trust(&parts.mia, TrustKind::ToOperating, (100_000, 35), (None, Some(&second))).await?;
    s.credit(&second, (6_450, 20), "Transcript billed at the expedited rate by mistake.").await?;
    let third = s
        .bill(Bill {
            number: "CP-2163",
            period: (44, 1),
            discount: 0,
            memo: "Hold until the mediator's invoice is in.",
            lines: &[Line::Expense(12, 87_500, "Mediator's fee, our half")],
        })
        .await?;
    s.submit(&third).await?;
    let due = s.workday(40);
    let note = NoteWording {
        body: format!("Your next invoice will post after the mediation, around {}.", due.format("%B %-d")),
        next_invoice_on: Some(due),
        about_event: None,
        about_payment: None,
    };
    s.note(note, 6).await
}

async fn desk(s: &mut Scene<'_, '_>, staff: &Staff, parts: &Parts) -> Result<(), Fault> {
    let steps = [
        "List the three questions that matter",
        "Mark the van's route on the map",
        "Read the statement against the photos",
    ];
    s.task("Prepare witness outline", (&staff.nora, Some(6)), (&steps, 1)).await?;
    let steps = ["Check answers 1 to 14", "Flag privilege log", "Draft deficiency letter"];
    s.task("Review discovery responses", (&staff.priya, Some(3)), (&steps, 2)).await?;
    s.task("Chase telematics log", (&staff.priya, Some(-1)), (&["Call the custodian", "Send the letter"], 2))
        .await?;
    s.task("Ask carrier for policy limits, in writing", (&staff.nora, None), (&[], 0)).await?;
    let body = "Liability is close to certain; the fight is about the second surgery. Let them bid against their own reserve, and keep the mediator on the wage loss first.";
    s.strategy(&staff.nora, body, 18).await?;
    let body = "Do not call the supervisor unless they open the training file. He comes across as candid and helps them.";
    s.strategy(&staff.priya, body, 7).await?;
    let with = "Harrow Dunmore LLP, for Brightline";
    s.letter(Letter {
        way: Direction::Received,
        with,
        subject: "Offer of compromise",
        body: "Without prejudice. Our client offers the sum stated in full settlement of all claims.",
        days: 26,
        offer: Some((14_500_000, 4)),
    })
    .await?;
    let demand = Letter {
        way: Direction::Sent,
        with,
        subject: "Reply to offer",
        body: "Without prejudice. The offer does not reflect the wage loss. Our client would take the sum stated.",
        days: 15,
        offer: Some((39_500_000, 15)),
    };
    s.letter(demand).await?;
    let protocol = s.letter(Letter { way: Direction::Received, with, subject: "Inspection protocol for the van", body: "We propose that both experts inspect the vehicle on the same day, each with one assistant.", days: 8, offer: None }).await?;
    s.grant(&parts.samuel, &protocol, 7).await?;
    let bystander = ("Statement of a bystander at the crossing", "Taken by our investigator");
    let statement = s.record(ThirdPartyKind::Witness, bystander, 160).await?;
    s.grant(&parts.leonie, &statement, 7).await?;
    s.record(
        ThirdPartyKind::Financial,
        ("Brightline's fleet maintenance ledger", "Produced in discovery"),
        52,
    )
    .await?;
    s.against("Brightline Logistics, Inc.", "Defendant").await?;
    s.against("Keystone Mutual Assurance", "Defendant's insurer").await?;
    s.flag(RiskFlag::Exposure).await?;
    s.flag(RiskFlag::Deadline).await
}
