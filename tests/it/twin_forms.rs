//! The ways in which a request can name what its role lacks, each with a hole where the name stands.
use portico::policy::{
    Coordinate,
    model::{Kind, named},
};
use serde_json::{Value, json};

use crate::shape::{Shape, below};

/// Where the name stands.
pub const HOLE: &str = "§";

pub struct Form {
    query: String,
    variables: String,
}

impl Form {
    pub fn query(query: String) -> Self {
        Form { query, variables: "{}".to_owned() }
    }

    fn given(query: String, variables: &Value) -> Self {
        Form { query, variables: variables.to_string() }
    }

    /// The request with this name.
    pub fn with(&self, name: &str) -> Value {
        let variables: Value = serde_json::from_str(&self.variables.replace(HOLE, name)).unwrap();
        json!({ "query": self.query.replace(HOLE, name), "variables": variables })
    }
}

/// Every form in which a coordinate that the role lacks can be named.
pub fn of_coordinate(coordinate: &Coordinate, role: &Shape<'_>, full: &Shape<'_>) -> Vec<Form> {
    let kind = full.model.types[&coordinate.ty].kind;
    match (kind, &coordinate.argument) {
        (Kind::Object | Kind::Interface | Kind::Union, None) => of_field(coordinate, role, full),
        (Kind::Object | Kind::Interface | Kind::Union, Some(name)) => {
            of_argument(coordinate, name, role, full)
        }
        (Kind::Input, _) => of_input(coordinate, role, full),
        (Kind::Enum, _) => of_value(coordinate, role),
        (Kind::Scalar, _) => Vec::new(),
    }
}

/// Places where any name can be tried: directives, their arguments, variables, names of types.
pub fn anywhere() -> Vec<Form> {
    [
        "{ __typename @skip(if: §) }",
        "{ __typename @skip(if: false, §: true) }",
        "{ __typename @§ }",
        "{ __typename @§(if: true) }",
        "query($v: Boolean = false @§) { __typename @skip(if: $v) }",
        "query($v: §) { __typename }",
        "{ ...F } fragment F on Query @§ { __typename }",
    ]
    .map(|text| Form::query(text.to_owned()))
    .into()
}

fn of_field(coordinate: &Coordinate, role: &Shape<'_>, full: &Shape<'_>) -> Vec<Form> {
    let (ty, member) = (&coordinate.ty, &coordinate.member);
    let field = full.model.field(ty, member).unwrap();
    let (required, sub) = (full.required(field), below(full.model, &field.ty));
    let asked = format!("{HOLE}{required}{sub}");
    let mut forms = vec![
        Form::query(format!("{{ __typename }} fragment F on {ty} {{ {asked} }}")),
        Form::query(format!("{{ __typename ... on {ty} {{ {asked} }} }}")),
    ];
    if role.model.field("Query", "node").is_some() {
        let of_node = format!("{{ node(id: \"x\") {{ ... on {ty} {{ {asked} }} }} }}");
        forms.push(Form::query(of_node));
    }
    for selection in [
        asked.clone(),
        format!("a: {asked}"),
        format!("{HOLE}{required} @skip(if: true){sub}"),
        format!("{HOLE}{required} @include(if: false){sub}"),
        format!("... on {ty} {{ {asked} }}"),
        format!("... @skip(if: true) {{ {asked} }}"),
        format!("{HOLE} __typename"),
        format!("{HOLE}{required} {{ __typename {HOLE} }}"),
        format!("{HOLE}(zzzz: 1){sub}"),
        format!("a: {HOLE}{required}{sub} a: __typename"),
    ] {
        forms.extend(role.within(ty, &selection).map(Form::query));
    }
    if let Some(spread) = role.within(ty, "...F") {
        forms.push(Form::query(format!("{spread} fragment F on {ty} {{ {asked} }}")));
        let variables = json!({ "v": true });
        let skipped = format!(
            "query($v: Boolean!) {spread} fragment F on {ty} {{ {HOLE}{required} @skip(if: $v){sub} }}"
        );
        forms.push(Form::given(skipped, &variables));
    }
    forms
}

fn of_argument(coordinate: &Coordinate, argument: &str, role: &Shape<'_>, full: &Shape<'_>) -> Vec<Form> {
    let (ty, member) = (&coordinate.ty, &coordinate.member);
    let field = full.model.field(ty, member).unwrap();
    let input = &field.args[argument];
    let (value, sub) = (full.value(named(&field.ty), argument, &input.ty), below(full.model, &field.ty));
    // The role's own field, where it has one, says what else must be given.
    let known = role.model.field(ty, member).unwrap_or(field);
    let asked = |value: &str| format!("{member}{}", full.with_argument(known, argument, HOLE, value));
    let mut forms =
        vec![Form::query(format!("{{ __typename }} fragment F on {ty} {{ {}{sub} }}", asked(&value)))];
    forms.push(Form::query(format!("{{ __typename ... on {ty} {{ {}{sub} }} }}", asked(&value))));
    for value in [value.as_str(), "null", "\"canary\"", "{a: [1]}", "[]"] {
        forms.extend(role.within(ty, &format!("{}{sub}", asked(value))).map(Form::query));
        let skipped = format!("{} @skip(if: true){sub}", asked(value));
        forms.extend(role.within(ty, &skipped).map(Form::query));
    }
    if let Some(text) = role.within(ty, &format!("{}{sub}", asked("$v"))) {
        let own = format!("query($v: {}) {text}", input.ty);
        forms.push(Form::query(own.clone()));
        forms.push(Form::given(own, &json!({ "v": null })));
        forms.push(Form::given(format!("query($v: String) {text}"), &json!({ "v": "x" })));
    }
    forms
}

fn of_input(coordinate: &Coordinate, role: &Shape<'_>, full: &Shape<'_>) -> Vec<Form> {
    let (ty, member) = (&coordinate.ty, &coordinate.member);
    let input = &full.model.types[ty].inputs[member];
    let value = full.value("", member, &input.ty);
    let mut forms = vec![
        Form::query(format!("query($v: {ty} = {{{HOLE}: {value}}}) {{ __typename }}")),
        Form::given(format!("query($v: {ty}) {{ __typename }}"), &json!({ "v": { HOLE: null } })),
        Form::given(format!("query($v: [{ty}!]) {{ __typename }}"), &json!({ "v": [{ HOLE: "x" }] })),
    ];
    // Another input field, for a variable without a value to stand beside.
    let other = role.model.types.get(ty).and_then(|found| found.inputs.iter().next());
    forms.extend(placed(
        ty,
        &format!("{{{HOLE}: {value}}}"),
        &json!({ HOLE: null }),
        &[&format!("{{{HOLE}: {{a: [1]}}}}"), &format!("{{{HOLE}: null}}")],
        role,
    ));
    if let (Some(place), Some((beside, input))) = (role.place(ty), other) {
        for inner in
            [format!("{{{HOLE}: {value}, {beside}: $t}}"), format!("{{{beside}: $t, {HOLE}: {value}}}")]
        {
            let field = role.model.field(&place.owner, &place.field).unwrap();
            let arguments =
                role.with_argument(field, &place.argument, &place.argument, &place.literal(&inner));
            let sub = below(role.model, &field.ty);
            let text = role.within(&place.owner, &format!("{}{arguments}{sub}", place.field)).unwrap();
            let loose = input.ty.trim_end_matches('!');
            forms.push(Form::query(format!("query($t: {loose}) {text}")));
            forms.push(Form::query(format!(
                "query($t: {loose} = {}) {text}",
                role.value("", beside, &input.ty)
            )));
        }
    }
    forms
}

fn of_value(coordinate: &Coordinate, role: &Shape<'_>) -> Vec<Form> {
    let ty = &coordinate.ty;
    let mut forms = vec![
        Form::query(format!("query($v: {ty} = {HOLE}) {{ __typename }}")),
        Form::query(format!("query($v: [{ty}!] = [{HOLE}]) {{ __typename }}")),
        Form::given(format!("query($v: {ty}) {{ __typename }}"), &json!({ "v": HOLE })),
        Form::given(format!("query($v: [{ty}!]!) {{ __typename }}"), &json!({ "v": [HOLE, HOLE] })),
    ];
    forms.extend(placed(ty, HOLE, &json!(HOLE), &[&format!("\"{HOLE}\""), &format!("[{HOLE}]")], role));
    forms
}

/// The forms of what can be written into an argument: as a literal, as a variable, as a variable's default, and
/// beside a variable that has no value.
fn placed(ty: &str, literal: &str, value: &Value, odd: &[&String], role: &Shape<'_>) -> Vec<Form> {
    let Some(place) = role.place(ty) else { return Vec::new() };
    let field = role.model.field(&place.owner, &place.field).unwrap();
    let sub = below(role.model, &field.ty);
    let ask = |value: &str| {
        let arguments = role.with_argument(field, &place.argument, &place.argument, value);
        role.within(&place.owner, &format!("{}{arguments}{sub}", place.field)).unwrap()
    };
    let (written, variable) = (place.literal(literal), ask("$v"));
    let mut forms = vec![
        Form::query(ask(&written)),
        Form::query(format!("query($v: {} = {written}) {variable}", place.ty().trim_end_matches('!'))),
        Form::query(format!("query($t: Int, $v: Boolean) {}", ask(&format!("[{written}, $t]")))),
    ];
    forms.extend(odd.iter().map(|odd| Form::query(ask(&place.literal(odd)))));
    let mut json = value.clone();
    for (at, (name, input)) in place.chain.iter().enumerate().rev() {
        if input.ty.starts_with('[') {
            json = json!([json]);
        }
        if at > 0 {
            json = json!({ name.as_str(): json });
        }
    }
    forms.push(Form::given(format!("query($v: {}) {variable}", place.ty()), &json!({ "v": json })));
    // Each sibling in the innermost input, as a variable without a value.
    if let [.., (_, holder), _] = place.chain.as_slice() {
        let siblings = &role.model.types[named(&holder.ty)].inputs;
        let last = &place.chain.last().unwrap().0;
        for (sibling, input) in siblings.iter().filter(|(name, _)| *name != last) {
            let beside = written.replacen(&format!("{{{last}: "), &format!("{{{sibling}: $t, {last}: "), 1);
            forms.push(Form::query(format!(
                "query($t: {}) {}",
                input.ty.trim_end_matches('!'),
                ask(&beside)
            )));
        }
    }
    forms
}

/// The forms in which a type that the role lacks can be named.
pub fn of_type(ty: &str, role: &Shape<'_>, full: &Shape<'_>) -> Vec<Form> {
    let mut texts = vec![
        "{ __typename ... on § { __typename } }".to_owned(),
        "{ ...F } fragment F on § { __typename }".to_owned(),
        "{ __typename } fragment F on § { __typename zzzz }".to_owned(),
        "{ __typename ... on § @skip(if: true) { __typename } }".to_owned(),
        "query($v: [§!]! = []) { __typename }".to_owned(),
        "query($v: § = {}) { __typename }".to_owned(),
        "query($v: §! = 1) { __typename }".to_owned(),
        "{ __type(name: \"§\") { kind name description fields(includeDeprecated: true) { name } } }"
            .to_owned(),
        "query($v: String! = \"§\") { __type(name: $v) { name possibleTypes { name } } }".to_owned(),
        "{ __type(name: \"§\") { inputFields { name } enumValues { name } interfaces { name } } }".to_owned(),
    ];
    if role.model.field("Query", "node").is_some() {
        texts.push("{ node(id: \"x\") { ... on § { __typename id } } }".to_owned());
    }
    let found = &full.model.types[ty];
    texts.extend(found.fields.iter().take(3).map(|(name, field)| {
        format!("{{ __typename ... on § {{ {name}{} }} }}", below(full.model, &field.ty))
    }));
    texts.into_iter().map(Form::query).collect()
}
