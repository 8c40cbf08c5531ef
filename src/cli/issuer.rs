//! `portico issuer`: whose tokens a firm takes besides our own, and who their subjects are.
use std::path::PathBuf;

use anyhow::Context as _;

use super::{Whose, now, say, told};
use crate::{
    import::report::escaped,
    people::{
        Wish,
        issuer::{self, NewIssuer},
    },
    policy::Role,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Register an issuer. Nobody can use its tokens before a subject is bound.
    Add {
        /// What the firm calls it.
        name: String,
        /// What its tokens say in `iss`, exactly.
        #[arg(long)]
        issuer: String,
        /// What its tokens for us say in `aud`, exactly.
        #[arg(long)]
        audience: String,
        /// An algorithm that it signs with, such as `RS256`; may be said several times.
        #[arg(long = "algorithm", required = true, value_name = "ALGORITHM")]
        algorithms: Vec<String>,
        /// A file with its public keys: PEM, JWK or a set of JWKs.
        #[arg(long, value_name = "FILE", required_unless_present = "keys_url", conflicts_with = "keys_url")]
        keys: Option<PathBuf>,
        /// Where it tells its public keys, as a set of JWKs.
        #[arg(long, value_name = "URL")]
        keys_url: Option<String>,
        #[command(flatten)]
        whose: Whose,
    },
    /// Bind a subject of its tokens to a person of the firm.
    Bind {
        /// The issuer, as the firm calls it.
        name: String,
        /// What its tokens say in `sub`, exactly.
        subject: String,
        /// The address that the account is known by, or the person's id.
        #[arg(long = "as", value_name = "PERSON")]
        person: String,
        /// The role to act in; needed where the person holds several.
        #[arg(long)]
        role: Option<Role>,
        #[command(flatten)]
        whose: Whose,
    },
    /// Print the firm's issuers with their subjects.
    List {
        #[command(flatten)]
        whose: Whose,
    },
    /// Remove an issuer, or one of its subjects; their tokens are out at their next request.
    Remove {
        /// The issuer, as the firm calls it.
        name: String,
        /// The subject alone.
        #[arg(long)]
        subject: Option<String>,
        #[command(flatten)]
        whose: Whose,
    },
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.what {
        What::Add { name, issuer, audience, algorithms, keys, keys_url, whose } => {
            let read =
                |path: PathBuf| std::fs::read_to_string(&path).with_context(|| path.display().to_string());
            let given = keys.map(read).transpose()?;
            let keys = match &given {
                Some(text) => issuer::NewKeys::Given(text),
                None => issuer::NewKeys::Fetched(keys_url.as_deref().unwrap_or_default()),
            };
            let new = NewIssuer {
                name: &name,
                issuer: &issuer,
                audience: &audience,
                algorithms: &algorithms,
                keys,
            };
            let store = whose.database.open().await?;
            issuer::register(&store, &whose.firm, &new, now()).await.map_err(told)?;
            say(format!("{name} is registered; bind its subjects with `portico issuer bind`"));
        }
        What::Bind { name, subject, person, role, whose } => {
            let store = whose.database.open().await?;
            let wish = Wish { person: &person, firm: Some(&whose.firm), role };
            let of = (whose.firm.as_str(), name.as_str());
            issuer::bind(&store, of, &subject, &wish, now()).await.map_err(told)?;
            say(escaped(&format!("{subject} of {name} is {person}")));
        }
        What::List { whose } => list(&whose).await?,
        What::Remove { name, subject, whose } => {
            let store = whose.database.open().await?;
            issuer::remove(&store, (&whose.firm, &name), subject.as_deref()).await.map_err(told)?;
            say(escaped(&format!("{} is removed", subject.unwrap_or(name))));
        }
    }
    Ok(())
}

async fn list(whose: &Whose) -> anyhow::Result<()> {
    for it in issuer::listed(&whose.database.open().await?, &whose.firm).await.map_err(told)? {
        let (issuer, audience) = it.meant;
        let keys = it.keys_url.unwrap_or_else(|| "keys from a file".into());
        say(escaped(&format!("{}: {issuer} for {audience}, {}, {keys}", it.name, it.algorithms)));
        for (subject, person, role) in it.subjects {
            say(escaped(&format!("  {subject} is {person}, {}", role.to_lowercase())));
        }
    }
    Ok(())
}
