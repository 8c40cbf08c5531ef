//! A schema as plain data: the full model, or what is left of it for a role.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use async_graphql::registry::MetaTypeName;

/// What every schema has; never granted, never pruned.
const BUILT_IN: [&str; 5] = ["Boolean", "Float", "ID", "Int", "String"];

/// The types of a schema with their members. Introspection's own (`__Type` and so on) are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Model {
    /// The name of the query root.
    pub query: String,
    /// The name of the mutation root, if there is one.
    pub mutation: Option<String>,
    /// The name of the subscription root, if there is one.
    pub subscription: Option<String>,
    /// All types by name.
    pub types: BTreeMap<String, Type>,
    /// All directives by name.
    pub directives: BTreeMap<String, Directive>,
}

/// What kind of type a type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A leaf without members.
    Scalar,
    /// An object with fields.
    Object,
    /// What several objects have in common.
    Interface,
    /// One of several objects.
    Union,
    /// One of several values.
    Enum,
    /// An object that is handed in.
    Input,
}

/// A type; the maps that its kind has no use for are empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Type {
    /// Its kind.
    pub kind: Kind,
    /// Its description.
    pub description: Option<String>,
    /// The fields of an object or interface.
    pub fields: BTreeMap<String, Field>,
    /// The fields of an input object.
    pub inputs: BTreeMap<String, Input>,
    /// The values of an enum.
    pub values: BTreeMap<String, Text>,
    /// The interfaces that an object implements.
    pub interfaces: BTreeSet<String>,
    /// The objects that an interface or union can be.
    pub possible: BTreeSet<String>,
}

/// What is written for people about a member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// Its description.
    pub description: Option<String>,
    /// Why it is deprecated.
    pub deprecated: Option<String>,
}

/// A field of an object or interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its type, as the schema writes it.
    pub ty: String,
    /// Its arguments.
    pub args: BTreeMap<String, Input>,
    /// What is written about it.
    pub text: Text,
}

/// An argument, or a field of an input object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its type, as the schema writes it.
    pub ty: String,
    /// Its default value, as the schema writes it.
    pub default: Option<String>,
    /// What is written about it.
    pub text: Text,
}

/// A directive with its arguments and the places where it may stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directive {
    /// Its arguments.
    pub args: BTreeMap<String, Input>,
    /// The places, as the specification names them.
    pub locations: BTreeSet<String>,
}

/// What a policy line can grant: a member of a type, or an argument of a field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Coordinate {
    /// The type.
    pub ty: String,
    /// The field, input field or enum value.
    pub member: String,
    /// The argument, where the coordinate is one.
    pub argument: Option<String>,
}

impl Coordinate {
    /// A member of a type.
    pub fn member(ty: &str, member: &str) -> Self {
        Self { ty: ty.to_owned(), member: member.to_owned(), argument: None }
    }

    /// An argument of a field.
    pub fn argument(ty: &str, field: &str, argument: &str) -> Self {
        Self { argument: Some(argument.to_owned()), ..Self::member(ty, field) }
    }

    /// The part behind the type, as a policy line writes it: `title`, `documents(first)`.
    pub fn what(&self) -> String {
        match &self.argument {
            Some(argument) => format!("{}({argument})", self.member),
            None => self.member.clone(),
        }
    }

    /// Reads `Case.title` and `Case.documents(first)`.
    pub fn parse(text: &str) -> Option<Self> {
        let (ty, what) = text.split_once('.')?;
        match what.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
            Some((field, argument)) => Some(Self::argument(ty, field, argument)),
            None => Some(Self::member(ty, what)),
        }
    }
}

impl fmt::Display for Coordinate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{}", self.ty, self.what()))
    }
}

/// Whether a member is the plumbing of a page, which goes with whatever leads to it and needs no line.
/// Anything else on such a type, a `totalCount` say, needs one.
pub fn is_plumbing(ty: &str, member: &str) -> bool {
    match member {
        "edges" | "nodes" | "pageInfo" => ty.ends_with("Connection"),
        "node" | "cursor" => ty.ends_with("Edge"),
        "hasNextPage" | "hasPreviousPage" | "startCursor" | "endCursor" => ty == "PageInfo",
        _ => false,
    }
}

/// Whether every schema has the type.
pub fn is_built_in(ty: &str) -> bool {
    BUILT_IN.contains(&ty)
}

/// The type at the heart of a written one: `[Case!]!` is about `Case`.
pub fn named(ty: &str) -> &str {
    MetaTypeName::concrete_typename(ty)
}

impl Input {
    /// Whether it must be given.
    pub fn is_required(&self) -> bool {
        self.ty.ends_with('!') && self.default.is_none()
    }
}

impl Type {
    /// A type of a kind, without members.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            description: None,
            fields: BTreeMap::new(),
            inputs: BTreeMap::new(),
            values: BTreeMap::new(),
            interfaces: BTreeSet::new(),
            possible: BTreeSet::new(),
        }
    }

    /// The members that lines grant. A scalar has none; an interface's and a union's follow from their objects.
    pub fn members(&self) -> Vec<&str> {
        match self.kind {
            Kind::Object => self.fields.keys().map(String::as_str).collect(),
            Kind::Input => self.inputs.keys().map(String::as_str).collect(),
            Kind::Enum => self.values.keys().map(String::as_str).collect(),
            Kind::Scalar | Kind::Interface | Kind::Union => Vec::new(),
        }
    }
}

impl Model {
    /// Everything that a line can grant, sorted.
    pub fn coordinates(&self) -> Vec<Coordinate> {
        let mut all: Vec<_> = self.types.iter().flat_map(|(name, ty)| coordinates_of(name, ty)).collect();
        all.sort();
        all
    }

    /// Whether the model has the coordinate, plumbing included.
    pub fn has(&self, coordinate: &Coordinate) -> bool {
        let Some(ty) = self.types.get(&coordinate.ty) else { return false };
        match &coordinate.argument {
            Some(argument) => {
                ty.fields.get(&coordinate.member).is_some_and(|f| f.args.contains_key(argument))
            }
            None => ty.members().contains(&coordinate.member.as_str()),
        }
    }

    /// A field of a type.
    pub fn field(&self, ty: &str, field: &str) -> Option<&Field> {
        self.types.get(ty)?.fields.get(field)
    }

    /// Whether a value of an interface, a union or an object itself may be shown as the object.
    /// To be asked before the row is loaded.
    pub fn can_be(&self, ty: &str, object: &str) -> bool {
        self.types.get(ty).is_some_and(|found| match found.kind {
            Kind::Interface | Kind::Union => found.possible.contains(object),
            Kind::Object => ty == object,
            Kind::Scalar | Kind::Enum | Kind::Input => false,
        })
    }

    /// The roots that are there.
    pub fn roots(&self) -> impl Iterator<Item = &str> {
        let others = self.mutation.iter().chain(&self.subscription);
        std::iter::once(&self.query).chain(others).map(String::as_str)
    }
}

fn coordinates_of(name: &str, ty: &Type) -> Vec<Coordinate> {
    let mut found = Vec::new();
    for member in ty.members() {
        if is_plumbing(name, member) {
            continue;
        }
        found.push(Coordinate::member(name, member));
        let args = ty.fields.get(member).into_iter().flat_map(|field| field.args.keys());
        found.extend(args.map(|argument| Coordinate::argument(name, member, argument)));
    }
    found
}
