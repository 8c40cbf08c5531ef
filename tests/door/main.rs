//! The door over a real socket, with a toy house behind it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may end where it stands"
)]

mod calls;
mod errors;
mod events;
mod hostile;
mod leaving;
mod logs;
mod rates;
#[path = "../it/logs.rs"]
#[allow(dead_code, reason = "its servers give no tokens out")]
mod run_log;
mod scanner;
mod sockets;
mod soup;
mod toy;
mod transport;
mod trickle;
mod turns;
