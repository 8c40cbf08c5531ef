//! `portico person`: a firm's accounts.
use super::{Database, firm::label, say, told};
use crate::{
    firms::Added,
    people::{self, Email},
    policy::Role,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Add an account. Adding it again as it is changes nothing; another with its address is refused.
    Add {
        /// The address that it is known by, unique in the firm.
        #[arg(long)]
        email: Email,
        /// The person's name.
        #[arg(long, value_parser = label)]
        name: String,
        /// The role, for somebody who works for the firm. Everybody else is added without: their roles are parts in
        /// cases.
        #[arg(long)]
        role: Option<Role>,
        /// The firm's slug.
        #[arg(long)]
        firm: String,
        #[command(flatten)]
        database: Database,
    },
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let What::Add { email, name, role, firm, database } = arguments.what;
    let store = database.open().await?;
    let added = people::add(&store, &firm, &email, &name, role).await.map_err(told)?;
    let email = email.as_str();
    say(match (added, role) {
        (Added::Known, _) => format!("{email} was there already"),
        (Added::New, Some(role)) => format!("{email} is added as {role}"),
        (Added::New, None) => format!("{email} is added; a role comes with a part in a case"),
    });
    Ok(())
}
