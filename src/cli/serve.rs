//! `portico serve`, and what serving is made of.
use std::{net::SocketAddr, sync::Arc};

use anyhow::Context as _;
use axum::http::HeaderValue;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::{Database, Policies, told};
use crate::{
    house::{House, Refused},
    http::{Settings, router},
    policy::{Source, Watch},
    store::Store,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    policies: Policies,
    /// Where to listen.
    #[arg(long, env = "PORTICO_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// An origin whose pages may ask for every firm, such as `https://portal.example`; may be said several times. What a
    /// firm lists for itself (`portico firm origins`) may ask for that firm.
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    origins: Vec<HeaderValue>,
    /// Let outside roles run trusted documents (`portico trusted`) alone.
    #[arg(long, env = "PORTICO_TRUSTED_ONLY")]
    trusted_only: bool,
    /// Show GraphiQL at /.
    #[arg(long)]
    console: bool,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    log();
    let stop = Stop::listen()?;
    let store = arguments.database.open().await?;
    let pending = store.unscoped("tables are compared before serving").pending().await.map_err(told)?;
    if let Some(step) = pending {
        anyhow::bail!("the database has not taken the step {step} yet: run `portico migrate` first");
    }
    let settings = Settings {
        console: arguments.console,
        origins: arguments.origins,
        trusted_only: arguments.trusted_only,
        ..Settings::default()
    };
    let house = Arc::new(open(store, &arguments.policies.source()?).await?);
    let listener =
        tokio::net::TcpListener::bind(arguments.listen).await.context("the address is not free")?;
    tracing::info!(address = %arguments.listen, "serving");
    serve(house, settings, listener, arguments.policies, stop).await
}

/// Logs to the standard error; `RUST_LOG` says how much.
pub(super) fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).json().init();
}

pub(super) async fn open(store: Store, source: &Source) -> anyhow::Result<House> {
    House::open(store, source).await.map_err(|refused| match refused {
        Refused::Policy(faults) => anyhow::anyhow!("{faults}"),
        Refused::Fault(fault) => told(fault),
    })
}

/// Serves until told to stop; requests under way are answered first.
pub(super) async fn serve(
    house: Arc<House>,
    settings: Settings,
    listener: tokio::net::TcpListener,
    policies: Policies,
    stop: Stop,
) -> anyhow::Result<()> {
    let reloading = tokio::spawn(reload(Arc::clone(&house), policies));
    let closing = settings.closing.clone();
    let told = async move {
        stop.told().await;
        closing.close();
    };
    axum::serve(listener, router(house, settings)).with_graceful_shutdown(told).await?;
    reloading.abort();
    Ok(())
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

    async fn told(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Reads the policy anew when a file of its folder changes and on SIGHUP; one with faults changes nothing.
async fn reload(house: Arc<House>, policies: Policies) -> anyhow::Result<()> {
    let Some(folder) = &policies.policies else { return Ok(()) };
    let mut watch = Watch::folder(folder)?;
    let mut hangup = signal(SignalKind::hangup())?;
    loop {
        let is_over = tokio::select! {
            changed = watch.changed() => changed.is_none(),
            told = hangup.recv() => told.is_none(),
        };
        if is_over {
            return Ok(());
        }
        let outcome = match Source::folder(folder) {
            Ok(source) => house.reload(&source).await,
            Err(faults) => Err(faults),
        };
        match outcome {
            Ok(()) => tracing::info!("the policy was read anew"),
            Err(faults) => {
                tracing::error!(%faults, "the policy has faults, so the former one stays in force");
            }
        }
    }
}
