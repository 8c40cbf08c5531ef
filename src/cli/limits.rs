//! `portico limits`: what a document costs, and which limit it would meet.
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use async_graphql::Variables;
use serde_json::json;

use super::{config::Configured, policies::Policies, say};
use crate::{
    house::RoleSchema,
    http::explain::{Explained, explain, variables},
    policy::Role,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Print each measure of a document with its bound, and which it would meet first.
    Explain(Explain),
    /// Print every limit with its value, as the configuration has them.
    Show(Show),
}

#[derive(clap::Args)]
struct Show {
    /// The role that is bound by them; without it, what holds where no role has its own.
    #[arg(long)]
    role: Option<Role>,
    /// A firm's server in that role.
    #[arg(long, requires = "role")]
    service: bool,
    #[command(flatten)]
    config: Configured,
}

#[derive(clap::Args)]
struct Explain {
    /// The document.
    document: PathBuf,
    /// The role that sends it.
    #[arg(long)]
    role: Role,
    /// A firm's server sends it, in that role.
    #[arg(long)]
    service: bool,
    /// The request's variables, a file with a JSON object.
    #[arg(long, value_name = "FILE")]
    variables: Option<PathBuf>,
    /// Which of several operations runs; without it, the dearest counts.
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    policies: Policies,
    #[command(flatten)]
    config: Configured,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.what {
        What::Explain(asked) => explained(asked).await,
        What::Show(asked) => show(&asked),
    }
}

fn show(asked: &Show) -> anyhow::Result<()> {
    let bounds = asked.config.read()?.limits;
    let heading = match asked.role {
        None => "[limits]".to_owned(),
        Some(_) if asked.service => "[limits.service]".to_owned(),
        Some(role) => format!("[limits.role.{role}]"),
    };
    let limits = toml::to_string(&bounds.table(asked.role, asked.service)?)?;
    say(format!("{heading}\n{}", limits.trim_end()));
    Ok(())
}

async fn explained(asked: Explain) -> anyhow::Result<()> {
    let bounds = asked.config.read()?.limits;
    let limits = bounds.of(asked.role, asked.service);
    let text = read(&asked.document)?;
    let given = match &asked.variables {
        Some(path) => variables(&read(path)?, &bounds.general)
            .map_err(|refusal| anyhow::anyhow!("{}: {}", path.display(), refusal.sentence()))?,
        None => Variables::default(),
    };
    let policy = super::policy::compiled(&asked.policies).await?;
    let schema = RoleSchema::of(&policy, asked.role).map_err(|faults| anyhow::anyhow!("{faults}"))?;
    let explained = explain(&text, (asked.operation.as_deref(), &given), limits, &schema);
    let faults = match &explained.refusal {
        None => schema.judge(&text, limits).await.err().unwrap_or_default(),
        Some(_) => Vec::new(),
    };
    if asked.json {
        say(as_json(asked.role, &explained, &faults));
    } else {
        tell(asked.role, &explained, &faults);
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}

fn as_json(role: Role, explained: &Explained, faults: &[String]) -> serde_json::Value {
    let refusal =
        explained.refusal.as_ref().map(|it| json!({ "code": it.problem().code(), "message": it.sentence() }));
    let measures: Vec<_> = explained
        .shares
        .iter()
        .map(|it| json!({ "name": it.name, "used": it.used, "bound": it.bound, "percent": it.percent() }))
        .collect();
    json!({
        "role": role.name(),
        "measures": measures,
        "nearest": explained.nearest().map(|share| share.name),
        "refusal": refusal,
        "faults": faults,
    })
}

fn tell(role: Role, explained: &Explained, faults: &[String]) {
    say(format!("{:<15} {:>9} {:>9} {:>6}", "measure", "used", "bound", "share"));
    for share in &explained.shares {
        say(format!("{:<15} {:>9} {:>9} {:>4} %", share.name, share.used, share.bound, share.percent()));
    }
    match (&explained.refusal, explained.nearest()) {
        (Some(refusal), _) => say(format!("refused: {} {}", refusal.problem().code(), refusal.sentence())),
        (None, Some(nearest)) => {
            say(format!(
                "within the limits of {role}; {} would be met first: {} % are used",
                nearest.name,
                nearest.percent()
            ));
        }
        (None, None) => {}
    }
    for fault in faults {
        say(format!("does not fit the schema of {role}: {fault}"));
    }
}
