//! `portico demo`: two made-up firms, served, with a token for each of their people.
use std::{path::PathBuf, sync::Arc};

use anyhow::Context as _;
use chrono::Days;

use super::{now, policies::Policies, say, serve, told, watching::Watching};
use crate::{
    demo::{self, Folder, Holds},
    firms::origins::Origin,
    http::Settings,
    people,
    store::Store,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The port to listen on, at 127.0.0.1.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The folder of the demo's database. What is there is used again; a folder that another version of the demo made is
    /// refused, and --fresh begins anew. No file that the demo did not make is ever removed.
    #[arg(long, default_value = "portico-demo")]
    dir: PathBuf,
    /// Begin anew: remove the database that an earlier demo made.
    #[arg(long)]
    fresh: bool,
    /// Load the demo into this empty database instead, such as `postgres://USER@HOST/NAME`; one that holds anything but
    /// a demo is refused.
    #[arg(long, conflicts_with_all = ["dir", "fresh"])]
    database: Option<String>,
    /// A further origin whose pages may ask; those of localhost may anyhow.
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    origins: Vec<Origin>,
    #[command(flatten)]
    policies: Policies,
    #[command(flatten)]
    watching: Watching,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut watched = arguments.watching.begin().await?;
    let stop = serve::Stop::listen()?;
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], arguments.port));
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("port {} is taken; choose another with --port", arguments.port))?;
    // Nobody else begins a demo in the folder as long as this one serves.
    let (store, _folder) = database(&arguments).await?;
    let holds = demo::holds(&store).await.map_err(told)?;
    anyhow::ensure!(holds != Holds::Others, "the database holds what is not the demo's; choose an empty one");
    store.unscoped("the demo makes its own tables").migrate().await.map_err(told)?;
    if holds == Holds::Nothing {
        demo::load(&store, now()).await.map_err(told)?;
    }
    let (policy, changes) = arguments.policies.watched()?;
    let house = Arc::new(serve::open(store, &policy).await?);
    greet(&house, listener.local_addr()?).await?;
    let settings = Settings {
        console: true,
        origins: serve::headers(&arguments.origins),
        localhost_origins: true,
        metrics: watched.metrics(&house),
        ..Settings::default()
    };
    let leaving = serve::Leaving::default();
    serve::serve(house, settings, listener, changes, (stop, leaving)).await;
    watched.end().await;
    Ok(())
}

async fn database(arguments: &Arguments) -> anyhow::Result<(Store, Option<Folder>)> {
    if let Some(url) = &arguments.database {
        return Ok((Store::open(url, 8).await.map_err(told)?, None));
    }
    let folder = Folder::prepare(&arguments.dir, arguments.fresh)?;
    let path = folder.database();
    say(format!("The demo's database is {} (kept; --fresh begins anew).\n", path.display()));
    let store = Store::open(&format!("sqlite:{}", path.display()), 8).await.map_err(told)?;
    Ok((store, Some(folder)))
}

async fn greet(house: &crate::House, address: std::net::SocketAddr) -> anyhow::Result<()> {
    let at = now();
    let until = at.checked_add_days(Days::new(30)).unwrap_or(at);
    let mut tokens = Vec::new();
    for member in demo::cast() {
        let wish = people::Wish { person: member.email, firm: None, role: Some(member.role) };
        let opened = people::open_for(house.store(), &wish, (at, until)).await.map_err(told)?;
        say(format!(
            "  {:<16} {:<18} {:<43}  {}",
            member.name,
            member.role.name(),
            opened.token,
            member.shows
        ));
        tokens.push((member.role, opened.token));
    }
    say("\nThe same question, two answers:\n");
    for role in [crate::policy::Role::Client, crate::policy::Role::Attorney] {
        let token = tokens.iter().find(|(held, _)| *held == role).map_or("", |(_, token)| token);
        say(format!(
            "  curl -s http://{address}/graphql -H 'Authorization: Bearer {token}' \\\n    \
             -H 'Content-Type: application/json' -d '{{\"query\":\"{{ cases(first: 1) {{ nodes {{ title tasks {{ nodes {{ title }} }} }} }} }}\"}}'\n"
        ));
    }
    say(format!("GraphiQL: http://{address}/ (put a token into its headers)"));
    say("Stop it with Ctrl-C.");
    Ok(())
}
