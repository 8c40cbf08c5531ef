//! Pages: Relay's arguments, the keys that order rows, and cursors that say nothing and can't be made up.
//! <https://relay.dev/graphql/connections.htm>
use aes_siv::{KeyInit, siv::Aes128Siv};
use async_graphql::{Context, InputType, ServerError, ServerResult};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use diesel::{ExpressionMethods, QueryDsl, expression::Expression};

use super::{Argument, Entity, Here, describe::argument_of};
use crate::{
    error::{Fault, Problem, Refusal},
    store::{Direction, Expr, Sql, Store, Transaction, Value},
};

crate::table! {
    service_keys (name) {
        name -> Text,
        secret -> Text,
    }
}

/// Rows of a page where nothing is asked.
pub(super) const DEFAULT_LENGTH: i64 = 20;
/// Bytes to whose multiple a row's name is filled up before it is sealed, so that a length tells nothing.
const BLOCK: usize = 32;
/// Rows of a page at most.
pub(super) const LONGEST: i64 = 100;

/// What a connection is ordered by; the last key of an order is unique.
pub struct Key {
    direction: Direction,
    sql: Box<dyn Fn() -> Box<dyn Sql>>,
}

impl Key {
    /// Smallest first. The expression must never be NULL: the engines place NULL differently.
    pub fn ascending<X: Expression + Sql + Copy>(expression: X) -> Self {
        Key::of(Direction::Ascending, move || Expr::of(expression))
    }

    /// Largest first. The expression must never be NULL.
    pub fn descending<X: Expression + Sql + Copy>(expression: X) -> Self {
        Key::of(Direction::Descending, move || Expr::of(expression))
    }

    /// An expression that is written anew each time it is needed.
    pub fn of<ST>(direction: Direction, sql: impl Fn() -> Expr<ST> + 'static) -> Self {
        Key { direction, sql: Box::new(move || sql().erase()) }
    }

    /// The key as it stands.
    pub(super) fn sql(&self) -> Box<dyn Sql> {
        (self.sql)()
    }

    /// The key in ORDER BY; turned round where a page is read from its end.
    pub(super) fn order(&self, is_reversed: bool) -> (Box<dyn Sql>, Direction) {
        ((self.sql)(), self.towards(is_reversed))
    }

    pub(super) fn towards(&self, is_reversed: bool) -> Direction {
        match (self.direction, is_reversed) {
            (Direction::Ascending, false) | (Direction::Descending, true) => Direction::Ascending,
            (Direction::Ascending, true) | (Direction::Descending, false) => Direction::Descending,
        }
    }
}

/// An input that names an order, such as an enum.
pub trait Order<E: Entity>: InputType + 'static {
    /// Its keys, the last one unique.
    fn keys(&self, here: &Here<'_, E>) -> Vec<Key>;
}

/// Which page was asked for.
pub(super) struct Page {
    pub(super) length: i64,
    /// Read from the end (`last`).
    pub(super) is_reversed: bool,
    /// The row behind which it begins.
    pub(super) after: Option<Vec<String>>,
    /// The row before which it ends.
    pub(super) before: Option<Vec<String>>,
}

pub(super) fn arguments() -> [Argument; 4] {
    [
        argument_of::<Option<i32>>(
            "first",
            "At most so many from the beginning: 20 if nothing is said, 100 at most.",
        ),
        argument_of::<Option<String>>("after", "Only what comes behind this cursor."),
        argument_of::<Option<i32>>("last", "At most so many from the end, 100 at most."),
        argument_of::<Option<String>>("before", "Only what comes before this cursor."),
    ]
}

impl Page {
    pub(super) fn asked(context: &Context<'_>, cursors: &Cursors, of: &str) -> ServerResult<Self> {
        let length = |name| -> ServerResult<Option<i64>> {
            let (_, length) = context.param_value::<Option<i32>>(name, None)?;
            let length = length.map(i64::from);
            match length {
                Some(length) if length < 0 => {
                    Err(refusal(context, Problem::BadUserInput.because("A page's length is not negative.")))
                }
                Some(length) if length > LONGEST => Err(refusal(context, too_large("items"))),
                Some(_) | None => Ok(length),
            }
        };
        let row = |name| -> ServerResult<Option<Vec<String>>> {
            let (_, cursor) = context.param_value::<Option<String>>(name, None)?;
            cursor
                .map(|cursor| cursors.open(of, &cursor).ok_or_else(|| refusal(context, Problem::BadCursor)))
                .transpose()
        };
        let (first, last) = (length("first")?, length("last")?);
        if first.is_some() && last.is_some() {
            return Err(refusal(
                context,
                Problem::BadUserInput.because("Ask with first or with last, not with both."),
            ));
        }
        Ok(Page {
            length: first.or(last).unwrap_or(DEFAULT_LENGTH),
            is_reversed: last.is_some(),
            after: row("after")?,
            before: row("before")?,
        })
    }
}

/// A page, or a list of ids, that is longer than allowed.
pub(super) fn too_large(of: &str) -> Refusal {
    let sentence = format!("Ask for at most {LONGEST} {of} at once. {}", Problem::PageTooLarge.sentence());
    Problem::PageTooLarge.because(sentence)
}

/// A problem with the place and the path of the field that it is about.
pub(super) fn refusal(context: &Context<'_>, problem: impl Into<Refusal>) -> ServerError {
    context.set_error_path(problem.into().at(context.item.pos).into())
}

/// Seals what rows are known by into cursors: deterministic, so that worlds which look alike answer alike, and not to be
/// made up. Nothing else is in them: a key of an order may be hidden, and a cursor that moves with it would tell.
#[derive(Clone)]
pub struct Cursors(std::sync::Arc<[u8; 32]>);

impl Cursors {
    /// With this key.
    pub fn new(key: [u8; 32]) -> Self {
        Cursors(std::sync::Arc::new(key))
    }

    /// With the key that the database keeps, made when it is asked for the first time.
    pub async fn of(store: &Store) -> Result<Self, Fault> {
        let mut looking = store.unscoped("the cursors' key is the service's own").begin().await?;
        let known = secret(&mut looking).await?;
        looking.roll_back().await?;
        let secret = match known {
            Some(secret) => secret,
            None => made(store).await?,
        };
        let key = URL_SAFE_NO_PAD.decode(secret)?.try_into();
        key.map(Self::new).map_err(|_| Fault::new("the cursors' key in service_keys is not of 32 bytes"))
    }

    /// The cursor of a row in the lists of its type.
    pub(super) fn seal(&self, of: &str, row: &[Value]) -> Option<String> {
        let known_by: Vec<&str> = row.iter().map(text).collect::<Option<_>>()?;
        let mut plain = serde_json::to_vec(&known_by).ok()?;
        plain.resize(plain.len().next_multiple_of(BLOCK), b' ');
        let sealed = Aes128Siv::new(self.0.as_ref().into()).encrypt([of.as_bytes()], &plain).ok()?;
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The row of a cursor that this service made for the lists of this type.
    pub(super) fn open(&self, of: &str, cursor: &str) -> Option<Vec<String>> {
        let sealed = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let plain = Aes128Siv::new(self.0.as_ref().into()).decrypt([of.as_bytes()], &sealed).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

/// A new key, or that of the node that was first.
async fn made(store: &Store) -> Result<String, Fault> {
    let mut key = [0; 32];
    rand::RngCore::fill_bytes(&mut rand::rng(), &mut key);
    let row = (service_keys::name.eq("cursors"), service_keys::secret.eq(URL_SAFE_NO_PAD.encode(key)));
    let mut making = store.unscoped("the cursors' key is made once").begin().await?;
    making.execute(diesel::insert_into(service_keys::table).values(row).on_conflict_do_nothing()).await?;
    let known = secret(&mut making).await?;
    making.commit().await?;
    known.ok_or_else(|| Fault::new("the cursors' key can't be kept"))
}

async fn secret(transaction: &mut Transaction<'_>) -> Result<Option<String>, Fault> {
    let known = service_keys::table.filter(service_keys::name.eq("cursors")).select(service_keys::secret);
    let known: Vec<String> = transaction.load(known).await?;
    Ok(known.into_iter().next())
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        Value::Null
        | Value::Number(_)
        | Value::Truth(_)
        | Value::Day(_)
        | Value::Instant(_)
        | Value::Rows(_) => None,
    }
}
