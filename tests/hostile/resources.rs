//! Descriptors, tasks and memory of this process.

use std::fs;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

/// Descriptors, tasks and memory of this process. Systems without `/proc` count tasks only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resources {
    files: usize,
    tasks: usize,
    memory_kib: usize,
}

/// How long closing may take.
const SETTLE: Duration = Duration::from_secs(10);

impl Resources {
    pub(crate) fn now() -> Self {
        Self {
            files: fs::read_dir("/proc/self/fd").map_or(0, Iterator::count),
            tasks: Handle::current().metrics().num_alive_tasks(),
            memory_kib: memory_kib().unwrap_or(0),
        }
    }

    /// Waits until there are no more descriptors and tasks than before, and returns what was lost.
    pub(crate) async fn lost_since(before: Self) -> Vec<String> {
        let started = Instant::now();
        loop {
            let now = Self::now();
            let (files, tasks) = (
                now.files.saturating_sub(before.files),
                now.tasks.saturating_sub(before.tasks),
            );
            if files == 0 && tasks == 0 {
                return Vec::new();
            }
            if started.elapsed() > SETTLE {
                return vec![format!("{files} descriptors and {tasks} tasks are left")];
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Returns the growth of memory in KiB.
    pub(crate) fn growth_kib(before: Self) -> usize {
        Self::now().memory_kib.saturating_sub(before.memory_kib)
    }
}

/// Returns the resident memory in KiB.
fn memory_kib() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
