//! People: staff and clients with accounts, their parts in cases, and the tokens with which they ask.
mod add;
mod bearers;
pub mod issuer;
mod jwt;
pub mod key;
mod keyring;
mod participant;
mod person;
mod session;
mod standing;
mod subject;
mod viewer;

pub use add::{Email, NoEmail, add};
pub use bearers::Bearers;
pub use key::firm_key_cases;
pub use participant::{NewParticipant, Participant, participants};
pub use person::{NewPerson, Person, PersonFilter, PersonKind, people};
pub use session::{Opened, Wish, open, open_for, sessions};
pub use standing::{revoke, revoke_all, set_active};
pub use viewer::ViewerType;

use crate::{
    graph::{Describe, Query},
    store::always,
};

/// The roots of this room.
pub fn roots(query: &mut Describe<Query>) {
    query.certain::<ViewerType>("viewer", "Who asks.", viewer::is_asking);
    query.connection::<Person>("people", "The people with accounts.", |_, _| always()).narrowed(
        "filter",
        "Only such.",
        PersonFilter::conditions,
    );
}
