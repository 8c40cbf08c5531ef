//! The matrix: what each role has, as a table that a lawyer can read and a review can compare.

use std::{collections::BTreeMap, fmt::Write};

use super::{
    compile::Policy,
    model::{Coordinate, Kind},
    role::Role,
};

const INTRODUCTION: &str = "\
What each role has. Made from policies/*.csv; don't edit.

One line a member, one column a role. `yes`: the role has it. `-`: for the role it does not exist.
An argument has a line of its own only where it differs from its field. Under a type stand the rows that a role can
have; within them a firm's own, no ethical wall, and for outside roles an active participation always hold as well.
Edges and cursors of pages go with whatever leads to them and are left out.
";

impl Policy {
    /// Role by coordinate, and role by type by scopes, as text.
    pub fn matrix(&self) -> String {
        let mut text = INTRODUCTION.to_owned();
        let mut by_type: BTreeMap<String, Vec<Coordinate>> = BTreeMap::new();
        for coordinate in self.full.coordinates() {
            by_type.entry(coordinate.ty.clone()).or_default().push(coordinate);
        }
        let whats = by_type.values().flatten().map(|coordinate| coordinate.what().chars().count());
        let titles = by_type.keys().map(|ty| self.title(ty).chars().count().saturating_sub(2));
        let wide = whats.chain(titles).max().unwrap_or_default();
        for (ty, coordinates) in order(self, by_type) {
            self.write_type(&mut text, &ty, &coordinates, wide);
        }
        text
    }

    fn write_type(&self, text: &mut String, ty: &str, coordinates: &[Coordinate], wide: usize) {
        let title = self.title(ty);
        let heads = Role::ALL.map(|role| format!(" {}", head(role))).concat();
        // A type that nobody has takes one line.
        if !coordinates.iter().any(|coordinate| Role::ALL.iter().any(|role| self.shows(*role, coordinate))) {
            let _ = write!(text, "\n{title}: nobody has anything of it\n");
            return;
        }
        let _ = write!(text, "\n{title:<0$}  {heads}\n", wide.saturating_add(2));
        for coordinate in coordinates {
            let cells = self.cells(coordinate);
            let field = Coordinate::member(ty, &coordinate.member);
            if coordinate.argument.is_none() || cells != self.cells(&field) {
                let _ = writeln!(text, "  {:<wide$}  {}", coordinate.what(), cells.trim_end());
            }
        }
        self.write_rows(text, ty);
    }

    fn title(&self, ty: &str) -> String {
        let kind = match self.full.types.get(ty).map(|ty| ty.kind) {
            Some(Kind::Input) => " (what may be asked)",
            Some(Kind::Enum) => " (values)",
            Some(Kind::Object | Kind::Interface | Kind::Union | Kind::Scalar) | None => "",
        };
        format!("{ty}{kind}")
    }

    fn cells(&self, coordinate: &Coordinate) -> String {
        let cell = |role: Role| {
            let mark = if self.shows(role, coordinate) { "yes" } else { "-" };
            format!(" {mark:<0$}", head(role).len())
        };
        Role::ALL.map(cell).concat()
    }

    fn shows(&self, role: Role, coordinate: &Coordinate) -> bool {
        self.grants(role).model().has(coordinate)
    }

    fn write_rows(&self, text: &mut String, ty: &str) {
        // Roles with the same rows share a line, in the order of the roles.
        let mut rows: Vec<(String, Vec<&str>)> = Vec::new();
        for role in Role::ALL {
            let scopes = self.grants(role).scopes(ty).join(" or ");
            match rows.iter_mut().find(|(same, _)| *same == scopes) {
                _ if scopes.is_empty() => {}
                Some((_, roles)) => roles.push(role.name()),
                None => rows.push((scopes, vec![role.name()])),
            }
        }
        for (scopes, roles) in rows {
            let _ = writeln!(text, "  rows: {scopes}: {}", roles.join(", "));
        }
    }
}

/// Roots first, then objects, then what may be asked, then values; each by name.
fn order(policy: &Policy, by_type: BTreeMap<String, Vec<Coordinate>>) -> Vec<(String, Vec<Coordinate>)> {
    let rank = |ty: &str| {
        if policy.full.roots().any(|root| root == ty) {
            return 0_u8;
        }
        match policy.full.types.get(ty).map(|ty| ty.kind) {
            Some(Kind::Object | Kind::Interface | Kind::Union | Kind::Scalar) | None => 1,
            Some(Kind::Input) => 2,
            Some(Kind::Enum) => 3,
        }
    };
    let mut all: Vec<_> = by_type.into_iter().collect();
    all.sort_by_key(|(ty, _)| rank(ty));
    all
}

/// A column's head: short, yet a word.
const fn head(role: Role) -> &'static str {
    match role {
        Role::Anonymous => "anonymous",
        Role::Client => "client",
        Role::CoClient => "co-client",
        Role::AuthorizedContact => "contact",
        Role::BillPayer => "payer",
        Role::Expert => "expert",
        Role::CoCounsel => "co-counsel",
        Role::Attorney => "attorney",
        Role::Paralegal => "paralegal",
        Role::Billing => "billing",
        Role::Admin => "admin",
        Role::Auditor => "auditor",
    }
}
