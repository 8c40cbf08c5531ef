//! The configuration file: what an operator sets of limits, rates, connections and proxies.
use std::path::PathBuf;

use anyhow::Context as _;
use serde::Deserialize;

use crate::http::{Connections, limits::Bounds, peer::Proxies, rates::Rates};

/// Where the configuration is.
#[derive(clap::Args)]
pub(super) struct Configured {
    /// A file of limits, rates, connections and trusted proxies, in TOML; what it does not say is as built in.
    #[arg(long, env = "PORTICO_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What the file says.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Written {
    limits: toml::Table,
    rates: Rates,
    connections: Connections,
    proxies: Proxies,
}

/// What is configured, whether by the file or built in.
pub(super) struct Config {
    pub(super) limits: Bounds,
    pub(super) rates: Rates,
    pub(super) connections: Connections,
    pub(super) proxies: Proxies,
}

impl Configured {
    /// Reads the file, if one is named.
    pub(super) fn read(&self) -> anyhow::Result<Config> {
        let Some(path) = &self.config else { return Config::of("") };
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Config::of(&text).with_context(|| path.display().to_string())
    }
}

impl Config {
    fn of(text: &str) -> anyhow::Result<Self> {
        let mut written: Written = toml::from_str(text)?;
        let limits =
            Bounds::read(std::mem::take(&mut written.limits)).map_err(|fault| anyhow::anyhow!(fault))?;
        let Written { rates, connections, proxies, .. } = written;
        Ok(Config { limits, rates, connections, proxies })
    }
}
