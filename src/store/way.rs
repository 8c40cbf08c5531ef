//! The way to a PostgreSQL server: how connections are opened, and how the statement on one is cancelled from beside it.
use std::{net::IpAddr, sync::Arc, time::Duration};

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tokio_postgres::{
    CancelToken, Config, NoTls,
    config::{Host, SslMode},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::Fault;

/// How long opening one connection may take, unless the URL says otherwise.
const OPENING: Duration = Duration::from_secs(5);
/// How long what was sent may stay without the other machine's receipt, unless the URL says otherwise.
const RECEIPT: Duration = Duration::from_secs(30);

/// How often a server looks whether who asked is still connected.
const LOOK: &str = "SELECT set_config('client_connection_check_interval', '10s', false) \
                    WHERE CAST(current_setting('server_version_num') AS INTEGER) >= 140000";

pub(super) struct Way {
    config: Config,
    /// None where nothing is to be read on the way.
    tls: Option<MakeRustlsConnect>,
    statement: Duration,
}

impl Way {
    pub(super) fn to(url: &str, statement: Duration) -> Result<Self, Fault> {
        let mut config: Config = url.parse()?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(OPENING);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(RECEIPT);
        }
        // An address beside the host, or in place of one, is where it goes.
        let addresses = config.get_hostaddrs();
        let is_local =
            addresses.is_empty() && config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
        let stays =
            addresses.iter().all(IpAddr::is_loopback) && config.get_hosts().iter().all(is_this_machine);
        // Preferred alone, TLS is what anybody on the way can take away, and with it the password.
        if config.get_ssl_mode() == SslMode::Prefer && !stays {
            config.ssl_mode(SslMode::Require);
        }
        let is_open = is_local || config.get_ssl_mode() == SslMode::Disable;
        let tls = if is_open { None } else { Some(MakeRustlsConnect::new(trusting_the_machine()?)) };
        Ok(Way { config, tls, statement })
    }

    /// How long one statement may run; zero: without limit.
    pub(super) fn statement(&self) -> Duration {
        self.statement
    }

    pub(super) async fn connect(&self) -> ConnectionResult<AsyncPgConnection> {
        let connection = match self.tls.clone() {
            None => {
                let (client, connection) = self.config.connect(NoTls).await.map_err(bad)?;
                AsyncPgConnection::try_from_client_and_connection(client, connection).await?
            }
            Some(tls) => {
                let (client, connection) = self.config.connect(tls).await.map_err(bad)?;
                AsyncPgConnection::try_from_client_and_connection(client, connection).await?
            }
        };
        self.prepared(connection).await
    }

    /// No statement runs longer than it may, nor for a program that is gone (older servers can't look), and compiling one
    /// to machine code costs more than it saves here.
    async fn prepared(&self, mut connection: AsyncPgConnection) -> ConnectionResult<AsyncPgConnection> {
        let milliseconds = self.statement.as_millis();
        connection
            .batch_execute(&format!("SET statement_timeout = {milliseconds}; SET jit = off; {LOOK}"))
            .await
            .map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(connection)
    }

    /// Asks the server to end what runs on a connection.
    pub(super) async fn cancel(&self, token: &CancelToken) {
        let told = match self.tls.clone() {
            None => token.cancel_query(NoTls).await,
            Some(tls) => token.cancel_query(tls).await,
        };
        if let Err(why) = told {
            tracing::warn!(why = ?why.to_string(), "a statement that nobody waits for could not be cancelled");
        }
    }
}

/// Whether what is sent there leaves no machine.
fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()),
    }
}

/// TLS that trusts whom the machine trusts.
fn trusting_the_machine() -> Result<rustls::ClientConfig, rustls::Error> {
    let mut roots = rustls::RootCertStore::empty();
    let (_added, _ignored) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// With its causes: a connection's error says "error connecting to server", and only its cause says why.
fn bad(error: impl std::error::Error + Send + Sync + 'static) -> ConnectionError {
    ConnectionError::BadConnection(Fault::new(error).chain())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_goes_over_a_network_in_the_clear_unless_it_is_meant_to() {
        for (url, mode) in [
            ("postgres://db.example/portico", SslMode::Require),
            ("postgres://10.0.0.1/portico?sslmode=prefer", SslMode::Require),
            ("postgres://localhost,db.example/portico", SslMode::Require),
            ("postgres://db.example/portico?sslmode=disable", SslMode::Disable),
            ("postgres:///portico?hostaddr=10.0.0.1", SslMode::Require),
            ("postgres://localhost/portico?hostaddr=10.0.0.1", SslMode::Require),
            ("postgres://127.0.0.1/portico", SslMode::Prefer),
            ("postgres://[::1]/portico", SslMode::Prefer),
            ("postgres:///portico?host=/run/postgresql", SslMode::Prefer),
        ] {
            let way = Way::to(url, Duration::ZERO).unwrap();
            assert_eq!(way.config.get_ssl_mode(), mode, "{url}");
            assert!(mode != SslMode::Require || way.tls.is_some(), "{url}");
        }
    }
}
