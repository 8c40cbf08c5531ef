//! What moves an account, as SQL: one row for each movement that the viewer may know of, kind by kind.
use diesel::{
    ExpressionMethods,
    sql_types::{BigInt, Date, Nullable, Text},
};

use super::{Invoice, TrustEntry, account, allocations, credits, invoices, owed, payments, trust_entries};
use crate::{
    graph::{Entity, Here},
    sql,
    store::{Expr, Piece, Predicate, Row, all},
};

/// A kind of movement: what each of its rows tells, where they stand, and which they are.
struct Movement {
    kind: Expr<Text>,
    day: Expr<Date>,
    /// Where it stands among those of one day.
    place: Expr<BigInt>,
    /// What tells it from every other.
    source: Expr<Text>,
    currency: Expr<Text>,
    amount: Expr<BigInt>,
    invoice: Expr<Nullable<Text>>,
    payment: Expr<Nullable<Text>>,
    trust_entry: Expr<Nullable<Text>>,
    from: Vec<Piece>,
    filter: Predicate,
}

/// Every movement of an account: the columns of `statement_entries` but for the balance.
pub(super) fn all_of<E: Entity>(here: &Here<'_, E>, account: impl Fn() -> Expr<Text>) -> Vec<Piece> {
    such(here, |word| sql![account(), " = '", word, "'"])
}

/// Every movement of the accounts of which this holds.
pub(super) fn such<E: Entity>(here: &Here<'_, E>, holds: impl Fn(&'static str) -> Predicate) -> Vec<Piece> {
    let operating = [issued(here), ended(here), credited(here), paid(here), returned(here)];
    let movements = operating.into_iter().map(|movement| (movement, "OPERATING"));
    let mut pieces = Vec::new();
    for (movement, account) in movements.chain([(held(here), "TRUST")]) {
        pieces.push(if pieces.is_empty() { "SELECT ".into() } else { " UNION ALL SELECT ".into() });
        pieces.extend(movement.select(holds(account)));
    }
    pieces
}

impl Movement {
    fn select(self, is_of_account: Predicate) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = vec![
            self.kind.into(),
            " AS kind, ".into(),
            self.day.into(),
            " AS day, ".into(),
            self.place.into(),
            " AS place, ".into(),
            self.source.into(),
            " AS source, ".into(),
            self.currency.into(),
            " AS currency, ".into(),
            self.amount.into(),
            " AS amount, ".into(),
            self.invoice.into(),
            " AS invoice_id, ".into(),
            self.payment.into(),
            " AS payment_id, ".into(),
            self.trust_entry.into(),
            " AS trust_entry_id FROM ".into(),
        ];
        pieces.extend(self.from);
        pieces.extend([" WHERE ".into(), all(vec![is_of_account, self.filter]).into()]);
        pieces
    }

    /// A movement by an invoice of the viewer's that was issued, and by what hangs on it.
    fn of_invoice<E: Entity>(
        here: &Here<'_, E>,
        invoice: &Here<'_, Invoice>,
        (kind, place): (Expr<Text>, &'static str),
        day: Expr<Date>,
        amount: Expr<BigInt>,
    ) -> Self {
        let row = invoice.item;
        let filter = vec![
            account::within(here, Expr::of(row.col(invoices::case_id))),
            owed::was_issued(row),
            invoice.is_visible(),
        ];
        Movement {
            kind,
            day,
            place: sql!["CAST(", place, " AS BIGINT)"],
            source: Expr::of(row.col(invoices::id)),
            currency: Expr::of(row.col(invoices::currency)),
            amount,
            invoice: sql![row.col(invoices::id)],
            payment: nothing(),
            trust_entry: nothing(),
            from: invoice.tables(),
            filter: all(filter),
        }
    }

    /// Of rows that hang on the invoice, joined to it, and told apart by `source`.
    fn joined(mut self, joined: Vec<Piece>, source: Expr<Text>) -> Self {
        self.from.extend(joined);
        self.source = source;
        self
    }

    fn such(mut self, condition: Predicate) -> Self {
        self.filter = all(vec![self.filter, condition]);
        self
    }
}

fn issued<E: Entity>(here: &Here<'_, E>) -> Movement {
    let invoice = here.other::<Invoice>();
    let (day, total) = (invoice.item.col(invoices::issued_on), invoice.item.col(invoices::total));
    Movement::of_invoice(here, &invoice, (word("INVOICE"), "1"), sql![day], Expr::of(total))
}

/// What was left was written off, or all of it was made void.
fn ended<E: Entity>(here: &Here<'_, E>) -> Movement {
    let invoice = here.other::<Invoice>();
    let row = invoice.item;
    let is_void = || -> Predicate { Expr::of(row.col(invoices::state).eq("VOID")) };
    let kind = sql!["(CASE WHEN ", is_void(), " THEN 'VOIDED' ELSE 'WRITE_OFF' END)"];
    let (total, left) = (row.col(invoices::total), row.col(invoices::written_off));
    let amount = sql!["-(CASE WHEN ", is_void(), " THEN ", total, " ELSE ", left, " END)"];
    let day = sql![row.col(invoices::ended_on)];
    Movement::of_invoice(here, &invoice, (kind, "4"), day, amount)
        .such(Expr::of(row.col(invoices::ended_on).is_not_null()))
}

fn credited<E: Entity>(here: &Here<'_, E>) -> Movement {
    let (invoice, credit) = (here.other::<Invoice>(), here.row::<credits::table>());
    let is_of_invoice = all(vec![
        Expr::of(credit.col(credits::firm_id).eq(invoice.item.col(invoices::firm_id))),
        Expr::of(credit.col(credits::invoice_id).eq(invoice.item.col(invoices::id))),
    ]);
    let (day, amount) = (credit.col(credits::credited_on), sql!["-", credit.col(credits::amount)]);
    Movement::of_invoice(here, &invoice, (word("CREDIT"), "2"), Expr::of(day), amount).joined(
        vec![" JOIN ".into(), credit.from().into(), " ON ".into(), is_of_invoice.into()],
        numbered(credit.col(credits::invoice_id).into(), credit.col(credits::position).into()),
    )
}

/// What was applied of a payment, from the day on which it was applied and there. Whose payment it is does not matter:
/// who sees an invoice sees what was paid to it.
fn paid<E: Entity>(here: &Here<'_, E>) -> Movement {
    let invoice = here.other::<Invoice>();
    let (applied, payment) = (here.row::<allocations::table>(), here.row::<payments::table>());
    let amount = sql!["-", applied.col(allocations::amount)];
    let day = counted_from(applied, payment);
    let movement = Movement::of_invoice(here, &invoice, (word("PAYMENT"), "3"), day, amount);
    of_payment(movement, invoice.item, (applied, payment))
}

/// A payment that was there was taken or given back: what it paid is owed again.
fn returned<E: Entity>(here: &Here<'_, E>) -> Movement {
    let invoice = here.other::<Invoice>();
    let (applied, payment) = (here.row::<allocations::table>(), here.row::<payments::table>());
    let (amount, ended) = (applied.col(allocations::amount), payment.col(payments::ended_on));
    let day =
        later(counted_from(applied, payment), counted_from(applied, payment), ended.into(), ended.into());
    let movement =
        Movement::of_invoice(here, &invoice, (word("PAYMENT_RETURNED"), "5"), day, Expr::of(amount));
    of_payment(movement, invoice.item, (applied, payment)).such(Expr::of(ended.is_not_null()))
}

type Applied = (Row<allocations::table>, Row<payments::table>);

fn of_payment(movement: Movement, invoice: Row<invoices::table>, (applied, payment): Applied) -> Movement {
    let is_of_invoice = all(vec![
        Expr::of(applied.col(allocations::firm_id).eq(invoice.col(invoices::firm_id))),
        Expr::of(applied.col(allocations::invoice_id).eq(invoice.col(invoices::id))),
    ]);
    let is_its_payment = all(vec![
        Expr::of(payment.col(payments::firm_id).eq(applied.col(allocations::firm_id))),
        Expr::of(payment.col(payments::id).eq(applied.col(allocations::payment_id))),
    ]);
    let joined = vec![
        " JOIN ".into(),
        applied.from().into(),
        " ON ".into(),
        is_of_invoice.into(),
        " JOIN ".into(),
        payment.from().into(),
        " ON ".into(),
        is_its_payment.into(),
    ];
    let source =
        numbered(applied.col(allocations::payment_id).into(), applied.col(allocations::position).into());
    let mut movement = movement.joined(joined, source);
    movement.payment = sql![payment.col(payments::id)];
    movement.such(Expr::of(payment.col(payments::cleared_on).is_not_null()))
}

fn counted_from(applied: Row<allocations::table>, payment: Row<payments::table>) -> Expr<Date> {
    let (one, other) = (applied.col(allocations::applied_on), payment.col(payments::cleared_on));
    later(Expr::of(one), Expr::of(one), other.into(), other.into())
}

/// The later of two days, each written twice; the second is NULL only where the row does not count.
fn later(one: Expr<Date>, again: Expr<Date>, other: Piece, and_again: Piece) -> Expr<Date> {
    sql!["(CASE WHEN ", one, " < ", other, " THEN ", and_again, " ELSE ", again, " END)"]
}

/// An entry of trust, from the day on which its money was there, or gone.
fn held<E: Entity>(here: &Here<'_, E>) -> Movement {
    let entry = here.other::<TrustEntry>();
    let row = entry.item;
    Movement {
        kind: Expr::of(row.col(trust_entries::kind)),
        day: sql![row.col(trust_entries::cleared_on)],
        place: Expr::of(row.col(trust_entries::position)),
        source: Expr::of(row.col(trust_entries::id)),
        currency: Expr::of(row.col(trust_entries::currency)),
        amount: Expr::of(row.col(trust_entries::amount)),
        invoice: sql![row.col(trust_entries::invoice_id)],
        payment: sql![row.col(trust_entries::payment_id)],
        trust_entry: sql![row.col(trust_entries::id)],
        from: entry.tables(),
        filter: all(vec![
            account::within(here, Expr::of(row.col(trust_entries::case_id))),
            Expr::of(row.col(trust_entries::cleared_on).is_not_null()),
            entry.is_visible(),
        ]),
    }
}

fn nothing() -> Expr<Nullable<Text>> {
    sql!["CAST(NULL AS TEXT)"]
}

fn word(word: &'static str) -> Expr<Text> {
    sql!["'", word, "'"]
}

/// The id of what it hangs on, and its place there.
fn numbered(of: Piece, position: Piece) -> Expr<Text> {
    sql![of, " || '.' || CAST(", position, " AS TEXT)"]
}
