//! The ids that stand in a database, by the type that each names.
use portico::id;

use crate::{raw::Raw, shape::Ids};

/// At most so many ids of each table, in the order of the ids.
pub async fn standing(raw: &Raw, most: usize) -> Ids {
    let mut ids = Ids::new();
    for table in raw.tables().await {
        if !raw.columns(&table).await.iter().any(|(column, _)| column == "id") {
            continue;
        }
        for id in raw.texts(&format!("SELECT id AS text FROM {table} ORDER BY id LIMIT {most}")).await {
            if let Some(tag) = id::tag(&id) {
                ids.entry(tag.type_name().to_owned()).or_default().push(id);
            }
        }
    }
    ids
}

/// What an id that stands in a database names.
pub fn tag(id: &str) -> id::Tag {
    id::tag(id).unwrap()
}
