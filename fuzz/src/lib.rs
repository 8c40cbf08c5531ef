//! What the targets share: worlds within the process, and the integration tests' own way to draw, spoil and judge.
//!
//! Nothing here reaches into the program: the targets ask what is public, and the rest through the door.
use std::sync::LazyLock;

pub mod bytes;
pub mod harness;
pub mod pair;
pub mod plant;

#[path = "../../tests/it/answer.rs"]
pub mod answer;
#[path = "../../tests/it/cast.rs"]
pub mod cast;
#[path = "../../tests/it/clocked.rs"]
pub mod clocked;
#[path = "../../tests/it/copying.rs"]
pub mod copying;
#[path = "../../tests/it/drawing.rs"]
pub mod drawing;
#[path = "../../tests/it/nonsense.rs"]
pub mod nonsense;
#[path = "../../tests/it/perturb.rs"]
pub mod perturb;
#[path = "../../tests/it/raw.rs"]
pub mod raw;
#[path = "../../tests/it/shape.rs"]
pub mod shape;
#[path = "../../tests/it/signing.rs"]
pub mod signing;
#[path = "../../tests/it/walking.rs"]
pub mod walking;

static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap());

/// Runs to its end; between two calls everything stands still.
pub fn wait<F: Future>(work: F) -> F::Output {
    RUNTIME.block_on(work)
}

/// Fails where an answer tells of a fault. A panic needs no look: it ends the run where it happens, caught or not.
pub fn assert_no_fault(answer: &answer::Answer, what: &dyn Fn() -> String) {
    let is_fault = answer.status >= 500 || answer.body.contains("\"code\":\"INTERNAL\"");
    assert!(!is_fault, "{}\n{} {}", what(), answer.status, answer.body);
}

/// Fails where a text holds what is hidden from its reader.
pub fn assert_no_canary(text: &str, what: &dyn Fn() -> String) {
    assert!(!text.to_lowercase().contains("canary"), "{}\n{text}", what());
}
