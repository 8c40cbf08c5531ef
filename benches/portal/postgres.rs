//! PostgreSQL's side: a private cluster with the firm in it, and the hand-written statement run by pgbench.
use std::{
    fs,
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use super::{
    cluster::{Cluster, programs},
    cpu,
    measure::Sample,
};

/// Memory like that of a small database server; nothing else differs from the defaults but what tests set, too.
const SETTINGS: &[&str] =
    &["-c", "shared_buffers=512MB", "-c", "effective_cache_size=4GB", "-c", "random_page_cost=1.1"];
/// Runs a client makes before it is measured: PostgreSQL decides on a lasting plan after five.
const WARM: usize = 8;

/// The cluster and its one database.
pub(crate) struct Postgres {
    cluster: Cluster,
    parameters: String,
    folder: tempfile::TempDir,
}

impl Postgres {
    /// Starts one; none where PostgreSQL is not installed.
    pub(crate) fn start() -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let found = programs(std::env::split_paths(&path), std::path::Path::new("/usr/lib/postgresql"))?;
        let cluster = Cluster::start(found, SETTINGS).unwrap_or_else(|why| panic!("{why}"));
        let parameters = cluster.database("bench");
        Some(Postgres { cluster, parameters, folder: tempfile::tempdir().unwrap() })
    }

    /// The database's address as the program takes it.
    pub(crate) fn url(&self) -> String {
        let find = |key: &str| {
            let mut pairs = self.parameters.split(' ');
            pairs.find_map(|pair| pair.strip_prefix(&format!("{key}="))).unwrap().to_owned()
        };
        format!("postgres://{}@/{}?host={}", find("user"), find("dbname"), find("host").replace('/', "%2F"))
    }

    /// Runs SQL. Foreign keys are not checked: the rows are ours.
    pub(crate) fn load(&self, sql: &str) {
        let mut psql = self.psql().stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut input = psql.stdin.take().unwrap();
        write!(input, "SET session_replication_role = replica;\nBEGIN;\n{sql}\nCOMMIT;\nVACUUM ANALYZE;\n")
            .unwrap();
        drop(input);
        assert!(psql.wait().unwrap().success(), "the rows were refused");
    }

    fn psql(&self) -> Command {
        let mut psql = Command::new(self.cluster.programs().join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "-v", "ON_ERROR_STOP=1"]);
        psql.args(["--dbname", &self.parameters]).env_clear();
        psql
    }

    /// What the statement answers.
    pub(crate) fn answer(&self, statement: &str, variables: &[(&str, String)]) -> String {
        let mut statement = statement.to_owned();
        for (name, value) in variables {
            statement = statement.replace(&format!(":{name}"), &format!("'{value}'"));
        }
        let output = self.psql().args(["--command", &statement]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// CPU seconds that the database has used.
    pub(crate) fn cpu(&self) -> f64 {
        cpu::family(self.cluster.postmaster())
    }

    /// The statement by pgbench, prepared: its latencies, the database's CPU and, apart, pgbench's own.
    pub(crate) fn run(
        &self,
        statement: &str,
        variables: &[(&str, String)],
        clients: usize,
        time: Duration,
    ) -> Sample {
        let script = self.folder.path().join("statement.sql");
        fs::write(&script, statement).unwrap();
        // What a new connection costs (its first look at the catalogue, its plans) is measured and taken off.
        let before = (self.cpu(), cpu::ended_children());
        let warm = self.pgbench(&script, variables, clients, &["-t".into(), WARM.to_string()]);
        let between = (self.cpu(), cpu::ended_children());
        let seconds = ["-T".into(), time.as_secs().max(1).to_string()];
        let run = self.pgbench(&script, variables, clients, &seconds);
        let after = (self.cpu(), cpu::ended_children());
        let count = run.len().saturating_sub(warm.len()).max(1);
        Sample {
            database: ((after.0 - between.0) - (between.0 - before.0)) / count as f64,
            caller: ((after.1 - between.1) - (between.1 - before.1)) / count as f64,
            server: 0.0,
            latencies: run,
        }
    }

    /// Runs pgbench and answers each run's milliseconds.
    fn pgbench(
        &self,
        script: &PathBuf,
        variables: &[(&str, String)],
        clients: usize,
        until: &[String],
    ) -> Vec<f64> {
        let mut pgbench = Command::new(self.cluster.programs().join("pgbench"));
        pgbench.args(["--no-vacuum", "--protocol=prepared", "--log", "--log-prefix=run"]);
        pgbench.args(["--client", &clients.to_string(), "--jobs", &clients.min(2).to_string()]);
        for (name, value) in variables {
            pgbench.args(["--define", &format!("{name}={value}")]);
        }
        pgbench.args(until).arg("--file").arg(script).arg(&self.parameters);
        pgbench.current_dir(self.folder.path()).env_clear().env("PGOPTIONS", "-c jit=off");
        let output = pgbench.stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // Backends end a moment after their clients, and only then count as ended.
        std::thread::sleep(Duration::from_millis(300));
        self.latencies()
    }

    /// Reads pgbench's logs, one a thread, and removes them.
    fn latencies(&self) -> Vec<f64> {
        let mut taken = Vec::new();
        for entry in fs::read_dir(self.folder.path()).unwrap().flatten() {
            if !entry.file_name().to_string_lossy().starts_with("run.") {
                continue;
            }
            let log = fs::read_to_string(entry.path()).unwrap();
            let third = log.lines().filter_map(|line| line.split(' ').nth(2)?.parse::<f64>().ok());
            taken.extend(third.map(|microseconds| microseconds / 1e3));
            fs::remove_file(entry.path()).unwrap();
        }
        taken
    }
}
