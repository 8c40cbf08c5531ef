//! Why a role has a coordinate, or has not: the verdict, and the lines that decide.

use portico::policy::{Coordinate, Role};

use crate::toy;

const LINES: &str = "\
g, role:client, role:portal
p, role:portal, Query, case, resolve, allow
p, role:client, Case, id|tasks, resolve, allow
p, role:client, Case, firm, row, allow
p, role:portal, Case, risk, resolve, deny
p, role:client, Task, id|title, resolve, allow
p, role:client, Task, firm, row, allow
p, role:client, Task, title(short), resolve, deny
p, role:client, Letter, id, resolve, allow
";

#[tokio::test]
async fn each_verdict_is_told_with_the_lines_that_decide() {
    let policy = toy::policy(LINES).await;
    let member = |ty, member| policy.explain(Role::Client, &Coordinate::member(ty, member)).to_string();
    let all = [
        member("Case", "id"),
        member("Query", "case"),
        member("Letter", "id"),
        member("TaskConnection", "edges"),
        member("Case", "risk"),
        member("Case", "title"),
        member("Case", "titel"),
        policy.explain(Role::Client, &Coordinate::argument("Task", "title", "short")).to_string(),
    ];
    insta::assert_snapshot!(all.concat(), @r"
    role:client Case.id: granted
      toy.csv:3: allow
    role:client Query.case: granted
      toy.csv:2: allow, inherited from role:portal
    role:client Letter.id: granted, but no field that the role has leads to it
      toy.csv:9: allow
    role:client TaskConnection.edges: goes with the pages that lead to it
    role:client Case.risk: denied, whatever else allows it
      toy.csv:5: deny, inherited from role:portal
    role:client Case.title: not granted: no line speaks about it
    role:client Case.titel: there is no such member. Did you mean `Case.title`?
    role:client Task.title(short): denied, whatever else allows it
      toy.csv:8: deny
      toy.csv:6: allow
    ");
}
