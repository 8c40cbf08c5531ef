//! Two nodes on one PostgreSQL: what is written on one is told on the other, also after the connection that listens was lost.
use std::time::Duration;

use portico::store::Engine;
use serde_json::Value;

use crate::{
    cluster::cluster,
    harness::{Content, World, loaded},
    raw::Raw,
    socket::{Heard, Socket},
    streams::{Desk, FOLLOW, MIA, now},
};

/// Runs a test on two nodes of one service.
fn on_two_nodes<F: Future<Output = ()>>(test: impl FnOnce(World, World) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        if cluster().is_some() {
            let (url, _) = loaded(Engine::Postgres, Content::Small).await;
            test(
                World::on(Engine::Postgres, &url, None).await,
                World::on(Engine::Postgres, &url, None).await,
            )
            .await;
        }
    });
}

fn has(told: &Heard, title: &str) -> bool {
    let told: Value = told.data();
    let steps = told["caseChanged"]["case"]["milestones"]["nodes"].as_array().unwrap();
    steps.iter().any(|step| step["title"] == title)
}

/// Ends every connection that listens, and waits until they are gone.
async fn deafen(raw: &Raw) -> usize {
    let sql = "SELECT CAST(pg_terminate_backend(pid) AS TEXT) AS text FROM pg_stat_activity \
               WHERE datname = current_database() AND application_name = 'portico listens'";
    raw.texts(sql).await.len()
}

#[test]
fn what_one_node_writes_is_told_by_the_other() {
    on_two_nodes(async |one, other| {
        let desk = Desk::of(&one).await;
        let mut mia = Socket::of(&other, MIA).await;
        mia.follow("a", FOLLOW, desk.variables()).await;
        // The connection that listens may still be opening; what it missed it catches up with.
        desk.step("From afar", now()).await;
        assert!(has(&mia.hear().await, "From afar"));
        desk.task().await;
        mia.is_silent().await;
        desk.step("Again", now()).await;
        assert!(has(&mia.hear().await, "Again"));
    });
}

#[test]
fn a_listener_that_was_lost_listens_again_and_catches_up() {
    on_two_nodes(async |one, other| {
        let desk = Desk::of(&one).await;
        let raw = Raw::open(&one.database).await;
        let mut mia = Socket::of(&other, MIA).await;
        mia.follow("a", FOLLOW, desk.variables()).await;
        desk.step("Before", now()).await;
        assert!(has(&mia.hear().await, "Before"));
        assert!(deafen(&raw).await > 0, "nobody listened");
        // Written while nobody listens: a new connection needs longer than this.
        desk.step("Meanwhile", now()).await;
        assert!(has(&mia.hear().await, "Meanwhile"));
        tokio::time::sleep(Duration::from_secs(1)).await;
        desk.step("After", now()).await;
        assert!(has(&mia.hear().await, "After"));
    });
}
