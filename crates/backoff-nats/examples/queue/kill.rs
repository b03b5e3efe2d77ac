//! Kills workers and the server until all orders are done.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::Arguments;
use crate::shop::Shop;
use crate::support::Server;

/// How long no order may be open until all are done: longer than a scheduled order waits outside of the consumer.
const QUIET: Duration = Duration::from_secs(5);

/// The worker processes. They are killed when this is dropped.
pub(crate) struct Workers {
    running: Vec<Child>,
    url: String,
    folder: PathBuf,
    scheduled: bool,
    started: usize,
}

impl Workers {
    pub(crate) fn start(arguments: &Arguments, url: &str, folder: &Path) -> anyhow::Result<Self> {
        let mut workers = Self {
            running: Vec::new(),
            url: url.to_owned(),
            folder: folder.to_owned(),
            scheduled: arguments.scheduled,
            started: 0,
        };
        for _ in 0..arguments.workers {
            let worker = workers.spawn()?;
            workers.running.push(worker);
        }
        Ok(workers)
    }

    fn spawn(&mut self) -> anyhow::Result<Child> {
        self.started += 1;
        let journal = self.folder.join(self.started.to_string());
        let mut command = Command::new(std::env::current_exe()?);
        if self.scheduled {
            command.arg("--scheduled");
        }
        Ok(command.arg("worker").arg(&self.url).arg(journal).spawn()?)
    }

    /// Sends SIGKILL to one worker, and starts another in its place.
    fn replace(&mut self, number: usize) -> anyhow::Result<()> {
        let worker = self.spawn()?;
        let place = number % self.running.len();
        let mut killed = std::mem::replace(&mut self.running[place], worker);
        let _ = killed.kill(); // it may have ended by itself
        killed.wait()?;
        Ok(())
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        for worker in &mut self.running {
            let _ = worker.kill();
            let _ = worker.wait();
        }
    }
}

/// How often workers and the server were killed.
#[derive(Default)]
pub(crate) struct Killed {
    workers: usize,
    servers: u32,
}

impl fmt::Display for Killed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} workers and {} servers killed",
            self.workers, self.servers
        )
    }
}

pub(crate) async fn until_done(
    arguments: &Arguments,
    shop: &Shop,
    server: &mut Server,
    mut workers: Workers,
) -> anyhow::Result<Killed> {
    let mut killed = Killed::default();
    let every = Duration::from_secs(arguments.kill_every.max(1));
    let (mut last_kill, mut last_open) = (Instant::now(), Instant::now());
    while last_open.elapsed() < QUIET {
        sleep(Duration::from_millis(100)).await;
        // While the server restarts, it has no answer, and orders count as open.
        let (unseen, pending) = shop.open_orders().await.unwrap_or((u64::MAX, 1));
        if unseen + pending.min(1) > 0 {
            last_open = Instant::now();
        }
        if last_kill.elapsed() >= every && unseen.saturating_add(pending) > 0 {
            workers.replace(killed.workers)?;
            killed.workers += 1;
            last_kill = Instant::now();
        }
        let share = u64::from(killed.servers + 1) * u64::from(arguments.orders);
        let seen = u64::from(arguments.orders).saturating_sub(unseen);
        let due = seen * u64::from(arguments.restarts + 1) >= share;
        if killed.servers < arguments.restarts && due && unseen < u64::MAX {
            server.kill();
            server.start_again();
            killed.servers += 1;
        }
    }
    Ok(killed)
}
