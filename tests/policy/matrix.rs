//! The matrix of a small policy, as a lawyer reads it.

use crate::toy;

const LINES: &str = "\
p, role:client, Query, case|search, resolve, allow
p, role:client, Query, search(filters), resolve, deny
p, role:client, Case, id|title|status, resolve, allow
p, role:client, Case, released, row, allow
p, role:client, Status, OPEN|CLOSED, resolve, allow
p, role:client, Filter, status, resolve, allow
p, role:client, Sort, NEWEST, resolve, allow
p, role:attorney, Query, case, resolve, allow
p, role:attorney, Case, id|risk|tasks, resolve, allow
p, role:attorney, Case, firm|staff, row, allow
p, role:attorney, Task, id, resolve, allow
p, role:attorney, Task, firm, row, allow
p, role:paralegal, Query, case, resolve, allow
p, role:paralegal, Case, id, resolve, allow
p, role:paralegal, Case, firm|staff, row, allow
";

#[tokio::test]
async fn each_type_is_told_with_its_members_and_rows_role_by_role() {
    insta::assert_snapshot!(toy::policy(LINES).await.matrix());
}
