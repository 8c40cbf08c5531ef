//! The house rules on the repository's text. What a rule forbids, it finds in a bad example first.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops with what it found"
)]

use std::path::Path;
use std::process::Command;
use std::{fs, iter};

#[path = "tidy/code.rs"]
mod code;

use code::{code, line_of, paths, places};

/// Who may not know whom: under the folder, no code names the words.
/// A word without `::` stands for the package (`axum`, also `axum_extra`); `crate::*` names every part.
const STRANGERS: &[(&str, &[&str], &str)] = &[
    (
        "src/policy/",
        &[
            "diesel",
            "axum",
            "crate::store",
            "crate::http",
            "crate::firms",
            "crate::people",
            "crate::cases",
            "crate::documents",
            "crate::billing",
            "crate::calendar",
            "crate::internal",
            "crate::releasing",
            "crate::notices",
        ],
        "policy knows coordinates and registries only: let lib.rs hand in what it needs",
    ),
    (
        "src/store/",
        &["async_graphql", "axum"],
        "the store knows no GraphQL: convert in the domain or in http",
    ),
    ("src/http/", &["diesel"], "http builds no statement: call a function of the domain or of the store"),
];

/// What may be named at home only: the words, their homes under src, the mend elsewhere.
const CONFINED: &[(&[&str], &[&str], &str)] = &[
    (
        &[".enforce(", ".enforce_mut(", ".enforce_with_context(", "::enforce("],
        &["src/policy/compile.rs"],
        "ask the compiled Policy; casbin is asked once, in src/policy/compile.rs",
    ),
    (
        &["Utc::now", "SystemTime::now", "Local::now"],
        &["src/http/", "src/cli/", "src/clock.rs"],
        "take the instant from the Viewer; workers read src/clock.rs",
    ),
    (
        &["env::var", "env::vars", "env::var_os"],
        &["src/config.rs", "src/cli/", "src/main.rs"],
        "make it a field of the configuration in src/config.rs",
    ),
    (
        &["sql_query"],
        &["src/store/"],
        "write it in diesel's language: sql_query is never kept prepared; or move it into src/store",
    ),
    (
        &["println!", "print!", "eprintln!", "eprint!", "dbg!"],
        &["src/cli/", "src/main.rs"],
        "write a tracing event; only the command line prints",
    ),
];

const LONGEST: usize = 420;
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "manager", "misc"];
const UNSCOPED: &str = "tests/unscoped.txt";

/// Where, and what to do about it.
type Fault = String;

fn fault(file: &str, line: usize, mend: &str) -> Fault {
    format!("{file}:{line}: {mend}")
}

/// The files of the repository, tracked or about to be, as (path, text); binary ones are left out.
fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output();
    let names: Vec<String> = match listed {
        Ok(out) if out.status.success() => {
            String::from_utf8(out.stdout).unwrap().split_terminator('\0').map(str::to_owned).collect()
        }
        // A copy without git's folder: what the rules are about is here all the same.
        _ => ["src", "tests", "benches", "fuzz", "Cargo.toml"]
            .iter()
            .flat_map(|name| walk(root, name))
            .collect(),
    };
    let files: Vec<_> = names
        .into_iter()
        .filter_map(|name| Some((name.clone(), fs::read_to_string(root.join(name)).ok()?)))
        .collect();
    assert!(files.iter().any(|(name, _)| name == "src/lib.rs"), "the repository's files were not found");
    files
}

fn walk(root: &Path, name: &str) -> Vec<String> {
    match fs::read_dir(root.join(name)) {
        Ok(entries) => entries
            .flat_map(|entry| walk(root, &format!("{name}/{}", entry.unwrap().file_name().to_str().unwrap())))
            .collect(),
        Err(_) => vec![name.to_owned()],
    }
}

/// Fails with every fault that a rule finds in the repository.
fn hold(rule: impl Fn(&str, &str) -> Vec<Fault>) {
    let faults: Vec<Fault> = files().iter().flat_map(|(name, text)| rule(name, text)).collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Fails unless the rule finds a fault of the bad example in that line, and none in the good one.
fn notices(rule: impl Fn(&str, &str) -> Vec<Fault>, file: &str, bad: &str, line: usize, good: &str) {
    let faults = rule(file, bad);
    assert_eq!(faults.len(), 1, "one fault in the bad example: {faults:?}");
    assert!(faults[0].starts_with(&format!("{file}:{line}: ")), "{faults:?}");
    assert_eq!(rule(file, good), [""; 0], "no fault in the good example");
}

fn ends_in(file: &str, ends: &[&str]) -> bool {
    Path::new(file).extension().is_some_and(|end| ends.iter().any(|it| end == *it))
}

fn length(file: &str, text: &str) -> Vec<Fault> {
    let source = ["src/", "tests/", "benches/", "fuzz/"].iter().any(|folder| file.starts_with(folder))
        && ends_in(file, &["rs", "sql", "sh", "py", "js", "mjs", "ts", "html", "css"]);
    let count = text.lines().count();
    let long = source && count > LONGEST;
    let mend = format!("{count} lines are too many for one idea: split it below {LONGEST}");
    iter::once(fault(file, LONGEST + 1, &mend)).filter(|_| long).collect()
}

fn opening(file: &str, text: &str) -> Vec<Fault> {
    let mark = if ends_in(file, &["rs"]) {
        "//! "
    } else if ends_in(file, &["js", "mjs", "ts"]) {
        "// "
    } else {
        return Vec::new();
    };
    iter::once(fault(file, 1, &format!("begin with `{mark}` and a sentence that says what the file is for")))
        .filter(|_| !text.starts_with(mark))
        .collect()
}

fn naming(file: &str, _: &str) -> Vec<Fault> {
    let stem = |part: &str| part.split('.').next().unwrap_or_default().to_lowercase();
    file.split('/')
        .filter(|part| EMPTY_NAMES.contains(&stem(part).as_str()))
        .map(|part| fault(file, 1, &format!("`{part}` says nothing: name it after the idea that it holds")))
        .collect()
}

fn strangers(file: &str, text: &str) -> Vec<Fault> {
    let rules: Vec<_> = STRANGERS.iter().filter(|(home, ..)| file.starts_with(home)).collect();
    if rules.is_empty() || !ends_in(file, &["rs"]) {
        return Vec::new();
    }
    let named = paths(file, &code(text, false));
    let mut faults = Vec::new();
    for (line, path) in named {
        for (_, words, mend) in &rules {
            faults.extend(
                words
                    .iter()
                    .filter(|word| names(&path, word))
                    .map(|word| fault(file, line, &format!("names {word}: {mend}"))),
            );
        }
    }
    faults.dedup();
    faults
}

fn names(path: &str, word: &str) -> bool {
    if word.contains("::") {
        return path == "crate::*" || path == word || path.starts_with(&format!("{word}::"));
    }
    path.split("::").any(|part| part == word || part.starts_with(&format!("{word}_")))
}

fn confined(file: &str, text: &str) -> Vec<Fault> {
    if !file.starts_with("src/") || !ends_in(file, &["rs"]) {
        return Vec::new();
    }
    let bare = code(text, false);
    let mut faults = Vec::new();
    for (words, homes, mend) in CONFINED {
        if homes.iter().any(|home| file.starts_with(home)) {
            continue;
        }
        for word in *words {
            faults.extend(
                places(&bare, word)
                    .into_iter()
                    .map(|place| fault(file, line_of(&bare, place), &format!("{word}: {mend}"))),
            );
        }
    }
    faults
}

/// The uses of `unscoped` in a file, as (line, what the snapshot says of it).
fn unscoped(file: &str, text: &str) -> Vec<(usize, String)> {
    if !file.starts_with("src/") || !ends_in(file, &["rs"]) {
        return Vec::new();
    }
    let bare = code(text, false);
    let kept = code(text, true);
    let calls = places(&bare, "unscoped(").into_iter().filter(|&place| !bare[..place].ends_with("fn "));
    calls
        .map(|place| {
            // Blanks are bytes where text may be longer: count lines and columns, not bytes.
            let nth = bare[..place].chars().count();
            let rest: String = kept.chars().skip(nth + "unscoped(".len()).collect();
            let reason = rest.trim_start().strip_prefix('"').and_then(|it| it.split('"').next());
            (line_of(&bare, place), format!("{file}: {}", reason.unwrap_or("(no reason in words)")))
        })
        .collect()
}

/// Both ways: a use that is not listed, a line that lists no use.
fn unlisted(uses: &[(String, usize, String)], snapshot: &str) -> Vec<Fault> {
    let mut listed: Vec<(usize, &str)> =
        snapshot.lines().enumerate().filter(|(_, it)| !it.is_empty() && !it.starts_with('#')).collect();
    let mut faults = Vec::new();
    for (file, line, said) in uses {
        match listed.iter().position(|(_, it)| it == said) {
            Some(place) => drop(listed.remove(place)),
            None => faults.push(fault(
                file,
                *line,
                &format!("take a connection for a Viewer, or add to {UNSCOPED}: {said}"),
            )),
        }
    }
    let gone = "nothing in src is unscoped for this reason: remove the line";
    faults.extend(listed.iter().map(|(line, said)| fault(UNSCOPED, line + 1, &format!("{gone}: {said}"))));
    faults
}

/// Whether the path stands in the line other than as the end of a longer one.
fn begins(line: &str, path: &str) -> bool {
    line.match_indices(path)
        .any(|(place, _)| !line[..place].ends_with(|it: char| it.is_alphanumeric() || "._-}".contains(it)))
}

fn workplace(file: &str, text: &str) -> Vec<Fault> {
    // In two parts, so that this file does not hold them.
    let words = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
    text.lines()
        .enumerate()
        .filter(|(_, line)| words.iter().any(|word| begins(line, word)))
        .map(|(number, _)| fault(file, number + 1, "a path of somebody's machine: use a relative one"))
        .collect()
}

fn pinning(file: &str, text: &str) -> Vec<Fault> {
    if file != "Cargo.toml" {
        return Vec::new();
    }
    let manifest: toml::Table = text.parse().unwrap();
    let exact = |name: &str| {
        let entry = manifest.get("dependencies").and_then(|it| it.get(name));
        let version = entry.and_then(|it| it.get("version").or(Some(it))).and_then(toml::Value::as_str);
        version.is_some_and(|it| it.starts_with('='))
    };
    ["async-graphql", "async-graphql-axum"]
        .iter()
        .filter(|name| !exact(name))
        .map(|name| {
            let line = text.lines().position(|it| it.split(' ').next() == Some(name)).map_or(1, |it| it + 1);
            fault(
                file,
                line,
                &format!("pin {name} exactly (\"=…\"): pruning hangs on a hook without a promise"),
            )
        })
        .collect()
}

fn aborting(file: &str, text: &str) -> Vec<Fault> {
    if !["Cargo.toml", ".cargo/config.toml"].contains(&file) {
        return Vec::new();
    }
    let lines = text.lines().enumerate().filter(|(_, line)| {
        let setting: String = line.split('#').next().unwrap_or_default().split_whitespace().collect();
        setting.contains("panic=\"abort\"")
            || setting.contains("panic='abort'")
            || setting.contains("panic=abort")
    });
    lines
        .map(|(number, _)| fault(file, number + 1, "remove it: a panic ends one request, not the server"))
        .collect()
}

#[test]
fn no_source_file_is_longer_than_a_reader_can_hold() {
    notices(length, "src/a.rs", &"\n".repeat(LONGEST + 1), LONGEST + 1, &"\n".repeat(LONGEST));
    hold(length);
}

#[test]
fn every_source_file_begins_by_saying_what_it_is_for() {
    notices(opening, "src/a.rs", "use b;\n", 1, "//! What is b.\nuse b;\n");
    notices(opening, "tests/a.mjs", "import b;\n", 1, "// What is b.\nimport b;\n");
    hold(opening);
}

#[test]
fn every_file_and_folder_is_named_after_an_idea() {
    assert_eq!(naming("src/cases/utils.rs", "").len(), 1);
    assert_eq!(naming("tests/common/mod.rs", "").len(), 1);
    assert_eq!(naming("src/commonality.rs", ""), [""; 0]);
    hold(naming);
}

#[test]
fn policy_store_and_http_know_only_whom_they_may() {
    let cases = "//! cases\nuse crate::{\n    cases::visible,\n};\n";
    notices(
        strangers,
        "src/policy/load.rs",
        cases,
        3,
        "// diesel\nlet it = \"crate::store\"; crate::role::x",
    );
    notices(strangers, "src/policy/load.rs", "super::super::store::x()", 1, "super::store::x()");
    notices(strangers, "src/policy/mod.rs", "use diesel_async::x;", 1, "use super::role;");
    assert_eq!(strangers("src/policy/mod.rs", "use crate::*;").len(), 11, "a glob names every part");
    notices(strangers, "src/store/mod.rs", "#[derive(async_graphql::Enum)]", 1, "use diesel::x;");
    notices(strangers, "src/http/mod.rs", "\nfn a() -> diesel::Result", 2, "use axum::x;");
    hold(strangers);
}

#[test]
fn what_has_a_home_is_not_done_elsewhere() {
    for (bad, home) in [
        ("\nenforcer.enforce((a, b))", "src/policy/compile.rs"),
        ("\nlet at = Utc::now();", "src/http/auth.rs"),
        ("\nstd::time::SystemTime::now()", "src/clock.rs"),
        ("\nstd::env::var(\"X\")", "src/config.rs"),
        ("\nstd::env::var_os(\"X\")", "src/main.rs"),
        ("\nstd::env::vars()", "src/cli/serve.rs"),
        ("\ndiesel::sql_query(a)", "src/store/sqlite.rs"),
        ("\nprintln!(\"a\")", "src/cli/demo.rs"),
        ("\neprintln!(\"a\")", "src/cli/demo.rs"),
    ] {
        notices(confined, "src/cases/case.rs", bad, 2, "// println!(Utc::now)\nlet a = \"sql_query\";");
        assert_eq!(confined(home, bad), [""; 0]);
    }
    hold(confined);
}

#[test]
fn every_connection_without_a_viewer_is_listed_with_its_reason() {
    let text = "//! é unscoped(\npub fn unscoped(why: &str) {}\nstore.unscoped(\n    \"import\",\n)";
    assert_eq!(unscoped("src/import/mod.rs", text), [(3, "src/import/mod.rs: import".to_owned())]);
    assert!(unscoped("src/a.rs", "unscoped(why)")[0].1.contains("no reason"));
    let uses = [("src/a.rs".to_owned(), 3, "src/a.rs: import".to_owned())];
    assert_eq!(unlisted(&uses, "# why\nsrc/a.rs: import\n"), [""; 0]);
    assert!(unlisted(&uses, "")[0].starts_with("src/a.rs:3: "));
    assert!(unlisted(&[], "# why\nsrc/a.rs: import\n")[0].starts_with("tests/unscoped.txt:2: "));

    let mut uses = Vec::new();
    for (file, text) in files() {
        uses.extend(unscoped(&file, &text).into_iter().map(|(line, said)| (file.clone(), line, said)));
    }
    let snapshot = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(UNSCOPED)).unwrap();
    let faults = unlisted(&uses, &snapshot);
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn nothing_in_the_repository_names_the_machine_it_was_written_on() {
    notices(workplace, "a.md", concat!("\ncd /wo", "rk/x"), 2, concat!("cd src/wo", "rk/x"));
    hold(workplace);
}

#[test]
fn the_graphql_library_is_pinned_exactly() {
    let manifest = |it: &str| {
        format!("[dependencies]\nasync-graphql = {{ version = \"{it}8\" }}\nasync-graphql-axum = \"=8\"\n")
    };
    notices(pinning, "Cargo.toml", &manifest("^"), 2, &manifest("="));
    hold(pinning);
}

#[test]
fn a_panic_never_ends_the_server() {
    notices(aborting, "Cargo.toml", "[profile.dist]\npanic = \"abort\"\n", 2, "# panic = \"abort\"\n");
    hold(aborting);
}
