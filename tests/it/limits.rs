//! What a request may ask, by role: what is too much is refused before any name is looked at, so it tells of none.
use portico::{
    demo,
    http::{
        Settings,
        limits::{Bounds, Limits},
    },
    policy::Role,
};
use serde_json::{Value, json};

use crate::{
    commands::portico,
    harness::{Content, World, loaded, on_both, on_engines},
    raw::Raw,
};

const MIA: (&str, Role) = ("mia@okafor.example", Role::Client);
const NORA: (&str, Role) = ("nora@castellan.example", Role::Attorney);

fn cases(first: u32, inner: &str) -> String {
    format!("{{ cases(first: {first}) {{ nodes {{ {inner} }} }} }}")
}

#[test]
fn a_hidden_name_costs_what_a_nonsense_one_costs() {
    on_both(async |world| {
        world.store.record();
        // Just within the client's 25,000, and just beyond, were the inner page counted.
        for first in [10, 100] {
            for (hidden, nonsense) in [
                ("tasks(first: 100) { nodes { title steps: checklist { title } } }", "tusks"),
                (
                    "id tasks(first: 100) { nodes { title case { tasks(first: 100) { nodes { id } } } } }",
                    "tusks",
                ),
            ] {
                let answer = world.ask(MIA, &cases(first, hidden)).await;
                let twin = world.ask(MIA, &cases(first, &hidden.replace("tasks", nonsense))).await;
                assert_eq!(answer.body.replace("tasks", nonsense), twin.body, "{hidden}");
                assert_eq!((answer.status, answer.code().as_str()), (400, "GRAPHQL_VALIDATION_FAILED"));
            }
            let doc = |argument: &str| {
                cases(first, &format!("milestones({argument}: 100) {{ nodes {{ id title }} }}"))
            };
            let (hidden, twin) = (world.ask(MIA, &doc("lirst")).await, world.ask(MIA, &doc("nirst")).await);
            assert_eq!(hidden.body.replace("lirst", "nirst"), twin.body);
        }
        // Who asks was looked up, and nothing else.
        let statements = world.store.recorded();
        assert!(statements.iter().all(|text| text.contains("sessions") && !text.contains("milestones")));
        let attorney = cases(100, "tasks(first: 100) { nodes { title case { title } } }");
        assert_eq!(world.ask(NORA, &attorney).await.code(), "TOO_COMPLEX");
    });
}

#[test]
fn ids_that_are_given_count_as_rows() {
    on_both(async |world| {
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Case { milestones(first: 100) { nodes { id title case { id } } } } } }";
        let ask = async |count| world.ask_with(MIA, query, json!({ "ids": vec!["x"; count] })).await;
        ask(10).await.data();
        assert_eq!(ask(60).await.code(), "TOO_COMPLEX");
    });
}

#[test]
fn introspection_costs_by_the_size_of_the_schema() {
    on_engines(async |engine| {
        let (url, folder) = loaded(engine, Content::Small).await;
        let limits = Bounds::read("[role.client]\ncost = 400".parse().unwrap()).unwrap();
        let world = World::set(engine, &url, folder, Settings { limits, ..Settings::default() }).await;
        let schema = |inner: &str| format!("{{ __schema {{ types {{ {inner} }} }} }}");
        world.ask(MIA, &schema("name fields { name }")).await.data();
        let often = "name ".repeat(100);
        let parts = format!(
            "fragment A on __Type {{ fields {{ args {{ ...B }} }} }} fragment B on __InputValue {{ {often} }}"
        );
        for dear in [schema(&format!("fields {{ {often} }}")), schema("...A") + parts.as_str()] {
            let answer = world.ask(MIA, &dear).await;
            assert_eq!(answer.code(), "TOO_COMPLEX", "{}", answer.body);
        }
    });
}

#[test]
fn an_answer_has_no_more_than_anybody_reads() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        raw.run(&format!("UPDATE strategy_notes SET body = '{}'", "x".repeat(1 << 20))).await;
        let notes = |count: usize| {
            let body: Vec<String> = (0..count).map(|at| format!("a{at}: body")).collect();
            format!(
                "{{ cases(first: 1) {{ nodes {{ strategyNotes(first: 1) {{ nodes {{ {} }} }} }} }} }}",
                body.join(" ")
            )
        };
        world.ask(NORA, &notes(2)).await.data();
        let answer = world.ask(NORA, &notes(20)).await;
        assert_eq!(answer.code(), "TOO_COMPLEX", "{} bytes", answer.body.len());
        assert!(answer.body.len() < 1_000, "{}", answer.body);
    });
}

#[test]
fn each_role_has_its_own_bounds_and_a_firms_server_its_own() {
    on_engines(async |engine| {
        let (url, folder) = loaded(engine, Content::Demo).await;
        let table = "[role.client]\ndepth = 3\ncost = 10\n[service]\nroot_fields = 1".parse().unwrap();
        let limits = Bounds::read(table).unwrap();
        let world = World::set(engine, &url, folder, Settings { limits, ..Settings::default() }).await;
        let deep = cases(1, "milestones(first: 1) { nodes { id } }");
        assert_eq!(world.ask(MIA, &deep).await.code(), "TOO_DEEP");
        world.ask(NORA, &deep).await.data();
        assert_eq!(world.ask(MIA, &cases(5, "id")).await.code(), "TOO_COMPLEX");
        world.ask(MIA, &cases(4, "id")).await.data();
        let two = "{ a: cases(first: 1) { nodes { id } } b: cases(first: 1) { nodes { id } } }";
        let created = ["key", "create", "--database", &url, "--firm", "castellan", "--service", "intake"];
        let key = portico(&[&created[..], &["--role", "paralegal", "--whole-firm"]].concat()).success();
        let key = key.split_whitespace().find(|word| word.starts_with("ptk_")).unwrap().to_owned();
        let answer = world.post(Some(&key), &json!({ "query": two })).await;
        assert_eq!(answer.code(), "TOO_MANY_FIELDS");
        world.post(Some(&key), &json!({ "query": cases(1, "id") })).await.data();
        world.ask(NORA, two).await.data();
    });
}

#[test]
fn standard_introspection_passes_for_every_role() {
    on_both(async |world| {
        let query = include_str!("../door/introspection.graphql");
        let nobody = world.post(None, &json!({ "query": query })).await.data();
        assert_eq!(nobody["__schema"]["queryType"]["name"], "Query");
        for member in demo::cast() {
            let shown = world.ask((member.email, member.role), query).await.data();
            assert_eq!(shown["__schema"]["queryType"]["name"], "Query", "{}", member.role);
        }
    });
}

/// A document, variables and a configuration in a folder.
fn written(files: &[(&str, &str)]) -> (tempfile::TempDir, impl Fn(&str) -> String + use<>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let path = folder.path().to_owned();
    (folder, move |name| path.join(name).to_str().unwrap().to_owned())
}

#[test]
fn what_a_document_costs_is_explained() {
    let query = "query Home($n: Int) { cases(first: $n) { nodes { title } } }";
    let (_folder, file) = written(&[
        ("home.graphql", query),
        ("variables.json", r#"{ "n": 100 }"#),
        ("twice.json", r#"{ "n": 1, "n": 100 }"#),
        ("portico.toml", "[limits.role.client]\ncost = 150\n"),
        ("bad.toml", "[limits.role.client]\ncosts = 150\n"),
    ]);
    let (home, variables, config) = (file("home.graphql"), file("variables.json"), file("portico.toml"));
    let asked = ["limits", "explain", &home, "--role", "client"];
    let explain = |more: &[&str]| portico(&[&asked, more].concat()).success();
    let told = explain(&[]);
    let line = |told: &str, name: &str| {
        let line = told.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap().to_owned();
        line.split_whitespace().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    // Twenty rows where nothing is said, each with a title and its place in the list.
    assert_eq!(line(&told, "cost")[..3], ["41", "25000", "1"]);
    assert_eq!(line(&told, "depth")[..2], ["3", "24"]);
    assert_eq!(line(&told, "variables")[..2], ["1", "100"]);
    assert!(told.contains("within the limits of client; depth would be met first: 13 %"), "{told}");
    let told = explain(&["--variables", &variables, "--config", &config]);
    assert_eq!(line(&told, "cost"), ["201", "150", "134", "%"]);
    assert!(told.contains("refused: TOO_COMPLEX The request costs 201, and at most 150"), "{told}");
    let told: Value = serde_json::from_str(&explain(&["--variables", &variables, "--json"])).unwrap();
    let cost = told["measures"].as_array().unwrap().iter().find(|it| it["name"] == "cost").unwrap();
    assert_eq!(*cost, json!({ "name": "cost", "used": 201, "bound": 25_000, "percent": 1 }));
    assert_eq!((&told["refusal"], &told["nearest"]), (&json!(null), &json!("depth")));
    let fails = |more: &[&str]| portico(&[&asked, more].concat()).failure();
    assert!(fails(&["--variables", &file("twice.json")]).contains("one key twice"));
    assert!(fails(&["--config", &file("bad.toml")]).contains("limits.role.client"));
    assert!(fails(&["--config", "/nowhere.toml"]).contains("/nowhere.toml"));
}

#[test]
fn the_limits_that_are_shown_can_stand_in_the_configuration() {
    let (_folder, file) = written(&[("portico.toml", "[limits.role.client]\ncost = 150\n")]);
    let (config, shown) = (file("portico.toml"), file("shown.toml"));
    let show = |more: &[&str]| portico(&[&["limits", "show"], more].concat()).success();
    let general = show(&[]);
    assert!(general.starts_with("[limits]\n") && general.contains("\nmessage_bytes = 131072\n"), "{general}");
    assert!(general.contains("\nat_once = 16\n") && general.contains("\ncost = 30000\n"), "{general}");
    let client = show(&["--role", "client", "--config", &config]);
    assert!(client.starts_with("[limits.role.client]\n") && client.contains("\ncost = 150\n"), "{client}");
    let service = show(&["--role", "paralegal", "--service"]);
    assert!(service.starts_with("[limits.service]\n") && service.contains("\ncost = 30000\n"), "{service}");
    std::fs::write(&shown, [general, client.clone(), service].concat()).unwrap();
    assert_eq!(show(&["--role", "client", "--config", &shown]), client);
    assert!(portico(&["limits", "show", "--service"]).failure().contains("--role"));
}

#[test]
fn measures_are_told_beyond_their_bounds() {
    let deep = format!("{{ {} id {} }}", "a { ".repeat(30), "} ".repeat(30));
    let (_folder, file) =
        written(&[("deep.graphql", deep.as_str()), ("hidden.graphql", "{ tasks { nodes { id } } }")]);
    let told = portico(&["limits", "explain", &file("deep.graphql"), "--role", "admin"]).success();
    assert!(
        told.contains("refused: TOO_DEEP") && told.contains("depth                  31        24  130 %"),
        "{told}"
    );
    let told = portico(&["limits", "explain", &file("hidden.graphql"), "--role", "client"]).success();
    assert!(told.contains("does not fit the schema of client: Unknown field \"tasks\""), "{told}");
}

#[test]
fn a_document_beyond_its_roles_limits_is_not_trusted() {
    on_engines(async |engine| {
        let (url, _folder) = loaded(engine, Content::Demo).await;
        let manifest =
            json!({ "h1": "query Home($n: Int) { cases(first: $n) { nodes { title } } }" }).to_string();
        let (_files, file) = written(&[
            ("manifest.json", manifest.as_str()),
            ("narrow.toml", "[limits.role.client]\ncost = 40"),
            ("wide.toml", "[limits.role.client]\ncost = 100"),
        ]);
        let manifest = file("manifest.json");
        let add = |config: &str| {
            let config = file(config);
            portico(&[
                "trusted",
                "add",
                &manifest,
                "--role",
                "client",
                "--database",
                &url,
                "--config",
                &config,
            ])
        };
        let told = add("narrow.toml").failure();
        assert!(told.contains("h1: The request costs 41, and at most 40"), "{told}");
        let ended = add("wide.toml");
        assert!(ended.err.contains("Home (h1) costs up to 201"), "{}", ended.err);
        assert!(ended.success().contains("1 added"));
    });
}

/// The unit test of the bounds says which roles have what; this says that nobody's are wider than anybody may have.
#[test]
fn outside_roles_may_ask_no_more_than_staff() {
    let bounds = Bounds::default();
    for role in Role::ALL.into_iter().filter(|role| role.is_outside()) {
        assert!(bounds.of(role, false).cost < Limits::default().cost, "{role}");
    }
}
