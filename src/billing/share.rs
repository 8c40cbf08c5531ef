//! A share: what of an invoice falls to one of those who pay it together.
use diesel::{ExpressionMethods, QueryDsl, insert_into};

use super::{Declined, bill::Locked, invoices};
use crate::{
    cases::{self, Section},
    graph::{Describe, Entity, Key},
    money,
    people::{Person, participants, people},
    store::{Expr, Piece, Transaction, all, always, exists},
};

crate::table! {
    invoice_shares (firm_id, invoice_id, participant_id) {
        firm_id -> Text,
        invoice_id -> Text,
        participant_id -> Text,
        amount -> BigInt,
    }
}

/// What falls to one of those who pay an invoice together.
pub struct PayerShare;

impl Entity for PayerShare {
    const NAME: &'static str = "PayerShare";
    const ABOUT: &'static str = "What of an invoice falls to one of those who pay it together.";
    type Item = invoice_shares::table;
    // The invoice's row stands where other types have a release: it has the case and the currency.
    type Release = invoices::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.maybe::<Person>("payer", "To whom it falls.", |s, person| {
            let part = s.row::<participants::table>();
            let is_its = all(vec![
                Expr::of(part.col(participants::firm_id).eq(s.item.col(invoice_shares::firm_id))),
                Expr::of(part.col(participants::id).eq(s.item.col(invoice_shares::participant_id))),
                Expr::of(part.col(participants::person_id).eq(person.item.col(people::id))),
            ]);
            exists(part, is_its)
        });
        ty.money("amount", "How much of the invoice's total.", |s| {
            (s.item.col(invoice_shares::amount), s.release.col(invoices::currency))
        });
        ty.rows(
            |s| {
                let is_its_invoice = all(vec![
                    Expr::of(s.release.col(invoices::firm_id).eq(s.item.col(invoice_shares::firm_id))),
                    Expr::of(s.release.col(invoices::id).eq(s.item.col(invoice_shares::invoice_id))),
                ]);
                vec![
                    s.item.from().into(),
                    Piece::Text(" JOIN "),
                    s.release.from().into(),
                    Piece::Text(" ON "),
                    is_its_invoice.into(),
                ]
            },
            |s| {
                let case = s.release.col(invoices::case_id);
                let firm = Expr::of(s.item.col(invoice_shares::firm_id));
                cases::fence(s, firm, move || Expr::of(case), Section::Billing)
            },
            |s| vec![Key::ascending(s.item.col(invoice_shares::participant_id))],
        );
        ty.scope("own", |s| {
            let part = s.row::<participants::table>();
            let is_its: crate::store::Predicate =
                Expr::of(part.col(participants::id).eq(s.item.col(invoice_shares::participant_id)));
            exists(part, all(vec![is_its, cases::is_active_participation(s.viewer, part)]))
        });
        ty.scope("whole_firm", |_| always());
        ty.scope("on_case_staff", |s| {
            let case = s.release.col(invoices::case_id);
            cases::is_on_staff(s, move || Expr::of(case))
        });
    }
}

/// Divides an invoice that is not issued yet among participants of its case: each once, all of the total.
pub async fn divide(
    transaction: &mut Transaction<'_>,
    (firm, invoice): (&str, &str),
    shares: Vec<(String, i64)>,
) -> Result<(), Declined> {
    let known = Locked::raise(transaction, (firm, invoice)).await?;
    known.must_be(&["DRAFT", "AWAITING_APPROVAL"], "the invoice is issued already")?;
    if shares.iter().any(|(_, amount)| *amount <= 0) {
        return Err(Declined::OutOfRange);
    }
    if money::sum(shares.iter().map(|(_, amount)| *amount)) != Some(known.total) {
        return Err(Declined::Exceeds("the shares are not what the invoice comes to"));
    }
    let of_case = participants::table
        .filter(participants::firm_id.eq(firm.to_owned()))
        .filter(participants::case_id.eq(known.case))
        .select(participants::id);
    let mut of_case: Vec<String> = transaction.load(of_case).await?;
    let before = invoice_shares::table
        .filter(invoice_shares::firm_id.eq(firm.to_owned()))
        .filter(invoice_shares::invoice_id.eq(invoice.to_owned()));
    transaction.execute(diesel::delete(before)).await?;
    for (participant, amount) in shares {
        // Each is taken out once it has its share, so that nobody has two.
        let at = of_case.iter().position(|id| *id == participant);
        let at =
            at.ok_or(Declined::NotPermitted("a share falls to no participant of the case, or twice to one"))?;
        let row = (
            invoice_shares::firm_id.eq(firm.to_owned()),
            invoice_shares::invoice_id.eq(invoice.to_owned()),
            invoice_shares::participant_id.eq(of_case.swap_remove(at)),
            invoice_shares::amount.eq(amount),
        );
        transaction.execute(insert_into(invoice_shares::table).values(row)).await?;
    }
    Ok(())
}
