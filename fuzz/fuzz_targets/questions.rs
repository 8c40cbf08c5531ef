//! Documents drawn from a role's own schema, asked through the whole door in two worlds that differ only in what the role
//! may not see: no panic, no canary, equal answers, twins for planted names, and no more statements than root fields.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use portico_fuzz::{pair::Pairs, wait};

static PAIRS: LazyLock<Pairs> = LazyLock::new(|| wait(Pairs::new()));

fuzz_target!(init: { LazyLock::force(&PAIRS) }, |bytes: &[u8]| wait(PAIRS.ask(bytes)));
