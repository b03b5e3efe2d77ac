//! The run: calls, attempts and waits, in the order of time.

use std::mem;

use backoff_core::{
    Budget, CallEnd, Decision, Failure, GiveUp, PlannedRetry, Policy, Progress, Schedule, nanos,
};

use crate::fleet::Fleet;
use crate::network::Network;
use crate::queue::Queue;
use crate::random::Random;
use crate::record::{ATTEMPTS, BEGUN, Record, SUCCEEDED};
use crate::server::{Moment, Request, Server, Step};

/// What does not change during a run.
pub(crate) struct Setting<'p, S> {
    pub(crate) policy: &'p Policy<S>,
    pub(crate) fleet: Fleet,
    pub(crate) network: Network,
    /// The longest wait, in nanoseconds.
    pub(crate) cut: u64,
    /// When the run is broken off, in nanoseconds.
    pub(crate) until: u64,
}

/// A run under way.
pub(crate) struct Run<'p, S, V, B: Budget> {
    setting: Setting<'p, S>,
    server: V,
    /// Of each host.
    budgets: Vec<B>,
    random: Random,
    queue: Queue<Event>,
    calls: Vec<Call<B::Held>>,
    /// The places in `calls` that are free again.
    idle: Vec<u32>,
    record: Record,
}

/// What happens at a moment.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// A call of a stream begins.
    Begin,
    /// A request reaches the server.
    Request(u32),
    /// The answer reaches the client.
    Answer(u32),
    /// The client stops waiting for the answer.
    Timeout(u32),
}

/// A call under way.
#[derive(Clone, Copy, Debug)]
struct Call<H> {
    /// When its first attempt began, in nanoseconds.
    began: u64,
    /// When the attempt under way times out, in nanoseconds.
    limit: u64,
    progress: Progress,
    /// What the answer on its way says.
    failure: Option<Failure>,
    request: Request,
    /// The number of its host.
    host: u32,
    /// What it holds of the host's budget.
    held: H,
}

impl<'p, S: Schedule, V: Server, B: Budget> Run<'p, S, V, B> {
    /// Makes a run that has not begun; there is a budget for each host.
    pub(crate) fn new(setting: Setting<'p, S>, server: V, budgets: Vec<B>, random: Random) -> Self {
        Self {
            setting,
            server,
            budgets,
            random,
            queue: Queue::new(),
            calls: Vec::new(),
            idle: Vec::new(),
            record: Record::new(),
        }
    }

    /// Runs until nothing is left to happen, or the time is over.
    pub(crate) fn finish(mut self) -> Record {
        self.begin();
        while let Some((now, event)) = self.queue.pop() {
            if now > self.setting.until {
                break;
            }
            self.record.events += 1;
            self.handle(now, event);
        }
        self.record
    }

    fn begin(&mut self) {
        let fleet = self.setting.fleet;
        let beginnings: Vec<u64> = fleet.beginnings(&mut self.random).collect();
        self.calls.reserve(beginnings.len());
        for began in beginnings {
            self.start(began);
        }
        if let Some(first) = fleet.next(0, &mut self.random) {
            self.queue.push(first, Event::Begin);
        }
    }

    #[inline]
    fn handle(&mut self, now: u64, event: Event) {
        match event {
            Event::Begin => {
                self.start(now);
                if let Some(next) = self.setting.fleet.next(now, &mut self.random) {
                    self.queue.push(next, Event::Begin);
                }
            }
            Event::Request(id) => self.receive(now, id),
            Event::Answer(id) => match self.calls[id as usize].failure {
                Some(failure) => self.fail(now, id, failure),
                None => self.succeed(now, id),
            },
            Event::Timeout(id) => self.fail(now, id, Failure::transient()),
        }
    }

    fn start(&mut self, now: u64) {
        let host = (self.record.calls % self.budgets.len() as u64) as u32;
        let mut call = Call {
            began: now,
            limit: u64::MAX,
            progress: Progress::START,
            failure: None,
            request: Request::default(),
            host,
            held: B::Held::default(),
        };
        self.budgets[host as usize].begin(&mut call.held, nanos::to_duration(now));
        let id = if let Some(id) = self.idle.pop() {
            self.calls[id as usize] = call;
            id
        } else {
            self.calls.push(call);
            (self.calls.len() - 1) as u32
        };
        self.record.calls += 1;
        self.record.late.0 += u64::from(self.is_late(now));
        self.record.series.note(BEGUN, now);
        self.send(now, id);
    }

    /// Sends the request of an attempt, now or at a moment to come.
    #[inline]
    fn send(&mut self, at: u64, id: u32) {
        let call = &mut self.calls[id as usize];
        let elapsed = nanos::to_duration(at - call.began);
        let timeout = self
            .setting
            .policy
            .resume(call.progress)
            .attempt_timeout(elapsed);
        call.limit = timeout.map_or(u64::MAX, |timeout| {
            at.saturating_add(nanos::from_duration(timeout))
        });
        call.request = Request::default();
        let arrival = at.saturating_add(self.setting.network.trip(&mut self.random));
        self.expect(id, arrival, Event::Request(id));
    }

    /// Files an event of an attempt, or its timeout if that comes first.
    #[inline]
    fn expect(&mut self, id: u32, time: u64, event: Event) {
        let limit = self.calls[id as usize].limit;
        if time <= limit {
            self.queue.push(time, event);
        } else {
            self.queue.push(limit, Event::Timeout(id));
        }
    }

    #[inline]
    fn receive(&mut self, now: u64, id: u32) {
        let network = self.setting.network;
        let call = &mut self.calls[id as usize];
        let first = call.request.stage == 0;
        let mut moment = Moment {
            now,
            network,
            random: &mut self.random,
        };
        let step = self.server.receive(&mut call.request, &mut moment);
        call.request.stage += 1;
        if first {
            self.record.attempts += 1;
            self.record.series.note(ATTEMPTS, now);
        }
        match step {
            Step::Again { after } => {
                self.expect(id, now.saturating_add(after), Event::Request(id));
            }
            Step::Answer { after, failure } => {
                call.failure = failure;
                let answered = now.saturating_add(after);
                let back = network.trip(&mut self.random);
                self.expect(id, answered.saturating_add(back), Event::Answer(id));
            }
            Step::Silence => self.expect(id, u64::MAX, Event::Timeout(id)),
        }
    }

    #[inline]
    fn fail(&mut self, now: u64, id: u32, failure: Failure) {
        let call = &mut self.calls[id as usize];
        let mut retry = self.setting.policy.resume(call.progress);
        let elapsed = nanos::to_duration(now - call.began);
        match retry.on_failure(elapsed, failure, self.random.word()) {
            Decision::Retry { after } => {
                let budget = &self.budgets[call.host as usize];
                let planned = PlannedRetry::new(nanos::to_duration(now), failure, after);
                if !budget.withdraw(&mut call.held, &planned) {
                    self.give_up(now, id, GiveUp::Budget);
                    return;
                }
                call.progress = retry.progress();
                let wait = nanos::from_duration(after).min(self.setting.cut);
                self.send(now.saturating_add(wait), id);
            }
            Decision::GiveUp(reason) => self.give_up(now, id, reason),
        }
    }

    fn give_up(&mut self, now: u64, id: u32, reason: GiveUp) {
        self.record.give_up(reason);
        self.end(now, id, CallEnd::GaveUp(reason));
    }

    #[inline]
    fn succeed(&mut self, now: u64, id: u32) {
        let began = self.calls[id as usize].began;
        self.record.succeeded += 1;
        self.record.late.1 += u64::from(self.is_late(began));
        self.record.durations.note(now - began);
        self.record.series.note(SUCCEEDED, now);
        self.end(now, id, CallEnd::Succeeded);
    }

    #[inline]
    fn end(&mut self, now: u64, id: u32, end: CallEnd) {
        let call = &mut self.calls[id as usize];
        self.budgets[call.host as usize].end(mem::take(&mut call.held), end);
        self.record.end(now, call.progress.attempt());
        self.idle.push(id);
    }

    #[inline]
    fn is_late(&self, began: u64) -> bool {
        let tenth = self.setting.until / 10;
        (8 * tenth..9 * tenth).contains(&began)
    }
}
