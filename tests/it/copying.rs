//! Copies rows with all that hangs on them: ids are turned to others, words become canaries, all else stays.
use std::collections::{BTreeMap, BTreeSet};

use portico::store::Engine;

use crate::{
    perturb::snake,
    raw::{Link, Raw},
};

/// Tables that belong to no firm.
const NO_FIRMS: &[&str] = &["service_keys", "trusted_documents"];

struct Table {
    columns: Vec<(String, String)>,
    links: Vec<Link>,
    /// Columns of unique keys that hold no id, so that copies need other values there.
    unique: BTreeSet<String>,
}

pub struct Copier<'r> {
    pub raw: &'r Raw,
    tables: BTreeMap<String, Table>,
}

pub fn list(ids: &[String]) -> String {
    if ids.is_empty() {
        "''".into()
    } else {
        ids.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(", ")
    }
}

/// Another id of the same type, a different one for each turn.
pub fn turned(ids: &[String], turn: usize) -> Vec<String> {
    let turn = |id: &String| format!("{}{}{}{}", &id[..2], &id[2 + turn..22], &id[2..2 + turn], &id[22..]);
    ids.iter().map(turn).collect()
}

/// The same in SQL.
fn turning(column: &str, turn: usize) -> String {
    format!(
        "substr({column}, 1, 2) || substr({column}, {}, {}) || substr({column}, 3, {turn}) || substr({column}, 23, 1)",
        3 + turn,
        20 - turn
    )
}

impl<'r> Copier<'r> {
    pub async fn new(raw: &'r Raw) -> Self {
        let mut tables = BTreeMap::new();
        for table in raw.tables().await {
            let links = raw.foreign_keys(&table).await.into_iter().flatten().collect();
            let is_id = |column: &String| column == "id" || column.ends_with("_id") && column != "firm_id";
            let unique = raw.indexes(&table, true).await.into_iter().filter(|key| !key.iter().any(is_id));
            let unique = unique.flatten().collect();
            tables.insert(table.clone(), Table { columns: raw.columns(&table).await, links, unique });
        }
        raw.run("CREATE TEMPORARY TABLE moved (id TEXT NOT NULL PRIMARY KEY)").await;
        Copier { raw, tables }
    }

    pub fn has(&self, table: &str, column: &str) -> bool {
        self.tables.get(table).is_some_and(|found| found.columns.iter().any(|(name, _)| name == column))
    }

    /// The table that a type's rows are in, by its name.
    pub fn table_of(&self, ty: &str) -> Option<String> {
        let name = snake(ty);
        let plurals = [
            format!("{name}s"),
            name.clone(),
            format!("{}ies", name.trim_end_matches('y')),
            format!("{name}es"),
        ];
        // Person is the one word whose plural has no rule.
        let plurals = plurals.into_iter().chain((name == "person").then(|| "people".to_owned()));
        plurals.into_iter().find(|name| self.tables.contains_key(name))
    }

    /// Every table of releases, the column that names what is released, and the table of that.
    pub fn releases(&self) -> Vec<(String, String, String)> {
        let of = |(name, table): (&String, &Table)| {
            let is_one = table.columns.iter().any(|(column, _)| column == "released_from");
            let item = table.links.iter().find(|(_, column, to, key)| {
                key == "id" && column != "firm_id" && to != "people" && to != "firms"
            })?;
            is_one.then(|| (name.clone(), item.1.clone(), item.2.clone()))
        };
        self.tables.iter().filter_map(of).collect()
    }

    pub async fn ids(&self, table: &str, which: &str) -> Vec<String> {
        self.raw.texts(&format!("SELECT id AS text FROM {table} WHERE {which} ORDER BY id")).await
    }

    pub async fn turned_ids(&self, table: &str, which: &str, turn: usize) -> Vec<String> {
        // The copies fulfil the condition as well, but their own copies do not exist.
        let ids = self.ids(table, which).await;
        let others = turned(&ids, turn);
        others.into_iter().filter(|id| ids.contains(id)).collect()
    }

    /// Whose ids a copy turns: those of these rows, wherever they stand.
    pub async fn moved(&self, ids: &[String]) {
        self.raw.run("DELETE FROM moved").await;
        self.also_moved(ids).await;
    }

    async fn also_moved(&self, ids: &[String]) {
        for some in ids.chunks(200) {
            let rows: Vec<String> = some.iter().map(|id| format!("('{id}')")).collect();
            self.raw
                .run(&format!("INSERT INTO moved (id) VALUES {} ON CONFLICT DO NOTHING", rows.join(", ")))
                .await;
        }
    }

    /// Copies the rows that fulfil the condition; answers how many there were.
    pub async fn copy(&self, table: &str, which: &str, turn: usize) -> usize {
        let found = &self.tables[table];
        let count = self
            .raw
            .texts(&format!("SELECT CAST(count(*) AS TEXT) AS text FROM {table} WHERE {which}"))
            .await;
        let names: Vec<&str> = found.columns.iter().map(|(name, _)| name.as_str()).collect();
        let values: Vec<String> =
            found.columns.iter().map(|(name, ty)| Self::copied(found, name, ty, turn)).collect();
        let sql = format!(
            "INSERT INTO {table} ({}) SELECT {} FROM {table} WHERE {which}",
            names.join(", "),
            values.join(", ")
        );
        // A copy that would stand beside its original under one key is none.
        match self.raw.attempt(&sql).await {
            Ok(()) => count[0].parse().unwrap(),
            Err(why) if why.to_lowercase().contains("unique") => 0,
            Err(why) => panic!("{why}\n{sql}"),
        }
    }

    fn copied(table: &Table, name: &str, ty: &str, turn: usize) -> String {
        let is_link = table.links.iter().any(|(_, column, _, _)| column == name);
        let is_unique = table.unique.contains(name);
        if ty == "text" && (is_link || name == "id" || name.ends_with("_id")) {
            format!("CASE WHEN {name} IN (SELECT id FROM moved) THEN {} ELSE {name} END", turning(name, turn))
        } else if ty == "text" && is_unique {
            format!("{name} || '-canary-{turn}'")
        } else if ty == "text" {
            // Words of an enumeration, zones, currencies and addresses have no spaces.
            format!("CASE WHEN {name} LIKE '% %' THEN {name} || ' canary' ELSE {name} END")
        } else if is_unique && (ty == "integer" || ty == "bigint") {
            format!("{name} + {}", turn * 1_000)
        } else {
            name.to_owned()
        }
    }

    /// Copies rows and everything that hangs on them, but for these tables.
    pub async fn closure(&mut self, table: &str, ids: &[String], turn: usize, without: &[&str]) -> usize {
        self.closure_with(&[], table, ids, turn, without).await
    }

    /// The same, with further ids that are turned wherever they stand.
    pub async fn closure_with(
        &mut self,
        further: &[String],
        table: &str,
        ids: &[String],
        turn: usize,
        without: &[&str],
    ) -> usize {
        let mut found: Vec<(String, String)> = vec![(table.to_owned(), format!("id IN ({})", list(ids)))];
        if table == "cases" {
            let of_case = self
                .tables
                .keys()
                .filter(|known| self.has(known, "case_id") && !without.contains(&known.as_str()));
            found.extend(of_case.map(|known| (known.clone(), format!("case_id IN ({})", list(ids)))));
        }
        let mut moved = vec![further.to_vec()];
        let mut at = 0;
        while let Some((parent, which)) = found.get(at).cloned() {
            at += 1;
            if !self.has(&parent, "id") {
                continue;
            }
            let ids = self.ids(&parent, &which).await;
            for (child, about) in &self.tables {
                let is_known =
                    found.iter().any(|(known, _)| known == child) || without.contains(&child.as_str());
                let link = about.links.iter().find(|(_, _, to, column)| *to == parent && column == "id");
                if let (false, Some((_, column, _, _))) = (is_known, link) {
                    found.push((child.clone(), format!("{column} IN ({})", list(&ids))));
                }
            }
            moved.push(ids);
        }
        self.moved(&moved.concat()).await;
        let mut count = 0;
        for (table, which) in found {
            count += self.copy(&table, &which, turn).await;
        }
        count
    }

    /// Copies every firm with all that it has.
    pub async fn firm(&mut self, turn: usize) -> usize {
        self.moved(&[]).await;
        for table in self.tables.keys().filter(|table| self.has(table, "id")) {
            self.also_moved(&self.ids(table, "TRUE").await).await;
        }
        let mut count = 0;
        for table in self.tables.keys().filter(|table| !NO_FIRMS.contains(&table.as_str())) {
            count += self.copy(table, "TRUE", turn).await;
        }
        count
    }

    /// Puts other content into a column, where its checks allow any.
    pub async fn alter(&self, table: &str, column: &str) -> bool {
        let Some((_, ty)) = self.tables[table].columns.iter().find(|(name, _)| name == column) else {
            return false;
        };
        let value = match (ty.as_str(), self.raw.engine()) {
            ("text", _) => format!("'canary ' || {column}"),
            ("integer" | "bigint", _) => format!("{column} + 1000"),
            ("date", _) => "'2031-05-05'".to_owned(),
            ("boolean", Engine::Postgres | Engine::Sqlite) => format!("NOT {column}"),
            (other, _) if other.starts_with("timestamp") => "'2031-05-05 00:00:00'".to_owned(),
            _ => return false,
        };
        let is_link = self.tables[table].links.iter().any(|(_, known, _, _)| known == column);
        !is_link
            && column != "id"
            && self
                .raw
                .attempt(&format!("UPDATE {table} SET {column} = {value} WHERE {column} IS NOT NULL"))
                .await
                .is_ok()
    }
}
