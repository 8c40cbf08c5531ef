//! The gates: what keeps a paper from clients. Judged over a row's facts at approval, and in SQL at every read.
use chrono::{NaiveDate, NaiveDateTime};
use diesel::{ExpressionMethods, NullableExpressionMethods, Queryable};

use super::{
    Document, DocumentOrigin as Origin, FilingStatus as Status, ProtectiveOrder, Sealing,
    document::{document_overrides, documents},
};
use crate::{
    graph::{Enumeration, Here},
    store::{Expr, Predicate, all, any, exists},
};

/// A gate that an attorney can override.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// The court sealed the paper.
    Sealed,
    /// A third party's or an expert's paper that is on no record; for records about the client himself.
    Origin,
}

impl Gate {
    /// The word in the table.
    pub fn word(self) -> &'static str {
        match self {
            Gate::Sealed => "SEALED",
            Gate::Origin => "ORIGIN",
        }
    }
}

/// Why a document can't be released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bar {
    /// There is no such document, or no such version of it.
    Absent,
    /// It is a draft.
    Draft,
    /// It is on no record and not final either.
    NotFinal,
    /// It is on no record and was not delivered to the client.
    NotDelivered,
    /// It is on no record and neither the firm's nor the client's own.
    NotOwn,
    /// It is a third party's or an expert's, on no record, and no attorney decided otherwise.
    ThirdParty,
    /// It is sealed, and no attorney decided otherwise.
    Sealed,
    /// An order keeps it to attorneys.
    AttorneysEyesOnly,
    /// A review of the docket's line that lists it is not settled.
    Unreviewed,
    /// The court closed it until this instant, and the release would begin before.
    Restricted(NaiveDateTime),
    /// Only an attorney of the firm decides against a gate, and says why.
    NotAnAttorney,
}

/// What the gates look at.
#[derive(Queryable, Clone, Debug)]
pub(super) struct Facts {
    pub(super) origin: String,
    pub(super) filing_status: String,
    pub(super) filed_on: Option<NaiveDate>,
    pub(super) delivered_on: Option<NaiveDate>,
    pub(super) sealed: String,
    pub(super) restricted_until: Option<NaiveDateTime>,
    pub(super) protective: String,
}

/// Judges a paper whose release would begin at an instant; `overridden` says which gates an attorney overrode.
pub(super) fn judge(
    facts: &Facts,
    overridden: impl Fn(Gate) -> bool,
    from: NaiveDateTime,
) -> Result<(), Bar> {
    if facts.protective == ProtectiveOrder::AttorneysEyesOnly.word() {
        return Err(Bar::AttorneysEyesOnly);
    }
    if facts.sealed == Sealing::Sealed.word() && !overridden(Gate::Sealed) {
        return Err(Bar::Sealed);
    }
    if let Some(until) = facts.restricted_until.filter(|until| from < *until) {
        return Err(Bar::Restricted(until));
    }
    if is(&facts.filing_status, &[Status::Draft]) {
        return Err(Bar::Draft);
    }
    if is_on_record(facts) { Ok(()) } else { off_record(facts, overridden) }
}

/// A filed, served or entered paper may be released whatever its origin; a filing that was rejected or withdrawn
/// since, too: the client then reads that it was.
fn is_on_record(facts: &Facts) -> bool {
    is(&facts.filing_status, &[Status::Served, Status::Filed, Status::Entered])
        || (facts.filed_on.is_some() && is(&facts.filing_status, &[Status::Rejected, Status::Withdrawn]))
}

fn off_record(facts: &Facts, overridden: impl Fn(Gate) -> bool) -> Result<(), Bar> {
    if !is(&facts.filing_status, &[Status::Final, Status::Signed, Status::Submitted]) {
        return Err(Bar::NotFinal);
    }
    if is(&facts.origin, &[Origin::ThirdParty, Origin::Expert]) {
        return if overridden(Gate::Origin) { Ok(()) } else { Err(Bar::ThirdParty) };
    }
    if !is(&facts.origin, &[Origin::Firm, Origin::Client]) {
        return Err(Bar::NotOwn);
    }
    if facts.delivered_on.is_none() { Err(Bar::NotDelivered) } else { Ok(()) }
}

fn is<T: Enumeration>(word: &str, values: &[T]) -> bool {
    values.iter().any(|value| value.word() == word)
}

/// Nothing keeps the paper, now, from whoever stands outside the firm: no draft, no seal, no order.
pub(super) fn is_open(d: &Here<'_, Document>) -> Predicate {
    let sealed = |state: Sealing| Expr::of(d.item.col(documents::sealed).eq(state.word()));
    let is_over = Expr::of(d.item.col(documents::restricted_until).assume_not_null().le(d.viewer.at));
    all(vec![
        Expr::of(d.item.col(documents::filing_status).ne(Status::Draft.word())),
        Expr::of(d.item.col(documents::protective).ne(ProtectiveOrder::AttorneysEyesOnly.word())),
        any(vec![
            sealed(Sealing::None),
            all(vec![sealed(Sealing::RestrictedUntil), is_over]),
            all(vec![sealed(Sealing::Sealed), is_overridden(d, Gate::Sealed)]),
        ]),
    ])
}

/// The paper's origin keeps it from nobody. What left the record after it was released stays, and says so.
pub(super) fn has_open_origin(d: &Here<'_, Document>) -> Predicate {
    let origin = |origins: &[Origin]| {
        let is = |origin: &Origin| Expr::of(d.item.col(documents::origin).eq(origin.word()));
        any(origins.iter().map(is).collect())
    };
    let record = [Status::Served, Status::Filed, Status::Entered, Status::Rejected, Status::Withdrawn];
    let has = |status: Status| Expr::of(d.item.col(documents::filing_status).eq(status.word()));
    any(vec![
        origin(&[Origin::Firm, Origin::Court, Origin::Client]),
        any(record.into_iter().map(has).collect()),
        all(vec![origin(&[Origin::ThirdParty, Origin::Expert]), is_overridden(d, Gate::Origin)]),
    ])
}

fn is_overridden(d: &Here<'_, Document>, gate: Gate) -> Predicate {
    let decision = d.row::<document_overrides::table>();
    exists(
        decision,
        all(vec![
            Expr::of(decision.col(document_overrides::firm_id).eq(d.item.col(documents::firm_id))),
            Expr::of(decision.col(document_overrides::document_id).eq(d.item.col(documents::id))),
            Expr::of(decision.col(document_overrides::gate).eq(gate.word())),
        ]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 5, day).unwrap()
    }

    fn paper(origin: Origin, status: Status) -> Facts {
        Facts {
            origin: origin.word().into(),
            filing_status: status.word().into(),
            filed_on: None,
            delivered_on: None,
            sealed: "NONE".into(),
            restricted_until: None,
            protective: "NONE".into(),
        }
    }

    fn judged(facts: &Facts) -> Result<(), Bar> {
        judge(facts, |_| false, day(1).into())
    }

    #[test]
    fn what_is_on_the_record_passes_whatever_its_origin() {
        for origin in Origin::ALL {
            for status in [Status::Served, Status::Filed, Status::Entered] {
                assert_eq!(judged(&paper(*origin, status)), Ok(()), "{origin:?} {status:?}");
            }
            let withdrawn = Facts { filed_on: Some(day(1)), ..paper(*origin, Status::Withdrawn) };
            assert_eq!(judged(&withdrawn), Ok(()), "{origin:?}");
        }
    }

    #[test]
    fn off_the_record_own_final_papers_pass_once_delivered_and_nothing_else_does() {
        for origin in Origin::ALL {
            for status in [Status::Final, Status::Signed, Status::Submitted] {
                let kept = paper(*origin, status);
                let delivered = Facts { delivered_on: Some(day(1)), ..kept.clone() };
                let (before, after) = match origin {
                    Origin::Firm | Origin::Client => (Err(Bar::NotDelivered), Ok(())),
                    Origin::Court | Origin::Opposing | Origin::Unknown => {
                        (Err(Bar::NotOwn), Err(Bar::NotOwn))
                    }
                    Origin::ThirdParty | Origin::Expert => (Err(Bar::ThirdParty), Err(Bar::ThirdParty)),
                };
                assert_eq!((judged(&kept), judged(&delivered)), (before, after), "{origin:?} {status:?}");
            }
            let rejected = Facts { delivered_on: Some(day(1)), ..paper(*origin, Status::Rejected) };
            assert_eq!(judged(&rejected), Err(Bar::NotFinal));
        }
    }

    #[test]
    fn no_override_opens_a_draft_or_what_is_for_attorneys_alone() {
        let all = |facts: &Facts| judge(facts, |_| true, day(1).into());
        assert_eq!(all(&paper(Origin::ThirdParty, Status::Draft)), Err(Bar::Draft));
        let protected =
            Facts { protective: "ATTORNEYS_EYES_ONLY".into(), ..paper(Origin::Court, Status::Entered) };
        assert_eq!(all(&protected), Err(Bar::AttorneysEyesOnly));
        assert_eq!(all(&paper(Origin::Opposing, Status::Final)), Err(Bar::NotOwn));
    }

    #[test]
    fn an_override_opens_its_own_gate_alone() {
        let sealed = Facts { sealed: "SEALED".into(), ..paper(Origin::Court, Status::Entered) };
        assert_eq!(judge(&sealed, |gate| gate == Gate::Origin, day(1).into()), Err(Bar::Sealed));
        assert_eq!(judge(&sealed, |gate| gate == Gate::Sealed, day(1).into()), Ok(()));
        let record = paper(Origin::ThirdParty, Status::Final);
        assert_eq!(judge(&record, |gate| gate == Gate::Sealed, day(1).into()), Err(Bar::ThirdParty));
        assert_eq!(judge(&record, |gate| gate == Gate::Origin, day(1).into()), Ok(()));
    }

    #[test]
    fn a_release_can_begin_when_the_restriction_ends_and_not_before() {
        let until: NaiveDateTime = day(2).into();
        let facts = Facts { restricted_until: Some(until), ..paper(Origin::Court, Status::Entered) };
        let second = chrono::TimeDelta::seconds(1);
        assert_eq!(judge(&facts, |_| true, until - second), Err(Bar::Restricted(until)));
        assert_eq!(judge(&facts, |_| false, until), Ok(()));
    }
}
