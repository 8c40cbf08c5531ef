//! The policy: casbin decides when it is loaded, one pruned schema a role obeys.
//!
//! # Words
//! - **Coordinate**: what a line can grant, a member of a type (`Case.title`) or an argument (`Case.documents(first)`).
//! - **Grant**: a coordinate that a role has. **Scope**: a named selection of rows that a type's domain registers.
//! - **Line**: `p, role:client, Case, id|title, resolve, allow` grants members, `p, role:client, Case, takes_part, row,
//!   allow` grants rows; `deny` wins over every allow. **Link**: `g, role:client, role:portal` inherits.
//! - **Plumbing**: the edges and cursors of pages, which go with whatever leads to them.
//! - **Model**: a schema as data; the full one, or a role's.
//!
//! # Way
//! [`Source`] → lines → lint (all [`Faults`] at once) → casbin, asked once for each role and coordinate → closure
//! (nothing left leads to what is gone) → [`Policy`] → [`Grants::prune`] → one [`RoleSchema`] a role.
//! No request ever waits for casbin, and what a role lacks is not in its schema, so no answer can name it.
//!
//! Nothing here knows a domain, the store or the transport: the schema is handed in as a builder, and what domains
//! offer as a [`Vocabulary`].

mod capture;
mod closure;
mod compile;
mod explain;
mod fault;
mod grants;
mod inheritance;
mod lines;
mod lint;
mod live;
mod matrix;
pub mod model;
pub mod names;
mod outgoing;
mod prune;
mod rights;
mod role;
mod source;
mod values;
mod vocabulary;
mod watch;
mod words;

pub use compile::Policy;
pub use explain::{Explanation, Verdict};
pub(crate) use fault::nearest;
pub use fault::{Fault, Faults};
pub use grants::Grants;
pub use lines::{Effect, Place};
pub use live::Live;
pub use model::{Coordinate, Model};
pub use outgoing::{Outgoing, Wrong};
pub use prune::RoleSchema;
pub use role::{Role, UnknownRole};
pub use source::Source;
pub use vocabulary::{ScopeName, Vocabulary};
pub use watch::Watch;
