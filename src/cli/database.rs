//! Where the firm's database is, and whether it is one.
use std::{path::Path, time::Duration};

use anyhow::{Context as _, ensure};
use tokio_postgres::config::Host;

use super::told;
use crate::store::{Pooling, Store};

/// Where the firm's database is.
#[derive(clap::Args)]
pub(super) struct Database {
    /// `sqlite:PATH`, or `postgres://USER@HOST/NAME`; on a unix socket, whose folder stands for the host,
    /// `postgres://USER@%2Frun%2Fpostgresql/NAME`.
    #[arg(
        long = "database",
        env = "PORTICO_DATABASE",
        hide_env_values = true,
        default_value = "sqlite:portico.sqlite"
    )]
    url: String,
    /// How many connections to open at most. Two for each processor are used at once, and more where somebody has waited for
    /// 5 milliseconds.
    #[arg(long, env = "PORTICO_CONNECTIONS", default_value_t = 8)]
    connections: u32,
    /// Seconds that a request waits for a connection, or for SQLite's only writer, before it is told to come again.
    #[arg(long, env = "PORTICO_CONNECTION_WAIT", value_name = "SECONDS", value_parser = seconds, default_value = "2")]
    connection_wait: Duration,
    /// Seconds that one statement may run on PostgreSQL; 0: as long as it takes.
    #[arg(long, env = "PORTICO_STATEMENT_TIMEOUT", value_name = "SECONDS", value_parser = seconds, default_value = "15")]
    statement_timeout: Duration,
}

/// A firm, and the database where it is.
#[derive(clap::Args)]
pub(super) struct Whose {
    /// The firm's slug.
    #[arg(long)]
    pub(super) firm: String,
    #[command(flatten)]
    pub(super) database: Database,
}

/// Reads seconds, such as `2` or `0.5`.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 =
        text.parse().map_err(|_| String::from("give a number of seconds, such as 2 or 0.5"))?;
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| String::from("give a number of seconds that is not negative"))
}

impl Database {
    /// Opens the database, whose tables have to be there in their newest form.
    pub(super) async fn open(&self) -> anyhow::Result<Store> {
        let place = self.place();
        let nothing = || format!("there is no database at {place}: run `portico migrate` first");
        if let Some(path) = self.file() {
            // Opening would make an empty one.
            ensure!(path.exists(), nothing());
        }
        let store = self.made().await?;
        let door = store.unscoped("tables are compared before they are used");
        ensure!(door.is_made().await.map_err(told)?, nothing());
        if let Some(step) = door.pending().await.map_err(told)? {
            anyhow::bail!(
                "the database at {place} has not taken the step {step} yet: run `portico migrate` first"
            );
        }
        Ok(store)
    }

    /// Opens the database, and makes an empty one where a file is to hold it.
    pub(super) async fn made(&self) -> anyhow::Result<Store> {
        let pooling = Pooling {
            connections: self.connections,
            wait: self.connection_wait,
            statement: self.statement_timeout,
        };
        let opened = Store::open_with(&self.url, pooling).await.map_err(told);
        opened.with_context(|| format!("the database at {} can't be opened", self.place()))
    }

    /// The file that holds it, where it is one.
    pub(super) fn file(&self) -> Option<&Path> {
        let path = self.url.strip_prefix("sqlite:")?;
        Some(Path::new(path.strip_prefix("//").unwrap_or(path)))
    }

    /// Where it is, without what a server's address says of passwords.
    pub(super) fn place(&self) -> String {
        if let Some(path) = self.file() {
            return path.display().to_string();
        }
        // Whatever is not known to be a host or a name may be a password.
        let Ok(config) = self.url.parse::<tokio_postgres::Config>() else {
            return "the address given".into();
        };
        let port = |at: usize| config.get_ports().get(at).or(config.get_ports().last());
        let host = config.get_hosts().iter().enumerate().map(|(at, host)| match (host, port(at)) {
            (Host::Tcp(host), port) => {
                let port = port.map(|port| format!(":{port}")).unwrap_or_default();
                format!("{}{port}", host.rsplit('@').next().unwrap_or_default())
            }
            (Host::Unix(folder), _) => folder.display().to_string(),
        });
        format!("{}/{}", host.collect::<Vec<_>>().join(","), config.get_dbname().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_never_tells_a_password() {
        for (url, place) in [
            ("sqlite:a/b.sqlite", "a/b.sqlite"),
            ("sqlite:///a.sqlite", "/a.sqlite"),
            ("postgres://me:secret@db.example/portico?password=secret", "db.example:5432/portico"),
            ("postgres://me:secret@db.example/portico?password=sec@ret", "db.example:5432/portico"),
            ("postgres://me:sec@ret@db.example/portico", "db.example:5432/portico"),
            ("postgres://me:sec?ret@db.example/portico", "db.example:5432/portico"),
            ("postgres://db.example:5433/portico", "db.example:5433/portico"),
            ("host=/run/pg dbname=portico password=secret", "/run/pg/portico"),
            ("mysql://me:secret@db.example", "the address given"),
        ] {
            let time = Duration::from_secs(1);
            let database =
                Database { url: url.into(), connections: 1, connection_wait: time, statement_timeout: time };
            assert_eq!(database.place(), place);
        }
    }
}
