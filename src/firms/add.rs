//! Adding a firm, once.
use std::str::FromStr;

use diesel::{ExpressionMethods, QueryDsl, insert_into};

use super::{NewFirm, firms};
use crate::{
    error::Fault,
    id::{Tag, random},
    store::Store,
};

/// A firm's short name in addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slug(String);

/// Why a text is no slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a slug has at most 63 lower case letters, digits and dashes, and no dash at an end, such as castellan-pryce"
)]
pub struct NoSlug;

impl Slug {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = NoSlug;

    fn from_str(text: &str) -> Result<Self, NoSlug> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_slug = !text.is_empty() && text.len() <= 63 && text.bytes().all(fits);
        let has_edge = text.starts_with('-') || text.ends_with('-');
        if is_slug && !has_edge { Ok(Slug(text.to_owned())) } else { Err(NoSlug) }
    }
}

/// Whether something was added, or was there before just so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is new.
    New,
    /// It was there, and nothing was changed.
    Known,
}

/// Adds a firm by what it is called and where it is; how it shows itself begins plain. Adding it again as it is changes
/// nothing, adding another with its slug is refused.
pub async fn add(store: &Store, slug: &Slug, name: &str, time_zone: &str) -> Result<Added, Fault> {
    let mut transaction = store.unscoped("the operator adds a firm").begin().await?;
    let new = NewFirm {
        id: random(Tag::Firm),
        slug: slug.0.clone(),
        name: name.to_owned(),
        time_zone: time_zone.to_owned(),
        display_name: name.to_owned(),
        logo_url: None,
        primary_color: "#1f4e79".to_owned(),
        background_color: "#ffffff".to_owned(),
        text_color: "#1b1b1b".to_owned(),
        phone: None,
        privacy_url: None,
        terms_url: None,
    };
    let adding = insert_into(firms::table).values(new).on_conflict_do_nothing();
    if transaction.execute(adding).await? > 0 {
        transaction.commit().await?;
        return Ok(Added::New);
    }
    let known = firms::table.filter(firms::slug.eq(slug.0.clone())).select((firms::name, firms::time_zone));
    let known: Vec<(String, String)> = transaction.load(known).await?;
    transaction.roll_back().await?;
    match known.into_iter().next() {
        Some((known_name, zone)) if known_name == name && zone == time_zone => Ok(Added::Known),
        Some((name, zone)) => Err(Fault::new(format!("{} is there already: {name}, in {zone}", slug.0))),
        None => Err(Fault::new(format!("{} could not be added", slug.0))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_can_stand_in_any_address() {
        for slug in ["a", "castellan", "a-1", &"x".repeat(63)] {
            assert_eq!(slug.parse::<Slug>().unwrap().as_str(), slug);
        }
        for other in ["", "A", "a b", "a.b", "a_b", "é", "-a", "a-", "a\n", &"x".repeat(64)] {
            assert_eq!(other.parse::<Slug>(), Err(NoSlug), "{other}");
        }
    }
}
