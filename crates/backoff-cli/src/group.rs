//! Process groups and signals.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process_group};
use tokio::process::Child;
use tokio::signal::unix::{self, SignalKind};
use tokio::time::{self, Instant};

/// The processes of one attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    /// `None` once the command has been waited for.
    leader: Option<Pid>,
    /// It shares the group of this process, so that only the command itself may be sent signals.
    shared: bool,
}

/// How often a group that was told to stop is looked at.
const GLANCE: Duration = Duration::from_millis(10);

impl Group {
    pub(crate) fn of(child: &Child, shared: bool) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self {
            leader: id.and_then(Pid::from_raw),
            shared,
        }
    }

    /// Sends a signal to all processes of the group; those that are gone do not mind.
    pub(crate) fn send(self, signal: Signal) {
        if let Some(leader) = self.leader {
            let _ = if self.shared {
                kill_process(leader, signal)
            } else {
                kill_process_group(leader, signal)
            };
        }
    }

    /// Sends a signal, and kills what is left of the group when the grace is over.
    pub(crate) async fn stop(
        self,
        child: &mut Child,
        signal: Signal,
        grace: Duration,
    ) -> io::Result<ExitStatus> {
        let end = Instant::now() + grace.min(Duration::from_secs(86_400));
        self.send(signal);
        let in_time = time::timeout_at(end, child.wait()).await;
        while in_time.is_ok() && self.has_members() && Instant::now() < end {
            time::sleep(GLANCE).await;
        }
        if in_time.is_err() || self.has_members() {
            self.send(Signal::KILL);
        }
        match in_time {
            Ok(status) => status,
            Err(_) => child.wait().await,
        }
    }

    fn has_members(self) -> bool {
        let alive = |leader| test_kill_process_group(leader).is_ok();
        !self.shared && self.leader.is_some_and(alive)
    }
}

/// The signals that are handed on to the command.
#[derive(Debug)]
pub(crate) struct Signals {
    hangup: unix::Signal,
    interrupt: unix::Signal,
    quit: unix::Signal,
    terminate: unix::Signal,
    user_1: unix::Signal,
    user_2: unix::Signal,
}

impl Signals {
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            hangup: unix::signal(SignalKind::hangup())?,
            interrupt: unix::signal(SignalKind::interrupt())?,
            quit: unix::signal(SignalKind::quit())?,
            terminate: unix::signal(SignalKind::terminate())?,
            user_1: unix::signal(SignalKind::user_defined1())?,
            user_2: unix::signal(SignalKind::user_defined2())?,
        })
    }

    /// The next signal, and whether it asks for the end.
    pub(crate) async fn next(&mut self) -> (Signal, bool) {
        tokio::select! {
            _ = self.hangup.recv() => (Signal::HUP, true),
            _ = self.interrupt.recv() => (Signal::INT, true),
            _ = self.quit.recv() => (Signal::QUIT, true),
            _ = self.terminate.recv() => (Signal::TERM, true),
            _ = self.user_1.recv() => (Signal::USR1, false),
            _ = self.user_2.recv() => (Signal::USR2, false),
        }
    }

    /// The next signal that asks for the end; others find no command to go to.
    pub(crate) async fn next_that_ends(&mut self) -> Signal {
        loop {
            if let (signal, true) = self.next().await {
                return signal;
            }
        }
    }
}
