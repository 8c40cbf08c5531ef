//! The command line: a file a command.
mod demo;
mod firm;
mod import;
mod issuer;
mod key;
mod migrate;
mod policy;
mod schema;
mod serve;
mod token;
mod trusted;
mod watching;

use std::{process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};

use crate::error::Fault;

/// GraphQL for law-firm client portals: what a role may not have does not exist in its schema.
#[derive(Parser)]
#[command(name = "portico", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve a made-up firm, to look around: loads it into an embedded database and prints tokens for its people.
    Demo(demo::Arguments),
    /// Serve a firm's database.
    Serve(serve::Arguments),
    /// Open a session for a person and print its token, once.
    Token(token::Arguments),
    /// Say which pages may ask for a firm.
    Firm(firm::Arguments),
    /// Print the full model, or a role's schema.
    Schema(schema::Arguments),
    /// Check the policy, print who has what, or explain one right.
    Policy(policy::Arguments),
    /// Say whose tokens a firm takes, and who their subjects are.
    Issuer(issuer::Arguments),
    /// Make, list and revoke the keys of a firm's servers.
    Key(key::Arguments),
    /// Say which documents a role's clients may ask for by hash.
    Trusted(trusted::Arguments),
    /// Take court dockets in.
    Import(import::Arguments),
    /// Bring a database's tables to the newest form.
    Migrate(migrate::Arguments),
}

/// Runs the program.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.to_string()),
    };
    let done = runtime.block_on(async {
        match arguments.command {
            Command::Demo(arguments) => demo::run(arguments).await,
            Command::Serve(arguments) => serve::run(arguments).await,
            Command::Token(arguments) => token::run(arguments).await,
            Command::Firm(arguments) => firm::run(arguments).await,
            Command::Schema(arguments) => schema::run(arguments).await,
            Command::Policy(arguments) => policy::run(arguments).await,
            Command::Issuer(arguments) => issuer::run(arguments).await,
            Command::Key(arguments) => key::run(arguments).await,
            Command::Trusted(arguments) => trusted::run(arguments).await,
            Command::Import(arguments) => import::run(arguments).await,
            Command::Migrate(arguments) => migrate::run(arguments).await,
        }
    });
    // What still blocks a thread, such as a statement of SQLite that nobody waits for, does not keep the program.
    runtime.shutdown_timeout(Duration::from_secs(1));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&format!("{error:#}")),
    }
}

#[allow(clippy::print_stderr, reason = "a program's last word")]
fn failed(why: &str) -> ExitCode {
    eprintln!("portico: {why}");
    ExitCode::FAILURE
}

/// A fault as the command line tells it.
fn told(fault: Fault) -> anyhow::Error {
    anyhow::Error::from_boxed(fault.into_source())
}

/// Writes lines to the standard output.
#[allow(clippy::print_stdout, reason = "the command's answer")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}

/// Where the firm's database is.
#[derive(clap::Args)]
struct Database {
    /// `sqlite:PATH`, or `postgres://USER@HOST/NAME`.
    #[arg(
        long = "database",
        env = "PORTICO_DATABASE",
        hide_env_values = true,
        default_value = "sqlite:portico.sqlite"
    )]
    url: String,
    /// How many connections to open at most.
    #[arg(long, env = "PORTICO_CONNECTIONS", default_value_t = 8)]
    connections: u32,
    /// Seconds that a request waits for a connection, or for SQLite's only writer, before it is told to come again.
    #[arg(long, env = "PORTICO_CONNECTION_WAIT", value_name = "SECONDS", value_parser = seconds, default_value = "2")]
    connection_wait: Duration,
    /// Seconds that one statement may run on PostgreSQL; 0: as long as it takes.
    #[arg(long, env = "PORTICO_STATEMENT_TIMEOUT", value_name = "SECONDS", value_parser = seconds, default_value = "15")]
    statement_timeout: Duration,
}

/// Reads seconds, such as `2` or `0.5`.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 =
        text.parse().map_err(|_| String::from("give a number of seconds, such as 2 or 0.5"))?;
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| String::from("give a number of seconds that is not negative"))
}

impl Database {
    async fn open(&self) -> anyhow::Result<crate::store::Store> {
        let pooling = crate::store::Pooling {
            connections: self.connections,
            wait: self.connection_wait,
            statement: self.statement_timeout,
        };
        crate::store::Store::open_with(&self.url, pooling).await.map_err(told)
    }
}

/// Where the policy's files are.
#[derive(clap::Args)]
struct Policies {
    /// A folder of policy files, read anew when one changes or on SIGHUP; without it, the ones in the program.
    #[arg(long, env = "PORTICO_POLICIES", value_name = "DIR")]
    policies: Option<std::path::PathBuf>,
}

impl Policies {
    fn source(&self) -> anyhow::Result<crate::policy::Source> {
        match &self.policies {
            Some(folder) => {
                crate::policy::Source::folder(folder).map_err(|faults| anyhow::anyhow!("{faults}"))
            }
            None => Ok(crate::policy::Source::embedded()),
        }
    }
}
