//! `portico import reviews`: what a person has to look at before the paper of a docket's line is released.
use super::{Whose, now, say, told};
use crate::{dockets, import::report::escaped};

#[derive(clap::Subcommand)]
pub(super) enum What {
    /// Print those that wait: id, case, place and what it is about.
    List {
        #[command(flatten)]
        whose: Whose,
    },
    /// Note that an attorney looked at some. It opens no seal and releases nothing.
    Settle {
        /// Their ids, as `list` prints them.
        #[arg(required = true)]
        ids: Vec<String>,
        /// The attorney, by the address that the account is known by.
        #[arg(long = "as", value_name = "PERSON")]
        person: String,
        #[command(flatten)]
        whose: Whose,
    },
}

pub(super) async fn run(what: What) -> anyhow::Result<()> {
    match what {
        What::List { whose } => {
            for review in dockets::waiting(&whose.database.open().await?, &whose.firm).await.map_err(told)? {
                let (id, code) = (review.id(), &review.code);
                let [number, place, sentence] =
                    [&review.number, &review.place, &review.sentence].map(|text| escaped(text));
                say(format!("{id}  {number}, {place}: {code} {sentence}"));
            }
        }
        What::Settle { ids, person, whose } => {
            let by = (person.as_str(), now());
            dockets::settle(&whose.database.open().await?, &whose.firm, &ids, by).await.map_err(told)?;
            say(format!("{} settled", ids.len()));
        }
    }
    Ok(())
}
