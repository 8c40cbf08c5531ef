//! What hostile requests cost the server: each kind refused in less than 10 ms, and what is answered no dearer than limits let.
use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use super::{
    CONNECTIONS, Plan, cpu,
    firm::{ATTORNEY, CLIENT},
    server::Server,
    sqlite::Sqlite,
};

/// What a refusal may cost, in milliseconds.
const GOAL: f64 = 10.0;
/// How often each is sent: a tick of the processor's clock is 10 ms.
const TIMES: usize = 200;
/// And at most for so long.
const TIME: Duration = Duration::from_secs(4);

/// A request as bytes, and what it tries.
struct Attack {
    class: &'static str,
    name: String,
    bytes: Vec<u8>,
}

/// What sending it again and again showed.
struct Seen {
    statuses: Vec<u16>,
    /// Milliseconds of the server's processors a request.
    cpu: f64,
    /// The longest wait, in milliseconds.
    longest: f64,
}

pub(crate) fn measure(plan: &Plan, rows: &str) {
    let sqlite = Sqlite::new();
    let url = sqlite.url();
    plan.program.migrate(&url);
    sqlite.load(rows);
    let server = plan.program.serve(&url, CONNECTIONS, true);
    let token = |who, role| plan.program.token(&url, who, role);
    let (client, attorney) = (token(CLIENT, "client"), token(ATTORNEY, "attorney"));
    println!("\nHostile requests, SQLite: {TIMES} of each, one after the other, a connection each");
    println!(
        "{:<12} {:<44} {:>10} {:>9} {:>11}  answered with",
        "class", "request", "CPU ms", "", "longest ms"
    );
    let (mut count, mut worst) = (0, (0.0, 0.0));
    for attack in attacks(&client, &attorney) {
        let seen = sent(&server, &attack);
        count += seen.statuses.len();
        let is_answered = seen.statuses.contains(&200);
        if !is_answered {
            worst = (f64::max(worst.0, seen.cpu), f64::max(worst.1, seen.longest));
        }
        let verdict = if is_answered { "answered" } else { "refused" };
        let mut statuses = seen.statuses;
        statuses.sort_unstable();
        statuses.dedup();
        println!(
            "{:<12} {:<44} {:>10.2} {verdict:>9} {:>11.2}  {statuses:?}",
            attack.class, attack.name, seen.cpu, seen.longest
        );
    }
    let met = if worst.0 < GOAL { "met" } else { "MISSED" };
    println!(
        "{count} requests; a refusal costs {:.2} ms at most (goal: under {GOAL} ms: {met}), the longest wait for one was \
         {:.2} ms; memory {:.1} MiB at most",
        worst.0,
        worst.1,
        cpu::memory(server.process(), "VmHWM")
    );
}

fn sent(server: &Server, attack: &Attack) -> Seen {
    let (began, before) = (Instant::now(), cpu::own(server.process()));
    let (mut statuses, mut longest) = (Vec::new(), 0.0);
    while statuses.len() < TIMES && began.elapsed() < TIME {
        let asked = Instant::now();
        statuses.push(status(server.address, &attack.bytes));
        longest = f64::max(longest, asked.elapsed().as_secs_f64() * 1e3);
    }
    let used = (cpu::own(server.process()) - before) * 1e3;
    Seen { cpu: used / statuses.len() as f64, statuses, longest }
}

/// The status, over a connection of its own: a server that refuses a body unread closes the connection.
fn status(address: SocketAddr, bytes: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(address).expect("the server lives");
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    // What is refused early is not read to its end.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let mut part = [0; 16_384];
    loop {
        match stream.read(&mut part) {
            Ok(0) | Err(_) => break,
            Ok(read) => answer.extend_from_slice(&part[..read]),
        }
    }
    let text = String::from_utf8_lossy(&answer);
    text.split_whitespace().nth(1).and_then(|it| it.parse().ok()).expect("an answer with a status")
}

/// A request, closed after its answer.
fn post(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\naccept: application/graphql-response+json\r\n\
         {headers}content-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn get(token: &str, query: &str) -> Vec<u8> {
    format!(
        "GET /graphql?{query} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ngraphql-require-preflight: 1\r\n\
         authorization: Bearer {token}\r\n\r\n"
    )
    .into_bytes()
}

fn asked(token: &str, body: &Value) -> Vec<u8> {
    let headers = format!("content-type: application/json\r\nauthorization: Bearer {token}\r\n");
    post(&headers, body.to_string().as_bytes())
}

fn many(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect()
}

fn attacks(client: &str, attorney: &str) -> Vec<Attack> {
    let mut all = Vec::new();
    let mut add = |class, name: &str, bytes| all.push(Attack { class, name: name.to_owned(), bytes });
    for (class, name, text) in documents() {
        add(class, name, asked(client, &json!({ "query": text })));
    }
    for (class, name, body) in bodies() {
        let headers = format!("content-type: application/json\r\nauthorization: Bearer {client}\r\n");
        add(class, name, post(&headers, body.as_bytes()));
    }
    let zipped = format!(
        "content-type: application/json\r\ncontent-encoding: gzip\r\nauthorization: Bearer {client}\r\n"
    );
    add("body", "1 GiB of spaces, gzip", post(&zipped, &bomb()));
    for (name, token) in tokens() {
        add("token", name, asked(&token, &json!({ "query": "{ viewer { id } }" })));
    }
    let form = format!("content-type: text/plain\r\nauthorization: Bearer {client}\r\n");
    add("transport", "a plain-text body of 1 MiB", post(&form, &vec![b'{'; 1 << 20]));
    add(
        "transport",
        "GET with a document of 7,000 brackets",
        get(client, &format!("query={}", "%7Ba".repeat(1_750))),
    );
    add("transport", "GET with 2,000 members", get(client, &many(2_000, |at| format!("a{at}=1&"))));
    let deep = "{ cases(first: 100) { nodes { documents(first: 100) { nodes { id explanation } } } } }";
    add("most", "a client: 100 cases with 100 papers each", asked(client, &json!({ "query": deep })));
    add("most", "an attorney: 100 cases with 100 papers each", asked(attorney, &json!({ "query": deep })));
    let wide =
        format!("{{ {} }}", many(50, |at| format!("a{at}: cases(first: 20) {{ nodes {{ id title }} }} ")));
    add("most", "an attorney: 50 roots of 20 cases", asked(attorney, &json!({ "query": wide })));
    all
}

fn documents() -> Vec<(&'static str, &'static str, String)> {
    let lists = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let doubling = |levels: usize| {
        let steps = many(levels, |at| {
            format!(" fragment F{at} on Query {{ ...F{0} a: viewer {{ id }} ...F{0} }}", at + 1)
        });
        format!("{{ ...F0 }}{steps} fragment F{levels} on Query {{ viewer {{ id }} }}")
    };
    let chain = many(90, |at| format!(" fragment f{at} on Query {{ ...f{} }}", at + 1));
    vec![
        ("nesting", "lists, 65 deep", format!("{{ case(id: {}) {{ id }} }}", lists(65))),
        ("nesting", "lists, 40,000 deep", format!("{{ case(id: {}) {{ id }} }}", lists(40_000))),
        ("nesting", "objects, 2,000 deep", format!("{{ cases(filter: {}", "{and: ".repeat(2_000))),
        (
            "nesting",
            "selections, 60 deep",
            format!("{{ {} id {} }}", "cases { nodes {".repeat(30), "} }".repeat(30)),
        ),
        ("fragments", "each spreads the next twice, 60 levels", doubling(60)),
        ("fragments", "a chain of 90", format!("{{ ...f0 }}{chain}")),
        (
            "fragments",
            "a circle",
            "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }".into(),
        ),
        ("size", "100 KB of one name", format!("{{ {} }}", "x".repeat(100_000))),
        ("size", "100 KB of one string", format!("{{ case(id: \"{}\") {{ id }} }}", "x".repeat(100_000))),
        ("size", "50,000 tokens", format!("{{ {} }}", "a ".repeat(50_000))),
        ("size", "100 KB of commas", ",".repeat(102_000)),
        ("size", "100 KB of comments", format!("{}{{ viewer {{ id }} }}", "#\n".repeat(51_000))),
        ("number", "2,000 operations", many(2_000, |at| format!("query q{at} {{ viewer {{ id }} }} "))),
        (
            "number",
            "2,000 variables",
            format!("query({}) {{ viewer {{ id }} }}", many(2_000, |at| format!("$v{at}: Int "))),
        ),
        (
            "number",
            "5,000 directives",
            format!("{{ viewer {} {{ id }} }}", "@skip(if: false) ".repeat(1_200)),
        ),
        (
            "number",
            "3,000 aliases",
            format!("{{ viewer {{ {} }} }}", many(3_000, |at| format!("a{at}: id "))),
        ),
        ("number", "51 roots", format!("{{ {} }}", many(51, |at| format!("a{at}: viewer {{ id }} ")))),
        ("number", "arguments given twice", "{ case(id: \"a\" id: \"b\") { id } }".into()),
        ("cost", "lists in lists in lists", {
            let text = "{ cases(first: 100) { nodes { documents(first: 100) { nodes { case { documents(first: 100) { nodes { id } } } } } } } }";
            text.into()
        }),
        ("cost", "a page of 2,000,000,000", "{ cases(first: 2000000000) { nodes { id } } }".into()),
        (
            "cost",
            "introspection in introspection",
            "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }".into(),
        ),
        (
            "names",
            "500 nonsense fields",
            format!("{{ viewer {{ {} }} }}", many(500, |at| format!("nonsense{at} "))),
        ),
        (
            "names",
            "500 hidden fields",
            format!("{{ cases {{ nodes {{ {} }} }} }}", "strategyNotes { nodes { id } } ".repeat(250)),
        ),
        (
            "names",
            "200 fields that conflict",
            format!("{{ {} }}", many(40, |at| format!("a: case(id: \"{at}\") {{ id }} "))),
        ),
        (
            "panic",
            "a default for a list of an unknown type",
            "query($a: [Nothing!]! = [1, 2]) { viewer { id } }".into(),
        ),
        ("syntax", "an open string", "{ case(id: \"".into()),
        ("syntax", "20,000 quotes", "\"".repeat(20_000)),
    ]
}

fn bodies() -> Vec<(&'static str, &'static str, String)> {
    let filter = "query($f: CaseFilter) { cases(filter: $f) { nodes { id } } }";
    let branches = vec![json!({ "and": [] }); 9_000];
    let ids = vec!["Q2FzZQ"; 9_000];
    let deep = format!(
        "{{\"query\":\"query($f: CaseFilter) {{ cases(filter: $f) {{ nodes {{ id }} }} }}\",\"variables\":{{\"f\":{}}}}}",
        "[".repeat(100_000)
    );
    vec![
        ("body", "2 MiB", format!("{{\"query\":\"{}\"}}", " ".repeat(2 << 20))),
        ("body", "1 MB of open brackets", "[".repeat(1_000_000)),
        ("body", "1 MB of one member, 60,000 times", format!("{{{}\"a\":1}}", "\"query\":\"{a}\",".repeat(60_000))),
        ("body", "no UTF-16 half", "{\"query\":\"\\ud800\"}".into()),
        ("body", "a batch of 1,000", format!("[{}]", vec!["{\"query\":\"{a}\"}"; 1_000].join(","))),
        ("variables", "100,000 levels", deep),
        ("variables", "a filter of 9,000 branches", json!({ "query": filter, "variables": { "f": { "and": branches } } }).to_string()),
        ("variables", "9,000 ids", json!({ "query": "query($i: [ID!]!) { nodes(ids: $i) { id } }", "variables": { "i": ids } }).to_string()),
        ("variables", "900 KB for an id", json!({ "query": "query($i: ID!) { case(id: $i) { id } }", "variables": { "i": "x".repeat(900_000) } }).to_string()),
        ("variables", "900 KB for a cursor", json!({ "query": "query($c: String) { cases(after: $c) { nodes { id } } }", "variables": { "c": "x".repeat(900_000) } }).to_string()),
        ("variables", "a number of 900,000 digits", format!("{{\"query\":\"query($n: Int) {{ cases(first: $n) {{ nodes {{ id }} }} }}\",\"variables\":{{\"n\":{}}}}}", "9".repeat(900_000))),
    ]
}

/// 1 GiB of spaces behind an open brace.
fn bomb() -> Vec<u8> {
    let mut zip = GzEncoder::new(Vec::new(), Compression::best());
    zip.write_all(b"{").unwrap();
    let spaces = vec![b' '; 1 << 20];
    for _ in 0..1_024 {
        zip.write_all(&spaces).unwrap();
    }
    zip.finish().unwrap()
}

fn tokens() -> Vec<(&'static str, String)> {
    vec![
        ("nonsense", "x".repeat(43)),
        ("8 KB", "x".repeat(8_000)),
        ("a JWT of algorithm none", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIiwiaXNzIjoiYiJ9.".into()),
        ("a JWT of 12 KB", format!("{0}.{0}.{0}", "eyJhIjoi".repeat(500))),
        ("a service key that nobody has", format!("ptk_{}", "A".repeat(43))),
    ]
}
