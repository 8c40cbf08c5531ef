//! The log of the whole test run, at its loudest, in a folder that is searched afterwards (`tests/logs.sh`).
//!
//! `PORTICO_TEST_LOGS` names the folder; without it nothing is written.
use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    path::PathBuf,
    sync::OnceLock,
};

use portico::telemetry::log::{Format, lines};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _};

fn folder() -> Option<&'static PathBuf> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOLDER.get_or_init(|| std::env::var_os("PORTICO_TEST_LOGS").map(PathBuf::from)).as_ref()
}

/// A file of this process, to be written at its end.
fn file(name: &str) -> Option<File> {
    let path = folder()?.join(format!("{name}-{}", std::process::id()));
    Some(OpenOptions::new().create(true).append(true).open(path).unwrap())
}

/// From now on the servers of this process log all that they have to say.
pub fn write() {
    static WRITTEN: OnceLock<()> = OnceLock::new();
    WRITTEN.get_or_init(|| {
        if let Some(file) = file("log") {
            let all = lines(Format::Json, EnvFilter::new("trace"), std::sync::Mutex::new(file));
            tracing_subscriber::registry().with(all).init();
        }
    });
}

/// Where a server that is a process of its own logs the same, if anywhere.
pub fn of_programs() -> Option<File> {
    file("log-programs")
}

/// Remembers a token that was given out, so that it is searched for.
pub fn given(token: &str) {
    if let Some(mut file) = file("tokens") {
        writeln!(file, "{token}").unwrap();
    }
}
