//! A server of Debian as a child process, with a port and a folder of its own.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use crate::Server;

/// A server that is installed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Program {
    /// A broker of MQTT.
    Mosquitto,
    /// A database.
    PostgreSql,
    /// A store in memory.
    Redis,
}

/// A server in a process, which is killed when this is dropped.
#[derive(Debug)]
pub struct ServerProcess {
    program: Program,
    path: PathBuf,
    port: u16,
    folder: TempDir,
    child: Option<Child>,
}

/// The user `nobody` of Debian: PostgreSQL refuses to run as root.
const NOBODY: u32 = 65534;

impl ServerProcess {
    /// Prepares a server. Returns `None`, and prints one line, where it is not installed.
    ///
    /// # Panics
    ///
    /// Panics instead where the environment has `CI=true`: nothing may be left out there.
    pub async fn prepare(program: Program) -> io::Result<Option<Self>> {
        let Some(path) = program.path() else {
            let line = format!("skipped: {program:?} is not installed; run scripts/servers");
            assert!(
                env::var_os("CI").as_deref() != Some(OsStr::new("true")),
                "{line}"
            );
            #[allow(clippy::print_stdout, reason = "a test that is left out says so")]
            {
                println!("{line}");
            }
            return Ok(None);
        };
        let folder = TempDir::new()?;
        let port = free_port()?;
        let server = Self {
            program,
            path,
            port,
            folder,
            child: None,
        };
        if program == Program::PostgreSql {
            server.init_database().await?;
        }
        Ok(Some(server))
    }

    /// Where it listens, as long as it runs.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), self.port)
    }

    async fn init_database(&self) -> io::Result<()> {
        if geteuid().is_root() {
            chown(self.folder.path(), Some(NOBODY), Some(NOBODY))?;
        }
        let mut init = self.command(&self.path.with_file_name("initdb"));
        init.args([
            "--auth=trust",
            "--username=postgres",
            "--no-sync",
            "--no-locale",
        ]);
        init.arg("--pgdata").arg(self.data());
        let output = init
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .output()
            .await?;
        if output.status.success() {
            Ok(())
        } else {
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(io::Error::other(errors))
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A command as an unprivileged user where that matters, in the server's folder.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        if self.program == Program::PostgreSql && geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    fn spawn(&self) -> io::Result<Child> {
        let port = self.port.to_string();
        let mut command = self.command(&self.path);
        match self.program {
            Program::Mosquitto => command.args(["-p", &port]), // without a file: on loopback only
            Program::PostgreSql => command.arg("-D").arg(self.data()).args([
                "-p",
                &port,
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off",
            ]),
            Program::Redis => command.args(["--bind", "127.0.0.1", "--save", "", "--port", &port]),
        };
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()
    }
}

impl Server for ServerProcess {
    async fn start(&mut self) -> io::Result<()> {
        let mut child = self.spawn()?;
        let begun = Instant::now();
        while TcpStream::connect(self.address()).await.is_err() {
            if let Some(status) = child.try_wait()? {
                return Err(io::Error::other(format!("{:?}: {status}", self.program)));
            }
            if begun.elapsed() > Duration::from_secs(20) {
                return Err(io::ErrorKind::TimedOut.into());
            }
            sleep(Duration::from_millis(5)).await;
        }
        self.child = Some(child);
        Ok(())
    }

    async fn kill(&mut self) -> io::Result<()> {
        let Some(mut child) = self.child.take() else {
            return Ok(());
        };
        let id = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        if let (Program::PostgreSql, Some(id)) = (self.program, id) {
            // Immediate shutdown: as a crash, but the processes of its clients end as well, and the port is free.
            kill_process(id, Signal::QUIT)?;
            child.wait().await.map(drop)
        } else {
            child.kill().await
        }
    }
}

impl Program {
    /// Where it is: on the path, or where Debian puts it.
    fn path(self) -> Option<PathBuf> {
        let name = match self {
            Self::Mosquitto => "mosquitto",
            Self::PostgreSql => "postgres",
            Self::Redis => "redis-server",
        };
        let path = env::var_os("PATH").unwrap_or_default();
        let versions = std::fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten();
        let debian = versions.flatten().map(|version| version.path().join("bin"));
        env::split_paths(&path)
            .chain(["/usr/sbin".into()])
            .chain(debian)
            .map(|folder| folder.join(name))
            .find(|path| path.is_file())
    }
}

/// A port that is free now, and probably still when the server takes it.
fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
