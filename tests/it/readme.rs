//! The README is true: its answers are the demo's, its table is the code's, and its commands exist.
use portico::{demo, error::Problem, policy::Role};
use serde_json::Value;

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
