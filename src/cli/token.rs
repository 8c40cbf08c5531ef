//! `portico token`.
use std::io::Read as _;

use anyhow::Context as _;
use chrono::Days;

use super::{Database, now, say, told};
use crate::{people, policy::Role};

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    /// Whose: the address that the account is known by, or the person's id.
    #[arg(long = "as", value_name = "PERSON", required = true)]
    person: Option<String>,
    /// The role to act in; needed where the person holds several.
    #[arg(long)]
    role: Option<Role>,
    /// For how many days.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=365))]
    days: u64,
    /// The firm's slug; needed where several firms know the address.
    #[arg(long)]
    firm: Option<String>,
    #[command(flatten)]
    database: Database,
}

#[derive(clap::Subcommand)]
enum What {
    /// Revoke the session whose token comes on the standard input, or all of a person's: they are out at their next
    /// request.
    Revoke {
        /// All of whose: the address that the account is known by, or the person's id.
        #[arg(long = "as", value_name = "PERSON")]
        person: Option<String>,
        /// The firm's slug; needed where several firms know the address.
        #[arg(long, requires = "person")]
        firm: Option<String>,
        #[command(flatten)]
        database: Database,
    },
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    if let Some(What::Revoke { person, firm, database }) = arguments.what {
        return revoke(&database, person.as_deref(), firm.as_deref()).await;
    }
    let store = arguments.database.open().await?;
    let at = now();
    let until = at.checked_add_days(Days::new(arguments.days)).unwrap_or(at);
    let person = arguments.person.context("say whose with --as")?;
    let wish = people::Wish { person: &person, firm: arguments.firm.as_deref(), role: arguments.role };
    let opened = people::open_for(&store, &wish, (at, until)).await.map_err(told)?;
    say(opened.token);
    Ok(())
}

async fn revoke(database: &Database, person: Option<&str>, firm: Option<&str>) -> anyhow::Result<()> {
    let store = database.open().await?;
    let count = if let Some(person) = person {
        people::revoke_all(&store, (person, firm), now()).await.map_err(told)?
    } else {
        // An argument would be seen by whoever lists the machine's programs.
        let mut token = String::new();
        std::io::stdin().take(1_000).read_to_string(&mut token).context("a token on the standard input")?;
        people::revoke(&store, token.trim(), now()).await.map_err(told)?;
        1
    };
    say(format!("{count} revoked"));
    Ok(())
}
