//! Firms: the tenants, the face that each shows to the world, and the origins of its pages.
mod add;
pub mod origins;

pub use add::{Added, NoSlug, Slug, add};

use diesel::{ExpressionMethods, Insertable, QueryDsl};

use crate::{
    error::Fault,
    graph::{Composite, CompositeField, Describe, Entity, Here, Key, Query, cell, fixed},
    id::Tag,
    part,
    scalars::{TimeZone, Url},
    store::{Expr, Piece, Predicate, Transaction, always},
};

crate::table! {
    firms (id) {
        id -> Text,
        slug -> Text,
        name -> Text,
        time_zone -> Text,
        display_name -> Text,
        logo_url -> Nullable<Text>,
        primary_color -> Text,
        background_color -> Text,
        text_color -> Text,
        phone -> Nullable<Text>,
        privacy_url -> Nullable<Text>,
        terms_url -> Nullable<Text>,
    }
}

/// A firm to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = firms)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewFirm {
    pub id: String,
    pub slug: String,
    pub name: String,
    pub time_zone: String,
    pub display_name: String,
    pub logo_url: Option<String>,
    pub primary_color: String,
    pub background_color: String,
    pub text_color: String,
    pub phone: Option<String>,
    pub privacy_url: Option<String>,
    pub terms_url: Option<String>,
}

/// A law firm.
pub struct Firm;

impl Entity for Firm {
    const NAME: &'static str = "Firm";
    const ABOUT: &'static str = "A law firm.";
    type Item = firms::table;
    type Release = firms::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.node(Tag::Firm, firms::id);
        ty.field("name", "The firm's name.", |f| f.item.col(firms::name));
        ty.field("slug", "The firm's short name in addresses: lower case, unique.", |f| {
            f.item.col(firms::slug)
        });
        ty.composite::<Branding>("branding", "How the firm shows itself.", |f| {
            vec![
                cell(f.item.col(firms::display_name)),
                cell(f.item.col(firms::logo_url)),
                cell(f.item.col(firms::primary_color)),
                cell(f.item.col(firms::background_color)),
                cell(f.item.col(firms::text_color)),
                cell(f.item.col(firms::phone)),
                cell(f.item.col(firms::privacy_url)),
                cell(f.item.col(firms::terms_url)),
            ]
        });
        ty.field("timeZone", "The zone of the firm's offices; what is due ends at midnight there.", |f| {
            f.item.col(firms::time_zone)
        })
        .typed::<TimeZone>();
        ty.rows(
            |f| vec![Piece::from(f.item.from())],
            |_| always(),
            |f| vec![Key::ascending(f.item.col(firms::id))],
        );
        ty.scope("own", is_viewers);
        ty.scope("any", |_| always());
    }
}

/// The id of the firm with this slug.
pub async fn id_of(transaction: &mut Transaction<'_>, slug: &str) -> Result<String, Fault> {
    let found = firms::table.filter(firms::slug.eq(slug.to_owned())).select(firms::id);
    let found: Vec<String> = transaction.load(found).await?;
    found.into_iter().next().ok_or_else(|| Fault::new(format!("no firm has the slug {slug}")))
}

fn is_viewers(here: &Here<'_, Firm>) -> Predicate {
    Expr::of(here.item.col(firms::id).eq(here.viewer.firm().to_owned()))
}

/// How a firm shows itself.
pub struct Branding;

impl Composite for Branding {
    const NAME: &'static str = "Branding";
    const ABOUT: &'static str = "How a firm shows itself: names, logo, colours and links.";
    const FIELDS: &'static [CompositeField] = &[
        part!("displayName", "The name that people know the firm by.", fixed::<false, String>, 0),
        part!("logoUrl", "Where the logo is.", fixed::<true, Url>, 1),
        part!("primaryColor", "Colour of buttons and links, as `#rrggbb`.", fixed::<false, String>, 2),
        part!("backgroundColor", "Colour behind the text, as `#rrggbb`.", fixed::<false, String>, 3),
        part!("textColor", "Colour of the text, as `#rrggbb`.", fixed::<false, String>, 4),
        part!("phone", "The number to call.", fixed::<true, String>, 5),
        part!("privacyUrl", "The privacy notice.", fixed::<true, Url>, 6),
        part!("termsUrl", "The terms of use.", fixed::<true, Url>, 7),
    ];
}

/// The roots of this room.
pub fn roots(query: &mut Describe<Query>) {
    query.found::<Firm, String>(
        "firm",
        "The public face of a firm, or null where no firm has that slug.",
        ("slug", "The firm's short name."),
        |slug, firm| Some(Expr::of(firm.item.col(firms::slug).eq(slug))),
    );
}
