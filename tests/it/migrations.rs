//! Migrations: up, down and up again leave the same tables, and every table keeps the firms apart.
use portico::{
    demo,
    store::{Engine, Store},
};

use crate::{
    cluster::cluster,
    harness::{on_engines, today, url},
    raw::Raw,
};

/// Foreign keys that do not begin with the firm, as `table.column`, and why.
const FIRMLESS: &[&str] = &[];

/// An empty database.
fn empty(engine: Engine, name: &str) -> (String, Option<tempfile::TempDir>) {
    match engine {
        Engine::Sqlite => {
            let folder = tempfile::tempdir().unwrap();
            (format!("sqlite:{}", folder.path().join("empty.sqlite").display()), Some(folder))
        }
        Engine::Postgres => (url(&cluster().unwrap().database(name)), None),
    }
}

/// Everything that the migrations made, in words.
async fn drawn(raw: &Raw) -> Vec<String> {
    let queries: &[&str] = match raw.engine() {
        Engine::Sqlite => {
            &["SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS text FROM sqlite_schema \
             WHERE name NOT LIKE '%diesel_schema%' ORDER BY 1"]
        }
        Engine::Postgres => &[
            "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') || ' ' || ordinal_position AS text \
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '%diesel_schema%' ORDER BY 1",
            "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS text FROM pg_constraint \
             WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE '%diesel_schema%' ORDER BY 1",
            "SELECT indexdef AS text FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '%diesel_schema%' ORDER BY 1",
            "SELECT pg_get_triggerdef(oid) AS text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
            "SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
            "SELECT typname::text AS text FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd') ORDER BY 1",
        ],
    };
    let mut all = Vec::new();
    for query in queries {
        all.extend(raw.texts(query).await);
    }
    all
}

async fn steps(store: &Store) -> Vec<String> {
    store.unscoped("tests make tables").migrate().await.unwrap()
}

async fn back(store: &Store, count: usize) -> Vec<String> {
    store.unscoped("tests take tables back").revert(count).await.unwrap()
}

#[test]
fn of_two_who_migrate_at_once_one_waits_and_finds_it_done() {
    on_engines(async |engine| {
        let (url, _folder) = empty(engine, "twice");
        let (one, other) = (Store::open(&url, 2).await.unwrap(), Store::open(&url, 2).await.unwrap());
        let (one, other) = tokio::join!(steps(&one), steps(&other));
        let taken = one.len().max(other.len());
        assert!(taken > 15 && one.len() + other.len() == taken, "{engine:?}: {one:?} {other:?}");
    });
}

#[test]
fn up_down_and_up_again_leaves_the_same_tables() {
    on_engines(async |engine| {
        let (url, _folder) = empty(engine, "there_and_back");
        let store = Store::open(&url, 2).await.unwrap();
        let taken = steps(&store).await;
        assert!(taken.len() >= 5, "{taken:?}");
        let raw = Raw::open(&url).await;
        let whole = drawn(&raw).await;
        assert!(whole.len() > 20);
        for count in 1..=taken.len() {
            let reverted = back(&store, count).await;
            let expected: Vec<_> = taken.iter().rev().take(count).cloned().collect();
            assert_eq!(reverted, expected);
            if count == taken.len() {
                assert_eq!(drawn(&raw).await, [""; 0], "what the last step back leaves behind");
            }
            assert_eq!(steps(&store).await.len(), count);
            assert_eq!(drawn(&raw).await, whole, "after {count} steps back and up again");
        }
    });
}

#[test]
fn a_step_that_was_not_taken_is_noticed() {
    on_engines(async |engine| {
        let (url, _folder) = empty(engine, "pending");
        let store = Store::open(&url, 2).await.unwrap();
        let pending = async || store.unscoped("tests look").pending().await.unwrap();
        assert!(pending().await.is_some());
        let taken = steps(&store).await;
        assert_eq!(pending().await, None);
        back(&store, 1).await;
        assert!(pending().await.is_some());
        assert_eq!(steps(&store).await.as_slice(), &taken[taken.len() - 1..]);
        assert!(steps(&store).await.is_empty(), "nothing is left to do");
    });
}

#[test]
fn rows_survive_a_migration_that_has_nothing_to_do() {
    on_engines(async |engine| {
        let (url, _folder) = empty(engine, "surviving");
        let store = Store::open(&url, 2).await.unwrap();
        steps(&store).await;
        demo::load(&store, today()).await.unwrap();
        let raw = Raw::open(&url).await;
        let counted = async || {
            let mut counts = Vec::new();
            for table in raw.tables().await {
                let count = raw.texts(&format!("SELECT CAST(count(*) AS TEXT) AS text FROM {table}")).await;
                counts.push((table, count[0].clone()));
            }
            counts
        };
        let before = counted().await;
        assert_eq!(back(&store, 0).await, [""; 0]);
        assert_eq!(steps(&store).await, [""; 0]);
        assert_eq!(counted().await, before);
    });
}

#[test]
fn every_foreign_key_begins_with_the_firm_and_has_an_index() {
    on_engines(async |engine| {
        let (url, _folder) = empty(engine, "keys");
        let store = Store::open(&url, 2).await.unwrap();
        steps(&store).await;
        let raw = Raw::open(&url).await;
        let (mut count, mut faults) = (0, Vec::new());
        for table in raw.tables().await {
            let indexes = raw.indexes(&table, false).await;
            for key in raw.foreign_keys(&table).await {
                count += 1;
                let columns: Vec<&str> = key.iter().map(|(_, own, _, _)| own.as_str()).collect();
                let named = format!("{table}.{}", columns.last().unwrap());
                if columns[0] != "firm_id" && !FIRMLESS.contains(&named.as_str()) {
                    faults.push(format!("{table} ({}) does not begin with firm_id", columns.join(", ")));
                }
                let leads = |index: &&Vec<String>| {
                    index.len() >= columns.len()
                        && index[..columns.len()].iter().all(|column| columns.contains(&column.as_str()))
                };
                if !indexes.iter().any(|index| leads(&index)) {
                    faults.push(format!("{table} ({}) leads no index", columns.join(", ")));
                }
            }
        }
        assert!(faults.is_empty(), "{engine:?}:\n{}", faults.join("\n"));
        assert!(count > 20, "{count} foreign keys were looked at");
    });
}

/// SQLite compares instants as text, so what sorts elsewhere would be another instant.
#[test]
fn sqlite_takes_one_spelling_of_an_instant_and_of_a_day_in_every_column() {
    on_engines(async |engine| {
        let count = judged(engine, "_spell_times_", "instants are written like", |ty| match ty {
            "timestamp" => Some((
                "'2026-11-28 09:00:00.123456'",
                &[
                    "'2026-11-28T09:00:00'",
                    "'2026-11-28 09:00:00Z'",
                    "'2026-02-30 09:00:00'",
                    "'2026-11-28'",
                    "1798487181",
                ],
            )),
            "date" => {
                Some(("'2026-11-28'", &["'2026-11-28 09:00:00'", "'28.11.2026'", "'2026-02-30'", "20261128"]))
            }
            _ => None,
        });
        assert!(count.await.is_none_or(|count| count > 100), "few columns were looked at");
    });
}

/// Half a cent is nothing that can be read, and the list in which it stands can't be, either.
#[test]
fn sqlite_takes_whole_numbers_of_their_length_in_every_column() {
    on_engines(async |engine| {
        let count = judged(engine, "_numbers_are_whole_", "numbers are whole", |ty| match ty {
            "bigint" => Some(("'7'", &["100.5", "'a hundred'", "x'37'", "9223372036854775808"])),
            "integer" => Some(("2147483647", &["0.5", "'one'", "2147483648", "-2147483649"])),
            "boolean" => Some(("TRUE", &["2", "0.5", "'true'"])),
            _ => None,
        });
        assert!(count.await.is_none_or(|count| count > 50), "few columns were looked at");
    });
}

/// For a column's type, what it takes and what it does not.
type Values = fn(&str) -> Option<(&'static str, &'static [&'static str])>;

/// Asserts that SQLite's triggers of this name judge every column so, and counts the columns; PostgreSQL has none.
async fn judged(engine: Engine, name: &str, sentence: &str, values: Values) -> Option<usize> {
    if engine != Engine::Sqlite {
        println!("PostgreSQL's types say so by themselves");
        return None;
    }
    let (url, _folder) = empty(engine, "columns");
    let store = Store::open(&url, 2).await.unwrap();
    steps(&store).await;
    demo::load(&store, today()).await.unwrap();
    let raw = Raw::open(&url).await;
    // SQLite does not say which trigger speaks first.
    let others =
        format!("SELECT name AS text FROM sqlite_schema WHERE type = 'trigger' AND name NOT LIKE '%{name}%'");
    for trigger in raw.texts(&others).await {
        raw.run(&format!("DROP TRIGGER {trigger}")).await;
    }
    let is_told = |done: Result<(), String>| done.is_err_and(|why| why.contains(sentence));
    let (mut count, mut faults) = (0, Vec::new());
    for table in raw.tables().await {
        let has_rows = raw.texts(&format!("SELECT 'a' AS text FROM {table} LIMIT 1")).await.len() == 1;
        for (column, ty) in raw.columns(&table).await {
            let Some((good, bad)) = values(&ty) else { continue };
            count += 1;
            let put = async |value: &str| {
                is_told(raw.attempt(&format!("INSERT INTO {table} ({column}) VALUES ({value})")).await)
            };
            let set = async |value: &str| {
                is_told(raw.attempt(&format!("UPDATE {table} SET {column} = {value}")).await)
            };
            for value in bad {
                if !put(value).await || (has_rows && !set(value).await) {
                    faults.push(format!("{table}.{column} takes {value}"));
                }
            }
            if put(good).await {
                faults.push(format!("{table}.{column} refuses {good}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    Some(count)
}
