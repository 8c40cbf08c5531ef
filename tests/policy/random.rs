//! Random policies over the toy schema: what the lint lets through is a valid schema that names nothing but grants.

use std::{collections::BTreeSet, fmt::Write, sync::Arc, time::Instant};

use portico::policy::{Coordinate, Grants, Live, Model, Policy, Role, Source, model};
use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::toy;

/// How many policies, a policy being what one role has. `PORTICO_POLICIES` asks for more.
fn wanted() -> usize {
    std::env::var("PORTICO_POLICIES").ok().and_then(|n| n.parse().ok()).unwrap_or(600)
}

/// A random line for each role and some of the coordinates.
fn lines(rng: &mut StdRng, model: &Model) -> Vec<String> {
    let mut lines = Vec::new();
    for role in Role::ALL {
        let share = rng.random_range(0.2..1.0);
        for coordinate in model.coordinates() {
            let (ty, what) = (&coordinate.ty, coordinate.what());
            if coordinate.argument.is_some() {
                if rng.random_bool(0.1) {
                    lines.push(format!("p, role:{role}, {ty}, {what}, resolve, deny"));
                }
            } else if rng.random_bool(share) && what != "ping" {
                lines.push(format!("p, role:{role}, {ty}, {what}, resolve, allow"));
            }
        }
        for (ty, scope) in [("Case", "released"), ("Case", "firm"), ("Task", "firm")] {
            lines.push(format!("p, role:{role}, {ty}, {scope}, row, allow"));
        }
    }
    lines
}

/// Takes out the lines that the faults point at, until none is left.
async fn mended(mut lines: Vec<String>, model: &Model) -> Option<Policy> {
    for _ in 0..30 {
        let source = toy::source(&lines.join("\n"));
        match Policy::compile(&source, model, &toy::vocabulary()).await {
            Ok(policy) => return Some(policy),
            Err(faults) => {
                let bad: BTreeSet<usize> = faults.iter().map(|fault| fault.line).collect();
                assert!(faults.iter().all(|fault| fault.file == "toy.csv" && fault.line > 0), "{faults}");
                let keep = lines.iter().enumerate().filter(|(index, _)| !bad.contains(&(index + 1)));
                lines = keep.map(|(_, line)| line.clone()).collect();
            }
        }
    }
    None
}

#[tokio::test]
async fn what_the_lint_lets_through_is_valid_and_names_only_grants() {
    let model = toy::model();
    let mut rng = StdRng::seed_from_u64(7);
    let (mut seen, mut sizes, begun) = (0, BTreeSet::new(), Instant::now());
    while seen < wanted() {
        let policy = mended(lines(&mut rng, &model), &model).await.expect("faults end");
        let live = Arc::new(Live::new(policy.clone()));
        for role in Role::ALL {
            let grants = policy.grants(role);
            let schema = grants
                .prune(toy::builder().data(Arc::clone(&live)))
                .unwrap_or_else(|faults| panic!("{faults}"));
            sizes.insert(schema.model.coordinates().len());
            assert_names_are_granted(&schema.model, grants);
            assert_valid(&schema.schema.sdl(), &schema.model);
            let answer = schema.schema.execute(INTROSPECTION).await;
            assert!(answer.errors.is_empty(), "{:?}", answer.errors);
            seen += 1;
        }
    }
    println!("{seen} policies of {} sizes in {:?}", sizes.len(), begun.elapsed());
    assert!(sizes.len() > 10 && sizes.last() > Some(&30), "the policies are of all sizes: {sizes:?}");
}

pub(crate) fn assert_names_are_granted(left: &Model, grants: &Grants) {
    for coordinate in left.coordinates() {
        let Coordinate { ty, member, argument } = &coordinate;
        assert!(grants.allows(ty, member), "{coordinate}");
        assert!(argument.as_ref().is_none_or(|a| grants.allows_argument(ty, member, a)), "{coordinate}");
    }
    for (name, ty) in left.types.iter().filter(|(_, ty)| ty.kind == model::Kind::Interface) {
        for (field, object) in ty.fields.keys().flat_map(|field| ty.possible.iter().map(move |o| (field, o)))
        {
            assert!(grants.allows(object, field), "{name}.{field} through {object}");
        }
    }
}

pub(crate) fn assert_valid(sdl: &str, left: &Model) {
    if let Err(errors) = apollo_compiler::Schema::parse_and_validate(sdl, "role.graphql") {
        panic!("{}\n{sdl}", errors.errors);
    }
    let mut known: BTreeSet<&str> = KEYWORDS.split_whitespace().collect();
    for (name, ty) in &left.types {
        known.insert(name);
        known.extend(ty.fields.keys().chain(ty.inputs.keys()).chain(ty.values.keys()).map(String::as_str));
        known.extend(ty.fields.values().flat_map(|field| field.args.keys()).map(String::as_str));
    }
    // Descriptions and strings aside, every word of the text is a name that the role has.
    let code: String = sdl.split("\"\"\"").step_by(2).collect();
    let code: String = code.split('"').step_by(2).collect();
    let words = code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    for word in words.filter(|word| !word.chars().all(|c| c.is_ascii_digit())) {
        assert!(known.contains(word), "`{word}` is in the schema:\n{sdl}");
    }
}

const KEYWORDS: &str = "type interface union enum input schema query mutation subscription implements directive on \
    scalar deprecated include skip specifiedBy oneOf if reason url FIELD FRAGMENT_SPREAD INLINE_FRAGMENT SCALAR \
    FIELD_DEFINITION ARGUMENT_DEFINITION INPUT_FIELD_DEFINITION ENUM_VALUE INPUT_OBJECT true false null repeatable";

const INTROSPECTION: &str = "{ __schema { queryType { name } mutationType { name } subscriptionType { name }
    types { kind name fields(includeDeprecated: true) { name args { name type { ...T } defaultValue } type { ...T } }
      inputFields { name type { ...T } } interfaces { name } enumValues { name } possibleTypes { name } }
    directives { name args { name type { ...T } } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

#[tokio::test]
async fn explanations_and_grants_agree_with_casbin() {
    let model = toy::model();
    let mut rng = StdRng::seed_from_u64(11);
    for _ in 0..wanted().div_ceil(60) {
        let policy = mended(lines(&mut rng, &model), &model).await.expect("faults end");
        for role in Role::ALL {
            for coordinate in model.coordinates() {
                use portico::policy::Verdict::{Granted, Unreachable};
                let said = policy.explain(role, &coordinate);
                let Coordinate { ty, member, argument } = &coordinate;
                let has = match argument {
                    Some(argument) => policy.grants(role).allows_argument(ty, member, argument),
                    None => policy.grants(role).allows(ty, member),
                };
                // An argument goes with its field: our reading asks both, as the grants do.
                let field = policy.explain(role, &Coordinate::member(ty, member)).verdict;
                let opens = |verdict| matches!(verdict, Granted | Unreachable);
                assert_eq!(has, opens(said.verdict) && opens(field), "{said}");
            }
        }
    }
}

#[tokio::test]
async fn the_order_of_lines_and_files_is_indifferent() {
    let model = toy::model();
    let mut rng = StdRng::seed_from_u64(5);
    let mut all = lines(&mut rng, &model);
    let first = mended(all.clone(), &model).await.expect("faults end");
    all.sort_by_cached_key(|_| rng.random::<u32>());
    let second = mended(all, &model).await.expect("faults end");
    assert_eq!(first.hash(), second.hash());
    for role in Role::ALL {
        assert_eq!(first.grants(role), second.grants(role));
    }
}

#[tokio::test]
async fn a_line_changes_no_other_role_and_without_it_nobody_has_more() {
    let model = toy::model();
    let mut rng = StdRng::seed_from_u64(3);
    let mut all = lines(&mut rng, &model);
    all.retain(|line| !line.contains("deny") && !line.contains("Mutation") && !line.contains("Close"));
    let whole = mended(all.clone(), &model).await.expect("faults end");
    for _ in 0..wanted().div_ceil(20) {
        let mut fewer = all.clone();
        let gone = fewer.remove(rng.random_range(0..fewer.len()));
        let Ok(less) = Policy::compile(&toy::source(&fewer.join("\n")), &model, &toy::vocabulary()).await
        else {
            continue;
        };
        for role in Role::ALL {
            let (before, after) = (whole.grants(role), less.grants(role));
            if !gone.contains(&format!("role:{role},")) {
                assert_eq!(before, after, "{gone}");
            }
            for coordinate in after.model().coordinates() {
                assert!(before.model().has(&coordinate), "{coordinate} came with the loss of {gone}");
            }
        }
    }
}

#[tokio::test]
async fn a_large_policy_compiles_quickly() {
    let model = toy::model();
    let mut text = String::new();
    for role in Role::ALL {
        let _ = writeln!(
            text,
            "p, role:{role}, Query, case, resolve, allow\np, role:{role}, Case, id, resolve, allow"
        );
        let _ = writeln!(text, "p, role:{role}, Case, firm, row, allow");
    }
    let begun = Instant::now();
    Policy::compile(&Source::of([("base.csv", text.as_str())]), &model, &toy::vocabulary())
        .await
        .expect("no fault");
    println!("toy: {:?}", begun.elapsed());
}
