//! The program itself: what its commands print, and how it ends.
use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    cluster::cluster,
    harness::{Content, loaded, url},
};
use portico::store::Engine;

/// How a command ended.
pub struct Ended {
    pub is_success: bool,
    pub out: String,
    pub err: String,
}

impl Ended {
    #[track_caller]
    pub fn success(self) -> String {
        assert!(self.is_success, "{}{}", self.out, self.err);
        self.out
    }

    #[track_caller]
    pub fn failure(self) -> String {
        assert!(!self.is_success && self.out.is_empty(), "{}{}", self.out, self.err);
        assert!(self.err.starts_with("portico: ") || self.err.starts_with("error: "), "{}", self.err);
        self.err
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portico"));
    command
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("PORTICO_DATABASE")
        .env("PORTICO_NOTICE", "0")
        .env("RUST_LOG", "info");
    command
}

/// Runs a command to its end.
pub fn portico(arguments: &[&str]) -> Ended {
    portico_given(arguments, "")
}

/// Runs a command that reads this to its end.
pub fn portico_given(arguments: &[&str], input: &str) -> Ended {
    let mut child = command(arguments);
    child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = child.spawn().unwrap();
    // One that reads nothing may have ended.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let ended = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if arguments[0] == "token" && arguments.get(1) != Some(&"revoke") && ended.status.success() {
        crate::logs::given(text(ended.stdout.clone()).trim());
    }
    Ended { is_success: ended.status.success(), out: text(ended.stdout), err: text(ended.stderr) }
}

/// A command that serves until it is told to stop.
pub struct Served {
    child: Mutex<Child>,
    printed: Arc<Mutex<String>>,
    pub url: String,
    client: reqwest::Client,
}

impl Served {
    /// Starts it on a free port and waits until it serves.
    pub async fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[], crate::logs::of_programs()).await
    }

    /// The same, with variables of its own, and its log in a file.
    pub async fn start_with(
        arguments: &[&str],
        variables: &[(&str, &str)],
        log: Option<std::fs::File>,
    ) -> Self {
        let (level, log) = match log {
            Some(file) => ("trace", Stdio::from(file)),
            None => ("info", Stdio::null()),
        };
        let port =
            std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let address = format!("127.0.0.1:{port}");
        let place = if arguments[0] == "demo" { ["--port", &port] } else { ["--listen", &address] };
        let mut child = command(arguments)
            .args(place)
            .env("RUST_LOG", level)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let printed = Arc::new(Mutex::new(String::new()));
        let (lines, told) = (BufReader::new(child.stdout.take().unwrap()).lines(), Arc::clone(&printed));
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mut told = told.lock().unwrap();
                told.push_str(&line);
                told.push('\n');
            }
        });
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
        let served = Served { child: Mutex::new(child), printed, url: format!("http://{address}"), client };
        served.wait().await;
        served
    }

    async fn wait(&self) {
        for _ in 0..300 {
            if let Ok(ready) = self.client.get(format!("{}/health/ready", self.url)).send().await
                && ready.status().is_success()
            {
                return;
            }
            let ended = self.child.lock().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "it ended: {ended:?}\n{}", self.printed.lock().unwrap());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("it never served: {}", self.printed.lock().unwrap());
    }

    /// All that it has printed, once these words are there.
    async fn printed(&self, last: &str) -> String {
        for _ in 0..100 {
            let printed = self.printed.lock().unwrap().clone();
            if printed.contains(last) {
                return printed;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{last} is not in {}", self.printed.lock().unwrap());
    }

    pub async fn ask(&self, token: &str, body: &Value) -> (u16, Value) {
        let request = self.client.post(format!("{}/graphql", self.url)).bearer_auth(token);
        let request = request.header("accept", "application/graphql-response+json").json(body);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Sends it a signal, by its id.
    pub fn signal(&self, name: &str) {
        let id = self.child.lock().unwrap().id().to_string();
        let sent = Command::new("/bin/sh").args(["-c", "kill \"-$1\" \"$2\"", "sh", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Ends it as a crash would.
    pub fn kill(&self) {
        self.child.lock().unwrap().kill().unwrap();
    }

    /// How it ended, if it has.
    pub fn ended(&self) -> Option<std::process::ExitStatus> {
        self.child.lock().unwrap().try_wait().unwrap()
    }

    /// Tells it to stop and waits until it has; answers whether it ended well.
    pub async fn stop(&self) -> bool {
        self.signal("TERM");
        for _ in 0..100 {
            if let Some(status) = self.ended() {
                return status.success();
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("it did not stop");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // A test that failed leaves nothing running.
        if let Ok(child) = self.child.get_mut() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[test]
fn the_committed_copies_are_what_the_code_says() {
    portico(&["schema", "--check"]).success();
    portico(&["policy", "check"]).success();
    portico(&["policy", "matrix", "--check"]).success();
    let printed = portico(&["schema"]).success();
    assert_eq!(printed.trim_end(), portico::house::sdl().trim_end());
    assert!(!portico(&["schema", "--role", "client"]).success().contains("type Task"));
}

#[test]
fn a_right_is_explained_by_the_lines_that_decide_it() {
    let granted = portico(&["policy", "explain", "client", "Case.title"]).success();
    assert!(granted.contains("cases.csv"), "{granted}");
    let walled = portico(&["policy", "explain", "client", "Task.title"]).success();
    assert!(walled.contains("roles.csv") && walled.contains("deny"), "{walled}");
    assert!(portico(&["policy", "explain", "client", "title"]).failure().contains("Case.title"));
    assert!(portico(&["policy", "explain", "judge", "Case.title"]).failure().contains("judge"));
    for (said, meant) in [
        ("Case.titel", "Case.title"),
        ("Cas.title", "Case.title"),
        ("Case.documents(frist)", "Case.documents(first)"),
    ] {
        let told = portico(&["policy", "explain", "client", said]).failure();
        assert!(told.contains(&format!("there is no such member. Did you mean `{meant}`?")), "{told}");
    }
    let told = portico(&["policy", "explain", "client", "Xyzzy.plugh"]).failure();
    assert!(told.contains("no such member") && !told.contains("mean"), "{told}");
}

#[test]
fn a_policy_with_faults_is_told_with_its_lines() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("cases.csv"), "p, role:client, Case, titel, resolve, allow\n").unwrap();
    let told = portico(&["policy", "check", "--policies", folder.path().to_str().unwrap()]).failure();
    assert!(told.contains("cases.csv:1") && told.contains("title"), "{told}");
    assert!(portico(&["policy", "check", "--policies", "/nowhere"]).failure().contains("/nowhere"));
    let circle = "g, role:client, role:auditor\ng, role:auditor, role:client\n";
    std::fs::write(folder.path().join("roles.csv"), circle).unwrap();
    let told = portico(&["policy", "check", "--policies", folder.path().to_str().unwrap()]).failure();
    assert!(
        told.lines().count() > 2 && told.lines().next().unwrap().contains("inherits from itself"),
        "{told}"
    );
}

#[test]
fn tables_are_made_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("m.sqlite").display());
    let refused = portico(&["serve", "--database", &database, "--listen", "127.0.0.1:0"]);
    assert!(!refused.is_success && refused.err.contains("portico migrate"), "{}", refused.err);
    let took = portico(&["migrate", "--database", &database]).success();
    assert!(took.lines().count() >= 5 && took.lines().all(|line| line.starts_with("took ")), "{took}");
    assert!(portico(&["migrate", "--database", &database]).success().contains("nothing to do"));
    let revert = |options: &[&str]| portico(&[&["migrate", "--database", &database], options].concat());
    let count = took.lines().count();
    for too_many in ["99", &(count + 1).to_string()] {
        let told = revert(&["--revert", too_many, "--yes"]).failure();
        assert!(
            told.contains(&format!("the database has taken {count}")) && !told.contains("diesel"),
            "{told}"
        );
    }
    revert(&["--revert", "0", "--yes"]).failure();
    let told = revert(&["--revert", "2"]).failure();
    assert!(told.contains("--yes") && told.contains("loses"), "{told}");
    assert!(
        portico(&["migrate", "--database", &database]).success().contains("nothing to do"),
        "nothing is lost yet"
    );
    assert_eq!(revert(&["--revert", "2", "--yes"]).success().matches("took back ").count(), 2);
    assert_eq!(revert(&[]).success().matches("took ").count(), 2);
    assert_eq!(revert(&["--revert", &count.to_string(), "--yes"]).success().lines().count(), count);
    assert!(revert(&["--revert", "1", "--yes"]).failure().contains("has taken 0"));
    assert!(portico(&["migrate", "--database", "mysql://x"]).failure().contains("sqlite:"));
    let nowhere = "sqlite:/nowhere/at/all.sqlite";
    assert!(portico(&["migrate", "--database", nowhere]).failure().contains("does not exist"));
}

#[test]
fn a_token_that_cannot_be_made_says_why() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (database, _folder) = runtime.block_on(loaded(Engine::Sqlite, Content::Demo));
    let token = |arguments: &[&str]| portico(&[&["token", "--database", &database], arguments].concat());
    assert!(token(&["--as", "mia@okafor.example"]).success().trim().len() > 20);
    let told = token(&["--as", "nobody@okafor.example"]).failure();
    assert!(told.lines().count() == 1, "{told}");
    token(&["--as", "mia@okafor.example", "--role", "attorney"]).failure();
    token(&["--as", "mia@okafor.example", "--firm", "nowhere"]).failure();
    assert!(token(&["--as", "mia@okafor.example", "--role", "judge"]).failure().contains("judge"));
    token(&["--as", "mia@okafor.example", "--days", "0"]).failure();
    assert!(token(&[]).failure().contains("--as"));
}

#[test]
fn help_names_every_command_and_every_argument_has_words() {
    let help = portico(&["--help"]).success();
    for name in ["demo", "serve", "token", "schema", "policy", "migrate"] {
        let line = help.lines().find(|line| line.trim_start().starts_with(&format!("{name} ")));
        assert!(line.is_some_and(|line| line.trim().len() > name.len() + 10), "{name} in {help}");
        let own = portico(&[name, "--help"]).success();
        for option in own.lines().filter(|line| line.trim_start().starts_with("--")) {
            let is_alone = option.trim().split("  ").count() == 1;
            let at = own.find(option).unwrap() + option.len();
            let below = own[at..].lines().nth(1).unwrap_or_default();
            assert!(!is_alone || !below.trim().is_empty(), "{name}: {option} has no words");
        }
    }
    portico(&["frobnicate"]).failure();
}

#[test]
fn the_demo_answers_one_question_in_two_ways_and_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("demo");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let served = Served::start(&["demo", "--dir", folder.to_str().unwrap()]).await;
        let printed = served.printed("GraphiQL: ").await;
        for fresh in [&[][..], &["--fresh"]] {
            let beside = ["demo", "--port", "0", "--dir", folder.to_str().unwrap()];
            let refused = portico(&[&beside[..], fresh].concat()).failure();
            assert!(refused.contains("a demo that still runs uses"), "{refused}");
        }
        for member in portico::demo::cast() {
            let line =
                printed.lines().find(|line| line.contains(member.name) && line.contains(member.role.name()));
            assert!(line.is_some(), "{} as {} in {printed}", member.name, member.role);
        }
        assert!(printed.contains(&served.url), "{printed}");
        let mut answers = Vec::new();
        for line in printed.split("curl ").skip(1) {
            let token = line.split("Bearer ").nth(1).unwrap().split('\'').next().unwrap();
            let body = line.split("-d '").nth(1).unwrap().split('\'').next().unwrap();
            answers.push(served.ask(token, &serde_json::from_str(body).unwrap()).await);
        }
        let [(refused, nothing), (answered, tasks)] = answers.as_slice() else {
            panic!("two lines in {printed}")
        };
        assert_eq!((*refused, *answered), (400, 200));
        assert!(
            nothing.get("data").is_none()
                && nothing["errors"][0]["message"].as_str().unwrap().contains("tasks")
        );
        assert!(tasks["data"]["cases"]["nodes"][0]["tasks"]["nodes"][0]["title"].is_string(), "{tasks}");
        assert!(served.stop().await, "it ended badly");
        let again = Served::start(&["demo", "--dir", folder.to_str().unwrap()]).await;
        assert!(again.stop().await);
    });
}

#[test]
fn the_demo_runs_on_postgresql_and_uses_again_what_is_there() {
    let Some(cluster) = cluster() else { return };
    let database = url(&cluster.database("demo_on_postgres"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut cases = Vec::new();
        for _ in 0..2 {
            let served = Served::start(&["demo", "--database", &database]).await;
            let printed = served.printed("GraphiQL: ").await;
            let attorney = printed.split("curl ").last().unwrap();
            let token = attorney.split("Bearer ").nth(1).unwrap().split('\'').next().unwrap();
            let query = json!({ "query": "{ cases(first: 100) { nodes { id reference tasks { nodes { title } } } } }" });
            let (status, answer) = served.ask(token, &query).await;
            assert_eq!(status, 200, "{answer}");
            cases.push(answer["data"]["cases"]["nodes"].clone());
            assert!(served.stop().await, "it ended badly");
        }
        assert!(cases[0].as_array().unwrap().len() > 2, "{cases:?}");
        assert_eq!(cases[0], cases[1], "the second start finds the first one's cases");
    });
}
