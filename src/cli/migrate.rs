//! `portico migrate`.
use super::{Database, say, told};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    database: Database,
    /// Take back the newest steps instead, as many as this; what they hold is lost.
    #[arg(long, value_name = "STEPS")]
    revert: Option<usize>,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let store = arguments.database.open().await?;
    let store = store.unscoped("migrations change tables, not rows");
    let (steps, done) = match arguments.revert {
        None => (store.migrate().await, "took"),
        Some(steps) => (store.revert(steps).await, "took back"),
    };
    let steps = steps.map_err(told)?;
    for step in &steps {
        say(format!("{done} {step}"));
    }
    if steps.is_empty() {
        say("nothing to do: the tables are in the newest form");
    }
    Ok(())
}
