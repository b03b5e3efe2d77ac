//! Process groups and signals.

use std::fs;
use std::future::poll_fn;
use std::io;
use std::process::ExitStatus;
use std::task::Poll;
use std::time::Duration;

use rustix::process::{
    Pid, Signal, WaitOptions, kill_process, kill_process_group, test_kill_process_group, waitpgid,
};
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

    /// Stands still together with the group. To go on is a signal like others, which is handed on.
    pub(crate) fn suspend(self) {
        self.send(Signal::STOP);
        suspend();
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
        self.send(Signal::CONT); // one that stands still would not hear of it
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

    /// Whether there are others than the command, which has been waited for.
    fn has_members(self) -> bool {
        let alive = |leader| {
            // Those that this process adopted count until they are waited for.
            while let Ok(Some(_)) = waitpgid(leader, WaitOptions::NOHANG) {}
            test_kill_process_group(leader).is_ok()
        };
        !self.shared && self.leader.is_some_and(alive)
    }
}

/// Makes this process the one that waits for what a command leaves behind, where the system can do that.
///
/// Elsewhere it is the first process of the system, and the one of a container may never do it.
pub(crate) fn adopt() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// What a signal asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Told {
    /// The end of it all; the command is told by the same signal.
    End(Signal),
    /// Something of the command alone.
    HandOn(Signal),
    /// To stand still until a shell says to go on: Ctrl-Z.
    Suspend,
}

/// What each signal asks for.
const ASKED: [(Signal, Told); 8] = [
    (Signal::CONT, Told::HandOn(Signal::CONT)),
    (Signal::HUP, Told::End(Signal::HUP)),
    (Signal::INT, Told::End(Signal::INT)),
    (Signal::QUIT, Told::End(Signal::QUIT)),
    (Signal::TERM, Told::End(Signal::TERM)),
    (Signal::TSTP, Told::Suspend),
    (Signal::USR1, Told::HandOn(Signal::USR1)),
    (Signal::USR2, Told::HandOn(Signal::USR2)),
];

/// The signals that this process hears, and what they ask for.
#[derive(Debug)]
pub(crate) struct Signals(Vec<(unix::Signal, Told)>);

impl Signals {
    /// Listens to all but those that are ignored, as by `nohup`: the command ignores them too.
    pub(crate) fn listen() -> io::Result<Self> {
        let ignored = ignored();
        let heard = |(signal, _): &(Signal, Told)| ignored >> (signal.as_raw() - 1) & 1 == 0;
        let signals = ASKED.into_iter().filter(heard).map(|(signal, told)| {
            let stream = unix::signal(SignalKind::from_raw(signal.as_raw()))?;
            Ok((stream, told))
        });
        signals.collect::<io::Result<_>>().map(Self)
    }

    /// The next signal.
    pub(crate) async fn next(&mut self) -> Told {
        poll_fn(|context| {
            let mut streams = self.0.iter_mut();
            let told = streams
                .find_map(|(stream, told)| stream.poll_recv(context).is_ready().then_some(*told));
            told.map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// The next signal that asks for the end, while there is no command to hand others to.
    pub(crate) async fn next_that_ends(&mut self) -> Signal {
        loop {
            match self.next().await {
                Told::End(signal) => return signal,
                Told::HandOn(_) => {}
                Told::Suspend => suspend(),
            }
        }
    }
}

/// The signals that are ignored, as a set of bits, where the system tells it.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

/// Stands still until this process is told to go on.
fn suspend() {
    let _ = kill_process(rustix::process::getpid(), Signal::STOP);
}
