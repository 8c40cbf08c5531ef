//! The lint: all faults at once, each with its place, a sentence and the nearest name.

use portico::policy::{Policy, Role, Source};

use crate::toy;

async fn faults(lines: &str) -> String {
    toy::compile(lines).await.expect_err("faults").to_string()
}

#[tokio::test]
async fn every_fault_of_form_is_told_at_once() {
    let lines = "\
P, role:client, Case, id, resolve, allow
p, role:client, Case, id, resolve, alow
p, role:client, Case, id, resolve, denny
p, role:client, Case, id, resolv, allow
p, role:client, Case, id, resolve
p, role:client, Case, id, resolve, allow # why
p, client, Case, id, resolve, allow
p, role:client, Case, id||title, resolve, allow
p, role:client, Case, id|*, resolve, deny
p, role:client, \"Case\", id, resolve, allow
g, role:client
g, role:client, portal
p, role:Client, Case, id, resolve, allow
x
";
    insta::assert_snapshot!(faults(lines).await, @r#"
toy.csv:1: a line begins with `p` or `g`, not with `P`.
toy.csv:2: the effect is `allow` or `deny`, not `alow`. Did you mean `allow`?
toy.csv:3: the effect is `allow` or `deny`, not `denny`. Did you mean `deny`?
toy.csv:4: the act is `resolve` or `row`, not `resolv`. Did you mean `resolve`?
toy.csv:5: a `p` line has 6 columns (p, role, type, members, act, effect), this one has 5.
toy.csv:6: '#' has no place in a line. A comment stands on a line of its own.
toy.csv:7: a role is written like `role:client`, not `client`.
toy.csv:8: a column or an item of a list is empty.
toy.csv:9: `*` stands alone or not at all.
toy.csv:10: '"' has no place in a line.
toy.csv:11: a `g` line has 3 columns, this one has 2.
toy.csv:12: a role is written like `role:client`, not `portal`.
toy.csv:13: a role is written like `role:client`, not `role:Client`.
toy.csv:14: a line begins with `p` or `g`, not with `x`.
"#);
}

#[tokio::test]
async fn every_unknown_name_is_told_with_its_neighbour() {
    let lines = "\
p, role:cliant, Query, case, resolve, allow
p, role:client, Querry, case, resolve, allow
p, role:client, Case, titel|id, resolve, allow
p, role:client, Case, frim, row, allow
p, role:client, Letter, firm, row, allow
p, role:client, Status, OPPEN, resolve, allow
p, role:client, Filter, stattus, resolve, allow
p, role:client, Node, id, resolve, allow
p, role:client, Found, id, resolve, allow
p, role:client, String, id, resolve, allow
p, role:client, TaskConnection, edges, resolve, allow
p, role:client, Case, tasks(first), resolve, allow
p, role:client, Case, tasks(frist), resolve, deny
p, role:client, *, nothing, resolve, deny
g, role:client, role:portl
g, role:clyent, role:client
g, role:client, role:exprt
p, role:client, Status, CLODES, resolve, allow
p, role:client, Status, CLXXXD, resolve, allow
p, role:client, Sort, NEWESTO, resolve, allow
";
    insta::assert_snapshot!(faults(lines).await, @r"
toy.csv:1: `role:cliant` is no role, and no role inherits from it. Did you mean `role:client`?
toy.csv:2: there is no type `Querry`. Did you mean `Query`?
toy.csv:3: Case has no member `titel`. Did you mean `title`?
toy.csv:4: Case has no scope `frim`. Did you mean `firm`?
toy.csv:5: `Letter` has no scopes of rows.
toy.csv:6: Status has no member `OPPEN`. Did you mean `OPEN`?
toy.csv:7: Filter has no member `stattus`. Did you mean `status`?
toy.csv:8: Node needs no line: what it is follows from its objects.
toy.csv:9: Found needs no line: what it is follows from its objects.
toy.csv:10: String is a scalar and needs no line.
toy.csv:11: TaskConnection.edges is the plumbing of a page and needs no line.
toy.csv:12: a field carries its arguments: `tasks(first)` can be denied, not allowed.
toy.csv:13: Case has no member `tasks(frist)`. Did you mean `tasks(first)`?
toy.csv:14: no type has a member `nothing`.
toy.csv:15: `role:portl` is no role, and no line grants it anything.
toy.csv:16: `role:clyent` is no role, and nobody inherits from it. Did you mean `role:client`?
toy.csv:17: `role:exprt` is no role, and no line grants it anything. Did you mean `role:expert`?
toy.csv:18: Status has no member `CLODES`. Did you mean `CLOSED`?
toy.csv:19: Status has no member `CLXXXD`.
toy.csv:20: Sort has no member `NEWESTO`. Did you mean `NEWEST`?
");
}

#[tokio::test]
async fn what_would_open_too_much_is_told() {
    let lines = "\
p, role:client, Case, *, resolve, allow
p, role:shared, Case, *, resolve, allow
p, role:attorney, Case, *, resolve, allow
p, role:attorney, *, id, resolve, allow
p, role:attorney, Case, *, row, allow
g, role:client, role:shared
g, role:expert, role:attorney
p, role:attorney, Query, case, resolve, allow
";
    insta::assert_snapshot!(faults(lines).await, @r"
toy.csv:1: role:client has fields of Case, but no rows.
toy.csv:1: role:client stands outside the firm: an allow names its members, never `*`.
toy.csv:2: role:client stands outside the firm: an allow names its members, never `*`.
toy.csv:3: role:expert stands outside the firm: an allow names its members, never `*`.
toy.csv:4: an allow names its type: `*` would open types that nobody has thought of.
toy.csv:5: an allow of rows names its type and scopes: `*` has no place in it.
toy.csv:7: role:expert stands outside the firm and can't inherit from role:attorney.
");
}

#[tokio::test]
async fn no_group_has_heirs_within_the_firm_and_outside() {
    let team = "p, role:team, Case, id, resolve, allow\ng, role:attorney, role:team\n";
    assert!(!faults(team).await.contains("stands outside"), "the firm's own may share a team");
    let told = faults(&format!("{team}g, role:client, role:team\n")).await;
    let fault =
        "toy.csv:3: role:client stands outside the firm and can't share `role:team` with role:attorney.";
    assert!(told.contains(fault), "{told}");
}

#[tokio::test]
async fn what_comes_to_nothing_is_told() {
    let lines = "\
p, role:client, Case, id, resolve, allow
p, role:client, Case, id|title, resolve, allow
p, role:co_client, Case, firm, row, allow
p, role:portal, Task, *, resolve, deny
p, role:client, Task, title, resolve, allow
p, role:client, Task, firm, row, allow
g, role:client, role:portal
g, role:client, role:portal
";
    insta::assert_snapshot!(faults(lines).await, @r"
toy.csv:1: role:client has fields of Case, but no rows.
toy.csv:2: `id` repeats toy.csv:1.
toy.csv:3: role:co_client has rows of Case, but no field.
toy.csv:4: role:client has rows of Task, but no field.
toy.csv:5: Task.title can never open: it is denied at toy.csv:4.
toy.csv:8: repeats toy.csv:7.
");
}

#[tokio::test]
async fn rows_of_a_role_and_of_its_parent_are_not_mixed() {
    let lines = "\
g, role:client, role:a
p, role:client, Query, case, resolve, allow
p, role:client, Case, title|risk, resolve, allow
p, role:client, Case, released, row, allow
p, role:a, Case, id|title, resolve, allow
p, role:a, Case, firm, row, allow
";
    insta::assert_snapshot!(faults(lines).await, @r"
toy.csv:1: `role:client` has rows and fields of Case beside those that it inherits from `role:a`: its fields would be shown on these rows, too.
");
    // Rows for the inherited fields, and fields on the inherited rows, are what inheriting is for.
    for left_out in ["title|risk, resolve", "id|title, resolve", "released, row"] {
        let left = lines.lines().filter(|line| !line.contains(left_out)).collect::<Vec<_>>().join("\n");
        toy::policy(&left).await;
    }
    // Who has all of the parent's by himself, and more, shows nothing on its rows that he did not mean to.
    let whole = lines.replace("title|risk, resolve", "id|title|risk, resolve");
    toy::policy(&whole.replace("Case, released", "Case, firm|released")).await;
    // Whoever has the fields: a parent without rows is a group of fields for all rows.
    let fields = lines.replace("p, role:client, Case, title|risk", "p, role:b, Case, title|risk");
    let told = faults(&format!("{fields}g, role:client, role:b\n")).await;
    assert!(told.contains("rows and fields of Case beside those that it inherits from `role:a`"), "{told}");
}

#[tokio::test]
async fn rows_of_two_parents_are_not_mixed() {
    let lines = "\
g, role:client, role:a
g, role:client, role:b
p, role:a, Query, case, resolve, allow
p, role:a, Case, id|title, resolve, allow
p, role:a, Case, released, row, allow
p, role:b, Case, id|risk, resolve, allow
p, role:b, Case, firm, row, allow
";
    insta::assert_snapshot!(faults(lines).await, @r"
toy.csv:2: `role:client` inherits different rows of Case from `role:a` (toy.csv:1) and `role:b`: each would be shown with the other's fields.
");
    // More fields with other rows, or more rows with other fields, are no better.
    for (narrow, wide) in [("id|risk", "id|title|risk"), ("Case, firm", "Case, firm|released")] {
        assert!(
            faults(&lines.replace(narrow, wide)).await.contains("inherits different rows of Case"),
            "{wide}"
        );
    }
    // Where one has all of the other there is nothing to mix.
    let wider = lines.replace("id|risk", "id|title|risk").replace("Case, firm", "Case, firm|released");
    toy::policy(&wider).await;
    // Fields from one and rows from the other is how groups are meant.
    toy::policy(&lines.replace("p, role:a, Case, released, row, allow\n", "")).await;
}

#[tokio::test]
async fn cycles_and_deep_chains_are_told() {
    let mut lines =
        "g, role:client, role:a\ng, role:a, role:b\ng, role:b, role:a\ng, role:expert, role:expert\n\
                     p, role:b, Query, case, resolve, allow\n"
            .to_owned();
    insta::assert_snapshot!(faults(&lines).await, @r"
toy.csv:2: `role:a` inherits from itself through this line.
toy.csv:3: `role:b` inherits from itself through this line.
toy.csv:4: `role:expert` inherits from itself through this line.
");
    // A cycle has no end, and is told for itself alone.
    lines = (0..7).map(|n| format!("g, role:g{n}, role:g{}\n", n + 1)).collect();
    lines.push_str("g, role:client, role:g0\ng, role:g7, role:client\n");
    let told = faults(&lines).await;
    assert!(told.contains("inherits from itself") && !told.contains("steps"), "{told}");
    // As many as casbin follows are none too many.
    lines = (0..8).map(|n| format!("g, role:g{n}, role:g{}\n", n + 1)).collect();
    lines.push_str("g, role:client, role:g0\np, role:g8, Query, byStatus, resolve, allow\n");
    assert!(toy::policy(&lines).await.grants(Role::Client).allows("Query", "byStatus"));
    lines = (0..11).map(|n| format!("g, role:g{n}, role:g{}\n", n + 1)).collect();
    lines.push_str("g, role:client, role:g0\np, role:g11, Query, count, resolve, allow\n");
    insta::assert_snapshot!(faults(&lines).await, @r"
toy.csv:1: `role:g0` inherits through more than 9 steps.
toy.csv:2: `role:g1` inherits through more than 9 steps.
toy.csv:12: `role:client` inherits through more than 9 steps.
");
}

#[tokio::test]
async fn what_the_program_offers_must_be_there() {
    let mut vocabulary = toy::vocabulary();
    vocabulary.scopes[0].ty = "Cases";
    vocabulary.released.push(("Case", "titel"));
    let faults = Policy::compile(&toy::source(""), &toy::model(), &vocabulary).await.expect_err("faults");
    insta::assert_snapshot!(faults.to_string(), @r"
policy: the program registers scopes of Cases, which the schema lacks.
policy: the program releases Case.titel, which the schema lacks.
");
}

#[tokio::test]
async fn marks_and_line_ends_of_other_systems_are_understood() {
    let plain = toy::policy("p, role:client, Query, byStatus, resolve, allow\n").await;
    let text = "\u{feff}p, role:client, Query, byStatus, resolve, allow\r\n# a comment\r\n\r\n";
    assert_eq!(toy::policy(text).await.hash(), plain.hash());
    assert!(plain.grants(Role::Client).allows("Query", "byStatus"));
}

#[test]
fn a_folder_is_read_with_all_its_faults() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("a file");
    assert!(Source::folder(folder.path()).expect_err("empty").to_string().contains("no .csv file"));
    write("b.csv", b"p, role:client, Query, ping, resolve, allow\n");
    write("a.csv", b"\xff\xfe");
    write("model.conf", b"[matchers]\nm = true\n");
    write(".b.csv.swp", b"\xff");
    write("b.csv~", b"\xff");
    let faults = Source::folder(folder.path()).expect_err("faults").to_string();
    insta::assert_snapshot!(faults, @r"
a.csv: the file is not UTF-8 text.
model.conf: differs from the program's own model, which can't be changed here.
");
    write("a.csv", b"# nothing\n");
    write("model.conf", include_bytes!("../../policies/model.conf"));
    Source::folder(folder.path()).expect("files");
    let none = Source::folder(&folder.path().join("none")).expect_err("no folder").to_string();
    assert!(none.starts_with("policy: the folder `") && none.contains("/none` can't be read: "), "{none}");
}

/// What is built in is what lies in the repository, every file of it.
#[test]
fn the_programs_own_policy_is_the_folders() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    assert_eq!(Source::embedded(), Source::folder(&folder).unwrap_or_else(|faults| panic!("{faults}")));
}
