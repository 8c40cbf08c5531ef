//! `portico serve`, and what serving is made of.
use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::http::HeaderValue;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::timeout,
};

use super::{
    Database,
    config::Configured,
    handles::afforded,
    policies::{Changes, Policies},
    seconds, told,
    watching::Watching,
};
use crate::{
    firms::origins::Origin,
    house::{House, Refused},
    http::{Closing, Serving, Settings, router},
    policy::Source,
    store::Store,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    policies: Policies,
    #[command(flatten)]
    config: Configured,
    /// Where to listen.
    #[arg(long, env = "PORTICO_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// An origin whose pages may ask for every firm, such as `https://portal.example`; may be said several times. What a
    /// firm lists for itself (`portico firm origins`) may ask for that firm.
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    origins: Vec<Origin>,
    /// Let outside roles run trusted documents (`portico trusted`) alone.
    #[arg(long, env = "PORTICO_TRUSTED_ONLY")]
    trusted_only: bool,
    /// Show GraphiQL at /.
    #[arg(long)]
    console: bool,
    #[command(flatten)]
    leaving: Leaving,
    #[command(flatten)]
    watching: Watching,
}

/// How the service stops.
#[derive(clap::Args)]
pub(super) struct Leaving {
    /// Seconds from SIGTERM, during which `/health/ready` says 503 and everything is answered, until no more connections are
    /// taken: longer than the load balancer needs to notice.
    #[arg(long, env = "PORTICO_NOTICE", value_name = "SECONDS", value_parser = seconds, default_value = "2")]
    notice: Duration,
    /// Seconds from then that requests under way may take; then the service ends without them.
    #[arg(long, env = "PORTICO_GRACE", value_name = "SECONDS", value_parser = seconds, default_value = "30")]
    grace: Duration,
}

impl Default for Leaving {
    fn default() -> Self {
        Leaving { notice: Duration::ZERO, grace: Duration::from_secs(5) }
    }
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = arguments.config.read()?;
    let mut watched = arguments.watching.begin().await?;
    let stop = Stop::listen()?;
    let store = arguments.database.open().await?;
    let (policy, changes) = arguments.policies.watched()?;
    let house = Arc::new(open(store, &policy).await?);
    let settings = Settings {
        limits: config.limits,
        rates: config.rates,
        connections: config.connections,
        proxies: config.proxies,
        console: arguments.console,
        origins: headers(&arguments.origins),
        trusted_only: arguments.trusted_only,
        metrics: watched.metrics(&house),
        ..Settings::default()
    };
    let listener = tokio::net::TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("{} can't be listened at", arguments.listen))?;
    tracing::info!(address = %arguments.listen, "serving");
    serve(house, settings, listener, changes, (stop, arguments.leaving)).await;
    watched.end().await;
    Ok(())
}

pub(super) async fn open(store: Store, source: &Source) -> anyhow::Result<House> {
    House::open(store, source).await.map_err(|refused| match refused {
        Refused::Policy(faults) => anyhow::anyhow!("{faults}"),
        Refused::Fault(fault) => told(fault),
    })
}

/// Serves until told to stop; requests under way are answered first, as long as that takes no longer than it may.
pub(super) async fn serve(
    house: Arc<House>,
    mut settings: Settings,
    listener: tokio::net::TcpListener,
    changes: Changes,
    (stop, leaving): (Stop, Leaving),
) {
    let reloading = tokio::spawn(changes.into_force(Arc::clone(&house)));
    settings.connections = afforded(settings.connections);
    let closing = settings.closing.clone();
    let (closed, left) = (closing.clone(), closing.clone());
    let serving = async move {
        let serving = Serving::of(&settings);
        serving.serve(listener, router(house, settings), closed.closed()).await;
        // Sockets are no requests any more, but have a last word to say.
        left.left().await;
    };
    tokio::select! {
        () = serving => {}
        () = stop.carried_out(&closing, &leaving) => {
            tracing::warn!("ended before all requests were answered");
        }
    }
    reloading.abort();
}

/// As browsers send them.
pub(super) fn headers(origins: &[Origin]) -> Vec<HeaderValue> {
    origins.iter().filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok()).collect()
}

/// The signals by which the service is told to stop; heard from the moment this is made.
pub(super) struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Stop { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for the next one, and says whether it was not a person at a terminal.
    async fn told(&mut self) -> bool {
        tokio::select! {
            _ = self.interrupt.recv() => false,
            _ = self.terminate.recv() => true,
        }
    }

    /// Waits until told to stop, lets the service know, and returns when it must have ended. A second signal cuts that short.
    async fn carried_out(mut self, closing: &Closing, leaving: &Leaving) {
        let has_notice = self.told().await;
        tracing::info!("stopping");
        closing.leave();
        let notice = leaving.notice.saturating_mul(u32::from(has_notice));
        if timeout(notice, self.told()).await.is_ok() {
            return;
        }
        closing.close();
        // It elapses, or a second signal comes: either way it is over.
        let _ = timeout(leaving.grace, self.told()).await;
    }
}
