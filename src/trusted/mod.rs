//! Trusted documents: what a role's clients may ask for by hash, in place of the text.
//!
//! Each was checked against the role's schema when it was added. A hash of another role and one that nobody knows are
//! one answer. What was added or removed counts on every node within five seconds.
pub mod manifest;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_graphql::parser::{parse_query, types::ExecutableDocument};
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, QueryDsl};
use quick_cache::sync::Cache;

use self::manifest::Entry;
use crate::{
    error::Fault,
    graph::cell,
    http::{limits::Limits, scan::scan},
    policy::Role,
    store::{Alias, Expr, Row, Select, Store, Transaction, Value, all},
};

crate::table! {
    trusted_documents (role, hash) {
        role -> Text,
        hash -> Text,
        name -> Text,
        document -> Text,
        added_at -> Timestamp,
    }
}

/// For how long a document is believed to be there.
const FRESH: Duration = Duration::from_secs(5);

/// How many parsed documents are kept; a portal has some dozens a role.
const KEPT: usize = 1_000;

/// A document that is trusted, parsed.
pub struct Trusted {
    text: String,
    /// What its operation is called, or its hash where that has no name.
    pub name: Arc<str>,
    /// What runs.
    pub document: ExecutableDocument,
}

/// The documents that the database has, parsed once.
pub struct Documents {
    store: Store,
    known: Cache<(Role, String), (Instant, Arc<Trusted>)>,
}

impl Documents {
    /// Those of a database.
    pub fn of(store: Store) -> Self {
        Documents { store, known: Cache::new(KEPT) }
    }

    /// The document of a role that has this hash.
    pub async fn find(&self, role: Role, hash: &str) -> Result<Option<Arc<Trusted>>, Fault> {
        let key = (role, manifest::plain(hash).to_owned());
        let known = self.known.get(&key);
        if let Some((at, trusted)) = &known
            && at.elapsed() < FRESH
        {
            return Ok(Some(Arc::clone(trusted)));
        }
        let at = Instant::now();
        let door = self.store.unscoped("a trusted document is no firm's");
        let row = door.read(one(role, key.1.clone())).await?.pop();
        let Some([Value::Text(text), Value::Text(name)]) = row.as_deref() else {
            self.known.remove(&key);
            return Ok(None);
        };
        let trusted = match known {
            Some((_, trusted)) if trusted.text == *text => trusted,
            Some(_) | None => {
                let name = if name.is_empty() { key.1.as_str().into() } else { name.as_str().into() };
                Arc::new(Trusted { text: text.clone(), name, document: parsed(text)? })
            }
        };
        self.known.insert(key, (at, Arc::clone(&trusted)));
        Ok(Some(trusted))
    }
}

/// Checked when it was added; scanned again all the same, since parsing what is nested too deep ends the program.
fn parsed(text: &str) -> Result<ExecutableDocument, Fault> {
    const ANY: usize = usize::MAX;
    let nesting =
        Limits { document_bytes: ANY, tokens: ANY, literal_bytes: ANY, name_bytes: ANY, ..Limits::default() };
    scan(text, &nesting).map_err(|refusal| Fault::new(refusal.sentence().to_owned()))?;
    Ok(parse_query(text)?)
}

fn one(role: Role, hash: String) -> Select {
    let row = Row::<trusted_documents::table>::new(Alias(0));
    Select::of(
        vec![cell(row.col(trusted_documents::document)), cell(row.col(trusted_documents::name))],
        vec![row.from().into()],
        all(vec![
            Expr::of(row.col(trusted_documents::role).eq(role.word())),
            Expr::of(row.col(trusted_documents::hash).eq(hash)),
        ]),
    )
}

/// Adds documents to a role's, all or none; says how many were new. A hash never comes to mean another text.
pub async fn add(
    store: &Store,
    role: Role,
    entries: &[(String, Entry)],
    at: NaiveDateTime,
) -> Result<usize, Fault> {
    let mut transaction = store.unscoped("the operator trusts documents").begin().await?;
    let mut count = 0;
    for (name, entry) in entries {
        match held(&mut transaction, role, &entry.hash).await? {
            Some(text) if text == entry.document => continue,
            Some(_) => {
                return Err(Fault::new(format!(
                    "{} is the hash of another text: remove that first",
                    entry.hash
                )));
            }
            None => {}
        }
        let row = diesel::insert_into(trusted_documents::table).values((
            trusted_documents::role.eq(role.word()),
            trusted_documents::hash.eq(entry.hash.clone()),
            trusted_documents::name.eq(name.clone()),
            trusted_documents::document.eq(entry.document.clone()),
            trusted_documents::added_at.eq(at),
        ));
        count += transaction.execute(row).await?;
    }
    transaction.commit().await?;
    Ok(count)
}

async fn held(transaction: &mut Transaction<'_>, role: Role, hash: &str) -> Result<Option<String>, Fault> {
    let of_role = trusted_documents::table.filter(trusted_documents::role.eq(role.word()));
    let it = of_role.filter(trusted_documents::hash.eq(hash.to_owned())).select(trusted_documents::document);
    Ok(transaction.load::<String, _>(it).await?.pop())
}

/// Removes documents from a role's, all of them where none is named; says how many.
pub async fn remove(store: &Store, role: Role, hashes: Option<&[String]>) -> Result<usize, Fault> {
    let mut transaction = store.unscoped("the operator trusts documents no longer").begin().await?;
    let of_role = || trusted_documents::table.filter(trusted_documents::role.eq(role.word()));
    let mut count = 0;
    match hashes {
        None => count += transaction.execute(diesel::delete(of_role())).await?,
        Some(hashes) => {
            for hash in hashes {
                let it = of_role().filter(trusted_documents::hash.eq(manifest::plain(hash).to_owned()));
                count += transaction.execute(diesel::delete(it)).await?;
            }
        }
    }
    transaction.commit().await?;
    Ok(count)
}

/// A document as it is listed.
pub struct Listed {
    /// Whose.
    pub role: String,
    /// What clients send.
    pub hash: String,
    /// The operation's name.
    pub name: String,
    /// Since when.
    pub added_at: NaiveDateTime,
}

/// All documents, by role and name.
pub async fn listed(store: &Store) -> Result<Vec<Listed>, Fault> {
    let mut transaction = store.unscoped("the operator reads what is trusted").begin().await?;
    let all = trusted_documents::table.select((
        trusted_documents::role,
        trusted_documents::name,
        trusted_documents::hash,
        trusted_documents::added_at,
    ));
    let mut rows: Vec<(String, String, String, NaiveDateTime)> = transaction.load(all).await?;
    transaction.roll_back().await?;
    rows.sort();
    Ok(rows.into_iter().map(|(role, name, hash, added_at)| Listed { role, hash, name, added_at }).collect())
}
