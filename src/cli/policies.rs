//! Where the policy's files are, and how they are read anew.
use std::{path::PathBuf, sync::Arc};

use anyhow::Context as _;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{
    house::House,
    policy::{Source, Watch},
};

/// Where the policy's files are.
#[derive(clap::Args)]
pub(super) struct Policies {
    /// A folder of policy files, read anew when one changes or on SIGHUP; without it, the ones in the program.
    #[arg(long, env = "PORTICO_POLICIES", value_name = "DIR")]
    policies: Option<PathBuf>,
}

impl Policies {
    pub(super) fn source(&self) -> anyhow::Result<Source> {
        match &self.policies {
            Some(folder) => Source::folder(folder).map_err(|faults| anyhow::anyhow!("{faults}")),
            None => Ok(Source::embedded()),
        }
    }

    /// The files, and what tells of their changes: from before they were read, so that none is missed.
    pub(super) fn watched(&self) -> anyhow::Result<(Source, Changes)> {
        let folder = match &self.policies {
            None => None,
            Some(folder) => {
                let watch = Watch::folder(folder)
                    .with_context(|| format!("the folder {} can't be watched", folder.display()))?;
                Some((folder.clone(), watch))
            }
        };
        // Heard even where there is nothing to read, since what nobody hears ends the program.
        let changes = Changes { folder, hangup: signal(SignalKind::hangup())? };
        Ok((self.source()?, changes))
    }
}

/// When the policy is to be read anew: a file of its folder changed, or SIGHUP came.
pub(super) struct Changes {
    folder: Option<(PathBuf, Watch)>,
    hangup: Signal,
}

impl Changes {
    /// Puts each change in force; one with faults changes nothing.
    pub(super) async fn into_force(mut self, house: Arc<House>) {
        while self.next().await {
            let Some((folder, _)) = &self.folder else {
                tracing::info!("the policy is the one in the program: there is nothing to read anew");
                continue;
            };
            let outcome = match Source::folder(folder) {
                Ok(source) => house.reload(&source).await,
                Err(faults) => {
                    house.reloads().refused();
                    Err(faults)
                }
            };
            match outcome {
                Ok(()) => tracing::info!("the policy was read anew"),
                Err(faults) => {
                    tracing::error!(%faults, "the policy has faults, so the former one stays in force");
                }
            }
        }
        tracing::error!("changes of the policy are heard no longer: start the service anew");
    }

    async fn next(&mut self) -> bool {
        let changed = async {
            match &mut self.folder {
                Some((_, watch)) => watch.changed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = changed => changed.is_some(),
            told = self.hangup.recv() => told.is_some(),
        }
    }
}
