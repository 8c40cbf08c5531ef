//! A relation: the target's own rows, joined to the parent's, as one cell.
use async_graphql::{Context, Name, ServerResult, Value, parser::types::SelectionSet};

use super::{
    Form, Groups, Key, KnownBy, Place, Related, Rows, Type,
    anchor::{Anchored, behind},
    collect::{self, Asked},
    out::{Connection, Edge, Entry, Info, Object, Out},
    page::Page,
    plan::{Planner, fault},
};
use crate::store::{Cell, Piece, Predicate, Select, all, any, bound};

impl Planner<'_> {
    pub(super) fn related<'p>(
        &'p self,
        context: &Context<'_>,
        related: &'p Related,
        parent: &Place<'p>,
        asked: &Asked<'_>,
        cells: &mut Vec<Cell>,
    ) -> ServerResult<Out> {
        let (ty, rows) = self.rows_of(context, related.target)?;
        let place = self.place_of(ty, if related.is_within_case { parent.case } else { None });
        let Some(join) = (related.join)(context, parent, &place)? else { return Ok(Out::Same(Value::Null)) };
        let mut filter = vec![join, place.sight.visible(ty, rows, &place)];
        for narrow in &related.narrow {
            filter.extend(narrow(context, &place)?);
        }
        let at = cells.len();
        let mut inner = Vec::new();
        let (out, limit, keys, is_reversed) = match related.form {
            Form::Connection => {
                return self.connection(context, (related, parent), (ty, rows, place), filter, asked, cells);
            }
            Form::Maybe | Form::Certain => {
                let object = self.object(context, ty, &place, &asked.sets(), &mut inner)?;
                (Out::One(at, object), Some(1), Vec::new(), false)
            }
            Form::First => {
                let object = self.object(context, ty, &place, &asked.sets(), &mut inner)?;
                (Out::One(at, object), Some(1), (rows.order)(&place), false)
            }
            Form::List => {
                if let Some(groups) = &related.groups {
                    return self.groups(context, groups, (rows, place), filter, asked, cells);
                }
                let object = self.object(context, ty, &place, &asked.sets(), &mut inner)?;
                (Out::List(at, object), None, (rows.order)(&place), false)
            }
        };
        let from = related.from(context, parent, (rows, &place))?;
        cells.push(Cell::Rows(Box::new(select(from, inner, filter, &keys, is_reversed, limit))));
        Ok(out)
    }

    /// Plans a list of one object for each group of rows: the fields are sums, read at the rows' own place.
    fn groups<'p>(
        &'p self,
        context: &Context<'_>,
        groups: &'p Groups,
        (rows, place): (&'p Rows, Place<'p>),
        filter: Vec<Predicate>,
        asked: &Asked<'_>,
        cells: &mut Vec<Cell>,
    ) -> ServerResult<Out> {
        let at = cells.len();
        let mut inner = Vec::new();
        let object = self.object(context, self.ty(context, groups.ty)?, &place, &asked.sets(), &mut inner)?;
        let keys = (groups.keys)(&place);
        let mut select = select((rows.from)(&place), inner, filter, &keys, false, None);
        select.group = keys.iter().map(Key::sql).collect();
        cells.push(Cell::Rows(Box::new(select)));
        Ok(Out::List(at, object))
    }

    /// A type and where its rows come from.
    pub(super) fn rows_of<'p>(
        &'p self,
        context: &Context<'_>,
        name: &str,
    ) -> ServerResult<(&'p Type, &'p Rows)> {
        let ty = self.ty(context, name)?;
        let rows = ty.rows.as_ref().ok_or_else(|| fault(context, format!("{name} has no rows")))?;
        Ok((ty, rows))
    }

    /// A place for a row of this type.
    pub(super) fn place_of<'p>(&'p self, ty: &Type, case: Option<crate::store::Alias>) -> Place<'p> {
        let mut place = self.place();
        place.case = if ty.is_case { Some(place.item) } else { case };
        place
    }

    fn connection<'p>(
        &'p self,
        context: &Context<'_>,
        (related, parent): (&'p Related, &Place<'p>),
        (ty, rows, place): (&'p Type, &'p Rows, Place<'p>),
        mut filter: Vec<Predicate>,
        asked: &Asked<'_>,
        cells: &mut Vec<Cell>,
    ) -> ServerResult<Out> {
        let page = Page::asked(context, self.cursors, ty.name)?;
        let keys = order_of(context, related, rows, &place)?;
        for (row, is_before) in [(&page.after, false), (&page.before, true)] {
            if let Some(known_by) = row {
                let there = self.place_of(ty, None);
                let of_row = (known_by.as_slice(), order_of(context, related, rows, &there)?);
                filter.push(behind(self.anchors.add(context, ty, &there, of_row)?, &keys, is_before));
            }
        }
        let mut inner = Vec::new();
        let entries = self.connection_entries(context, ty, &place, &asked.sets(), &mut inner)?;
        // What a cursor holds is read where one is asked for; else it would be written, sent and read for nothing.
        let known_at = inner.len();
        if entries.iter().any(|(_, entry)| entry.has_cursor()) {
            let columns = ty.known_by.as_ref().map(|columns| columns(&place)).unwrap_or_default();
            inner.extend(columns.into_iter().map(KnownBy::cell));
        }
        let known_by = known_at..inner.len();
        let at = cells.len();
        let limit = Some(page.length + 1);
        let from = related.from(context, parent, (rows, &place))?;
        cells.push(Cell::Rows(Box::new(select(from, inner, filter, &keys, page.is_reversed, limit))));
        Ok(Out::Page(
            at,
            Connection {
                entries,
                length: usize::try_from(page.length).unwrap_or_default(),
                is_reversed: page.is_reversed,
                has_other_side: if page.is_reversed { page.before.is_some() } else { page.after.is_some() },
                known_by,
                of: ty.name,
                cursors: self.cursors.clone(),
            },
        ))
    }

    fn connection_entries<'p>(
        &'p self,
        context: &Context<'_>,
        ty: &'p Type,
        place: &Place<'p>,
        sets: &[&SelectionSet],
        cells: &mut Vec<Cell>,
    ) -> ServerResult<Vec<(Name, Entry)>> {
        let name = format!("{}Connection", ty.name);
        let mut entries = Vec::new();
        for asked in collect::fields(context, &name, sets) {
            let Some(node) = asked.first() else { continue };
            let context = context.with_field(node);
            let entry = match node.node.name.node.as_str() {
                "nodes" => Entry::Nodes(self.object(&context, ty, place, &asked.sets(), cells)?),
                "edges" => Entry::Edges(self.edge_entries(&context, ty, place, &asked.sets(), cells)?),
                "pageInfo" => Entry::PageInfo(page_info(&context, &asked.sets())),
                _ => Entry::TypeName(name.clone()),
            };
            entries.push((asked.key.clone(), entry));
        }
        Ok(entries)
    }

    fn edge_entries<'p>(
        &'p self,
        context: &Context<'_>,
        ty: &'p Type,
        place: &Place<'p>,
        sets: &[&SelectionSet],
        cells: &mut Vec<Cell>,
    ) -> ServerResult<Vec<(Name, Edge)>> {
        let name = format!("{}Edge", ty.name);
        let mut entries = Vec::new();
        for asked in collect::fields(context, &name, sets) {
            let Some(node) = asked.first() else { continue };
            let context = context.with_field(node);
            let entry = match node.node.name.node.as_str() {
                "node" => Edge::Node(self.object(&context, ty, place, &asked.sets(), cells)?),
                "cursor" => Edge::Cursor,
                _ => Edge::TypeName(name.clone()),
            };
            entries.push((asked.key.clone(), entry));
        }
        Ok(entries)
    }

    /// The select of one type's rows by their ids, for `node` and `nodes`; the first cell is the id.
    pub(super) fn by_ids<'p>(
        &'p self,
        context: &Context<'_>,
        ty: &'p Type,
        ids: Vec<String>,
        sets: &[&SelectionSet],
    ) -> ServerResult<(Select, Anchored, Object)> {
        self.shown_by_ids(context, (ty, ty), ids, sets)
    }

    /// The same, with another type telling of the rows.
    pub(super) fn shown_by_ids<'p>(
        &'p self,
        context: &Context<'_>,
        (ty, shown): (&'p Type, &'p Type),
        ids: Vec<String>,
        sets: &[&SelectionSet],
    ) -> ServerResult<(Select, Anchored, Object)> {
        let (ty, rows) = self.rows_of(context, ty.name)?;
        let node = ty.node.as_ref().ok_or_else(|| fault(context, format!("{} is no Node", ty.name)))?;
        let place = self.place_of(ty, None);
        let mut inner = vec![Cell::Plain(crate::store::Kind::Text, (node.id)(&place))];
        let object = self.object(context, shown, &place, sets, &mut inner)?;
        let (with, anchored) = self.anchors.ask(&mut inner);
        let limit = i64::try_from(ids.len()).ok();
        let wanted = any(ids.into_iter().map(|id| (node.is)(&place, id)).collect());
        let filter = vec![wanted, place.sight.visible(ty, rows, &place)];
        let select = Select { with, ..select((rows.from)(&place), inner, filter, &[], false, limit) };
        Ok((select, anchored, object))
    }
}

/// The order that is asked for, or else the rows' own.
fn order_of(
    context: &Context<'_>,
    related: &Related,
    rows: &Rows,
    place: &Place<'_>,
) -> ServerResult<Vec<Key>> {
    let asked = related.order.as_ref().map(|order| order(context, place)).transpose()?.flatten();
    Ok(asked.unwrap_or_else(|| (rows.order)(place)))
}

fn page_info(context: &Context<'_>, sets: &[&SelectionSet]) -> Vec<(Name, Info)> {
    let asked = collect::fields(context, "PageInfo", sets).into_iter();
    asked
        .filter_map(|asked| {
            let info = match asked.first()?.node.name.node.as_str() {
                "hasNextPage" => Info::HasNextPage,
                "hasPreviousPage" => Info::HasPreviousPage,
                "startCursor" => Info::StartCursor,
                "endCursor" => Info::EndCursor,
                _ => Info::TypeName,
            };
            Some((asked.key.clone(), info))
        })
        .collect()
}

fn select(
    from: Vec<Piece>,
    mut cells: Vec<Cell>,
    filter: Vec<Predicate>,
    keys: &[Key],
    is_reversed: bool,
    limit: Option<i64>,
) -> Select {
    if cells.is_empty() {
        // Only `__typename` was asked for; a row needs something to hold.
        cells.push(Cell::Plain(crate::store::Kind::Number, Box::new(crate::store::one())));
    }
    Select {
        with: Vec::new(),
        cells,
        from,
        filter: all(filter),
        group: Vec::new(),
        order: keys.iter().map(|key| key.order(is_reversed)).collect(),
        limit: limit.map(bound::<diesel::sql_types::BigInt, _>),
    }
}
