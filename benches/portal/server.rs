//! The program under measurement, as a process of its own.
use std::{
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// More than any caller here can spend.
const UNBOUNDED: &str = "[rates]\n\
    person = { per_second = 1_000_000_000, burst = 4_000_000_000 }\n\
    address = { per_second = 1_000_000_000, burst = 4_000_000_000 }\n";

/// `portico serve`, ended when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

/// The program, on one database.
pub(crate) struct Program {
    pub(crate) path: PathBuf,
}

impl Program {
    fn run(&self, arguments: &[&str]) -> String {
        let output = Command::new(&self.path).args(arguments).stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub(crate) fn migrate(&self, database: &str) {
        self.run(&["migrate", "--database", database]);
    }

    pub(crate) fn token(&self, database: &str, who: &str, role: &str) -> String {
        self.run(&["token", "--database", database, "--as", who, "--role", role, "--days", "30"])
    }

    /// With budgets that no bench spends, or with those that are built in.
    pub(crate) fn serve(&self, database: &str, connections: usize, is_unbounded: bool) -> Server {
        let address = free();
        let (listen, connections) = (address.to_string(), connections.to_string());
        let arguments = ["serve", "--database", database, "--listen", &listen, "--connections", &connections];
        self.start(&arguments, address, is_unbounded)
    }

    /// The demo in a folder, once it has said all it has to say.
    pub(crate) fn demo(&self, folder: &Path) -> Server {
        let address = free();
        let port = address.port().to_string();
        let mut server =
            self.start(&["demo", "--dir", folder.to_str().unwrap(), "--port", &port], address, false);
        if let Some(said) = server.child.stdout.take() {
            std::thread::spawn(move || BufReader::new(said).lines().count());
        }
        server
    }

    fn start(&self, arguments: &[&str], address: SocketAddr, is_unbounded: bool) -> Server {
        let config = tempfile::NamedTempFile::new().unwrap();
        if is_unbounded {
            std::fs::write(config.path(), UNBOUNDED).unwrap();
        }
        let child = Command::new(&self.path)
            .args(arguments)
            // Builds that know no configuration pass it over.
            .env("PORTICO_CONFIG", config.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Server { child, address };
        let deadline = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < deadline, "the server did not start: {arguments:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }
}

/// An address that nobody listens at just now.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

impl Server {
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
