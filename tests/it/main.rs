//! Portico's integration tests: one binary, so that one database cluster serves them all.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::similar_names,
    reason = "a test that cannot go on stops with what it found"
)]

mod answer;
mod billing;
mod calendar;
mod cast;
mod clock;
mod clocked;
mod cluster;
mod commands;
mod copying;
mod coverage;
mod cursors;
mod documents;
mod drawing;
mod endings;
mod faults;
mod filters;
mod followed_by;
mod gates;
mod golden;
mod harness;
mod ids;
mod import;
mod internal;
mod issuers;
mod kept;
mod keys;
mod leaving;
mod limits;
mod logs;
mod migrations;
mod mixing;
mod nodes;
mod noninterference;
mod nonsense;
mod office;
mod operator;
mod origins;
mod parts;
mod perturb;
mod rates;
mod raw;
mod readme;
mod releases;
mod reload;
mod remembered;
mod reviews;
mod revoking;
mod sections;
mod shape;
mod signing;
mod slice;
mod small;
mod socket;
mod stopping;
mod streams;
mod trusted;
mod twin_forms;
mod twins;
mod walking;
mod walls;
mod watched;
mod way_out;
