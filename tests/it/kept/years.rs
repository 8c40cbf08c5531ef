//! Days and instants are of the years 1 to 9999 on PostgreSQL as well, and the end of time is one of them.
use portico::store::Engine;

use super::{FOREVER, judged};
use crate::{harness::on_both, raw::Raw};

#[test]
fn a_day_and_an_instant_are_of_the_years_1_to_9999() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        if raw.engine() == Engine::Sqlite {
            println!("SQLite knows no other years");
            return;
        }
        // No other rule has a say.
        raw.sleep().await;
        let others = "SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname AS text FROM pg_constraint \
                      WHERE connamespace = 'public'::regnamespace AND contype = 'c' AND conname NOT LIKE '%\\_within\\_years'";
        for other in raw.texts(others).await {
            raw.run(&other).await;
        }
        let (mut columns, mut written) = (0, 0);
        for table in raw.tables().await {
            let is_empty = raw.texts(&format!("SELECT 'a' AS text FROM {table} LIMIT 1")).await.is_empty();
            for (column, ty) in raw.columns(&table).await {
                if !ty.starts_with("timestamp") && ty != "date" {
                    continue;
                }
                columns += 1;
                let name = format!("{table}_{column}_within_years");
                let known =
                    format!("SELECT conname::text AS text FROM pg_constraint WHERE conname = '{name}'");
                assert_eq!(raw.texts(&known).await, std::slice::from_ref(&name));
                if is_empty {
                    continue;
                }
                written += 1;
                let set = |value: &str| format!("UPDATE {table} SET {column} = '{value}'");
                let wrong = ["infinity", "-infinity", "10000-01-01", "20000-05-06", "0001-12-31 BC"];
                judged(&raw, Some(&name), &wrong.map(set)).await;
                judged(&raw, None, &[set("0001-01-01"), set("9999-12-31"), set(FOREVER)]).await;
            }
        }
        assert!(columns > 100 && written > 60, "{columns} columns, {written} of them written");
    });
}
