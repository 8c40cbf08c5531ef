//! How much a request may ask, in general and of a role.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::error::{Problem, Refusal};
use crate::policy::Role;
use crate::viewer::Viewer;

/// The bounds of one request. All counts are inclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Bytes of a body, after decompression: variables carry long texts, files go another way.
    pub body_bytes: usize,
    /// Bytes of a message over a socket: it is held before anybody is charged for it, and the largest document fits in.
    pub message_bytes: usize,
    /// Bytes of a document: the largest that tools write by themselves, introspection, has 3,000.
    pub document_bytes: usize,
    /// Bytes of one string in a document: long texts belong into variables.
    pub literal_bytes: usize,
    /// Bytes of one name or number: messages repeat names, so long ones multiply.
    pub name_bytes: usize,
    /// Tokens of a document: parsing costs time and memory for each.
    pub tokens: usize,
    /// Open brackets at one place of a document, and levels of JSON: the stack is finite.
    pub nesting: usize,
    /// Levels of selections with fragments spread: standard introspection has 18, async-graphql stops at 32.
    pub depth: usize,
    /// Fields, spreads and inline fragments with fragments spread: validation and execution visit each.
    pub fields: usize,
    /// Fields with a selection of their own, with fragments spread: each may be a query within the statement, and planning
    /// takes longer than these are many: on SQLite with their square.
    pub selections: usize,
    /// Fields at the root of an operation with fragments spread: each is a statement of its own.
    pub root_fields: usize,
    /// Lists inside lists of introspection (`types`, `fields` …): standard introspection has 2.
    pub introspection: usize,
    /// Fields of introspection with fragments spread: standard introspection has 239.
    pub described: usize,
    /// Aliases with fragments spread, each in introspection as twenty: each asks the same work once more.
    pub aliases: usize,
    /// Directives at one place: async-graphql does not look at those on `__typename` at all.
    pub directives: usize,
    /// Operations and fragments of a document: validation visits those that do not run, too.
    pub definitions: usize,
    /// Variables of one operation.
    pub variables: usize,
    /// Levels of lists in a variable's type: the API has no input deeper than two.
    pub list_types: usize,
    /// Fields that the answer could have, a list's counted for each row of its page: what the operation costs.
    pub cost: usize,
    /// Values in the JSON of a request: a filter of ten thousand branches is no filter.
    pub values: usize,
    /// Bytes of arguments with variables written out and fragments spread: each use of a variable is a copy of its value.
    pub written_bytes: usize,
    /// Errors in one answer: one document can cause thousands.
    pub errors: usize,
    /// Seconds until the body must be there.
    pub body_seconds: u64,
    /// Seconds until the answer must be there, after the body, whatever it needs; by itself PostgreSQL ends a statement
    /// after 15.
    pub answer_seconds: u64,
    /// Operations that run or go on at one time on one socket.
    pub operations: usize,
    /// Operations of one caller that run at one time on one node; further ones wait for these.
    pub at_once: usize,
    /// Sockets and event streams that one person has open at one time on one node.
    pub streams: usize,
    /// What one person follows at one time on one node, counted again for each KiB of its document and variables: each is
    /// held with them, and read at each change.
    pub followed: usize,
    /// Seconds until a socket's first message must be there.
    pub init_seconds: u64,
    /// Seconds between two signs of life on what goes on; a socket that gives none in return for two of them is closed.
    pub ping_seconds: u64,
    /// Seconds until the other side of a socket must have taken a message.
    pub send_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1_048_576,
            message_bytes: 131_072,
            document_bytes: 102_400,
            literal_bytes: 16_384,
            name_bytes: 200,
            tokens: 10_000,
            nesting: 64,
            depth: 24,
            fields: 5_000,
            selections: 300,
            root_fields: 50,
            introspection: 2,
            described: 400,
            aliases: 500,
            directives: 8,
            definitions: 100,
            variables: 100,
            list_types: 3,
            cost: 30_000,
            values: 10_000,
            written_bytes: 4_194_304,
            errors: 50,
            body_seconds: 10,
            answer_seconds: 14,
            operations: 32,
            at_once: 16,
            streams: 32,
            followed: 128,
            init_seconds: 10,
            ping_seconds: 15,
            send_seconds: 10,
        }
    }
}

/// What is one for all: judged before anybody knows who asks, or of a connection or a caller for whom many may be asked
/// for.
const OF_ALL: [&str; 10] = [
    "body_bytes",
    "message_bytes",
    "body_seconds",
    "values",
    "errors",
    "init_seconds",
    "ping_seconds",
    "send_seconds",
    "operations",
    "at_once",
];

/// What portals' home pages come to is a tenth of it, and the public page of a firm has three fields.
fn built_in(role: Role) -> Table {
    let cost = if role == Role::Anonymous { 2_000 } else { 25_000 };
    let own = role.is_outside().then(|| ("cost".to_owned(), Value::Integer(cost)));
    own.into_iter().collect()
}

/// The limits of everybody: in general, of each role, and of firms' servers in each role.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// What holds before anybody knows who asks.
    pub general: Limits,
    roles: HashMap<Role, Limits>,
    services: HashMap<Role, Limits>,
}

impl Default for Bounds {
    fn default() -> Self {
        // An empty table has no fault.
        Self::read(Table::new()).unwrap_or_else(|_| Limits::default().into())
    }
}

/// The same for everybody.
impl From<Limits> for Bounds {
    fn from(general: Limits) -> Self {
        Bounds { general, roles: HashMap::new(), services: HashMap::new() }
    }
}

impl Bounds {
    /// Reads the general bounds, and over them `role.NAME` for a role and `service` for firms' servers whatever their
    /// role. What the table does not say in general is for outside roles tighter than for staff.
    pub fn read(mut table: Table) -> Result<Self, String> {
        let mut of_roles = part(&mut table, "role")?;
        let of_services = part(&mut table, "service")?;
        let built = Table::try_from(Limits::default()).map_err(|error| error.to_string())?;
        let general = limits("limits", &[&built, &table])?;
        let (mut roles, mut services) = (HashMap::new(), HashMap::new());
        for role in Role::ALL {
            let own = part(&mut of_roles, role.name())?;
            let layers = [&built, &built_in(role), &table, &own, &of_services];
            only_its_own(&own, &format!("limits.role.{role}"))?;
            roles.insert(role, limits(&format!("limits.role.{role}"), &layers[..4])?);
            services.insert(role, limits("limits.service", &layers)?);
        }
        only_its_own(&of_services, "limits.service")?;
        match of_roles.keys().next() {
            Some(name) => Err(format!("limits.role.{name}: there is no such role")),
            None => Ok(Bounds { general, roles, services }),
        }
    }

    /// The widest of what documents are read by, for who is yet to be known.
    pub(super) fn widest(&self) -> Limits {
        let all = self.roles.values().chain(self.services.values());
        all.fold(self.general.clone(), |widest, limits| Limits {
            document_bytes: widest.document_bytes.max(limits.document_bytes),
            literal_bytes: widest.literal_bytes.max(limits.literal_bytes),
            name_bytes: widest.name_bytes.max(limits.name_bytes),
            tokens: widest.tokens.max(limits.tokens),
            nesting: widest.nesting.max(limits.nesting),
            ..widest
        })
    }

    /// What holds for a role, in which a person or a firm's server asks.
    pub fn of(&self, role: Role, is_service: bool) -> &Limits {
        let own = if is_service { self.services.get(&role) } else { self.roles.get(&role) };
        own.unwrap_or(&self.general)
    }

    /// As the configuration has them: what is one for all stands in the general table alone.
    pub fn table(&self, role: Option<Role>, is_service: bool) -> Result<Table, toml::ser::Error> {
        let Some(role) = role else { return Table::try_from(&self.general) };
        let mut table = Table::try_from(self.of(role, is_service))?;
        table.retain(|name, _| OF_ALL.iter().all(|one| name != *one));
        Ok(table)
    }

    /// What holds for who asks.
    pub(super) fn asking(&self, viewer: &Viewer) -> &Limits {
        self.of(viewer.role, viewer.is_service())
    }
}

fn part(table: &mut Table, name: &str) -> Result<Table, String> {
    match table.remove(name) {
        None => Ok(Table::new()),
        Some(Value::Table(part)) => Ok(part),
        Some(_) => Err(format!("limits.{name} is no table")),
    }
}

fn only_its_own(table: &Table, name: &str) -> Result<(), String> {
    match OF_ALL.iter().find(|key| table.contains_key(**key)) {
        Some(key) => Err(format!("{name}.{key}: is one for all roles; say it under [limits]")),
        None => Ok(()),
    }
}

/// Later layers count before earlier ones.
fn limits(name: &str, layers: &[&Table]) -> Result<Limits, String> {
    let all: Table = layers
        .iter()
        .flat_map(|layer| layer.iter().map(|(key, value)| (key.clone(), value.clone())))
        .collect();
    all.try_into().map_err(|error: toml::de::Error| format!("{name}: {}", error.message()))
}

/// No configuration lets deeper nestings through: from 160 levels on, debug builds die of a full stack.
pub(super) const DEEPEST: usize = 64;

/// Nor deeper selections, fragments spread: what measures them calls itself for each level.
pub(super) const LOWEST: usize = 500;

/// The same sentence for every bound, with its number.
pub(super) fn over(problem: Problem, what: &str, limit: usize) -> Refusal {
    problem.because(format!("The request has more than {limit} {what}. {}", problem.sentence()))
}

/// Refuses what costs more than the limits let through.
pub fn affordable(cost: usize, limits: &Limits) -> Result<(), Refusal> {
    if cost > limits.cost {
        let problem = Problem::TooComplex;
        let sentence = format!(
            "The request costs {cost}, and at most {} is let through. {}",
            limits.cost,
            problem.sentence()
        );
        return Err(problem.because(sentence));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Bounds, String> {
        Bounds::read(text.parse().unwrap())
    }

    #[test]
    fn a_roles_own_stand_over_the_general_ones_and_these_over_what_is_built_in() {
        let bounds = Bounds::default();
        assert_eq!(bounds.general, Limits::default());
        assert_eq!(bounds.of(Role::Attorney, false), &Limits::default());
        assert_eq!(bounds.of(Role::Client, false), &Limits { cost: 25_000, ..Limits::default() });
        assert_eq!(bounds.of(Role::Anonymous, false).cost, 2_000);
        let bounds =
            read("cost = 7_000\ndepth = 9\n[role.client]\ncost = 500\n[service]\ndepth = 12").unwrap();
        let cost_and_depth = |role, is_service| {
            let limits = bounds.of(role, is_service);
            (limits.cost, limits.depth)
        };
        assert_eq!(cost_and_depth(Role::Client, false), (500, 9));
        assert_eq!(cost_and_depth(Role::CoClient, false), (7_000, 9));
        assert_eq!(cost_and_depth(Role::Anonymous, false), (7_000, 9));
        assert_eq!(cost_and_depth(Role::Paralegal, false), (7_000, 9));
        assert_eq!(cost_and_depth(Role::Paralegal, true), (7_000, 12));
        assert_eq!(bounds.general.cost, 7_000);
    }

    #[test]
    fn what_is_misspelt_misplaced_or_too_long_is_told() {
        for (text, word) in [
            ("tokns = 7", "tokns"),
            ("[role.client]\ntokns = 7", "limits.role.client"),
            ("[role.judge]\ntokens = 7", "judge"),
            ("role = 7", "limits.role"),
            ("[role]\nclient = 7", "limits.client"),
            ("[role.client]\nbody_bytes = 7", "limits.role.client.body_bytes"),
            ("[service]\nvalues = 7", "limits.service.values"),
            ("[role.client]\nat_once = 7", "limits.role.client.at_once"),
            ("cost = -1", "limits"),
            ("cost = \"many\"", "limits"),
        ] {
            let told = read(text).unwrap_err();
            assert!(told.contains(word), "{text}: {told}");
        }
    }

    #[test]
    fn what_costs_as_much_as_may_be_is_let_through() {
        let limits = Limits { cost: 10, ..Limits::default() };
        assert_eq!(affordable(10, &limits), Ok(()));
        assert_eq!(affordable(11, &limits).unwrap_err().problem(), Problem::TooComplex);
    }
}
