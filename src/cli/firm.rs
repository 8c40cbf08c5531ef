//! `portico firm`: the origins of a firm's own pages.
use super::{Database, say, told};
use crate::firms::origins::{self, Origin};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// The origins whose pages may ask as people of the firm, compared exactly. A change counts within five seconds.
    #[command(subcommand)]
    Origins(Origins),
}

#[derive(clap::Subcommand)]
enum Origins {
    /// Let pages of these origins ask.
    Add {
        /// Each as a browser sends it, such as `https://portal.example`.
        #[arg(required = true)]
        origins: Vec<Origin>,
        #[command(flatten)]
        whose: Whose,
    },
    /// Let them ask no longer.
    Remove {
        /// Each as it was listed.
        #[arg(required = true)]
        origins: Vec<String>,
        #[command(flatten)]
        whose: Whose,
    },
    /// Print them, one a line.
    List {
        #[command(flatten)]
        whose: Whose,
    },
}

#[derive(clap::Args)]
struct Whose {
    /// The firm's slug.
    #[arg(long)]
    firm: String,
    #[command(flatten)]
    database: Database,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let What::Origins(command) = arguments.what;
    match command {
        Origins::Add { origins, whose } => {
            let store = whose.database.open().await?;
            let count = origins::add(&store, &whose.firm, &origins).await.map_err(told)?;
            say(format!("{count} added"));
        }
        Origins::Remove { origins, whose } => {
            let store = whose.database.open().await?;
            let count = origins::remove(&store, &whose.firm, &origins).await.map_err(told)?;
            anyhow::ensure!(count > 0, "the firm lists none of these");
            say(format!("{count} removed"));
        }
        Origins::List { whose } => {
            let store = whose.database.open().await?;
            origins::listed(&store, &whose.firm).await.map_err(told)?.into_iter().for_each(say);
        }
    }
    Ok(())
}
