//! What operators see of the service while it runs: the log, one line a call, metrics and traces.
//!
//! * [`call`]: a request, or one operation over a socket: its id, what is noted of it, and the line that it ends with.
//! * [`log`]: how lines are written, so that no text can forge one, and what other packages may say.
//! * [`metrics`]: numbers for Prometheus, asked for on a listener of their own.
//! * [`export`]: traces for an OpenTelemetry collector.
//!
//! None of them ever holds what somebody wrote or may read: no document, no variable, no name of a person, no token. What
//! is told of a call comes from sets that the program or its operator chose: methods, routes, roles, kinds, codes, and the
//! names of trusted documents.
pub mod call;
pub mod export;
pub mod log;
pub mod metrics;

/// The target of spans that are made for collectors alone; the log leaves them out.
pub(crate) const TRACE: &str = "portico::trace";
