//! `portico schema`: the full model, a role's schema, and the committed copies of both.
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{policies::Policies, say};
use crate::{house, policy::Role};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The schema of this role instead of the full model.
    #[arg(long)]
    role: Option<Role>,
    /// Compare the committed copies, schema.graphql and policies/generated/ROLE.graphql, and fail where one differs.
    #[arg(long, conflicts_with = "role")]
    check: bool,
    /// Write the committed copies.
    #[arg(long, conflicts_with_all = ["role", "check"])]
    write: bool,
    #[command(flatten)]
    policies: Policies,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    if arguments.check || arguments.write {
        return copies(&arguments).await;
    }
    let text = match arguments.role {
        None => house::sdl(),
        Some(role) => {
            let policy = super::policy::compiled(&arguments.policies).await?;
            house::role_sdl(&policy, role).map_err(|faults| anyhow::anyhow!("{faults}"))?
        }
    };
    say(text.trim_end());
    Ok(())
}

async fn copies(arguments: &Arguments) -> anyhow::Result<()> {
    let policy = super::policy::compiled(&arguments.policies).await?;
    let mut texts = vec![(PathBuf::from("schema.graphql"), house::sdl())];
    for role in Role::ALL {
        let text = house::role_sdl(&policy, role).map_err(|faults| anyhow::anyhow!("{faults}"))?;
        texts.push((Path::new("policies/generated").join(format!("{}.graphql", role.name())), text));
    }
    hold(&texts, arguments.write, "schema --write")
}

/// Writes the committed copies, or fails where one differs and names the mend.
pub(super) fn hold(texts: &[(PathBuf, String)], is_to_be_written: bool, mend: &str) -> anyhow::Result<()> {
    for (path, text) in texts {
        let text = format!("{}\n", text.trim_end());
        if is_to_be_written {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(path, text).with_context(|| path.display().to_string())?;
        } else if std::fs::read_to_string(path).ok().as_deref() != Some(&text) {
            anyhow::bail!("{} is not what the code says; `cargo run -- {mend}` mends it", path.display());
        }
    }
    Ok(())
}
