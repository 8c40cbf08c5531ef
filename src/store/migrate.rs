//! Bringing the tables to the newest form, step by step, and back.
use diesel::{
    backend::Backend,
    migration::{Migration, MigrationSource, Result as Migrated},
    pg::Pg,
    sqlite::Sqlite,
};
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::pool::Pools;
use crate::error::Fault;

const ALL: EmbeddedMigrations = embed_migrations!("migrations/all");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The steps of an engine: those that both take, and its own for what can't be said to both.
#[derive(Clone, Copy)]
struct Steps;

impl MigrationSource<Sqlite> for Steps {
    fn migrations(&self) -> Migrated<Vec<Box<dyn Migration<Sqlite>>>> {
        together(&SQLITE)
    }
}

impl MigrationSource<Pg> for Steps {
    fn migrations(&self) -> Migrated<Vec<Box<dyn Migration<Pg>>>> {
        together(&POSTGRES)
    }
}

fn together<DB: Backend>(own: &EmbeddedMigrations) -> Migrated<Vec<Box<dyn Migration<DB>>>> {
    let mut steps = MigrationSource::<DB>::migrations(&ALL)?;
    steps.extend(own.migrations()?);
    Ok(steps)
}

/// A migration's number and name.
pub type Step = String;

/// The newest step that both engines take.
pub fn newest_step() -> Step {
    let steps: Migrated<Vec<Box<dyn Migration<Sqlite>>>> = ALL.migrations();
    let names = steps.into_iter().flatten().map(|step| step.name().to_string());
    names.max().unwrap_or_default()
}

/// What is to be done with the steps.
#[derive(Clone, Copy)]
enum Wish {
    Up,
    Down(usize),
    Pending,
    Taken,
}

/// The table in which a database keeps which steps it has taken.
pub(super) const RECORD: &str = "__diesel_schema_migrations";

pub(super) async fn up(pools: &Pools) -> Result<Vec<Step>, Fault> {
    carry_out(pools, Wish::Up).await
}

pub(super) async fn down(pools: &Pools, steps: usize) -> Result<Vec<Step>, Fault> {
    carry_out(pools, Wish::Down(steps)).await
}

pub(super) async fn pending(pools: &Pools) -> Result<Option<Step>, Fault> {
    Ok(carry_out(pools, Wish::Pending).await?.pop())
}

pub(super) async fn taken(pools: &Pools) -> Result<Vec<Step>, Fault> {
    let mut steps = carry_out(pools, Wish::Taken).await?;
    steps.sort();
    Ok(steps)
}

async fn carry_out(pools: &Pools, wish: Wish) -> Result<Vec<Step>, Fault> {
    match pools {
        Pools::Sqlite { writer, .. } => {
            let mut lent = writer.get().await?;
            let (connection, running) = lent.parts();
            // One at a time, and whole: whoever comes second finds what the first has done.
            let done = connection.spawn_blocking(move |inner| {
                Ok(inner.exclusive_transaction(|inner| run::<Sqlite>(inner, wish)))
            });
            let done = running.until(done).await?;
            done.map_err(Fault::new)
        }
        Pools::Postgres(pool) => {
            let mut connection = pool.dedicated().await?;
            refuse_other_text(&mut connection).await?;
            // A step may build an index over all that a firm has.
            connection.batch_execute("SET statement_timeout = 0").await?;
            // One at a time: whoever comes second finds what the first has done. It ends with the connection.
            connection.batch_execute("SELECT pg_advisory_lock(hashtext('portico migrate'))").await?;
            let mut harness = AsyncMigrationHarness::new(connection);
            tokio::task::spawn_blocking(move || run::<Pg>(&mut harness, wish))
                .await
                .map_err(Fault::from)?
                .map_err(Fault::new)
        }
    }
}

fn run<DB: Backend>(harness: &mut impl MigrationHarness<DB>, wish: Wish) -> Migrated<Vec<Step>>
where
    Steps: MigrationSource<DB>,
{
    let versions = match wish {
        Wish::Up => harness.run_pending_migrations(Steps)?.iter().map(ToString::to_string).collect(),
        Wish::Pending => {
            harness.pending_migrations(Steps)?.iter().map(|step| Migration::name(step).to_string()).collect()
        }
        Wish::Taken => harness.applied_migrations()?.iter().map(ToString::to_string).collect(),
        Wish::Down(steps) => {
            let count = harness.applied_migrations()?.len();
            if steps > count {
                return Err(
                    format!("{steps} steps can't be taken back: the database has taken {count}").into()
                );
            }
            let mut taken_back = Vec::new();
            for _ in 0..steps {
                taken_back.push(harness.revert_last_migration(Steps)?.to_string());
            }
            taken_back
        }
    };
    Ok(versions)
}

#[derive(diesel::QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    collation: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    encoding: String,
}

/// Text must be ordered by its bytes, as SQLite does it; a database with a language's order would page differently. And it
/// must hold every letter: one in Latin 1 would take most of what firms write, and refuse the rest when it comes.
async fn refuse_other_text(connection: &mut AsyncPgConnection) -> Result<(), Fault> {
    let found: Text = diesel::sql_query(
        "SELECT coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', d.datcollate)::text AS collation, \
         pg_encoding_to_char(d.encoding)::text AS encoding FROM pg_database d WHERE d.datname = current_database()",
    )
    .get_result(connection)
    .await?;
    let why = if found.encoding != "UTF8" {
        format!("the database keeps text in {}; make one that holds every letter", found.encoding)
    } else if !matches!(found.collation.as_str(), "C" | "POSIX" | "C.UTF-8" | "C.utf8") {
        format!("the database orders text as {} does; make one that orders by bytes", found.collation)
    } else {
        return Ok(());
    };
    Err(Fault::new(format!(
        "{why}: CREATE DATABASE portico TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers<DB: Backend>() -> Vec<String>
    where
        Steps: MigrationSource<DB>,
    {
        let steps = MigrationSource::<DB>::migrations(&Steps).unwrap();
        let mut numbers: Vec<String> = steps.iter().map(|step| step.name().version().to_string()).collect();
        numbers.sort();
        numbers
    }

    #[test]
    fn no_two_steps_of_an_engine_have_one_number() {
        for numbers in [numbers::<Sqlite>(), numbers::<Pg>()] {
            let mut once = numbers.clone();
            once.dedup();
            assert_eq!(numbers, once);
        }
    }
}
