//! The command line: a file a command.
mod config;
mod database;
mod demo;
mod firm;
mod handles;
mod import;
mod issuer;
mod key;
mod limits;
mod migrate;
mod person;
mod policies;
mod policy;
mod print;
mod reviews;
mod schema;
mod serve;
mod token;
mod trusted;
mod watching;

use std::{process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};

use database::{Database, Whose, seconds};
use print::{reason, say, told, warn};

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
    /// Open a session for a person and print its token, once; or revoke sessions.
    Token(token::Arguments),
    /// Add a firm, or say which pages may ask for it.
    Firm(firm::Arguments),
    /// Add a firm's people, and say who of them is active.
    Person(person::Arguments),
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
    /// Say what a document costs, and which limit it would meet.
    Limits(limits::Arguments),
    /// Take court dockets in, and settle what they leave to a person.
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
            Command::Person(arguments) => person::run(arguments).await,
            Command::Schema(arguments) => schema::run(arguments).await,
            Command::Policy(arguments) => policy::run(arguments).await,
            Command::Issuer(arguments) => issuer::run(arguments).await,
            Command::Key(arguments) => key::run(arguments).await,
            Command::Trusted(arguments) => trusted::run(arguments).await,
            Command::Limits(arguments) => limits::run(arguments).await,
            Command::Import(arguments) => import::run(arguments).await,
            Command::Migrate(arguments) => migrate::run(arguments).await,
        }
    });
    // What still blocks a thread, such as a statement of SQLite that nobody waits for, does not keep the program.
    runtime.shutdown_timeout(Duration::from_secs(1));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&reason(&error)),
    }
}

/// The instant at which a command runs.
fn now() -> chrono::NaiveDateTime {
    crate::http::auth::now().naive_utc()
}

fn failed(why: &str) -> ExitCode {
    warn(why);
    ExitCode::FAILURE
}
