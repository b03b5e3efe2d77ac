//! Processes that a command leaves behind.

use std::fs;

use rustix::process::{Pid, WaitOptions, getpid, waitpid};

/// Makes this process the parent of orphans that a command leaves behind, if the system supports it.
///
/// Otherwise the first process of the system adopts them. In a container, that process may never wait for them.
pub(super) fn adopt() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(getpid()));
}

/// Waits for the adopted orphans that have ended, but not for `command`, whose status somebody else waits for.
pub(super) fn reap(command: Option<u32>) {
    for child in children().filter(|child| Some(*child) != command) {
        let id = i32::try_from(child).ok().and_then(Pid::from_raw);
        if let Some(id) = id {
            let _ = waitpid(Some(id), WaitOptions::NOHANG);
        }
    }
}

/// Returns the children of this process; none if the system does not list them. Only Linux makes it adopt orphans.
fn children() -> impl Iterator<Item = u32> {
    let threads = fs::read_dir(format!("/proc/{}/task", getpid())).into_iter();
    let lists = threads
        .flatten()
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let ids: Vec<_> = lists
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|id| id.parse().ok())
                .collect::<Vec<_>>()
        })
        .collect();
    ids.into_iter()
}
