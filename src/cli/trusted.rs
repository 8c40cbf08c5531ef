//! `portico trusted`: documents that a role's clients may ask for by hash.
use std::path::PathBuf;

use anyhow::Context as _;

use super::{Database, config::Configured, now, policies::Policies, say, told, warn};
use crate::{
    house::{Judged, RoleSchema},
    http::limits::Limits,
    policy::Role,
    trusted::{self, manifest},
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Trust a role with the documents of a manifest, if each fits the role's schema and limits; all or none.
    ///
    /// Takes what Apollo's generate-persisted-query-manifest and relay-compiler (persistConfig) write.
    Add {
        /// The manifest.
        manifest: PathBuf,
        /// The role whose clients send them.
        #[arg(long)]
        role: Role,
        #[command(flatten)]
        policies: Policies,
        #[command(flatten)]
        config: Configured,
        #[command(flatten)]
        database: Database,
    },
    /// Print role, operation, hash and since when.
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Trust a role with some of its documents no longer. Counts within five seconds.
    Remove {
        /// The role.
        #[arg(long)]
        role: Role,
        /// Their hashes.
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        hashes: Vec<String>,
        /// All of the role's.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        database: Database,
    },
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.what {
        What::Add { manifest, role, policies, config, database } => {
            let bounds = config.read()?.limits;
            let entries = judged(&manifest, role, &policies, bounds.of(role, false)).await?;
            let count = trusted::add(&database.open().await?, role, &entries, now()).await.map_err(told)?;
            say(format!("{count} added, {} were there already", entries.len().saturating_sub(count)));
        }
        What::List { database } => {
            for it in trusted::listed(&database.open().await?).await.map_err(told)? {
                let (role, day) = (it.role.to_lowercase(), it.added_at.date());
                say(format!("{role:<18} {:<32} {}  {day}", it.name, it.hash));
            }
        }
        What::Remove { role, hashes, all, database } => {
            let which = if all { None } else { Some(hashes.as_slice()) };
            let count = trusted::remove(&database.open().await?, role, which).await.map_err(told)?;
            anyhow::ensure!(count > 0, "{role} has none of these");
            say(format!("{count} removed"));
        }
    }
    Ok(())
}

/// The manifest's documents with their operations' names, or everything that is wrong with them.
async fn judged(
    path: &PathBuf,
    role: Role,
    policies: &Policies,
    limits: &Limits,
) -> anyhow::Result<Vec<(String, manifest::Entry)>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let shown = path.display();
    let entries =
        manifest::read(&text).map_err(|faults| anyhow::anyhow!("{shown}: {}", faults.join("\n")))?;
    let policy = super::policy::compiled(policies).await?;
    let schema = RoleSchema::of(&policy, role).map_err(|faults| anyhow::anyhow!("{faults}"))?;
    let (mut fitting, mut faults) = (Vec::new(), Vec::new());
    for entry in entries {
        match schema.judge(&entry.document, limits).await {
            Ok(Judged { name, dearest }) => {
                if dearest > limits.cost {
                    warn(format!(
                        "{name} ({}) costs up to {dearest} where its variables ask for the longest pages; {role}'s \
                         requests may cost {}",
                        entry.hash, limits.cost
                    ));
                }
                fitting.push((name, entry));
            }
            Err(found) => faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", entry.hash))),
        }
    }
    anyhow::ensure!(faults.is_empty(), "{shown} does not fit {role}'s schema:\n{}", faults.join("\n"));
    Ok(fitting)
}
