//! The lint: what is wrong with well-formed lines, all of it at once, before casbin sees any of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    fault::Fault,
    inheritance,
    lines::{ANY, Act, Effect, Line, Lines, Place},
    model::{Kind, Model, is_plumbing},
    rights::Rights,
    role::Role,
    vocabulary::Vocabulary,
};

/// Every fault of the lines.
pub(super) fn check(lines: &Lines, model: &Model, vocabulary: &Vocabulary) -> Vec<Fault> {
    let subjects = Role::ALL.map(|role| (role, role.subject()));
    let heard = subjects.iter().map(|(role, subject)| (*role, lines.ancestry(subject))).collect();
    let denies = lines.lines.iter().filter(|line| line.effect == Effect::Deny).collect();
    let mut members: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for coordinate in model.coordinates() {
        members.entry(coordinate.ty.clone()).or_default().push(coordinate.what());
    }
    let lint = Lint { lines, model, vocabulary, heirs: inheritance::heirs(lines), heard, denies, members };
    let mut faults = inheritance::check(lines, model);
    faults.extend(lint.vocabulary());
    faults.extend(lint.repetitions());
    for line in &lines.lines {
        lint.line(line, &mut faults);
    }
    for role in Role::ALL {
        lint.role(role, &mut faults);
    }
    faults
}

struct Lint<'a> {
    lines: &'a Lines,
    model: &'a Model,
    vocabulary: &'a Vocabulary,
    heirs: BTreeMap<String, Vec<Role>>,
    /// The subjects whose lines a role hears.
    heard: BTreeMap<Role, BTreeSet<&'a str>>,
    denies: Vec<&'a Line>,
    /// What a line can name, by type.
    members: BTreeMap<String, Vec<String>>,
}

fn at(line: &Line, sentence: impl Into<String>) -> Fault {
    Fault::at(&line.place.file, line.place.line, sentence)
}

impl Lint<'_> {
    /// The domains must speak of types that are there.
    fn vocabulary(&self) -> Vec<Fault> {
        let unknown = |ty: &&str| !self.model.types.contains_key(*ty);
        let types = self.vocabulary.scopes.iter().map(|scope| scope.ty).filter(unknown);
        let missing = |pair: &&(&str, &str)| self.model.field(pair.0, pair.1).is_none();
        let types = types.map(|ty| format!("the program registers scopes of {ty}, which the schema lacks."));
        let fields = self.vocabulary.released.iter().filter(missing);
        let fields =
            fields.map(|(ty, field)| format!("the program releases {ty}.{field}, which the schema lacks."));
        types.chain(fields).map(Fault::whole).collect()
    }

    fn repetitions(&self) -> Vec<Fault> {
        let mut seen: BTreeMap<_, &Place> = BTreeMap::new();
        let mut faults = Vec::new();
        for line in &self.lines.lines {
            for item in &line.what {
                let key = (&line.subject, &line.ty, item, line.act, line.effect);
                if let Some(first) = seen.insert(key, &line.place) {
                    faults.push(at(line, format!("`{item}` repeats {first}.")));
                }
            }
        }
        faults
    }

    fn line(&self, line: &Line, faults: &mut Vec<Fault>) {
        let Some(heirs) = self.heirs.get(&line.subject) else {
            let known = inheritance::subjects(self.lines);
            let fault = at(line, format!("`{}` is no role, and no role inherits from it.", line.subject));
            faults.push(fault.near(&line.subject, known.iter().map(String::as_str)));
            return;
        };
        faults.extend(too_wide(line, heirs));
        let before = faults.len();
        match line.act {
            Act::Resolve => self.members(line, faults),
            Act::Row => self.scopes(line, faults),
        }
        if faults.len() == before && line.effect == Effect::Allow {
            faults.extend(line.what.iter().filter_map(|item| self.walled(line, item, heirs)));
        }
    }

    fn members(&self, line: &Line, faults: &mut Vec<Fault>) {
        if line.ty == ANY {
            let known = |item: &String| self.members.values().flatten().any(|what| what == item);
            let unknown = line.what.iter().filter(|item| *item != ANY && !known(item));
            faults.extend(unknown.map(|item| at(line, format!("no type has a member `{item}`."))));
            return;
        }
        let Some(ty) = self.model.types.get(&line.ty) else {
            let names = self.model.types.iter().filter(|(_, ty)| !ty.members().is_empty());
            let fault = at(line, format!("there is no type `{}`.", line.ty));
            faults.push(fault.near(&line.ty, names.map(|(name, _)| name.as_str())));
            return;
        };
        match ty.kind {
            Kind::Scalar => faults.push(at(line, format!("{} is a scalar and needs no line.", line.ty))),
            Kind::Interface | Kind::Union => {
                let sentence = format!("{} needs no line: what it is follows from its objects.", line.ty);
                faults.push(at(line, sentence));
            }
            Kind::Object | Kind::Input | Kind::Enum => {
                faults.extend(line.what.iter().filter_map(|item| self.member(line, item)));
            }
        }
    }

    fn member(&self, line: &Line, item: &str) -> Option<Fault> {
        if item == ANY {
            return None;
        }
        if is_plumbing(&line.ty, item) {
            let sentence = format!("{}.{item} is the plumbing of a page and needs no line.", line.ty);
            return Some(at(line, sentence));
        }
        let known = self.members.get(&line.ty).map(Vec::as_slice).unwrap_or_default();
        if !known.iter().any(|what| what == item) {
            let fault = at(line, format!("{} has no member `{item}`.", line.ty));
            return Some(fault.near(item, known.iter().map(String::as_str)));
        }
        let is_argument = item.ends_with(')');
        (is_argument && line.effect == Effect::Allow)
            .then(|| at(line, format!("a field carries its arguments: `{item}` can be denied, not allowed.")))
    }

    fn scopes(&self, line: &Line, faults: &mut Vec<Fault>) {
        let offered = self.vocabulary.scopes.iter().filter(|scope| line.ty == ANY || scope.ty == line.ty);
        let offered: Vec<&str> = offered.map(|scope| scope.name).collect();
        if offered.is_empty() {
            let types = self.vocabulary.scopes.iter().map(|scope| scope.ty);
            let fault = at(line, format!("`{}` has no scopes of rows.", line.ty));
            faults.push(fault.near(&line.ty, types));
            return;
        }
        for item in line.what.iter().filter(|item| *item != ANY && !offered.contains(&item.as_str())) {
            let fault = at(line, format!("{} has no scope `{item}`.", line.ty));
            faults.push(fault.near(item, offered.iter().copied()));
        }
        if line.effect == Effect::Allow && line.is_wide() {
            faults.push(at(line, "an allow of rows names its type and scopes: `*` has no place in it."));
        }
    }

    /// An allow that a deny shuts for each role that hears it.
    fn walled(&self, line: &Line, item: &str, heirs: &[Role]) -> Option<Fault> {
        let wall_for = |role: &Role| {
            let heard = self.heard.get(role)?;
            let mut walls = self.denies.iter().filter(|deny| heard.contains(deny.subject.as_str()));
            walls.find(|deny| deny.names(&line.ty, item, line.act)).map(|deny| &deny.place)
        };
        let walls: Option<Vec<&Place>> = heirs.iter().map(wall_for).collect();
        let first = walls?.into_iter().next()?;
        Some(at(line, format!("{}.{item} can never open: it is denied at {first}.", line.ty)))
    }

    fn role(&self, role: Role, faults: &mut Vec<Fault>) {
        let rights = Rights::of(&role.subject(), self.lines, self.model);
        if !rights.members(&self.model.query) {
            faults.push(Fault::whole(format!("role:{role} has no field of {}.", self.model.query)));
        }
        for ty in rights.0.keys().filter(|ty| self.vocabulary.has_rows(ty)) {
            let sentence = match (rights.members(ty), rights.rows(ty)) {
                (true, false) => format!("role:{role} has fields of {ty}, but no rows."),
                (false, true) => format!("role:{role} has rows of {ty}, but no field."),
                (true, true) | (false, false) => continue,
            };
            faults.push(self.place(role, ty, sentence));
        }
    }

    /// The first line that speaks to the role about the type.
    fn place(&self, role: Role, ty: &str, sentence: String) -> Fault {
        let hears = |line: &&Line| self.heard.get(&role).is_some_and(|of| of.contains(line.subject.as_str()));
        let first = self.lines.lines.iter().find(|line| line.ty == ty && hears(line));
        match first {
            Some(line) => at(line, sentence),
            None => Fault::whole(sentence),
        }
    }
}

/// `*` would open what nobody has thought of yet.
fn too_wide(line: &Line, heirs: &[Role]) -> Option<Fault> {
    if line.effect == Effect::Deny || line.act == Act::Row || !line.is_wide() {
        return None;
    }
    if line.ty == ANY {
        return Some(at(line, "an allow names its type: `*` would open types that nobody has thought of."));
    }
    let outside = heirs.iter().find(|role| role.is_outside())?;
    Some(at(line, format!("role:{outside} stands outside the firm: an allow names its members, never `*`.")))
}
