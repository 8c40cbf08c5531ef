//! The laws: each a sentence that no policy file can break.

use std::sync::Arc;

use async_graphql::{
    Request, Schema, ValidationMode, Value,
    registry::{MetaType, Registry},
};
use portico::policy::{Coordinate, Live, Model, Policy, Role, Source, Verdict, model::Kind};

use crate::{sdl, toy, twins};

#[tokio::test]
async fn an_empty_policy_denies_all_and_is_refused() {
    let faults =
        Policy::compile(&Source::of([("a.csv", "# nothing\n")]), &toy::model(), &toy::vocabulary()).await;
    let faults = faults.expect_err("a role without a field is a fault");
    assert_eq!(faults.iter().count(), Role::ALL.len(), "{faults}");
    let told: Vec<_> = IntoIterator::into_iter(&faults).collect();
    assert_eq!(told, faults.iter().collect::<Vec<_>>());
    assert!(told.iter().all(|fault| fault.sentence.contains("has no field of Query")), "{faults}");
}

#[tokio::test]
async fn what_no_line_names_is_nobodys() {
    let policy = toy::policy("").await;
    for role in Role::ALL {
        for coordinate in toy::model().coordinates() {
            let is_ping = coordinate.member == "ping";
            assert_eq!(
                policy.grants(role).allows(&coordinate.ty, &coordinate.member),
                is_ping,
                "{coordinate}"
            );
        }
        assert!(policy.grants(role).scopes("Case").is_empty());
    }
}

#[tokio::test]
async fn a_deny_wins_wherever_it_stands() {
    let allow = "p, role:client, Query, case, resolve, allow\np, role:client, Case, id|risk, resolve, allow\n\
                 p, role:client, Case, firm, row, allow\n";
    let deny = "p, role:portal, Case, risk, resolve, deny\ng, role:client, role:portal\n\
                p, role:co_client, Query, case, resolve, allow\np, role:co_client, Case, id|risk, resolve, allow\n\
                p, role:co_client, Case, firm, row, allow\n";
    for text in [format!("{allow}{deny}"), format!("{deny}{allow}")] {
        let faults = toy::compile(&text).await.expect_err("an allow behind a wall");
        assert!(
            faults.to_string().contains("Case.risk can never open: it is denied at toy.csv:"),
            "{faults}"
        );
        // Without the vain allow it is plain.
        let mended = text.replace("role:client, Case, id|risk", "role:client, Case, id");
        let policy = toy::policy(&mended).await;
        assert!(!policy.grants(Role::Client).allows("Case", "risk"));
        assert!(policy.grants(Role::CoClient).allows("Case", "risk"), "a wall is for those behind it");
        assert_eq!(
            policy.explain(Role::Client, &Coordinate::member("Case", "risk")).verdict,
            Verdict::Denied
        );
    }
}

#[tokio::test]
async fn a_scope_and_a_member_of_one_name_have_nothing_to_do_with_each_other() {
    let mut vocabulary = toy::vocabulary();
    vocabulary.scopes.push(portico::policy::ScopeName { ty: "Case", name: "title", released: false });
    let text = "p, role:client, Query, case, resolve, allow\np, role:client, Case, id, resolve, allow\n\
        p, role:client, Case, title, row, allow\np, role:expert, Query, case, resolve, allow\n\
        p, role:expert, Case, title, resolve, allow\np, role:expert, Case, firm, row, allow\n";
    let policy = Policy::compile(&toy::source(text), &toy::model(), &vocabulary).await.expect("no fault");
    let (client, expert) = (policy.grants(Role::Client), policy.grants(Role::Expert));
    assert_eq!((client.allows("Case", "title"), client.scopes("Case")), (false, &["title"][..]));
    assert_eq!((expert.allows("Case", "title"), expert.scopes("Case")), (true, &["firm"][..]));
}

#[tokio::test]
async fn an_allow_that_one_heir_can_use_is_no_fault() {
    let text = "g, role:client, role:portal\ng, role:co_client, role:portal\n\
        p, role:portal, Query, case, resolve, allow\np, role:portal, Case, id|risk, resolve, allow\n\
        p, role:portal, Case, firm, row, allow\np, role:co_client, Case, risk, resolve, deny\n";
    let policy = toy::policy(text).await;
    assert!(policy.grants(Role::Client).allows("Case", "risk"));
    assert!(!policy.grants(Role::CoClient).allows("Case", "risk"));
}

#[tokio::test]
async fn a_denied_argument_goes_and_its_field_stays() {
    let schema = twins::client().await;
    assert!(schema.model.has(&Coordinate::argument("Query", "search", "filter")));
    assert!(!schema.model.has(&Coordinate::argument("Query", "search", "filters")));
    let answer = schema.schema.execute("{ search(filters: []) { __typename } }").await;
    assert!(answer.errors[0].message.starts_with("Unknown argument"), "{:?}", answer.errors);
}

/// Fails loudly should async-graphql no longer call the hook that pruning hangs on.
#[tokio::test]
async fn canary_the_hook_is_called_while_a_schema_is_built() {
    struct Hook;
    impl async_graphql::CustomDirectiveFactory for Hook {
        fn name(&self) -> std::borrow::Cow<'static, str> {
            "-canary".into()
        }
        fn register(&self, registry: &mut Registry) {
            let Some(MetaType::Object { fields, .. }) = registry.types.get_mut("Query") else {
                panic!("no Query")
            };
            fields.retain(|name, _| name == "ping" || name.starts_with("__"));
        }
        fn create(
            &self,
            _: &async_graphql::ContextDirective<'_>,
            _: &async_graphql::parser::types::Directive,
        ) -> async_graphql::ServerResult<Box<dyn async_graphql::CustomDirective>> {
            unreachable!("never used")
        }
    }
    let sdl = toy::bare().directive(Hook).finish().sdl();
    assert!(sdl.contains("ping") && !sdl.contains("search"), "{sdl}");
    assert!(!sdl.contains("canary"), "the hook leaves no trace: {sdl}");
    assert!(!Model::of(toy::bare()).types.is_empty());
}

#[test]
fn the_registry_and_the_sdl_have_the_same_coordinates() {
    let (registry, text) = (toy::model(), sdl::model(&toy::builder().finish().sdl()));
    assert_eq!(registry.coordinates(), text.coordinates());
    assert!(registry.coordinates().len() > 50);
}

#[tokio::test]
async fn pruning_holds_because_validation_is_strict() {
    let policy = toy::policy(twins::LINES).await;
    let query = "{ case(id: 1) { risk } }";
    let live = Arc::new(Live::new(policy.clone()));
    let fast = toy::builder().validation_mode(ValidationMode::Fast).data(live);
    // Even when a builder asks for the fast mode, the role's schema is strict.
    let schema = policy.grants(Role::Client).prune(fast).expect("a schema");
    let answer = schema.schema.execute(query).await;
    assert_eq!(answer.errors[0].message, "Unknown field \"risk\" on type \"Case\".");
}

#[tokio::test]
async fn nothing_is_ever_suggested() {
    let schema = twins::client().await;
    for query in
        ["{ case(id: 1) { risq } }", "{ case(ld: 1) { id } }", "{ byStatus(status: OPEM) }", "{ cas { id } }"]
    {
        let answer = schema.schema.execute(query).await;
        assert!(!answer.errors.is_empty());
        assert!(
            answer.errors.iter().all(|error| !error.message.contains("Did you mean")),
            "{:?}",
            answer.errors
        );
    }
}

#[tokio::test]
async fn the_second_lock_asks_the_policy_in_force() {
    let policy = toy::policy(twins::LINES).await;
    let live = Arc::new(Live::new(policy.clone()));
    let schema =
        policy.grants(Role::Client).prune(toy::builder().data(Arc::clone(&live))).expect("a schema").schema;
    assert!(schema.execute("{ case(id: 1) { id } }").await.errors.is_empty());
    let narrower = twins::LINES.replace("Query, case|search", "Query, search");
    let former = live.hash();
    assert_eq!(former, *policy.hash());
    live.replace(toy::policy(&narrower).await);
    assert_ne!(live.hash(), former, "the hash tells");
    let answer = schema.execute("{ case(id: 1) { id } }").await;
    assert_eq!(answer.errors[0].message, toy::INTERNAL, "and says nothing");
}

#[tokio::test]
async fn without_a_policy_at_hand_the_second_lock_stays_shut() {
    let answer = toy::builder().finish().execute("{ ping }").await;
    assert_eq!(answer.errors[0].message, toy::INTERNAL);
}

#[tokio::test]
async fn a_released_member_is_non_null_where_every_row_has_a_release() {
    let both = twins::LINES.replace("Case, released, row", "Case, released|firm, row");
    for (lines, ty) in [(twins::LINES, "String!"), (both.as_str(), "String")] {
        let policy = toy::policy(lines).await;
        let grants = policy.grants(Role::Client);
        let schema = grants.prune(toy::builder()).expect("a schema");
        assert_eq!(schema.model.field("Case", "title").expect("a title").ty, ty);
        assert!(schema.schema.sdl().contains(&format!("title: {ty}\n")), "{}", schema.schema.sdl());
    }
}

#[tokio::test]
async fn interfaces_and_unions_have_only_what_the_role_has() {
    let schema = twins::client().await;
    assert!(schema.model.can_be("Found", "Case") && !schema.model.can_be("Found", "Task"));
    assert!(schema.model.can_be("Node", "Letter") && !schema.model.can_be("Node", "Task"));
    assert!(!schema.model.types.contains_key("Titled"), "no field leads to it");
    assert!(schema.schema.data::<std::sync::Arc<Model>>().is_some(), "constructors can ask");
    assert_eq!(schema.schema.data::<Role>(), Some(&Role::Client));
}

#[tokio::test]
async fn an_object_without_an_argument_of_its_interface_leaves_it() {
    let lines = "p, role:client, Query, titled, resolve, allow\np, role:client, Task, id|title, resolve, allow\n\
        p, role:client, Task, firm, row, allow\n\
        p, role:client, Letter, id|title, resolve, allow\np, role:client, Letter, title(short), resolve, deny\n";
    let policy = toy::policy(lines).await;
    let schema = policy.grants(Role::Client).prune(toy::builder()).expect("a schema");
    assert!(schema.model.can_be("Titled", "Task") && !schema.model.can_be("Titled", "Letter"));
    apollo_compiler::Schema::parse_and_validate(schema.schema.sdl(), "a.graphql").expect("a valid schema");
}

#[tokio::test]
async fn a_dead_mutation_is_no_root() {
    let schema = toy::policy("").await.grants(Role::Client).prune(toy::builder()).expect("a schema");
    assert_eq!((schema.model.mutation.as_ref(), schema.model.subscription.as_ref()), (None, None));
    let answer = schema.schema.execute("mutation { close(input: {case: 1}) { reason } }").await;
    assert_eq!(answer.errors[0].message, "Schema is not configured for mutations.");
}

#[tokio::test]
async fn plumbing_needs_no_line_and_a_count_does() {
    let lines = "p, role:client, Query, case, resolve, allow\np, role:client, Case, id|tasks, resolve, allow\n\
        p, role:client, Case, firm, row, allow\np, role:client, Task, id, resolve, allow\n\
        p, role:client, Task, firm, row, allow\n";
    let schema = toy::policy(lines).await.grants(Role::Client).prune(toy::builder()).expect("a schema");
    let page = &schema.model.types["TaskConnection"];
    assert_eq!(page.fields.keys().collect::<Vec<_>>(), ["edges", "nodes", "pageInfo"]);
    let faults = toy::compile(
        &lines
            .replace("p, role:client, Task, id, resolve, allow\n", "")
            .replace("p, role:client, Task, firm, row, allow\n", ""),
    )
    .await
    .expect_err("a page of nothing");
    assert_eq!(
        faults.to_string(),
        "toy.csv:2: Case.tasks is granted, but nothing of its type TaskConnection. (For role:client.)"
    );
}

#[tokio::test]
async fn texts_and_defaults_name_nothing_that_is_not_there() {
    let sdl = r#"
        type Query { ping: Int "Like `secret`, but for riskFlags of a Wall." case(of: Status = SEALED): Case }
        type Case { "Its secret title" title: String @deprecated(reason: "Use `secret`.") secret: String riskFlags: Int wall: Wall }
        type Wall { reason: String }
        enum Status { OPEN SEALED }
    "#;
    let text = "p, role:client, Query, case, resolve, allow\np, role:client, Case, title, resolve, allow\n\
        p, role:client, Status, OPEN, resolve, allow\n";
    let faults =
        Policy::compile(&toy::source(text), &sdl::model(sdl), &portico::policy::Vocabulary::default()).await;
    insta::assert_snapshot!(faults.expect_err("texts that tell").to_string(), @r#"
toy.csv:1: the default of Query.case(of) says what is not granted: enumeration type "Status" does not contain the value "SEALED". (For role:client.)
toy.csv:1: the text of Query.case names `Wall`, which is not granted. (For role:client.)
toy.csv:1: the text of Query.case names `riskFlags`, which is not granted. (For role:client.)
toy.csv:1: the text of Query.case names `secret`, which is not granted. (For role:client.)
toy.csv:2: the text of Case.title names `secret`, which is not granted. (For role:client.)
"#);
}

#[tokio::test]
async fn required_arguments_and_input_fields_are_not_lost() {
    let text = "p, role:client, Query, count, resolve, allow\np, role:client, Span, from, resolve, allow\n\
        p, role:co_client, Query, count, resolve, allow\np, role:co_client, Query, count(span), resolve, deny\n";
    insta::assert_snapshot!(toy::compile(text).await.expect_err("lost requirements").to_string(), @r"
toy.csv:2: Span is granted without its required field `until`. (For role:client.)
toy.csv:3: Query.count is granted without its required argument `span`. (For role:co_client.)
");
}

#[test]
fn a_coordinate_is_read_as_it_is_written() {
    for coordinate in toy::model().coordinates() {
        assert_eq!(Coordinate::parse(&coordinate.to_string()), Some(coordinate));
    }
    assert_eq!(Coordinate::parse("Case"), None);
}

#[test]
fn an_object_is_itself_and_what_it_belongs_to() {
    let model = toy::model();
    assert!(model.can_be("Case", "Case") && model.can_be("Node", "Case") && model.can_be("Found", "Case"));
    assert!(
        !model.can_be("Case", "Task") && !model.can_be("Titled", "Case") && !model.can_be("Status", "Status")
    );
}

#[tokio::test]
async fn an_argument_is_admitted_with_every_name_in_its_value_or_not_at_all() {
    let policy = toy::policy(twins::LINES).await;
    let grants = policy.grants(Role::Client);
    let admits = |argument: &str, value: serde_json::Value| {
        grants.admits("Query", "search", argument, &Value::from_json(value).expect("a value"))
    };
    assert!(admits("filter", serde_json::json!({"title": "A", "not": {"status": "OPEN"}})));
    assert!(!admits("filter", serde_json::json!({"title": "A", "not": {"risk": 1}})));
    assert!(!admits("filter", serde_json::json!({"status": "SEALED"})));
    assert!(!admits("filters", serde_json::json!([])), "an argument that the role lacks");
    assert!(!admits("strange", serde_json::json!(1)));
}

#[test]
fn the_oracle_of_kinds_is_whole() {
    let kinds: Vec<_> = toy::model().types.values().map(|ty| ty.kind).collect();
    for kind in [Kind::Scalar, Kind::Object, Kind::Interface, Kind::Union, Kind::Enum, Kind::Input] {
        assert!(kinds.contains(&kind), "the toy has a {kind:?}");
    }
}

#[tokio::test]
async fn values_of_hidden_names_are_never_read() {
    let schema = twins::client().await;
    // The validator skips the argument, since `$t` has no value; the executor would run it.
    let query = "query($t: String) { search(filter: {risk: 1, title: $t}) { __typename } }";
    let straight = schema.schema.execute(Request::new(query)).await;
    assert_eq!(
        straight.data,
        Value::from_json(serde_json::json!({"search": []})).expect("json"),
        "the gap is there"
    );
    let document = async_graphql::parser::parse_query(query).expect("a document");
    let errors =
        portico::policy::names::check(&document, None, &async_graphql::Variables::default(), &schema.model);
    assert_eq!(errors.len(), 1);
    assert_eq!(
        errors[0].message,
        "Invalid value for argument \"filter\", unknown field \"risk\" of type \"Filter\""
    );
    assert_eq!((errors[0].locations[0].line, errors[0].locations[0].column), (1, 28));
}

#[test]
fn the_schema_type_is_what_a_builder_finishes() {
    let _: Schema<_, _, _> = toy::bare().finish();
}
