//! The signals that this process handles.

use std::fs;
use std::future::poll_fn;
use std::io;
use std::task::Poll;

use rustix::process::{Signal, kill_process};
use tokio::signal::unix::{self, SignalKind};

use super::orphans;

/// What this process does about a signal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum SignalAction {
    /// Wait for orphans that have ended: a child of this process has.
    ChildEnded,
    /// End, after sending the same signal to the command.
    End(Signal),
    /// Send the signal to the command.
    Forward(Signal),
    /// Suspend the command and this process: Ctrl-Z.
    Suspend,
}

const ACTIONS: [(Signal, SignalAction); 9] = [
    (Signal::CONT, SignalAction::Forward(Signal::CONT)),
    (Signal::HUP, SignalAction::End(Signal::HUP)),
    (Signal::INT, SignalAction::End(Signal::INT)),
    (Signal::QUIT, SignalAction::End(Signal::QUIT)),
    (Signal::TERM, SignalAction::End(Signal::TERM)),
    (Signal::TSTP, SignalAction::Suspend),
    (Signal::USR1, SignalAction::Forward(Signal::USR1)),
    (Signal::USR2, SignalAction::Forward(Signal::USR2)),
    // The last one, so that however many processes end, they do not delay the others.
    (Signal::CHILD, SignalAction::ChildEnded),
];

/// The signals that this process handles, and what it does about them.
#[derive(Debug)]
pub(super) struct Signals(Vec<(unix::Signal, SignalAction)>);

impl Signals {
    /// Listens to all signals except those that are ignored, for example by `nohup`. The command ignores them too.
    ///
    /// SIGCHLD is an exception: if it stayed ignored, the system would discard the exit status of the command.
    pub(super) fn listen() -> io::Result<Self> {
        let ignored = ignored();
        let handled = |(signal, _): &(Signal, SignalAction)| {
            *signal == Signal::CHILD || ignored >> (signal.as_raw() - 1) & 1 == 0
        };
        let signals = ACTIONS.into_iter().filter(handled).map(|(signal, action)| {
            let stream = unix::signal(SignalKind::from_raw(signal.as_raw()))?;
            Ok((stream, action))
        });
        signals.collect::<io::Result<_>>().map(Self)
    }

    /// Waits for the next signal.
    pub(super) async fn next(&mut self) -> SignalAction {
        poll_fn(|context| {
            let mut streams = self.0.iter_mut();
            let action = streams.find_map(|(stream, action)| {
                stream.poll_recv(context).is_ready().then_some(*action)
            });
            action.map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// Waits for the next signal that ends this process, while there is no command to forward others to.
    pub(super) async fn next_that_ends(&mut self) -> Signal {
        loop {
            match self.next().await {
                SignalAction::End(signal) => return signal,
                SignalAction::ChildEnded => orphans::reap(None),
                SignalAction::Forward(_) => {}
                SignalAction::Suspend => suspend(),
            }
        }
    }
}

/// Returns the ignored signals as a set of bits; none if the system does not report them.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

/// Suspends this process until SIGCONT.
pub(super) fn suspend() {
    let _ = kill_process(rustix::process::getpid(), Signal::STOP);
}
