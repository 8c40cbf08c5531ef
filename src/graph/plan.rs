//! A selection, turned into the cells of one statement and the way its rows become the answer.
use async_graphql::{Context, Name, ServerResult, Value, parser::types::SelectionSet};

use super::{
    Field, Graph, Names, PartRead, Place, Read, Related, Sight, Type,
    anchor::Anchors,
    collect::{self, Asked},
    composite::PartsOf as Parts,
    out::{Object, Out, Part},
    page::{Cursors, refusal},
};
use crate::{
    error::{Fault, Problem},
    policy::Grants,
    store::{Alias, Cell},
    viewer::Viewer,
};

/// Plans the statements of one request.
pub(super) struct Planner<'r> {
    pub(super) graph: &'r Graph,
    pub(super) viewer: &'r Viewer,
    pub(super) grants: &'r Grants,
    pub(super) cursors: &'r Cursors,
    pub(super) names: Names,
    /// The rows that the request's cursors name.
    pub(super) anchors: Anchors,
    /// What the request alone knows is left out, so that two answers differ only where rows do.
    pub(super) is_blind: bool,
}

impl<'r> Planner<'r> {
    /// A place for a row that is in no case's selection.
    pub(super) fn place(&self) -> Place<'_> {
        Place {
            item: self.names.next(),
            release: self.names.next(),
            case: None,
            viewer: self.viewer,
            names: &self.names,
            sight: self.sight(),
        }
    }

    fn sight(&self) -> Sight<'_> {
        Sight { graph: self.graph, grants: self.grants }
    }

    /// The place of the roots, which are fields of no row.
    pub(super) fn nowhere(&self) -> Place<'_> {
        Place {
            item: Alias(0),
            release: Alias(0),
            case: None,
            viewer: self.viewer,
            names: &self.names,
            sight: self.sight(),
        }
    }

    pub(super) fn ty(&self, context: &Context<'_>, name: &str) -> ServerResult<&'r Type> {
        self.graph.get(name).ok_or_else(|| fault(context, format!("no type is called {name}")))
    }

    /// Plans what an object of this type is asked for.
    pub(super) fn object<'p>(
        &'p self,
        context: &Context<'_>,
        ty: &'p Type,
        place: &Place<'p>,
        sets: &[&SelectionSet],
        cells: &mut Vec<Cell>,
    ) -> ServerResult<Object> {
        let asked = collect::fields(context, ty.name, sets);
        let mut entries = Vec::with_capacity(asked.len());
        for asked in asked {
            entries.push((asked.key.clone(), self.entry(context, ty, place, &asked, cells)?));
        }
        Ok(Object(entries))
    }

    fn entry<'p>(
        &'p self,
        context: &Context<'_>,
        ty: &'p Type,
        place: &Place<'p>,
        asked: &Asked<'_>,
        cells: &mut Vec<Cell>,
    ) -> ServerResult<Out> {
        let Some(node) = asked.first() else { return Ok(Out::Same(Value::Null)) };
        if node.node.name.node == "__typename" {
            return Ok(Out::Same(Value::from(ty.name)));
        }
        let context = context.with_field(node);
        let field = self.guarded(&context, ty, &node.node.name.node)?;
        self.value(&context, field, place, asked, cells)
    }

    /// The field, if the live policy grants it. The role's schema has no other, so a refusal is a fault of ours.
    pub(super) fn guarded<'t>(
        &self,
        context: &Context<'_>,
        ty: &'t Type,
        name: &Name,
    ) -> ServerResult<&'t Field> {
        self.guard(context, ty.name, name)?;
        ty.field(name).ok_or_else(|| fault(context, format!("no field is called {}.{name}", ty.name)))
    }

    /// The field with its arguments and whatever they name, asked of the live policy.
    fn guard(&self, context: &Context<'_>, ty: &str, field: &str) -> ServerResult<()> {
        let fired = |what: &str| {
            let role = self.viewer.role.name();
            fault(context, format!("the guard of {ty}.{field}{what} fired for {role}"))
        };
        if !self.grants.allows(ty, field) {
            return Err(fired(""));
        }
        for (argument, value) in &context.item.node.arguments {
            let given = value.node.clone().into_const_with(|name| of_variable(context, &name))?;
            if !self.grants.admits(ty, field, &argument.node, &given) {
                return Err(fired(&format!("({})", argument.node)));
            }
        }
        Ok(())
    }

    pub(super) fn value<'p>(
        &'p self,
        context: &Context<'_>,
        field: &'p Field,
        place: &Place<'p>,
        asked: &Asked<'_>,
        cells: &mut Vec<Cell>,
    ) -> ServerResult<Out> {
        let at = cells.len();
        Ok(match &field.read {
            Read::Known(_) if self.is_blind => Out::Same(Value::Null),
            Read::Known(value) => Out::Same(value(self.viewer)),
            Read::Plain(sql) => {
                cells.push(sql(place));
                Out::Cell(at)
            }
            Read::Made(made, value) => {
                cells.extend(made(place));
                Out::Made(at, cells.len() - at, *value)
            }
            Read::Composite(made, of, rows) => {
                cells.extend(made(place));
                let count = cells.len() - at;
                let rows = rows.as_ref().map(|rows| (rows, place));
                Out::Composite(at, count, self.parts(context, of, rows, asked, cells)?)
            }
            Read::Same(name) => {
                let ty = self.ty(context, name)?;
                Out::Here(self.object(context, ty, place, &asked.sets(), cells)?)
            }
            Read::Related(related) => self.related(context, related, place, asked, cells)?,
            Read::Node | Read::Nodes | Read::Change(_) => {
                return Err(fault(context, format!("{} is a root alone", field.name)));
            }
        })
    }

    /// Plans what a composite is asked for.
    fn parts<'p>(
        &'p self,
        context: &Context<'_>,
        of: &Parts,
        rows: Option<(&'p Related, &Place<'p>)>,
        asked: &Asked<'_>,
        cells: &mut Vec<Cell>,
    ) -> ServerResult<Vec<(Name, Part)>> {
        let mut parts = Vec::new();
        for asked in collect::fields(context, of.name, &asked.sets()) {
            let Some(node) = asked.first() else { continue };
            let (context, name) = (context.with_field(node), &node.node.name.node);
            let part = if name == "__typename" {
                Part::TypeName(of.name)
            } else {
                self.guard(&context, of.name, name)?;
                let field = of.fields.iter().find(|field| field.name == name.as_str());
                let field =
                    field.ok_or_else(|| fault(&context, format!("no field is called {}.{name}", of.name)))?;
                match (&field.read, rows) {
                    (PartRead::Value(value), _) => Part::Made(value(&context)?),
                    (PartRead::Composite(inner), _) => {
                        let parts = self.parts(&context, &inner.of, None, &asked, cells)?;
                        Part::Composite(inner.at, inner.count, parts)
                    }
                    (PartRead::Rows, Some((related, place))) => {
                        Part::Rows(self.related(&context, related, place, &asked, cells)?)
                    }
                    (PartRead::Rows, None) => {
                        return Err(fault(&context, format!("{}.{name} knows no rows here", of.name)));
                    }
                }
            };
            parts.push((asked.key.clone(), part));
        }
        Ok(parts)
    }
}

/// What a variable is given; without a value it names nothing.
#[allow(clippy::unnecessary_wraps, reason = "what reads a literal asks for a function that may fail")]
fn of_variable(context: &Context<'_>, name: &Name) -> ServerResult<Value> {
    let env = context.query_env;
    let default = || {
        let mut all = env.operation.node.variable_definitions.iter();
        let declared = all.find(|declared| declared.node.name.node == *name)?;
        declared.node.default_value.as_ref().map(|value| value.node.clone())
    };
    Ok(env.variables.get(name).cloned().or_else(default).unwrap_or_default())
}

/// Something that must not happen: logged, and answered as an internal error.
pub(super) fn fault(context: &Context<'_>, what: String) -> async_graphql::ServerError {
    refusal(context, Problem::from(Fault::new(what)))
}
