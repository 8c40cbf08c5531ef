//! Two made-up firms to look around in. Whatever is in them is written by the functions that the service itself uses, and
//! dated from the instant at which it is loaded. No name, number or address belongs to anybody.
//!
//! | case | of | shows |
//! |---|---|---|
//! | `okafor` | Castellan & Pryce | an injury claim: offers, an expert, co-counsel, a family who share it unequally |
//! | `whitlow` | Castellan & Pryce | custody: the signed order, a wall, a sealed report, a hearing that moved, a bill not paid in time |
//! | `vance` | Castellan & Pryce | a defence that somebody else pays for, and a filing that the court holds back |
//! | `lindqvist` | Castellan & Pryce | a contract: a letter that appears tomorrow, and one that was taken back |
//! | `harborlight` | Harborlight Law | an estate at another firm, in another zone, of which the first firm knows nothing |
//!
//! A case reads from top to bottom: [`scene`], [`papers`], [`diary`], [`money`] and `desk` write a thing a line.
mod desk;
mod diary;
mod firm;
mod folder;
mod harborlight;
mod lindqvist;
mod money;
mod okafor;
mod papers;
mod scene;
mod vance;
mod whitlow;

use chrono::NaiveDateTime;
use diesel::QueryDsl as _;

use crate::{cases, error::Fault, firms::firms, policy::Role, store::Store};

pub use folder::{Folder, FolderError};

/// The edition of what the demo holds; to be raised by hand when that changes.
pub const EDITION: u32 = 1;

/// The slugs of its firms.
const FIRMS: [&str; 2] = [firm::SLUG, harborlight::SLUG];

/// Somebody of the demo, in one role.
pub struct Member {
    /// Who it is.
    pub name: &'static str,
    /// The address that the account is known by.
    pub email: &'static str,
    /// The role that the demo's token acts in.
    pub role: Role,
    /// What to look at as this person.
    pub shows: &'static str,
}

/// Everybody for whom the demo prints a token.
pub fn cast() -> &'static [Member] {
    CAST
}

const fn member(name: &'static str, email: &'static str, role: Role, shows: &'static str) -> Member {
    Member { name, email, role, shows }
}

const CAST: &[Member] = &[
    member(
        "Nora Castellan",
        "nora@castellan.example",
        Role::Attorney,
        "leads every case: tasks, strategy, offers",
    ),
    member(
        "Julian Reyes",
        "julian@castellan.example",
        Role::Attorney,
        "the same firm, but a wall hides the custody case",
    ),
    member("Priya Raman", "priya@castellan.example", Role::Paralegal, "only the cases that she works on"),
    member("Bea Lindholm", "bea@castellan.example", Role::Billing, "the money of all cases, no strategy"),
    member("Arthur Voss", "arthur@castellan.example", Role::Admin, "people, and only the outside of a case"),
    member("Inez Calloway", "inez@castellan.example", Role::Auditor, "sums without what the work was"),
    member("Mia Okafor", "mia@okafor.example", Role::Client, "what was shared of her injury claim"),
    member(
        "David Okafor",
        "david@okafor.example",
        Role::CoClient,
        "the same claim, but not what is for Mia alone",
    ),
    member(
        "Ruth Adeyemi",
        "ruth@okafor.example",
        Role::AuthorizedContact,
        "her sister's dates, neither papers nor money",
    ),
    member("Dr. Leonie Marsh", "leonie@marsh.example", Role::Expert, "the two items that she was given"),
    member(
        "Samuel Ferreira",
        "samuel@ferreira.example",
        Role::CoCounsel,
        "what is shared, and one letter of the other side",
    ),
    member("Grace Whitlow", "grace@whitlow.example", Role::Client, "her custody case, with the signed order"),
    member(
        "Grace Whitlow",
        "grace@whitlow.example",
        Role::BillPayer,
        "her brother's invoices, and nothing of his defence",
    ),
    member(
        "Theo Vance",
        "theo@vance.example",
        Role::Client,
        "his defence, without what the court holds back",
    ),
    member(
        "Anders Lindqvist",
        "anders@lindqvist.example",
        Role::Client,
        "his contract; another letter appears tomorrow",
    ),
    member("Vera Lund", "vera@harborlight.example", Role::Attorney, "the other firm"),
    member("Rosa Delgado", "rosa@delgado.example", Role::Client, "the other firm's client"),
];

/// Writes everything, as of this instant, in one transaction.
pub async fn load(store: &Store, at: NaiveDateTime) -> Result<(), Fault> {
    let mut transaction = store.unscoped("the demo writes its firms").begin().await?;
    firm::write(&mut transaction, at).await?;
    harborlight::write(&mut transaction, at).await?;
    cases::touch_all(&mut transaction).await?;
    transaction.commit().await
}

/// Whose firms are in a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// No firm yet.
    Nothing,
    /// The demo's and no other.
    Demo,
    /// Something that is not the demo's.
    Others,
}

/// Whose firms are in a database, which need not have any tables.
pub async fn holds(store: &Store) -> Result<Holds, Fault> {
    let mut transaction = store.unscoped("the demo looks whether it is loaded").begin().await?;
    let tables = transaction.tables().await?;
    let slugs: Vec<String> = if tables.iter().any(|table| table == "firms") {
        transaction.load(firms::table.select(firms::slug)).await?
    } else {
        Vec::new()
    };
    let is_ours = tables.is_empty() || tables.iter().any(|table| table == "firms");
    transaction.roll_back().await?;
    Ok(match slugs.as_slice() {
        [] if is_ours => Holds::Nothing,
        [_, ..] if slugs.iter().all(|slug| FIRMS.contains(&slug.as_str())) => Holds::Demo,
        _ => Holds::Others,
    })
}
