//! Follows what is counted elsewhere: other nodes by PostgreSQL's notifications, other programs on an SQLite file by asking.
use std::{
    pin::pin,
    sync::{Arc, OnceLock, Weak},
    time::Duration,
};

use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures_util::StreamExt as _;
use tokio::{sync::Semaphore, time};

use super::{
    feed::{AT_ONCE, Hub, Subject, Watch, read, version, versions},
    figures::Heard,
    pool::{Pool, Pools, SqliteAsync},
    postgres,
    rendered::Rendered,
    select::Statement,
    transaction::CHANNEL,
};
use crate::error::Fault;

/// How often the connection that listens is asked whether it lives, and an SQLite file for what others wrote.
const LOOK: Duration = Duration::from_secs(10);
/// How long an answer to that may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The first and the longest wait before a lost connection is opened again.
const WAITS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Who waits on this node, and what tells it of others.
pub(super) struct Feed {
    pub(super) hub: Arc<Hub>,
    pub(super) turns: Semaphore,
    pools: Weak<Pools>,
    following: OnceLock<()>,
    /// When it was last sure that nothing was missed.
    pub(super) heard: Arc<Heard>,
}

impl Feed {
    pub(super) fn of(pools: &Arc<Pools>, connections: u32) -> Self {
        let turns = usize::try_from(connections / 2).unwrap_or(1).max(1);
        Feed {
            hub: Arc::default(),
            turns: Semaphore::new(turns),
            pools: Arc::downgrade(pools),
            following: OnceLock::new(),
            heard: Arc::default(),
        }
    }

    /// Programs that never wait for anything never listen either.
    pub(super) fn watch(&self, subjects: Vec<Subject>) -> Watch {
        self.following.get_or_init(|| {
            let (pools, hub) = (Weak::clone(&self.pools), Arc::downgrade(&self.hub));
            tokio::spawn(follow(pools, hub, Arc::clone(&self.heard)));
        });
        self.hub.watch(subjects)
    }
}

/// Follows until the store is gone.
async fn follow(pools: Weak<Pools>, hub: Weak<Hub>, heard: Arc<Heard>) {
    let mut wait = WAITS.0;
    while let Some(strong) = pools.upgrade() {
        let lost = match &*strong {
            Pools::Sqlite { readers, .. } => look(readers, &hub).await,
            Pools::Postgres(pool) => match pool.dedicated().await {
                Ok(connection) => {
                    drop(strong);
                    listen(connection, &pools, (&hub, &heard), &mut wait).await
                }
                Err(fault) => Err(fault),
            },
        };
        match lost {
            Ok(()) => {
                heard.now();
                time::sleep(LOOK).await;
            }
            Err(fault) => {
                let why = fault.into_source().to_string();
                tracing::warn!(?why, "changes of other nodes are not heard for the moment");
                time::sleep(wait).await;
                wait = (wait * 2).min(WAITS.1);
            }
        }
    }
}

/// Listens until the connection is lost, or the store is gone. Listening comes before catching up, so nothing falls between.
async fn listen(
    mut connection: AsyncPgConnection,
    pools: &Weak<Pools>,
    (hub, heard): (&Weak<Hub>, &Heard),
    wait: &mut Duration,
) -> Result<(), Fault> {
    // Its name is for the operator who looks at what is connected.
    let listening = format!("SET application_name = 'portico listens'; LISTEN {CHANNEL}");
    connection.batch_execute(&listening).await?;
    if let Some(hub) = hub.upgrade() {
        for some in hub.subjects().chunks(AT_ONCE) {
            let statement = Statement { select: versions(some), is_kept: false };
            ring(&hub, postgres::read(&mut connection, Rendered::of(&statement)?).await?);
        }
    }
    *wait = WAITS.0;
    while pools.strong_count() > 0 {
        heard.now();
        let told = {
            let mut notifications = pin!(connection.notifications_stream());
            time::timeout(LOOK, notifications.next()).await
        };
        match told {
            Ok(Some(told)) => {
                if let Some((hub, (subject, version))) = hub.upgrade().zip(read(&told?.payload)) {
                    hub.ring(&subject, version);
                }
            }
            Ok(None) => return Err(Fault::new("the connection that listens was closed")),
            // A connection whose other end is gone says nothing, so it is asked.
            Err(_quiet) => {
                let asked = diesel::sql_query("SELECT 1").execute(&mut connection);
                time::timeout(PATIENCE, asked).await??;
            }
        }
    }
    Ok(())
}

async fn look(readers: &Pool<SqliteAsync>, hub: &Weak<Hub>) -> Result<(), Fault> {
    let Some(hub) = hub.upgrade() else { return Ok(()) };
    for some in hub.subjects().chunks(AT_ONCE) {
        let statement = Statement { select: versions(some), is_kept: false };
        ring(&hub, readers.get().await?.read(statement).await?);
    }
    Ok(())
}

fn ring(hub: &Hub, rows: Vec<super::Cells>) {
    for (subject, version) in rows.into_iter().filter_map(version) {
        hub.ring(&subject, version);
    }
}
