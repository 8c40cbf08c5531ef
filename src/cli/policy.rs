//! `portico policy`: check, matrix, explain.
use std::path::PathBuf;

use super::{policies::Policies, say, schema::hold};
use crate::{
    house,
    policy::{Coordinate, Policy, Role, Verdict},
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Say every fault of the policy's files, or that there is none.
    Check(Policies),
    /// Print which role has what.
    Matrix {
        /// Compare policies/generated/matrix.txt, and fail where it differs.
        #[arg(long)]
        check: bool,
        /// Write policies/generated/matrix.txt.
        #[arg(long, conflicts_with = "check")]
        write: bool,
        #[command(flatten)]
        policies: Policies,
    },
    /// Say which lines decide whether a role has something.
    Explain {
        /// The role.
        role: Role,
        /// What, as `Type.member`, for example `Case.title`.
        what: String,
        #[command(flatten)]
        policies: Policies,
    },
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.command {
        Command::Check(policies) => {
            let policy = compiled(&policies).await?;
            say(format!("the policy has no fault; its hash is {}", policy.hash()));
        }
        Command::Matrix { check, write, policies } => {
            let matrix = compiled(&policies).await?.matrix();
            if check || write {
                let path = PathBuf::from("policies/generated/matrix.txt");
                return hold(&[(path, matrix)], write, "policy matrix --write");
            }
            say(matrix.trim_end());
        }
        Command::Explain { role, what, policies } => {
            let policy = compiled(&policies).await?;
            let coordinate = Coordinate::parse(&what)
                .ok_or_else(|| anyhow::anyhow!("`{what}` is no coordinate; one looks like Case.title"))?;
            let explained = policy.explain(role, &coordinate);
            let text = explained.to_string();
            anyhow::ensure!(explained.verdict != Verdict::Unknown, "{}", text.trim_end());
            say(text.trim_end());
        }
    }
    Ok(())
}

/// The policy, or all of its faults.
pub(super) async fn compiled(policies: &Policies) -> anyhow::Result<Policy> {
    house::compile(&policies.source()?).await.map_err(|faults| anyhow::anyhow!("{faults}"))
}
