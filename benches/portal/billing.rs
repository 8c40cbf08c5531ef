//! Invoices of the cases with their lines and payments, each with an open release.
use super::firm::{Firm, Sheet, day, release_columns, text};

/// Writes ten invoices a case, each of three lines; most are paid at least in part.
pub(crate) fn write(firm: &mut Firm, cases: &[String], sheets: &mut Vec<Sheet>) {
    let mut items = Sheet::new(
        "invoices",
        "firm_id,id,case_id,number,state,currency,issued_on,due_on,subtotal,discount,tax,interest,total,memo",
    );
    let mut lines = Sheet::new(
        "invoice_lines",
        "firm_id,invoice_id,position,kind,performed_on,quantity,rate,adjustment,amount,narrative,internal_narrative",
    );
    let mut releases = Sheet::new("invoice_releases", release_columns!("invoice_id", "note"));
    let mut payments = Sheet::new(
        "payments",
        "firm_id,id,case_id,currency,amount,received_on,cleared_on,method,state,bank_reference",
    );
    let mut applied = Sheet::new(
        "allocations",
        "firm_id,payment_id,position,invoice_id,case_id,currency,amount,applied_on",
    );
    let mut count = 0;
    for case in cases {
        for number in 0..10 {
            count += 1;
            let (id, issued) = (firm.dice.id(7), number * 30 + firm.dice.below(20));
            let hours = [1, 2, 3].map(|_| 1 + firm.dice.below(8));
            let total: usize = hours.iter().sum::<usize>() * 35_000;
            items.row(&[
                text(&firm.id),
                text(&id),
                text(case),
                text(&format!("2026-{count:06}")),
                text("ISSUED"),
                text("USD"),
                day(issued),
                day(issued + 30),
                total.to_string(),
                "0".into(),
                "0".into(),
                "0".into(),
                total.to_string(),
                text(&firm.dice.words(6)),
            ]);
            for (position, hours) in hours.into_iter().enumerate() {
                lines.row(&[
                    text(&firm.id),
                    text(&id),
                    (position + 1).to_string(),
                    text("FEE"),
                    day(issued),
                    (hours * 10_000).to_string(),
                    "3500000".into(),
                    "0".into(),
                    (hours * 35_000).to_string(),
                    text(&firm.dice.words(8)),
                    text(&firm.dice.words(8)),
                ]);
            }
            let mut release = firm.release(&id);
            release.push(text(&firm.dice.words(10)));
            releases.row(&release);
            if number < 8 {
                let (payment, amount) = (firm.dice.id(8), if number < 6 { total } else { total / 2 });
                let row = [&firm.id, &payment, case, "USD"].map(text);
                let rest = [day(issued + 10), day(issued + 10), text("Cheque"), text("CLEARED"), text("B-1")];
                payments.row(&[row.as_slice(), &[amount.to_string()], &rest].concat());
                let row = [text(&firm.id), text(&payment), "1".into(), text(&id), text(case), text("USD")];
                applied.row(&[row.as_slice(), &[amount.to_string(), day(issued + 10)]].concat());
            }
        }
    }
    // Lines first: those of an issued invoice take no more.
    sheets.extend([lines, items, releases, payments, applied]);
}
