//! Whitlow: custody. The court signed the final order; a report stays sealed, a colleague is kept away by a wall, one
//! hearing moved and another was called off, and one invoice was not paid in time.
use super::{
    desk::Letter,
    diary::Date,
    firm::Staff,
    money::{Bill, Line},
    papers::Paper,
    scene::{ALL, Brief, Scene, Told, When},
};
use crate::{
    billing::{NoteWording, TrustKind},
    calendar::EventKind,
    documents::{DocumentKind as Kind, DocumentOrigin as Origin, FilingStatus, Seal},
    error::Fault,
    internal::{Direction, RiskFlag, ThirdPartyKind},
    policy::Role,
};

pub(super) async fn write(s: &mut Scene<'_, '_>, staff: &Staff, grace: &str) -> Result<(), Fault> {
    s.case(Brief {
        reference: "9HTW-3C",
        number: "2025-0871",
        title: "Whitlow v. Whitlow - custody and parenting time",
        told: "Custody and parenting time",
        about: "Modification of custody after the father's relocation.",
        area: "Family law",
        status: "OPEN",
        court: Some(("Family Court, Kings County", "V-20871/2025", "Hon. Teresa Quill")),
        opened: 310,
        barred_in: None,
        conflicts: "Reyes advised the father's employer in an unrelated lease: walled off.",
        range: None,
        lead: &staff.nora,
        phone: "+1 212 555 0141",
    })
    .await?;
    s.staff(&staff.priya, "Paralegal", Some("+1 212 555 0147")).await?;
    s.wall(&staff.julian, "Advised the other parent's employer before he joined the firm.", 305).await?;
    let part = s.part(grace, Role::Client, ALL).await?;
    for (stage, days) in [("Intake", 310), ("Pleadings", 280), ("Motion practice", 150), ("Post-judgment", 6)]
    {
        s.stage(stage, days).await?;
    }
    steps(s).await?;
    papers(s).await?;
    let summer = calendar(s, staff, grace).await?;
    money(s, grace, &part, summer).await?;
    desk(s, staff).await
}

async fn steps(s: &mut Scene<'_, '_>) -> Result<(), Fault> {
    let told = Told {
        title: "Petition filed",
        happened: "We asked the court to change the custody arrangement.",
        next: "The court invites both parents to a first hearing.",
        when: When::Done(280),
    };
    s.milestone(
        ("Petition to modify", "Relocation is the change of circumstances; keep the rest out."),
        Some(told),
    )
    .await?;
    let told = Told {
        title: "Hearing held",
        happened: "The judge heard both parents. You did well.",
        next: "The judge will decide in writing.",
        when: When::Done(48),
    };
    s.milestone(("Fact-finding", "Father's witness did not hold up on the school question."), Some(told))
        .await?;
    let told = Told {
        title: "The judge has decided",
        happened: "The judge signed the final order. The children live with you during the school year.",
        next: "A short hearing settles how the summer weeks are divided.",
        when: When::Current(6),
    };
    s.milestone(("Final order entered", "Appeal period runs; calendar it."), Some(told)).await?;
    s.milestone(("Assess relocation appeal", "They may go for a stay. Have the affidavit ready."), None)
        .await?;
    Ok(())
}

async fn papers(s: &mut Scene<'_, '_>) -> Result<(), Fault> {
    let order =
        Paper::entered(Kind::Order, "FINAL ORDER RE CUSTODY AND PARENTING TIME", ("41", 6)).sized(12, 1);
    let order =
        s.paper(order.noted("Typo in the holiday schedule, page 7: ask for a corrected copy.")).await?;
    let words = (
        "Final custody order signed by the court",
        "The judge's decision on where the children live and when each parent has them. Please keep a copy and follow it from now on.",
    );
    s.tell(&order, words, 5).await?;
    let petition =
        Paper::filed(Kind::Pleading, Origin::Firm, "PETITION FOR MODIFICATION OF CUSTODY", ("1", 280))
            .sized(8, 2);
    let petition = s.paper(petition).await?;
    s.tell(&petition, ("Our request to the court", "What we asked the judge to change, and why."), 279)
        .await?;
    let motion = Paper::filed(Kind::Motion, Origin::Opposing, "MOTION TO ADJOURN", ("33", 70))
        .now(FilingStatus::Withdrawn);
    let motion = s.paper(motion).await?;
    s.tell(
        &motion,
        ("The other parent's request for more time", "They took it back; nothing changes for you."),
        69,
    )
    .await?;
    let forensic =
        Paper::filed(Kind::Report, Origin::Court, "FORENSIC EVALUATION", ("29", 96)).closed(Seal::sealed());
    s.paper(forensic.noted("Sealed by order of the court. Read in chambers only.").sized(31, 1)).await?;
    s.paper(
        Paper::draft(Kind::Motion, "OPPOSITION TO STAY PENDING APPEAL")
            .noted("Only if they move.")
            .sized(6, 2),
    )
    .await?;
    Ok(())
}

/// The calendar; answers the hearing that was moved.
async fn calendar(s: &mut Scene<'_, '_>, staff: &Staff, grace: &str) -> Result<String, Fault> {
    let court = Some(("330 Jay Street, Brooklyn", "Part 14"));
    let trial = s
        .event(Date {
            kind: EventKind::Hearing,
            title: "Fact-finding, Quill",
            begins: Some((s.workday(-48), (9, 30))),
            minutes: 360,
            place: court,
            link: None,
            prep: "School records first, then the neighbor.",
            attendees: &[&staff.nora, grace],
        })
        .await?;
    s.invite(
        &trial,
        ("Hearing: the judge hears both parents", Some("Your calendar of the last year"), true),
        80,
    )
    .await?;
    s.held(&trial).await?;
    let summer = s
        .event(Date {
            kind: EventKind::Hearing,
            title: "Summer schedule, Quill",
            begins: Some((s.workday(14), (9, 30))),
            minutes: 60,
            place: court,
            link: None,
            prep: "Offer alternating fortnights if the judge asks; not before.",
            attendees: &[&staff.nora, grace],
        })
        .await?;
    s.invite(&summer, ("Hearing on the summer weeks", Some("The dates of your summer leave"), true), 30)
        .await?;
    s.moved(&summer, ((s.workday(21), (14, 0)), 60), ("The judge is away that week.", 4)).await?;
    let review = s
        .event(Date {
            kind: EventKind::Hearing,
            title: "Compliance conference, Quill",
            begins: Some((s.workday(9), (11, 0))),
            minutes: 30,
            place: court,
            link: None,
            prep: "Moot once the order is entered.",
            attendees: &[&staff.nora],
        })
        .await?;
    s.invite(&review, ("Short check-in with the court", None, false), 35).await?;
    s.called_off(&review, "It is no longer needed: the judge has signed the order.", 5).await?;
    s.event(Date {
        kind: EventKind::CourtDeadlineInternal,
        title: "Last day for notice of appeal",
        begins: Some((s.workday(24), (17, 0))),
        minutes: 0,
        place: None,
        link: None,
        prep: "Watch the docket every morning of that week.",
        attendees: &[&staff.priya],
    })
    .await?;
    Ok(summer)
}

async fn money(s: &mut Scene<'_, '_>, grace: &str, part: &str, summer: String) -> Result<(), Fault> {
    s.trust(part, TrustKind::Deposit, (400_000, 300), (None, None)).await?;
    let first = s
        .bill(Bill {
            number: "CP-1988",
            period: (300, 250),
            discount: 5_000,
            memo: "Courtesy discount agreed at intake.",
            lines: &[
                Line::Noted(
                    290,
                    42,
                    425,
                    "Drafting the petition",
                    "Nora Castellan",
                    "Two false starts; 1.1 hours not billed",
                ),
                Line::Work(285, 21, 180, "Collecting school and medical records", "Priya Raman"),
                Line::Expense(280, 4_500, "Certified copies"),
            ],
        })
        .await?;
    s.send(&first, 240, Some("Thank you. We took $50.00 off, as agreed.")).await?;
    s.trust(part, TrustKind::ToOperating, (215_800, 235), (None, Some(&first))).await?;
    let second = s
        .bill(Bill {
            number: "CP-2098",
            period: (120, 62),
            discount: 0,
            memo: "",
            lines: &[
                Line::Work(
                    96,
                    35,
                    425,
                    "Reading the court's report and preparing questions",
                    "Nora Castellan",
                ),
                Line::Work(80, 28, 180, "Preparing exhibits", "Priya Raman"),
            ],
        })
        .await?;
    s.send(&second, 58, Some("This invoice covers the preparation of the hearing.")).await?;
    let bounced = s.payment(grace, (199_150, 44), "Check", &[(&second, 199_150)]).await?;
    s.bounced(&bounced, 39).await?;
    let payment = s.payment(grace, (75_000, 13), "Card", &[(&second, 75_000)]).await?;
    s.bill(Bill {
        number: "CP-2171",
        period: (61, 1),
        discount: 0,
        memo: "Wait for the summer hearing before issuing.",
        lines: &[Line::Work(48, 64, 425, "Hearing", "Nora Castellan")],
    })
    .await?;
    let mistaken = s
        .bill(Bill {
            number: "CP-2099",
            period: (120, 62),
            discount: 0,
            memo: "Issued twice by mistake.",
            lines: &[Line::Work(80, 28, 180, "Preparing exhibits", "Priya Raman")],
        })
        .await?;
    s.send(&mistaken, 57, Some("Please disregard this one; the work is on the invoice before it.")).await?;
    s.void(&mistaken, 55).await?;
    // Written before the hearing was moved, so that staff see it as stale.
    let (paid, hearing) = (s.day(-13), s.workday(14));
    let body = format!(
        "Payment received on {}. Next invoice will post after the hearing on {}.",
        paid.format("%B %-d"),
        hearing.format("%B %-d")
    );
    s.note(
        NoteWording {
            body,
            next_invoice_on: Some(s.workday(19)),
            about_event: Some(summer),
            about_payment: Some(payment),
        },
        10,
    )
    .await
}

async fn desk(s: &mut Scene<'_, '_>, staff: &Staff) -> Result<(), Fault> {
    let steps = ["Compare with the judge's notes", "Holiday schedule", "Exchange location"];
    s.task("Proofread the entered order", (&staff.priya, Some(2)), (&steps, 1)).await?;
    s.task(
        "Draft answer to a motion for a stay",
        (&staff.nora, Some(10)),
        (&["Affidavit of the school", "Law on stays"], 0),
    )
    .await?;
    let body = "If they appeal, the relocation finding is safe; the summer weeks are not. Give a little there and keep the school year.";
    s.strategy(&staff.nora, body, 5).await?;
    let with = "Pell & Aster, for the father";
    s.letter(Letter {
        way: Direction::Received,
        with,
        subject: "Summer weeks",
        body: "Our client would agree to the order if the summer were divided equally.",
        days: 9,
        offer: None,
    })
    .await?;
    s.letter(Letter {
        way: Direction::Sent,
        with,
        subject: "Re: Summer weeks",
        body: "We will not discuss the order itself. On the summer we are open to a proposal in writing.",
        days: 8,
        offer: None,
    })
    .await?;
    s.record(ThirdPartyKind::Witness, ("Interview with the neighbor", "Our investigator"), 130).await?;
    s.record(ThirdPartyKind::Other, ("Attendance record of the school", "Subpoena"), 102).await?;
    s.against("Martin Whitlow", "Respondent").await?;
    s.flag(RiskFlag::Conflict).await?;
    s.flag(RiskFlag::Collection).await
}
