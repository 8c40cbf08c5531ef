//! `portico key`: what the firm's own servers ask with.
use chrono::Days;

use super::{Whose, now, say, told};
use crate::{
    people::key::{self, NewKey},
    policy::Role,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Make a key and print its token, once.
    Create {
        /// The firm's name for the server that shall have it. Of its keys two are live at most.
        #[arg(long)]
        service: String,
        /// The role of the staff in which it acts; each service has one.
        #[arg(long)]
        role: Role,
        /// A case that it reaches, by reference, number or id; may be said several times.
        #[arg(long = "case", value_name = "CASE", required_unless_present = "whole_firm")]
        cases: Vec<String>,
        /// Let it reach all that its role does in the firm.
        #[arg(long, conflicts_with = "cases")]
        whole_firm: bool,
        /// For how many days; until it is revoked where this is not said.
        #[arg(long, value_parser = clap::value_parser!(u64).range(1..=3650))]
        days: Option<u64>,
        #[command(flatten)]
        whose: Whose,
    },
    /// Print the firm's keys: service, id, role, what they reach, and until when.
    List {
        #[command(flatten)]
        whose: Whose,
    },
    /// Revoke a key; it is out at its next request.
    Revoke {
        /// The key's id, as it is listed.
        id: String,
        #[command(flatten)]
        whose: Whose,
    },
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let at = now();
    match arguments.what {
        What::Create { service, role, cases, whole_firm, days, whose } => {
            let expires_at = days.and_then(|days| at.checked_add_days(Days::new(days)));
            let cases = (!whole_firm).then_some(cases.as_slice());
            let new = NewKey { service: &service, role, cases, expires_at };
            let store = whose.database.open().await?;
            say(key::create(&store, &whose.firm, &new, at).await.map_err(told)?.token);
        }
        What::List { whose } => {
            for it in key::listed(&whose.database.open().await?, &whose.firm).await.map_err(told)? {
                let reach = it.cases.map_or("the firm".to_owned(), |cases| cases.join(" "));
                let state = match it.ends {
                    (_, Some(revoked)) => format!("revoked {}", revoked.date()),
                    (Some(end), None) if end <= at => format!("expired {}", end.date()),
                    (Some(end), None) => format!("until {}", end.date()),
                    (None, None) => "until revoked".to_owned(),
                };
                let role = it.role.to_lowercase();
                say(format!("{:<24} {}  {role:<10} {state:<18} {reach}", it.service, it.id));
            }
        }
        What::Revoke { id, whose } => {
            let store = whose.database.open().await?;
            key::revoke(&store, &whose.firm, &id, at).await.map_err(told)?;
            say(format!("{id} is revoked"));
        }
    }
    Ok(())
}
