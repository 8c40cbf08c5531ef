//! Why a change to money is not made.
use crate::{error::Fault, releasing::Unapproved};

/// Why a change to money is not made. The caller gives its transaction up: nothing was changed.
#[derive(Debug)]
pub enum Declined {
    /// There is no such thing, or its state does not permit this.
    NotPermitted(&'static str),
    /// The amount is more than what is left: of the payment, of the invoice's balance, of the refund.
    Exceeds(&'static str),
    /// The ledger's cleared balance would be below zero at some date.
    Overdrawn,
    /// The amount, or a sum with it, is larger than money is counted here, or not above zero.
    OutOfRange,
    /// The currency is none that has minor units.
    NoCurrency,
    /// The release is not approved.
    Unapproved(Unapproved),
    /// Something broke.
    Fault(Fault),
}

impl From<Fault> for Declined {
    fn from(fault: Fault) -> Self {
        Declined::Fault(fault)
    }
}

impl From<Unapproved> for Declined {
    fn from(why: Unapproved) -> Self {
        Declined::Unapproved(why)
    }
}
