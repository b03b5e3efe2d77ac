//! A process, from its start to its end: the one loop over everything that may happen meanwhile.

use std::io;
use std::time::Duration;

use rustix::process::Signal;
use tokio::process::Child;
use tokio::time::{Instant, sleep_until};

use super::command_end::CommandEnd;
use super::command_input::CommandInput;
use super::orphans;
use super::output::{Capture, Output};
use super::process_group::ProcessGroup;
use super::signals::{SignalAction, Signals};

/// What surrounds the processes of this command.
#[derive(Debug)]
pub(super) struct Surroundings {
    pub(super) signals: Signals,
    pub(super) input: CommandInput,
    pub(super) output: Output,
}

/// A running process.
#[derive(Debug)]
pub(super) struct Process<'p> {
    child: Child,
    group: ProcessGroup,
    capture: Capture<'p>,
    kill_after: Duration,
    stage: Stage,
    /// When the stage ends, if it does by itself.
    stage_ends: Option<Instant>,
    /// When what other processes write is no longer waited for.
    output_ends: Option<Instant>,
    output_is_done: bool,
    status: Option<CommandEnd>,
    /// What it was stopped for, if not for a signal.
    stopped_for: Option<CommandEnd>,
    /// Its group was asked to stop.
    is_signalled: bool,
    interrupted_until: Option<Instant>,
}

/// How a process ended.
#[derive(Debug)]
pub(super) struct ProcessEnd<'p> {
    pub(super) end: CommandEnd,
    /// A signal asked this process to end, which leaves its output until then.
    pub(super) interrupted_until: Option<Instant>,
    pub(super) capture: Capture<'p>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Running,
    /// It was asked to stop, and has some time for it.
    Stopping,
    Killed,
}

#[derive(Debug)]
enum Event {
    Ended(CommandEnd),
    InputFailed(io::Error),
    OutputEnded(io::Result<()>),
    Signal(SignalAction),
    Time,
}

/// How long processes that outlive the command may go on to write to its output.
const LINGER: Duration = Duration::from_millis(100);

/// How long the end may take after a kill.
const LAST_MOMENTS: Duration = Duration::from_millis(50);

/// How often a group that is stopping is checked.
const CHECK_INTERVAL: Duration = Duration::from_millis(10);

impl<'p> Process<'p> {
    /// Takes a process that was started. It is interrupted at a time, and killed a while later.
    pub(super) fn new(
        child: Child,
        group: ProcessGroup,
        capture: Capture<'p>,
        interrupt_at: Option<Instant>,
        kill_after: Duration,
    ) -> Self {
        Self {
            child,
            group,
            capture,
            kill_after,
            stage: Stage::Running,
            stage_ends: interrupt_at,
            output_ends: None,
            output_is_done: false,
            status: None,
            stopped_for: None,
            is_signalled: false,
            interrupted_until: None,
        }
    }

    /// Waits until the process has ended and its output is written. Passes on its input, its output and signals, and stops
    /// it at its time. Nothing can make this wait longer than until that time and `kill_after`.
    pub(super) async fn run(mut self, around: &mut Surroundings) -> ProcessEnd<'p> {
        while !self.is_done() {
            match self.next_event(around).await {
                Event::Ended(end) => self.ended(end),
                Event::InputFailed(error) => self.stop(CommandEnd::InputFailed(error)),
                Event::OutputEnded(result) => self.output_ended(result),
                Event::Signal(action) => self.act(action),
                Event::Time => self.time_passed(),
            }
        }
        orphans::reap(None);
        if !self.output_is_done && self.interrupted_until.is_none() && self.stopped_for.is_none() {
            // Nothing reads the output, so part of it is lost.
            self.stopped_for = Some(CommandEnd::TimedOut);
        }
        let killed = CommandEnd::Signal(Signal::KILL.as_raw());
        ProcessEnd {
            end: self.stopped_for.or(self.status).unwrap_or(killed),
            interrupted_until: self.interrupted_until,
            capture: self.capture,
        }
    }

    async fn next_event(&mut self, around: &mut Surroundings) -> Event {
        let time = self.next_time();
        let is_running = self.status.is_none();
        let output = async {
            self.capture.pass_on(&mut around.output).await?;
            around.output.flush().await
        };
        tokio::select! {
            // The output comes last: a stream that is always ready must not hide a signal or the deadline.
            biased;
            action = around.signals.next() => Event::Signal(action),
            status = self.child.wait(), if is_running => Event::Ended(status.into()),
            () = sleep_until(time.unwrap_or_else(Instant::now)), if time.is_some() => Event::Time,
            error = around.input.feed() => Event::InputFailed(error),
            result = output, if !self.output_is_done => Event::OutputEnded(result),
        }
    }

    /// Returns when something must be done, if nothing else happens.
    fn next_time(&self) -> Option<Instant> {
        let is_watched = self.is_signalled && self.status.is_some();
        let check = is_watched.then(|| Instant::now() + CHECK_INTERVAL);
        let times = [self.stage_ends, self.output_ends, check];
        times.into_iter().flatten().min()
    }

    fn is_done(&self) -> bool {
        let is_over = self.status.is_some() && self.output_is_done;
        let is_late = self.stage_ends.is_some_and(|end| end <= Instant::now());
        match self.stage {
            Stage::Running => is_over,
            Stage::Stopping => is_over && !self.has_group(),
            Stage::Killed => is_late || is_over && !self.has_group(),
        }
    }

    /// Returns whether processes are left that were asked to stop.
    fn has_group(&self) -> bool {
        self.is_signalled && (self.status.is_none() || self.group.has_members())
    }

    fn ended(&mut self, end: CommandEnd) {
        self.status = Some(end);
        self.capture.command_ended();
        self.output_ends = Some(Instant::now() + LINGER);
    }

    fn output_ended(&mut self, result: io::Result<()>) {
        self.output_is_done = true;
        if let Err(error) = result {
            self.stop(CommandEnd::OutputFailed(error));
        }
    }

    fn time_passed(&mut self) {
        let now = Instant::now();
        if self.output_ends.is_some_and(|end| end <= now) {
            self.output_ends = None;
            self.capture.close_after_command();
        }
        if self.stage_ends.is_some_and(|end| end <= now) {
            match self.stage {
                Stage::Running if self.status.is_some() => self.give_time(),
                Stage::Running => self.stop(CommandEnd::TimedOut),
                Stage::Stopping => self.kill(),
                Stage::Killed => {}
            }
        }
    }

    fn act(&mut self, action: SignalAction) {
        match action {
            SignalAction::ChildEnded => orphans::reap(self.child.id()),
            SignalAction::End(_) if self.interrupted_until.is_some() => {
                self.interrupted_until = Some(Instant::now());
                self.kill();
            }
            SignalAction::End(signal) => {
                self.interrupted_until = Some(after(self.kill_after));
                self.send(signal);
                if self.stage == Stage::Running {
                    self.give_time();
                }
            }
            SignalAction::Forward(signal) => self.group.send(signal),
            SignalAction::Suspend => self.group.suspend(),
        }
    }

    /// Asks the process to stop, for a reason that its end is then told by.
    fn stop(&mut self, reason: CommandEnd) {
        if self.stopped_for.is_none() {
            self.stopped_for = Some(reason);
        }
        if self.stage == Stage::Running {
            self.send(Signal::TERM);
            self.give_time();
        }
    }

    /// Sends a signal to the group, unless the command has ended: what it has left behind is spared then.
    fn send(&mut self, signal: Signal) {
        if self.status.is_none() {
            self.is_signalled = true;
            self.group.send(signal);
            self.group.send(Signal::CONT); // a suspended process would not receive the signal
        }
    }

    fn give_time(&mut self) {
        self.stage = Stage::Stopping;
        self.stage_ends = Some(after(self.kill_after));
    }

    fn kill(&mut self) {
        if self.has_group() {
            self.group.send(Signal::KILL);
        }
        self.stage = Stage::Killed;
        self.stage_ends = Some(Instant::now() + LAST_MOMENTS);
    }
}

/// Returns the time after a duration, at most that after some decades.
pub(super) fn after(duration: Duration) -> Instant {
    Instant::now() + duration.min(Duration::from_secs(1 << 30))
}
