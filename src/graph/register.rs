//! The described types in async-graphql's registry, and what they offer to policy.
use async_graphql::{
    indexmap::{IndexMap, IndexSet},
    registry::{MetaField, MetaInputValue, MetaType, ObjectBuilder, Registry},
};

use super::{Composite, Entity as _, Field, Graph, Subscription, Type};
use crate::policy::{ScopeName, Vocabulary};

/// Registers every type of the graph.
pub(super) fn all(graph: &Graph, registry: &mut Registry) {
    let mut types: Vec<&Type> = graph.types.values().collect();
    types.sort_by_key(|ty| ty.name);
    let nodes = types.iter().filter(|ty| ty.node.is_some()).map(|ty| ty.name.to_owned()).collect();
    node(registry, nodes);
    for ty in types {
        let fields = ty.fields.iter().map(|field| (field.name.to_owned(), meta(field, registry))).collect();
        if ty.node.is_some() {
            registry.add_implements(ty.name, "Node");
        }
        object(registry, ty.name, ty.about, fields);
    }
}

fn meta(field: &Field, registry: &mut Registry) -> MetaField {
    let mut meta = MetaField::new(field.name, (field.ty)(registry));
    meta.description = Some(field.about.to_owned());
    for argument in &field.arguments {
        let mut input = MetaInputValue::new(argument.name, (argument.ty)(registry));
        input.description = Some(argument.about.to_owned());
        meta.args.insert(argument.name.to_owned(), input);
    }
    meta
}

fn object(registry: &mut Registry, name: &str, about: &str, fields: IndexMap<String, MetaField>) {
    let object = ObjectBuilder::new(name, fields).description(Some(about.to_owned()));
    let object = object.is_subscription(name == Subscription::NAME);
    registry.types.insert(name.to_owned(), object.build());
}

fn field(name: &str, ty: &str, about: &str) -> (String, MetaField) {
    let mut meta = MetaField::new(name, ty);
    meta.description = Some(about.to_owned());
    (name.to_owned(), meta)
}

fn node(registry: &mut Registry, possible: IndexSet<String>) {
    let fields = IndexMap::from_iter([field("id", "ID!", "The object's id.")]);
    registry.types.insert(
        "Node".to_owned(),
        MetaType::Interface {
            name: "Node".to_owned(),
            description: Some("An object that can be read again by its id.".to_owned()),
            fields,
            possible_types: possible,
            extends: false,
            keys: None,
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            rust_typename: None,
            directive_invocations: Vec::new(),
            requires_scopes: Vec::new(),
        },
    );
}

/// Registers the connection of a type and answers its name.
pub(super) fn connection(registry: &mut Registry, of: &str) -> String {
    let (connection, edge) = (format!("{of}Connection"), format!("{of}Edge"));
    object(
        registry,
        "PageInfo",
        "Where a page stands among all.",
        IndexMap::from_iter([
            field("hasNextPage", "Boolean!", "More come behind this page."),
            field("hasPreviousPage", "Boolean!", "More come before this page."),
            field("startCursor", "String", "The cursor of the first row."),
            field("endCursor", "String", "The cursor of the last row."),
        ]),
    );
    object(
        registry,
        &edge,
        "A row of a page.",
        IndexMap::from_iter([
            field("node", &format!("{of}!"), "The row."),
            field("cursor", "String!", "Where it stands: opaque, for `after` and `before`."),
        ]),
    );
    object(
        registry,
        &connection,
        "A page of rows.",
        IndexMap::from_iter([
            field("edges", &format!("[{edge}!]!"), "The rows with their cursors."),
            field("nodes", &format!("[{of}!]!"), "The rows."),
            field("pageInfo", "PageInfo!", "Where the page stands."),
        ]),
    );
    connection
}

/// Registers a composite and answers its name in full.
pub(super) fn composite<C: Composite>(registry: &mut Registry) -> String {
    let mut fields = IndexMap::new();
    for part in C::FIELDS {
        let (name, mut meta) = field(part.name, &(part.ty)(registry), part.about);
        for (argument, about, ty) in part.arguments {
            let mut input = MetaInputValue::new(*argument, ty(registry));
            input.description = Some((*about).to_owned());
            meta.args.insert((*argument).to_owned(), input);
        }
        fields.insert(name, meta);
    }
    object(registry, C::NAME, C::ABOUT, fields);
    format!("{}!", C::NAME)
}

/// What the types offer to policy: the scopes of their rows, and the fields that only a release has.
pub fn vocabulary(graph: &Graph) -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    for ty in graph.types.values() {
        let scopes = ty.rows.iter().filter_map(|rows| rows.scopes.as_ref()).flatten();
        vocabulary.scopes.extend(scopes.map(|scope| ScopeName {
            ty: ty.name,
            name: scope.name,
            released: scope.is_released,
        }));
        let released = ty.fields.iter().filter(|field| field.is_released);
        vocabulary.released.extend(released.map(|field| (ty.name, field.name)));
    }
    vocabulary.scopes.sort_by_key(|scope| (scope.ty, scope.name));
    vocabulary.released.sort_unstable();
    vocabulary
}
