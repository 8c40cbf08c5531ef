//! Adding an account, once: somebody who works for a firm, or somebody who gets a part in its cases.
use std::str::FromStr;

use diesel::{ExpressionMethods, QueryDsl, insert_into};

use super::{NewPerson, people};
use crate::{
    error::Fault,
    firms::{Added, id_of},
    id::{Tag, random},
    policy::Role,
    store::Store,
};

/// The address that an account is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

/// Why a text is no such address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an address is written in lower case, such as nora@firm.example")]
pub struct NoEmail;

impl Email {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = NoEmail;

    fn from_str(text: &str) -> Result<Self, NoEmail> {
        let (name, host) = text.split_once('@').ok_or(NoEmail)?;
        let is_strange = |c: char| c.is_whitespace() || c.is_control() || c.is_uppercase() || c == '@';
        let fits = |part: &str| !part.is_empty() && !part.contains(is_strange);
        if text.len() <= 254 && fits(name) && fits(host) { Ok(Email(text.to_owned())) } else { Err(NoEmail) }
    }
}

/// Adds an account to a firm: with a role of the staff, or without one, for somebody whose roles are parts in cases.
/// Adding it again as it is changes nothing, adding another with its address is refused.
pub async fn add(
    store: &Store,
    slug: &str,
    email: &Email,
    name: &str,
    role: Option<Role>,
) -> Result<Added, Fault> {
    if let Some(role) = role.filter(|role| !role.is_staff()) {
        return Err(Fault::new(format!(
            "{role} is no role of the staff, but a part in a case: leave it out"
        )));
    }
    let mut transaction = store.unscoped("the operator adds an account").begin().await?;
    let firm = id_of(&mut transaction, slug).await?;
    let staff_role = role.map(Role::word);
    let new = NewPerson {
        firm_id: firm.clone(),
        id: random(Tag::Person),
        kind: if role.is_some() { "STAFF" } else { "PORTAL" }.to_owned(),
        name: name.to_owned(),
        email: email.0.clone(),
        staff_role: staff_role.clone(),
        is_active: true,
    };
    let adding = insert_into(people::table).values(new).on_conflict_do_nothing();
    if transaction.execute(adding).await? > 0 {
        transaction.touch(&firm, &firm);
        transaction.commit().await?;
        return Ok(Added::New);
    }
    let known = people::table
        .filter(people::firm_id.eq(firm))
        .filter(people::email.eq(email.0.clone()))
        .select((people::name, people::staff_role, people::is_active));
    let known: Vec<(String, Option<String>, bool)> = transaction.load(known).await?;
    transaction.roll_back().await?;
    match known.into_iter().next() {
        Some((known_name, known_role, true)) if known_name == name && known_role == staff_role => {
            Ok(Added::Known)
        }
        Some((name, role, is_active)) => {
            let role = role.map_or("of the portal".to_owned(), |role| role.to_lowercase());
            let state = if is_active { "" } else { ", not active" };
            Err(Fault::new(format!("{} is there already: {name}, {role}{state}", email.0)))
        }
        None => Err(Fault::new(format!("{} could not be added", email.0))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_two_sides_and_no_capitals() {
        for email in ["nora@firm.example", "n+1@localhost", "ünal@firm.example"] {
            assert_eq!(email.parse::<Email>().unwrap().as_str(), email);
        }
        for other in ["", "nora", "@firm", "nora@", "a@b@c", "Nora@firm.example", "a b@c", "a@b\n", "a\0@b"] {
            assert_eq!(other.parse::<Email>(), Err(NoEmail), "{other}");
        }
    }
}
