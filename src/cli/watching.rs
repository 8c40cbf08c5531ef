//! What serving is watched by: the log, traces and metrics.
use std::{net::SocketAddr, sync::Arc};

use anyhow::Context as _;
use tokio::{net::TcpListener, task::JoinHandle};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::{
    House,
    http::Serving,
    telemetry::{
        export::{Collecting, collecting},
        log::{Format, lines, panicked},
        metrics::Metrics,
    },
};

#[derive(clap::Args)]
pub(super) struct Watching {
    /// How the log on the standard error looks; `RUST_LOG` says how much is in it.
    #[arg(long, env = "PORTICO_LOG", value_enum, default_value_t)]
    log: Format,
    /// Send traces to this OpenTelemetry collector by OTLP over HTTP, such as `http://127.0.0.1:4318`.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL")]
    otlp: Option<String>,
    /// Answer Prometheus at `/metrics` of this address; keep it from the outside.
    #[arg(long, env = "PORTICO_METRICS", value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
}

/// What is begun before anything else and ended behind it.
pub(super) struct Begun {
    collecting: Option<Collecting>,
    metrics: Option<TcpListener>,
    answering: Option<JoinHandle<()>>,
}

impl Watching {
    /// Begins to log, and to collect traces if told so.
    pub(super) async fn begin(&self) -> anyhow::Result<Begun> {
        let level = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
        let (collecting, traces) = match &self.otlp {
            None => (None, None),
            Some(address) => {
                let (collecting, traces) = collecting(address)
                    .map_err(|why| anyhow::anyhow!("traces can't be sent to {address}: {why}"))?;
                (Some(collecting), Some(traces))
            }
        };
        let log = lines(self.log, level, std::io::stderr);
        tracing_subscriber::registry().with(traces).with(log).init();
        std::panic::set_hook(Box::new(panicked));
        let metrics = match self.metrics {
            None => None,
            Some(address) => {
                Some(TcpListener::bind(address).await.context("the address for metrics is not free")?)
            }
        };
        Ok(Begun { collecting, metrics, answering: None })
    }
}

impl Begun {
    /// The metrics of a house, if they were asked for; from now on they are answered.
    pub(super) fn metrics(&mut self, house: &House) -> Option<Arc<Metrics>> {
        let listener = self.metrics.take()?;
        let metrics = Metrics::of(house.store(), Arc::clone(house.reloads()));
        let router = Arc::clone(&metrics).router();
        self.answering =
            Some(tokio::spawn(Serving::default().serve(listener, router, std::future::pending())));
        Some(metrics)
    }

    /// Ends it all; what was collected is delivered first.
    pub(super) async fn end(self) {
        if let Some(answering) = self.answering {
            answering.abort();
        }
        if let Some(collecting) = self.collecting {
            collecting.stop().await;
        }
    }
}
