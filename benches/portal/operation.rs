//! The four operations, each with the one hand-written statement that does the same work on each engine.
use serde_json::{Value, json};

use super::firm::{ATTORNEY, CLIENT};

/// Something that a portal asks.
pub(crate) struct Operation {
    pub(crate) key: &'static str,
    pub(crate) about: &'static str,
    pub(crate) who: &'static str,
    pub(crate) role: &'static str,
    pub(crate) query: &'static str,
    pub(crate) postgres: &'static str,
    pub(crate) sqlite: &'static str,
    /// At most so many times the statement's CPU, on PostgreSQL at sixteen connections.
    pub(crate) goal: f64,
    pub(crate) needs_case: bool,
}

macro_rules! statements {
    ($name:literal) => {
        (
            include_str!(concat!("sql/", $name, ".postgres.sql")),
            include_str!(concat!("sql/", $name, ".sqlite.sql")),
        )
    };
}

impl Operation {
    /// What is sent; `case` is the id of a case that the asker may see.
    pub(crate) fn body(&self, case: &str) -> Value {
        let variables = if self.needs_case { json!({ "id": case }) } else { json!({}) };
        json!({ "query": self.query, "variables": variables })
    }
}

/// All of them.
pub(crate) fn all() -> [Operation; 4] {
    let (home, list, one, attorney) =
        (statements!("home"), statements!("list"), statements!("one"), statements!("attorney"));
    [
        Operation {
            key: "M",
            about: "portal home",
            who: CLIENT,
            role: "client",
            query: include_str!("sql/home.graphql"),
            postgres: home.0,
            sqlite: home.1,
            goal: 2.0,
            needs_case: false,
        },
        Operation {
            key: "L",
            about: "list of 100 documents",
            who: CLIENT,
            role: "client",
            query: include_str!("sql/list.graphql"),
            postgres: list.0,
            sqlite: list.1,
            goal: 1.5,
            needs_case: false,
        },
        Operation {
            key: "O",
            about: "one case, two fields",
            who: CLIENT,
            role: "client",
            query: include_str!("sql/one.graphql"),
            postgres: one.0,
            sqlite: one.1,
            goal: 6.0,
            needs_case: true,
        },
        Operation {
            key: "MS",
            about: "attorney's home",
            who: ATTORNEY,
            role: "attorney",
            query: include_str!("sql/attorney.graphql"),
            postgres: attorney.0,
            sqlite: attorney.1,
            goal: 2.0,
            needs_case: false,
        },
    ]
}
