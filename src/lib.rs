//! Portico: a GraphQL service for law-firm client portals. What a role may not have does not exist in its schema.
#![doc = include_str!("ARCHITECTURE.md")]
pub mod billing;
pub mod calendar;
pub mod cases;
pub mod cli;
pub mod demo;
pub mod digest;
pub mod dockets;
pub mod documents;
pub mod domains;
pub mod error;
pub mod firms;
pub mod graph;
pub mod house;
pub mod http;
pub mod id;
pub mod import;
pub mod internal;
pub mod money;
pub mod people;
pub mod policy;
pub mod releasing;
pub mod scalars;
pub mod store;
pub mod telemetry;
pub mod trusted;
pub mod viewer;

pub use house::{House, Refused};
