//! `portico migrate`.
use anyhow::ensure;

use super::{Database, say, told};
use crate::store::Store;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    database: Database,
    /// Take back the newest steps instead, as many as this; what they hold is lost, so it asks for --yes.
    #[arg(long, value_name = "STEPS", value_parser = clap::value_parser!(u16).range(1..))]
    revert: Option<u16>,
    /// Lose what the steps hold that are taken back.
    #[arg(long, requires = "revert")]
    yes: bool,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let Some(steps) = arguments.revert else { return up(&arguments.database.made().await?).await };
    let file = arguments.database.file();
    let place = arguments.database.place();
    ensure!(
        file.is_none_or(std::path::Path::exists),
        "there is no database at {place}: nothing to take back"
    );
    down(&arguments.database.made().await?, usize::from(steps), arguments.yes).await
}

async fn up(store: &Store) -> anyhow::Result<()> {
    let door = store.unscoped("migrations change tables, not rows");
    let steps = door.migrate().await.map_err(told)?;
    for step in &steps {
        say(format!("took {step}"));
    }
    if steps.is_empty() {
        say("nothing to do: the tables are in the newest form");
    }
    Ok(())
}

async fn down(store: &Store, steps: usize, is_sure: bool) -> anyhow::Result<()> {
    let door = store.unscoped("migrations change tables, not rows");
    let taken =
        if door.is_made().await.map_err(told)? { door.taken().await.map_err(told)? } else { Vec::new() };
    let count = taken.len();
    ensure!(steps <= count, "{steps} steps can't be taken back: the database has taken {count}");
    if !is_sure {
        let names: Vec<&str> = taken.iter().rev().take(steps).map(String::as_str).collect();
        let names = names.join(", ");
        anyhow::bail!("--yes is missing: taking back {names} loses for good what is kept in their tables");
    }
    for step in door.revert(steps).await.map_err(told)? {
        say(format!("took back {step}"));
    }
    Ok(())
}
