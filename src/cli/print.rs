//! What commands print: answers on the standard output, warnings and the last word on the standard error.
use std::{
    fmt::Display,
    io::{ErrorKind, Write as _, stderr, stdout},
    process::exit,
};

use crate::error::Fault;

/// Writes lines to the standard output. Where nobody reads any longer (`portico schema | head`), the program ends quietly.
pub(super) fn say(line: impl Display) {
    let mut out = stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => exit(0),
        Err(error) => {
            warn(format!("the answer can't be written: {error}"));
            exit(1);
        }
    }
}

/// Writes a line to the standard error, if that is still open.
pub(super) fn warn(line: impl Display) {
    let _ = writeln!(stderr().lock(), "portico: {line}");
}

/// A fault as the command line tells it.
pub(super) fn told(fault: Fault) -> anyhow::Error {
    anyhow::Error::from_boxed(fault.into_source())
}

/// An error with its causes on one line, each said once: many errors repeat their cause in their own words.
pub(super) fn reason(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}{1}")]
    struct Said(&'static str, #[source] std::io::Error);

    #[test]
    fn each_cause_is_said_once() {
        let cause = || std::io::Error::other("it is gone");
        let repeating = anyhow::Error::from(Said("the file: ", cause()));
        assert_eq!(reason(&repeating), "the file: it is gone");
        let silent = anyhow::Error::from(cause()).context("the file");
        assert_eq!(reason(&silent), "the file: it is gone");
    }
}
