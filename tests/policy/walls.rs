//! The shipped walls: what no outside role has, no later line can give one.

use std::fmt::Write as _;

use portico::{
    domains::All,
    graph::{Domains as _, vocabulary},
    house,
    policy::{Policy, Role, Source},
};

#[tokio::test]
async fn whatever_no_outside_role_has_is_walled_off_from_all_of_them() {
    let (model, vocabulary) = (house::model(), vocabulary(All::graph()));
    let files: Vec<(String, String)> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/policies"))
        .expect("the shipped policy")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("its lines");
            (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), text)
        })
        .collect();
    let shipped: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let policy = Policy::compile(&Source::of(shipped.clone()), &model, &vocabulary).await;
    let policy = policy.unwrap_or_else(|faults| panic!("{faults}"));
    let outside: Vec<Role> =
        Role::ALL.into_iter().filter(|role| role.is_outside() && *role != Role::Anonymous).collect();

    let mut more = String::new();
    let mut added = 0;
    for coordinate in model.coordinates().iter().filter(|coordinate| coordinate.argument.is_none()) {
        let (ty, member) = (&coordinate.ty, &coordinate.member);
        let is_plumbing = portico::policy::model::is_plumbing(ty, member);
        if !is_plumbing && !outside.iter().any(|role| policy.grants(*role).allows(ty, member)) {
            for role in [Role::Client, Role::Anonymous] {
                writeln!(more, "p, role:{role}, {ty}, {member}, resolve, allow").expect("a line");
                added += 1;
            }
        }
    }
    for scope in &vocabulary.scopes {
        if !outside.iter().any(|role| policy.grants(*role).scopes(scope.ty).contains(&scope.name)) {
            let lacks = |role: &Role| !policy.grants(*role).scopes(scope.ty).contains(&scope.name);
            for role in [Role::Client, Role::Anonymous].iter().filter(|role| lacks(role)) {
                writeln!(more, "p, role:{role}, {}, {}, row, allow", scope.ty, scope.name).expect("a line");
                added += 1;
            }
        }
    }
    assert!(added > 300, "{added} lines are few: are all types and scopes looked at?");
    let with_more = Source::of(shipped.into_iter().chain([("more.csv", more.as_str())]));
    let faults = Policy::compile(&with_more, &model, &vocabulary).await.expect_err("walls").to_string();
    let is_walled = |at: usize| {
        let place = format!("more.csv:{}: ", at + 1);
        faults.lines().any(|fault| fault.starts_with(&place) && fault.contains("can never open"))
    };
    let open: Vec<&str> =
        more.lines().enumerate().filter(|(at, _)| !is_walled(*at)).map(|(_, line)| line).collect();
    assert!(open.is_empty(), "no wall in policies/roles.csv stands before:\n{}", open.join("\n"));
}
