//! A NATS server on loopback, in a folder that is removed afterwards.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The servers that are installed. If there are none, a test is skipped, and says so.
#[allow(clippy::print_stderr, dead_code)] // examples go on by themselves
pub(crate) fn binaries() -> Vec<PathBuf> {
    let found = installed();
    if found.is_empty() {
        let line = "skipped, because no nats-server is installed: run scripts/servers";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{line}");
        eprintln!("{line}");
    }
    found
}

/// The servers that are installed: Debian's, and the one of the Python package in `target/servers`, which is newer.
pub(crate) fn installed() -> Vec<PathBuf> {
    let newer = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../target/servers/bin/nats-server"
    );
    let paths = ["/usr/sbin/nats-server", "/usr/local/bin/nats-server", newer];
    paths
        .map(PathBuf::from)
        .into_iter()
        .filter(|path| path.exists())
        .collect()
}

/// A server with JetStream.
pub(crate) struct Server {
    binary: PathBuf,
    child: Child,
    folder: TempDir,
    port: u16,
}

impl Server {
    pub(crate) fn start(binary: PathBuf) -> Self {
        let folder = TempDir::new().expect("a folder");
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("bound").port();
        drop(free);
        let child = spawn(&binary, &folder, port);
        Self {
            binary,
            child,
            folder,
            port,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Sends SIGKILL.
    #[allow(dead_code)]
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    /// Starts the server again, on the same port and with the same store.
    #[allow(dead_code)]
    pub(crate) fn start_again(&mut self) {
        self.child = spawn(&self.binary, &self.folder, self.port);
    }

    /// The resident memory of the server, in bytes.
    #[allow(dead_code)] // for those who measure
    pub(crate) fn memory(&self) -> u64 {
        resident(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The resident memory of a process, in bytes.
#[allow(dead_code)]
pub(crate) fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

fn spawn(binary: &PathBuf, folder: &TempDir, port: u16) -> Child {
    let log = std::fs::File::create(folder.path().join("log")).expect("a log");
    let child = Command::new(binary)
        .args(["-js", "-a", "127.0.0.1", "-p", &port.to_string(), "-sd"])
        .arg(folder.path())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("nats-server runs");
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "nats-server does not listen"
        );
        sleep(Duration::from_millis(20));
    }
    child
}
