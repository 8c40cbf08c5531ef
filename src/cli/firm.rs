//! `portico firm`: firms, and the origins of their own pages.
use std::str::FromStr as _;

use chrono_tz::{TZ_VARIANTS, Tz};

use super::{Database, Whose, say, told};
use crate::{
    firms::{
        self, Added, Slug,
        origins::{self, Origin},
    },
    policy::nearest,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Add a firm. Adding it again as it is changes nothing; another with its slug is refused.
    Add {
        /// Its short name in addresses: lower case letters, digits and dashes.
        slug: Slug,
        /// Its name.
        #[arg(long, value_parser = label)]
        name: String,
        /// The zone of its offices, by its IANA name, such as `America/New_York`.
        #[arg(long, value_parser = zone)]
        time_zone: Tz,
        #[command(flatten)]
        database: Database,
    },
    /// The origins whose pages may ask as people of the firm, compared exactly. A change counts within five seconds.
    #[command(subcommand)]
    Origins(Origins),
}

#[derive(clap::Subcommand)]
enum Origins {
    /// Let pages of these origins ask.
    Add {
        /// Each as a browser sends it, such as `https://portal.example`.
        #[arg(required = true)]
        origins: Vec<Origin>,
        #[command(flatten)]
        whose: Whose,
    },
    /// Let them ask no longer.
    Remove {
        /// Each as it was listed.
        #[arg(required = true)]
        origins: Vec<String>,
        #[command(flatten)]
        whose: Whose,
    },
    /// Print them, one a line.
    List {
        #[command(flatten)]
        whose: Whose,
    },
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let command = match arguments.what {
        What::Add { slug, name, time_zone, database } => {
            let store = database.open().await?;
            let added = firms::add(&store, &slug, &name, time_zone.name()).await.map_err(told)?;
            let slug = slug.as_str();
            say(match added {
                Added::New => format!("{slug} is added"),
                Added::Known => format!("{slug} was there already"),
            });
            return Ok(());
        }
        What::Origins(command) => command,
    };
    match command {
        Origins::Add { origins, whose } => {
            let store = whose.database.open().await?;
            let count = origins::add(&store, &whose.firm, &origins).await.map_err(told)?;
            say(format!("{count} added"));
        }
        Origins::Remove { origins, whose } => {
            let store = whose.database.open().await?;
            let count = origins::remove(&store, &whose.firm, &origins).await.map_err(told)?;
            anyhow::ensure!(count > 0, "the firm lists none of these");
            say(format!("{count} removed"));
        }
        Origins::List { whose } => {
            let store = whose.database.open().await?;
            origins::listed(&store, &whose.firm).await.map_err(told)?.into_iter().for_each(say);
        }
    }
    Ok(())
}

/// A name that fits on a line.
pub(super) fn label(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 200 || text.contains(char::is_control) {
        return Err("a name has 1 to 200 characters, on one line".to_owned());
    }
    Ok(text.to_owned())
}

fn zone(text: &str) -> Result<Tz, String> {
    let names = || TZ_VARIANTS.iter().map(|zone| zone.name());
    Tz::from_str(text).map_err(|_| {
        let city = text.rsplit('/').next().unwrap_or(text).replace(' ', "_").to_lowercase();
        let is_of_city = |name: &&str| name.to_lowercase().rsplit('/').next() == Some(city.as_str());
        match nearest(text, names()).or_else(|| names().find(is_of_city).map(str::to_owned)) {
            Some(name) => format!("there is no such time zone; did you mean {name}?"),
            None => "there is no such time zone; one looks like America/New_York".to_owned(),
        }
    })
}
