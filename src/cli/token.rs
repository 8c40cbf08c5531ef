//! `portico token`.
use chrono::Days;

use super::{Database, now, say, told};
use crate::{people, policy::Role};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Whose: the address that the account is known by, or the person's id.
    #[arg(long = "as", value_name = "PERSON")]
    person: String,
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

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let store = arguments.database.open().await?;
    let at = now();
    let until = at.checked_add_days(Days::new(arguments.days)).unwrap_or(at);
    let wish =
        people::Wish { person: &arguments.person, firm: arguments.firm.as_deref(), role: arguments.role };
    let opened = people::open_for(&store, &wish, (at, until)).await.map_err(told)?;
    say(opened.token);
    Ok(())
}
