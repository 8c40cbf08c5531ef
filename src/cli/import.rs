//! `portico import`.
use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Database, now, reason, reviews, say, told, warn};
use crate::{
    dockets::{self, Intake, Outcome},
    import::{
        docket::Reading,
        plan, read,
        report::{Code, Issue, Report, Severity, escaped},
    },
    store::Store,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Take court dockets in: cases, papers, events; everything internal, nothing released, no party a participant.
    ///
    /// Reads every file below PATH. A second import changes nothing. One bad file or row never stops the others; the
    /// report names each with its place and the reason. Refused are files above 32 MiB, texts above 64 KiB, ids and
    /// numbers above 200 bytes, and texts with control characters.
    Dockets {
        /// A docket as JSON, or a folder of them.
        path: PathBuf,
        /// The slug of the firm that takes them in.
        #[arg(long)]
        firm: String,
        /// Say what would be done, and change nothing. Meanwhile others wait with their writing on SQLite, and on
        /// PostgreSQL with importing the same dockets.
        #[arg(long)]
        dry_run: bool,
        /// Write the report as JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        database: Database,
    },
    /// What a person has to look at before the paper of a docket's line is released.
    Reviews {
        #[command(subcommand)]
        what: reviews::What,
    },
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.what {
        What::Dockets { path, firm, dry_run, json, database } => {
            let store = database.open().await?;
            dockets_of(&store, &path, &firm, (dry_run, json)).await
        }
        What::Reviews { what } => reviews::run(what).await,
    }
}

async fn dockets_of(
    store: &Store,
    path: &Path,
    firm: &str,
    (dry_run, json): (bool, bool),
) -> anyhow::Result<()> {
    let target = dockets::target(store, firm, now()).await.map_err(told)?;
    let target = target.ok_or_else(|| anyhow::anyhow!("no firm has the slug {firm}"))?;
    let mut intake = if dry_run {
        Intake::rehearsed(store, target).await.map_err(told)?
    } else {
        Intake::for_real(store, target)
    };
    let progress = progress();
    let mut done = Done::default();
    for found in read::all(path) {
        progress.set_message(escaped(&found.file));
        progress.inc(1);
        done.take(&mut intake, found).await;
    }
    intake.end().await.map_err(told)?;
    progress.finish_and_clear();
    if json {
        say(done.json(dry_run)?);
    } else {
        say(done.text(dry_run).trim_end());
    }
    if done.unwritten > 0 {
        anyhow::bail!("{} dockets were not written: import them again", done.unwritten);
    }
    if done.refused > 0 {
        anyhow::bail!("{} files were refused; what is wrong with each is told above", done.refused);
    }
    if done.is_empty() {
        anyhow::bail!("{} has no docket that could be taken in", path.display());
    }
    Ok(())
}

fn progress() -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("{spinner} {pos} files, {elapsed}  {wide_msg}");
    let bar = ProgressBar::with_draw_target(None, target);
    style.map_or(bar.clone(), |style| bar.with_style(style))
}

/// What an import did.
#[derive(Default)]
struct Done {
    dockets: usize,
    left_out: usize,
    refused: usize,
    /// Of those that were refused, what the database did not take.
    unwritten: usize,
    total: Outcome,
    report: Report,
}

impl Done {
    async fn take(&mut self, intake: &mut Intake<'_>, found: read::Found) {
        match found.reading {
            Reading::LeftOut(issue) => {
                self.left_out += 1;
                self.report.issues.push(issue);
            }
            Reading::Refused(issue) => {
                self.refused += 1;
                self.report.issues.push(issue);
            }
            Reading::Docket(docket, issues) => {
                let mut plan = plan::of(&found.file, *docket, issues);
                match intake.take(&found.file, &mut plan).await {
                    Ok(outcome) => {
                        self.dockets += 1;
                        self.total.add(&outcome);
                    }
                    Err(fault) => {
                        self.refused += 1;
                        self.unwritten += 1;
                        // A database's own words may repeat what stands in rows, so they go to the terminal alone.
                        warn(format!("{}: {}", escaped(&found.file), escaped(&reason(&told(fault)))));
                        let sentence = "The database refused it; nothing of it was written. Import it again.";
                        plan.issues.push(Issue::of_file(
                            Severity::Refused,
                            Code::NotWritten,
                            &found.file,
                            sentence,
                        ));
                    }
                }
                self.report.issues.extend(plan.issues);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.dockets == 0
    }

    fn json(&self, is_dry: bool) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(&serde_json::json!({
            "dryRun": is_dry,
            "dockets": self.dockets,
            "leftOut": self.left_out,
            "refused": self.refused,
            "added": self.total,
            "issues": self.report.issues,
        }))?)
    }

    fn text(&self, is_dry: bool) -> String {
        let Outcome { cases, entries, known_entries, documents, events, proposed_changes, reviews, parties } =
            self.total;
        let would = if is_dry { "would be" } else { "were" };
        format!(
            "{}\n{} dockets read, {} files left out, {} refused\n\
             {cases} cases, {entries} entries ({known_entries} were there already), {documents} papers, {events} events, \
             {proposed_changes} proposed changes, {reviews} reviews and {parties} names of parties {would} added\n\
             What would clients see of it: nothing.\n",
            self.report.text(),
            self.dockets,
            self.left_out,
            self.refused,
        )
    }
}
