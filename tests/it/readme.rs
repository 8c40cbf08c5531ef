//! The README is true: its answers are the demo's, its table is the code's, and its commands exist.
use portico::{demo, error::Problem, policy::Role};
use serde_json::{Value, json};

use crate::{commands::portico, harness::on_both};

const README: &str = include_str!("../../README.md");

/// The fenced block of this language that follows a line.
#[track_caller]
fn block(line: &str, language: &str) -> &'static str {
    let after = README.split_once(line).unwrap_or_else(|| panic!("README has no {line}")).1;
    let fenced = after.split_once(&format!("```{language}\n")).unwrap().1;
    fenced.split_once("```").unwrap().0
}

#[test]
fn the_two_answers_are_what_the_demo_answers() {
    on_both(async |world| {
        let query = block("## One question, two answers", "graphql");
        for (role, line) in
            [(Role::Attorney, "<!-- answer: attorney -->"), (Role::Client, "<!-- answer: client -->")]
        {
            let member = demo::cast().iter().find(|member| member.role == role).unwrap();
            let told: Value = serde_json::from_str(block(line, "json")).unwrap();
            assert_eq!(world.ask((member.email, role), query).await.json(), told, "{role}");
        }
    });
}

#[test]
fn the_table_of_problem_codes_is_the_codes() {
    let after = README.split_once("<!-- problem codes -->\n").unwrap().1;
    let table = after.split_once("<!-- end of problem codes -->").unwrap().0;
    assert_eq!(table.trim(), Problem::table().trim());
}

/// Code, status under GraphQL's own type and under plain JSON, and whether `data` stands beside the error.
#[test]
fn statuses_are_as_the_table_tells_them() {
    let page = |arguments: &str| json!({ "query": format!("{{ cases({arguments}) {{ nodes {{ id }} }} }}") });
    let variable = json!({ "query": "query Q($n: Int) { cases(first: $n) { nodes { id } } }", "variables": { "n": "x" } });
    let told = [
        (json!({ "query": "{" }), "GRAPHQL_PARSE_FAILED", [400, 200], false),
        (json!({ "query": "{ x }" }), "GRAPHQL_VALIDATION_FAILED", [400, 200], false),
        (
            json!({ "query": "query A { viewer { role } }", "operationName": "B" }),
            "OPERATION_RESOLUTION_FAILURE",
            [400, 200],
            false,
        ),
        (variable, "BAD_USER_INPUT", [400, 200], false),
        (page("first: -1"), "BAD_USER_INPUT", [200, 200], true),
        (page("after: \"x\""), "BAD_CURSOR", [200, 200], true),
        (page("first: 101"), "PAGE_TOO_LARGE", [200, 200], true),
    ];
    on_both(async |world| {
        let member = demo::cast().iter().find(|member| member.role == Role::Client).unwrap();
        let token = world.token(member.email, member.role).await;
        for (body, code, statuses, has_data) in &told {
            for (accept, status) in
                ["application/graphql-response+json", "application/json"].into_iter().zip(statuses)
            {
                let request = world.request(reqwest::Method::POST, "/graphql").json(body).bearer_auth(&token);
                let answer = world.send(request.header("accept", accept)).await;
                assert_eq!(
                    (answer.code().as_str(), answer.status),
                    (*code, *status),
                    "{accept}: {}",
                    answer.body
                );
                assert_eq!(answer.json().get("data").is_some(), *has_data, "{}", answer.body);
            }
            let line = README.lines().find(|line| line.starts_with(&format!("| `{code}` |"))).unwrap();
            let column = line.split('|').nth(2).unwrap();
            assert!(column.contains(&statuses[0].to_string()), "{line}");
        }
        for accept in ["application/graphql-response+json", "application/json"] {
            let request = world.request(reqwest::Method::POST, "/graphql").json(&told[0].0).bearer_auth("x");
            let answer = world.send(request.header("accept", accept)).await;
            assert_eq!((answer.code().as_str(), answer.status), ("UNAUTHENTICATED", 401), "{accept}");
        }
        let get = world.request(reqwest::Method::GET, "/graphql").query(&[("query", "mutation { x }")]);
        let answer = world.send(get.bearer_auth(&token)).await;
        assert!(answer.status == 405, "{} {}", answer.status, answer.body);
    });
}

#[test]
fn every_command_is_one_that_the_program_knows() {
    let mut count = 0;
    for line in README.lines().filter_map(command) {
        count += 1;
        let words: Vec<&str> = line.split_whitespace().collect();
        let named = words.iter().take_while(|word| !word.starts_with('-') && !word.contains('/'));
        let names: Vec<&str> = named.copied().filter(|word| word.chars().all(char::is_lowercase)).collect();
        let help = portico(&[names.as_slice(), &["--help"]].concat()).success();
        for option in words.iter().filter(|word| word.starts_with("--") && word.len() > 2) {
            assert!(help.contains(option), "{line}: {option} is not in\n{help}");
        }
    }
    assert!(count >= 5, "only {count} commands were found");
}

/// What a line of a shell block or of prose gives to the program.
fn command(line: &str) -> Option<&str> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("portico ") {
        return Some(rest).filter(|rest| rest.contains("--"));
    }
    line.strip_prefix("cargo run --release -- ").or_else(|| line.strip_prefix("cargo run -- "))
}

/// The file that README shows is one that the program takes, and says what is built in.
#[test]
fn the_configuration_is_what_is_built_in() {
    use portico::http::{limits::Bounds, rates::Rates};
    let text = block("## Limits and rates", "toml");
    let folder = tempfile::tempdir().unwrap();
    let (config, document) = (folder.path().join("portico.toml"), folder.path().join("a.graphql"));
    std::fs::write(&config, text).unwrap();
    std::fs::write(&document, "{ cases(first: 100) { nodes { title } } }").unwrap();
    let [config, document] = [&config, &document].map(|path| path.to_str().unwrap());
    let told = portico(&["limits", "explain", document, "--role", "client", "--config", config]).success();
    assert!(told.contains("cost                  201     25000    1 %"), "{told}");
    let written: toml::Table = text.parse().unwrap();
    let bounds = Bounds::read(written["limits"].as_table().unwrap().clone()).unwrap();
    let built_in = Bounds::default();
    assert_eq!(bounds.general, built_in.general);
    for is_service in [false, true] {
        assert_eq!(bounds.of(Role::Client, is_service), built_in.of(Role::Client, is_service));
    }
    let rates: Rates = written["rates"].clone().try_into().unwrap();
    assert_eq!(format!("{rates:?}"), format!("{:?}", Rates::default()));
    assert!(README.contains("outside roles is 25,000, and of nobody signed in 2,000"));
    assert_eq!(built_in.of(Role::Expert, false).cost, 25_000);
    assert_eq!(built_in.of(Role::Anonymous, false).cost, 2_000);
}

#[test]
fn the_demos_roles_are_named_with_what_they_show() {
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Anonymous) {
        assert!(demo::cast().iter().any(|member| member.role == role), "nobody shows {role}");
        assert!(README.contains(&format!("`{role}`")), "README has no {role}");
    }
}

/// The program answers both tokens as the script's committed answers say.
#[test]
fn the_same_question_has_the_two_answers_that_are_kept() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/same-question.sh");
    let ran =
        std::process::Command::new("bash").arg(script).env("PORTICO", env!("CARGO_BIN_EXE_portico")).output();
    let ran = ran.expect("bash runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}
