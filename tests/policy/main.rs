//! The policy engine: its laws, its lint, its pruned schemas and its own files.
#![allow(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests count as tests"
)]

mod casbin;
mod closing;
mod explaining;
mod files;
mod laws;
mod lint;
mod matrix;
mod outgoing;
mod random;
mod real;
mod roles;
mod sdl;
mod telling;
mod toy;
mod twins;
mod walls;
mod watching;
mod wording;
