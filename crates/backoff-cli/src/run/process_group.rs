//! The processes of an attempt.

use rustix::process::{
    Pid, Signal, WaitOptions, kill_process, kill_process_group, test_kill_process_group, waitpgid,
};
use tokio::process::Child;

use super::signals;

/// The processes of one attempt.
#[derive(Clone, Copy, Debug)]
pub(super) struct ProcessGroup {
    /// `None` if the command has already been waited for.
    leader: Option<Pid>,
    /// The group is that of this process, so only the command itself may be sent signals.
    shared: bool,
}

impl ProcessGroup {
    pub(super) fn of(child: &Child, shared: bool) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self {
            leader: id.and_then(Pid::from_raw),
            shared,
        }
    }

    /// Sends a signal to all processes of the group that are left.
    pub(super) fn send(self, signal: Signal) {
        if let Some(leader) = self.leader {
            let _ = if self.shared {
                kill_process(leader, signal)
            } else {
                kill_process_group(leader, signal)
            };
        }
    }

    /// Suspends the group and this process. SIGCONT, which resumes both, is forwarded like other signals.
    pub(super) fn suspend(self) {
        self.send(Signal::STOP);
        signals::suspend();
    }

    /// Returns whether other processes than the command are left. The command has been waited for.
    pub(super) fn has_members(self) -> bool {
        let alive = |leader| {
            // Orphans that this process adopted count until they are waited for.
            while let Ok(Some(_)) = waitpgid(leader, WaitOptions::NOHANG) {}
            test_kill_process_group(leader).is_ok()
        };
        !self.shared && self.leader.is_some_and(alive)
    }
}
