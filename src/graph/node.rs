//! `node` and `nodes`: an id that does not decode and one of a type that the role lacks are one answer, without a
//! statement; of a visible type, a forbidden one and an absent one are the same statement and answer.
use std::collections::HashMap;

use async_graphql::{Context, ID, ServerResult, Value};

use super::{
    Describe, Entity, Read, Type,
    describe::argument_of,
    out::Object,
    page::{LONGEST, refusal, too_large},
    plan::Planner,
    root::Planned,
};
use crate::{id, store};

impl<E: Entity> Describe<E> {
    /// The roots `node` and `nodes`.
    pub fn nodes(&mut self) {
        let about = "The object that an id names, or null where there is none.";
        let field = self.lookup("node", about, "Node", Read::Node);
        field.arguments.push(argument_of::<ID>("id", "The id."));
        let about =
            "The objects that ids name, in the order of the ids, null where there is none; 100 ids at most.";
        let field = self.lookup("nodes", about, "[Node]!", Read::Nodes);
        field.arguments.push(argument_of::<Vec<ID>>("ids", "The ids."));
    }
}

/// The type that an id names, if it decodes and the role has the type.
fn type_of<'r>(planner: &Planner<'r>, id: &str) -> Option<&'r Type> {
    let ty = planner.graph.get(id::tag(id)?.type_name())?;
    (ty.node.is_some() && planner.grants.allows(ty.name, "id")).then_some(ty)
}

pub(super) fn plan_one(planner: &Planner<'_>, context: &Context<'_>) -> ServerResult<Planned> {
    let (_, id) = context.param_value::<ID>("id", None)?;
    let Some(ty) = type_of(planner, &id) else { return Ok(Planned::known(Value::Null)) };
    let (select, anchored, object) =
        planner.by_ids(context, ty, vec![id.0], &[&context.item.node.selection_set.node])?;
    let make = move |answers: Vec<Vec<store::Cells>>| {
        let row = answers.into_iter().flatten().next();
        row.map(|mut row| object.make(&mut row)).unwrap_or_default()
    };
    Ok(Planned { selects: vec![(select, anchored)], make: Box::new(make) })
}

pub(super) fn plan_many(planner: &Planner<'_>, context: &Context<'_>) -> ServerResult<Planned> {
    let (_, ids) = context.param_value::<Vec<ID>>("ids", None)?;
    if i64::try_from(ids.len()).is_ok_and(|count| count > LONGEST) {
        return Err(refusal(context, too_large("ids")));
    }
    // One statement a type, in the order in which the types first occur.
    let mut types: Vec<(&Type, Vec<String>)> = Vec::new();
    for id in &ids {
        let Some(ty) = type_of(planner, id) else { continue };
        match types.iter_mut().find(|(known, _)| known.name == ty.name) {
            Some((_, ids)) if ids.contains(id) => {}
            Some((_, ids)) => ids.push(id.0.clone()),
            None => types.push((ty, vec![id.0.clone()])),
        }
    }
    let sets = [&context.item.node.selection_set.node];
    let (mut selects, mut objects) = (Vec::new(), Vec::new());
    for (ty, ids) in types {
        let (select, anchored, object) = planner.by_ids(context, ty, ids, &sets)?;
        selects.push((select, anchored));
        objects.push(object);
    }
    Ok(Planned { selects, make: Box::new(move |answers| in_order(&ids, &objects, answers)) })
}

fn in_order(ids: &[ID], objects: &[Object], answers: Vec<Vec<store::Cells>>) -> Value {
    let mut found: HashMap<String, Value> = HashMap::new();
    for (object, rows) in objects.iter().zip(answers) {
        for mut row in rows {
            if let Some(store::Value::Text(id)) = row.first().cloned() {
                found.insert(id, object.make(&mut row));
            }
        }
    }
    Value::List(ids.iter().map(|id| found.get(id.as_str()).cloned().unwrap_or_default()).collect())
}
