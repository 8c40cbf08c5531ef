//! A private PostgreSQL cluster: started at first use, gone with the test process, however that ends.
//!
//! ```ignore
//! if let Some(cluster) = cluster() {
//!     let url = cluster.database("matters");              // host=/tmp/pg… user=portico dbname=matters
//!     let copy = cluster.copy_of("matters", "two"); // nobody may be connected to the template
//!     cluster.drop("two");
//! }
//! ```
//! Under `cargo test` the whole binary shares one cluster; nextest starts a process, hence a cluster, a test.
//! A shell makes the folder's contents, starts PostgreSQL and waits on a pipe that this process holds.
//! The pipe closes with the process, also after SIGKILL, and then the shell stops PostgreSQL and removes the folder.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// How long making and starting a cluster may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
/// The cluster's only user. It is not a user of the operating system.
const USER: &str = "portico";
const MISSING: &str = "PostgreSQL's programs are not installed: tests ran on SQLite only";
const MEND: &str = "REQUIRE_PG=1, but PostgreSQL's programs are not installed: apt-get install postgresql";

/// `$1` is the folder, `$2` where PostgreSQL's programs are, `$3` the user; settings follow. Its standard input is the
/// pipe; a signal and a number of seconds on it end the server in that way, wait so long and start it again.
const SUPERVISOR: &str = r#"
trap '' HUP INT TERM
cd "$1" || exit 1
folder=$1 programs=$2 user=$3
shift 3
if "$programs/initdb" --pgdata=data --username="$user" --auth=trust --encoding=UTF8 --locale=C --no-sync >>log 2>&1 </dev/null
then
    begin() {
        "$programs/postgres" -D data -k "$folder" -c listen_addresses= -c fsync=off -c synchronous_commit=off \
            -c full_page_writes=off -c max_connections=400 -c autovacuum=off "$@" >>log 2>&1 </dev/null &
    }
    begin "$@"
    while read -r how pause
    do
        kill "-$how" $! 2>/dev/null
        wait
        sleep "$pause"
        begin "$@"
    done
    kill -QUIT $! 2>/dev/null
    wait
else
    echo failed >failed
    read -r _
fi
cd / && rm -rf "$folder"
"#;

/// How a server is ended.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mode {
    /// As a crash.
    Immediate,
    /// Clients are thrown out first.
    Fast,
}

/// A running cluster that this process owns.
pub(crate) struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    /// Its standard input is the pipe that keeps the cluster alive.
    supervisor: Mutex<Child>,
}

/// This process's cluster, started by the first caller; `None` where PostgreSQL is not installed, or where `REQUIRE_PG=0`
/// says that it shall rest.
pub(crate) fn cluster() -> Option<&'static Cluster> {
    // A failure is kept as well, so that it is not waited for again by every test.
    static CLUSTER: OnceLock<Result<Option<Cluster>, String>> = OnceLock::new();
    CLUSTER
        .get_or_init(|| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let wish = std::env::var_os("REQUIRE_PG");
            if wish.as_ref().is_some_and(|value| value == "0") {
                return Ok(None);
            }
            let required = wish.is_some_and(|value| value == "1");
            let found = programs(std::env::split_paths(&path), Path::new("/usr/lib/postgresql"));
            if found.is_none() && !required {
                // Not `eprintln!`: the test runner would keep it to itself.
                writeln!(std::io::stderr(), "{MISSING}").map_err(|why| why.to_string())?;
            }
            permitted(found, required)?.map(|programs| Cluster::start(programs, &[])).transpose()
        })
        .as_ref()
        .unwrap_or_else(|why| panic!("{why}"))
        .as_ref()
}

impl Cluster {
    /// Creates an empty database and returns its address in the words of libpq.
    /// Its order of text is that of the bytes, as SQLite's is.
    pub(crate) fn database(&self, name: &str) -> String {
        self.copy_of("template0", name)
    }

    /// The same, for text in this encoding.
    pub(crate) fn database_in(&self, encoding: &str, name: &str) -> String {
        let locale = format!("ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'");
        self.run(&format!("CREATE DATABASE {} TEMPLATE template0 {locale}", quoted(name)));
        self.url(name)
    }

    /// Creates a database that is a copy of another one, which nobody may be connected to.
    pub(crate) fn copy_of(&self, template: &str, name: &str) -> String {
        self.run(&format!("CREATE DATABASE {} TEMPLATE {}", quoted(name), quoted(template)));
        self.url(name)
    }

    /// Removes a database and ends the connections to it.
    pub(crate) fn drop(&self, name: &str) {
        self.run(&format!("DROP DATABASE {} WITH (FORCE)", quoted(name)));
    }

    /// Ends the server as `pg_ctl stop --mode=immediate` or `--mode=fast` does, and starts it again after a while; returns
    /// at once.
    pub(crate) fn restart(&self, mode: Mode, seconds: f32) {
        let signal = match mode {
            Mode::Immediate => "QUIT",
            Mode::Fast => "INT",
        };
        let mut supervisor = self.supervisor.lock().unwrap();
        let pipe = supervisor.stdin.as_mut().expect("the pipe is open");
        writeln!(pipe, "{signal} {seconds}").and_then(|()| pipe.flush()).expect("the supervisor lives");
    }

    /// The process that all others of the cluster are children of.
    pub(crate) fn postmaster(&self) -> u32 {
        let told = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap_or_default();
        told.lines().next().and_then(|line| line.parse().ok()).expect("postmaster.pid begins with a number")
    }

    /// The folder with PostgreSQL's programs.
    pub(crate) fn programs(&self) -> &Path {
        &self.programs
    }

    fn url(&self, name: &str) -> String {
        format!("host={} user={USER} dbname={name}", self.folder.display())
    }

    /// Runs one statement outside any test's database; returns psql's plain output.
    fn run(&self, statement: &str) -> String {
        psql(&self.programs, &self.url("postgres"), statement)
            .unwrap_or_else(|why| panic!("{statement}: {why}"))
    }

    /// Starts one; the settings are arguments of `postgres`.
    pub(crate) fn start(programs: PathBuf, settings: &[&str]) -> Result<Self, String> {
        // Not in TMPDIR: a socket's path may have 107 bytes, and another user must be able to reach it.
        let folder =
            tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").map_err(|why| why.to_string())?;
        let mut supervisor = Command::new("/bin/sh");
        supervisor.args(["-c", SUPERVISOR, "sh"]).arg(folder.path()).arg(&programs).arg(USER).args(settings);
        // What ends the tests by their group must not end the one who cleans up after them.
        supervisor.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        supervisor.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C");
        // PostgreSQL refuses to run as root.
        if fs::metadata(folder.path()).map_err(|why| why.to_string())?.uid() == 0 {
            let (user, group) =
                unprivileged(&fs::read_to_string("/etc/passwd").map_err(|why| why.to_string())?)
                    .ok_or("as root, the tests need a user `postgres` or `nobody` to run PostgreSQL as")?;
            chown(folder.path(), Some(user), Some(group)).map_err(|why| why.to_string())?;
            supervisor.uid(user).gid(group);
        }
        let supervisor = supervisor.spawn().map_err(|why| format!("cannot start /bin/sh: {why}"))?;
        let cluster = Self { folder: folder.keep(), programs, supervisor: Mutex::new(supervisor) };
        cluster.wait()?;
        Ok(cluster)
    }

    fn wait(&self) -> Result<(), String> {
        let deadline = Instant::now() + PATIENCE;
        let mut last = String::new();
        while Instant::now() < deadline && !self.folder.join("failed").exists() {
            // The socket's file appears shortly before connections are taken.
            if self.folder.join(".s.PGSQL.5432").exists() {
                match psql(&self.programs, &self.url("postgres"), "SELECT 1") {
                    Ok(_) => return Ok(()),
                    Err(why) => last = why,
                }
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        Err(format!("PostgreSQL did not start. {last}\nThe end of its log:\n{}", tail(&log, 20)))
    }
}

/// Without PostgreSQL tests go on, unless it is required.
fn permitted(found: Option<PathBuf>, required: bool) -> Result<Option<PathBuf>, String> {
    if found.is_none() && required { Err(MEND.into()) } else { Ok(found) }
}

fn psql(programs: &Path, url: &str, statement: &str) -> Result<String, String> {
    let answer = Command::new(programs.join("psql"))
        .args([
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--dbname",
            url,
            "--command",
            statement,
        ])
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .map_err(|why| format!("cannot run psql: {why}"))?;
    if answer.status.success() {
        Ok(String::from_utf8_lossy(&answer.stdout).trim().into())
    } else {
        Err(String::from_utf8_lossy(&answer.stderr).trim().into())
    }
}

/// The folder with all of PostgreSQL's programs: PATH first, then Debian's folders, newest version first.
pub(crate) fn programs(path: impl Iterator<Item = PathBuf>, debian: &Path) -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(debian)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    versions.sort_by(|one, other| other.cmp(one));
    // PATH may hold links to a few of the programs; the others are where those lead to.
    let linked =
        path.filter_map(|folder| Some(folder.join("initdb").canonicalize().ok()?.parent()?.to_owned()));
    linked
        .chain(versions.into_iter().map(|(_, folder)| folder))
        .find(|folder| ["initdb", "postgres", "psql"].iter().all(|program| folder.join(program).is_file()))
}

/// The user and group, out of the text of /etc/passwd, that PostgreSQL runs as when the tests run as root.
fn unprivileged(passwd: &str) -> Option<(u32, u32)> {
    ["postgres", "nobody"].iter().find_map(|wanted| {
        let mut parts =
            passwd.lines().map(|line| line.split(':')).find(|parts| parts.clone().next() == Some(wanted))?;
        Some((parts.nth(2)?.parse().ok()?, parts.next()?.parse().ok()?))
    })
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn tail(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

mod tests {
    use std::io::{BufRead as _, BufReader};

    use super::*;

    /// Set for a copy of this program: hold a cluster until told what to do.
    const HOLD: &str = "TEST_HOLDS_A_CLUSTER";

    fn ask(url: &str, statement: &str) -> String {
        psql(cluster().unwrap().programs(), url, statement).unwrap()
    }

    #[test]
    fn a_cluster_starts_and_orders_text_by_its_bytes() {
        let Some(cluster) = cluster() else { return };
        let url = cluster.database("ordered");
        assert_eq!(
            ask(&url, "SELECT string_agg(v, ' ' ORDER BY v) FROM (VALUES ('a'), ('É'), ('B'), ('b')) t (v)"),
            "B a b É"
        );
        assert_eq!(ask(&url, "SHOW server_encoding"), "UTF8");
        assert_eq!(ask(&url, "SHOW listen_addresses"), "", "nobody else may reach it");
    }

    #[test]
    fn two_databases_know_nothing_of_each_other() {
        let Some(cluster) = cluster() else { return };
        let (one, other) = (cluster.database("one"), cluster.database("other"));
        ask(&one, "CREATE TABLE cases (title text)");
        assert_eq!(ask(&one, "SELECT count(*) FROM pg_tables WHERE tablename = 'cases'"), "1");
        assert_eq!(ask(&other, "SELECT count(*) FROM pg_tables WHERE tablename = 'cases'"), "0");
    }

    #[test]
    fn a_copy_holds_what_its_template_held_and_can_be_dropped() {
        let Some(cluster) = cluster() else { return };
        ask(
            &cluster.database("template"),
            "CREATE TABLE cases (title text); INSERT INTO cases VALUES ('Smith')",
        );
        let copy = cluster.copy_of("template", "copy");
        assert_eq!(ask(&copy, "SELECT title FROM cases"), "Smith");
        cluster.drop("copy");
        assert_eq!(cluster.run("SELECT count(*) FROM pg_database WHERE datname = 'copy'"), "0");
    }

    #[test]
    fn a_cluster_stops_when_its_process_ends() {
        ends("a_cluster_stops_when_its_process_ends", |child| drop(child.stdin.take()));
    }

    #[test]
    fn a_cluster_stops_when_its_process_is_killed() {
        ends("a_cluster_stops_when_its_process_is_killed", |child| child.kill().unwrap());
    }

    /// Runs the named test in a copy of this program, where it only holds a cluster; ends the copy; looks what is left.
    fn ends(test: &str, end: fn(&mut Child)) {
        let Some(cluster) = cluster() else { return };
        if std::env::var_os(HOLD).is_some() {
            let postmaster = cluster.postmaster();
            // On a line of its own: the test runner has begun one.
            println!("\nholding {postmaster} {}", cluster.folder.display());
            let _ = std::io::stdin().read_line(&mut String::new());
            return;
        }
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &format!("cluster::tests::{test}"), "--nocapture"])
            .env(HOLD, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // Kept open until the copy has ended: it writes to it when it does.
        let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
        let held = told
            .find_map(|line| line.unwrap().strip_prefix("holding ").map(str::to_owned))
            .expect("the copy holds a cluster");
        let (postmaster, folder) = held.split_once(' ').unwrap();
        assert!(runs(postmaster) && Path::new(folder).exists());
        end(&mut child);
        child.wait().unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        while (runs(postmaster) || Path::new(folder).exists()) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(!runs(postmaster), "PostgreSQL (process {postmaster}) outlived the test's process");
        assert!(!Path::new(folder).exists(), "{folder} was left behind");
    }

    fn runs(process: &str) -> bool {
        Command::new("/bin/sh")
            .args(["-c", "kill -0 \"$1\" 2>/dev/null", "sh", process])
            .status()
            .unwrap()
            .success()
    }

    #[test]
    fn the_newest_complete_version_is_found_where_path_has_none() {
        let debian = tempfile::tempdir().unwrap();
        for (version, names) in [
            ("9", &["initdb", "postgres", "psql"][..]),
            ("15", &["initdb", "postgres", "psql"]),
            ("17", &["psql"]),
        ] {
            let folder = debian.path().join(version).join("bin");
            fs::create_dir_all(&folder).unwrap();
            for name in names {
                fs::write(folder.join(name), "").unwrap();
            }
        }
        let found = programs(std::iter::once(PathBuf::from("/nowhere")), debian.path());
        assert_eq!(found, Some(debian.path().join("15/bin")));
        assert_eq!(programs(std::iter::empty(), Path::new("/nowhere")), None);
    }

    #[test]
    fn a_missing_postgresql_stops_only_those_who_require_it() {
        assert_eq!(permitted(None, false), Ok(None));
        assert!(permitted(None, true).unwrap_err().contains("apt-get install postgresql"));
        assert_eq!(permitted(Some("/bin".into()), true), Ok(Some("/bin".into())));
    }

    #[test]
    fn root_hands_postgresql_to_postgres_before_nobody() {
        let nobody = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n";
        assert_eq!(unprivileged(nobody), Some((65534, 65534)));
        assert_eq!(unprivileged(&format!("{nobody}postgres:x:101:104::/:/bin/sh\n")), Some((101, 104)));
        assert_eq!(unprivileged("root:x:0:0:::\n"), None);
    }

    #[test]
    fn a_start_that_fails_shows_the_log() {
        let Some(cluster) = cluster() else { return };
        let broken = tempfile::tempdir_in("/tmp").unwrap();
        let script = "#!/bin/sh\necho no room for a cluster; exit 1\n";
        fs::write(broken.path().join("initdb"), script).unwrap();
        for (path, mode) in [(broken.path().join("initdb"), 0o755), (broken.path().to_owned(), 0o755)] {
            fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        }
        let why = Cluster::start(broken.path().to_owned(), &[]).err().unwrap();
        assert!(why.ends_with("no room for a cluster"), "{why}");
        assert!(cluster.folder.exists());
    }
}
