//! A private PostgreSQL server for tests, and the whole suite on it.

use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::tools::require;

/// Says which server new brokers of a test keep their data in.
const SERVER: &str = "COUNTERSIGN_TEST_POSTGRES";
/// PostgreSQL refuses to run as root; nobody is as good as any.
const NOBODY: u32 = 65534;

/// A server that ends with the test.
pub(crate) struct Cluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    port: u16,
    server: Option<Child>,
}

impl Cluster {
    /// Starts a server; `None`, with a sentence, where none is installed.
    pub(crate) fn start() -> Option<Self> {
        let programs = programs();
        if !require(programs.is_some(), "PostgreSQL", "apt-get install postgresql") {
            return None;
        }
        let programs = programs?;
        let folder = tempfile::tempdir().unwrap();
        if is_root() {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut cluster = Self { folder, programs, port, server: None };
        let data = cluster.data();
        cluster.run("initdb", &["-D", &data, "-U", "test", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        cluster.resume();
        Some(cluster)
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let status = self.command(program).args(arguments).status().unwrap();
        assert!(status.success(), "{program} {arguments:?}: {status}");
    }

    /// Starts the server, and waits until it answers.
    pub(crate) fn resume(&mut self) {
        let (port, sockets) = (self.port.to_string(), self.folder.path().display().to_string());
        let mut command = self.command("postgres");
        command.args(["-D", &self.data(), "-p", &port, "-k", &sockets]);
        for setting in ["listen_addresses=127.0.0.1", "fsync=off", "max_connections=300", "shared_buffers=32MB"] {
            command.args(["-c", setting]);
        }
        self.server = Some(command.spawn().unwrap());
        let begun = Instant::now();
        while !self.command("pg_isready").args(["-h", "127.0.0.1", "-p", &port]).status().unwrap().success() {
            assert!(begun.elapsed() < Duration::from_secs(120), "PostgreSQL does not come up");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Ends the server at once.
    pub(crate) fn interrupt(&mut self) {
        self.run("pg_ctl", &["stop", "-D", &self.data(), "-m", "immediate", "-w"]);
        if let Some(mut server) = self.server.take() {
            server.wait().unwrap();
        }
    }

    /// The address of a new, empty database.
    pub(crate) fn database(&self) -> String {
        new_database(&self.programs, self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            // its helpers end when it is gone
            let _ = self.command("pg_ctl").args(["stop", "-D", &self.data(), "-m", "immediate"]).status();
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Where the newest PostgreSQL's programs are.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    found.sort();
    found.pop()
}

fn new_database(programs: &Path, port: u16) -> String {
    let name = format!("t{}", uuid::Uuid::new_v4().simple());
    let status = Command::new(programs.join("createdb"))
        .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-U", "test", &name])
        .status()
        .unwrap();
    assert!(status.success(), "createdb: {status}");
    format!("postgres://test@127.0.0.1:{port}/{name}")
}

/// The address of a new database, when the suite runs on PostgreSQL.
pub(crate) fn fresh() -> Option<String> {
    let port = std::env::var(SERVER).ok()?.parse().unwrap();
    Some(new_database(&programs().unwrap(), port))
}

#[test]
fn the_whole_suite_passes_on_postgresql() {
    if std::env::var_os(SERVER).is_some() {
        return;
    }
    let Some(cluster) = Cluster::start() else { return };
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--test-threads",
            "4",
            "--skip",
            "faults::",
            "--skip",
            "startup::",
            "--skip",
            "postgres::",
            "--skip",
            "replicas::",
            "--skip",
            "smuggling::",
        ])
        .env(SERVER, cluster.port.to_string())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    let passed: usize =
        told.split("test result: ok. ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok()).unwrap_or(0);
    assert!(passed > 40, "only {passed} tests ran:\n{told}");
}
