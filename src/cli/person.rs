//! `portico person`: a firm's accounts.
use super::{Database, Whose, firm::label, now, say, told};
use crate::{
    firms::Added,
    people::{self, Email},
    policy::Role,
    store::Store,
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
    /// Let an account do nothing any more, whoever signs for it. Its sessions are revoked.
    Deactivate(Whom),
    /// Let an account act again. Sessions that were revoked stay so.
    Activate(Whom),
}

#[derive(clap::Args)]
struct Whom {
    /// The address that it is known by, or the person's id.
    #[arg(long = "as", value_name = "PERSON")]
    person: String,
    #[command(flatten)]
    whose: Whose,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.what {
        What::Add { email, name, role, firm, database } => {
            add(&database.open().await?, &firm, (&email, &name, role)).await
        }
        What::Deactivate(whom) => set_active(whom, false).await,
        What::Activate(whom) => set_active(whom, true).await,
    }
}

async fn set_active(whom: Whom, is_active: bool) -> anyhow::Result<()> {
    let store = whom.whose.database.open().await?;
    let of = (whom.person.as_str(), whom.whose.firm.as_str());
    let changed = people::set_active(&store, of, is_active, now()).await.map_err(told)?;
    let (was, state) = (if changed { "is" } else { "was" }, if is_active { "active" } else { "not active" });
    say(format!("{} {was} {state}{}", whom.person, if changed { "" } else { " already" }));
    Ok(())
}

async fn add(
    store: &Store,
    firm: &str,
    (email, name, role): (&Email, &str, Option<Role>),
) -> anyhow::Result<()> {
    let added = people::add(store, firm, email, name, role).await.map_err(told)?;
    let email = email.as_str();
    say(match (added, role) {
        (Added::Known, _) => format!("{email} was there already"),
        (Added::New, Some(role)) => format!("{email} is added as {role}"),
        (Added::New, None) => format!("{email} is added; a role comes with a part in a case"),
    });
    Ok(())
}
