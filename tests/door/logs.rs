//! What the log holds: faults once, with the id of their request; tokens and the texts of panics never.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Subscriber};
use tracing_subscriber::fmt::MakeWriter;

use crate::toy::{FAULT, SECRET, send, serve};

/// A log that can be read again.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Hears nothing, and lives as long as the tests. While a process has one subscriber, tracing asks the
/// thread that first comes to a span or an event whether anybody wants it, and keeps the answer for all:
/// another test's thread, which nobody hears, would silence it for the test that has the one. With a second
/// subscriber all of them are asked.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(tracing_subscriber::registry()));

/// Lets a subscriber hear this thread.
pub(crate) fn heard(by: impl Subscriber + Send + Sync + 'static) -> DefaultGuard {
    LazyLock::force(&SECOND);
    tracing::subscriber::set_default(by)
}

/// One thread runs the test and the server, so the log of this thread is the log of both.
#[tokio::test(flavor = "current_thread")]
async fn faults_are_logged_once_with_their_request_and_secrets_never() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone()).finish();
    let _guard = heard(subscriber);
    let served = serve().await;
    let ask = async |id: &'static str, token: &'static str, query: &str| {
        let body = serde_json::json!({ "query": query }).to_string();
        send(served.post().header("x-request-id", id).bearer_auth(token).body(body)).await
    };

    ask("fault-1", "client", "{ faulty }").await;
    ask("fault-2", "client", "{ leaks }").await;
    let lines = log.lines();
    for id in ["fault-1", "fault-2"] {
        let faults = lines.iter().filter(|line| line.contains("ERROR") && line.contains(id));
        assert_eq!(faults.filter(|line| line.contains(FAULT)).count(), 1, "{lines:#?}");
    }

    let before = log.lines().len();
    ask("panic-1", "client", "{ boom }").await;
    ask("token-1", "attorney-canary", "{ hello(name: \"words\") }").await;
    send(served.client.get(format!("{}/a%0Aforged", served.base))).await;
    let lines = &log.lines()[before..];
    assert!(lines.iter().any(|line| line.contains("ERROR") && line.contains("panic-1")), "{lines:#?}");
    for secret in [SECRET, "attorney-canary", "words"] {
        assert!(!lines.iter().any(|line| line.contains(secret)), "{secret} {lines:#?}");
    }
    assert!(!lines.iter().any(|line| line.starts_with("forged")), "{lines:#?}");
}

#[tokio::test(flavor = "current_thread")]
async fn an_answer_with_what_the_role_lacks_is_withheld_and_logged_without_the_value() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone()).finish();
    let _guard = heard(subscriber);
    let served = serve().await;
    for query in
        ["{ hello stray }", "{ query { query { a: stray } } }", "{ ...F } fragment F on Query { stray }"]
    {
        let answer = served.ask(query).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (500, "INTERNAL"), "{query}");
        assert!(answer.json().get("data").is_none(), "nothing of it leaves: {}", answer.text);
    }
    let lines = log.lines();
    let told = lines.iter().filter(|line| line.contains("ERROR") && line.contains("the answer was withheld"));
    assert_eq!(told.count(), 3, "{lines:#?}");
    assert!(
        lines.iter().any(|line| line.contains("/query/query/a")) && !lines.concat().contains(SECRET),
        "{lines:#?}"
    );
}
