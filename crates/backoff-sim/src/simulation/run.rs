//! One run: calls, attempts and delays, in the order of time.

use std::hint::black_box;
use std::mem;

use backoff_core::{
    Budget, CallEnd, Decision, Failure, GiveUp, PlannedRetry, Policy, Progress, Schedule, nanos,
};

use super::event_queue::EventQueue;
use crate::fleet::Fleet;
use crate::network::Network;
use crate::random::Random;
use crate::record::Record;
use crate::server::{Arrival, Request, Response, Server};

/// What does not change during a run.
pub(crate) struct Parameters<'p, S> {
    pub(crate) policy: &'p Policy<S>,
    pub(crate) fleet: Fleet,
    pub(crate) network: Network,
    /// The longest delay after jitter, in nanoseconds.
    pub(crate) max_jittered_delay: u64,
    /// When the run is stopped, in nanoseconds.
    pub(crate) time_limit: u64,
}

/// A run in progress.
pub(crate) struct Run<'p, S, V, B: Budget> {
    parameters: Parameters<'p, S>,
    server: V,
    /// One for each host.
    budgets: Vec<B>,
    random: Random,
    queue: EventQueue<Event>,
    calls: Vec<Call<B::Held>>,
    /// The indices in `calls` that are free again.
    idle: Vec<u32>,
    /// The next events, from the first, whose calls were read ahead.
    loaded: usize,
    record: Record,
}

/// Attempts of a call at one time, above which the run is stopped: time may never advance.
const MAX_ATTEMPTS_AT_ONCE: u64 = 10_000;

/// The events between two checks of whether time advances: checking at each event would be slower.
const CHECK_INTERVAL: u64 = 1 << 16;

/// The events of an attempt that the server answers at once: the request and the answer.
const EVENTS_PER_ATTEMPT: u64 = 2;

/// Events whose calls are read ahead: more than a processor reads at once, and few enough to stay in its smallest cache.
const LOADED_AHEAD: usize = 64;

/// What happens at one time.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// A call of a stream begins.
    Begin,
    /// A request reaches the server.
    Request(u32),
    /// An answer reaches the client.
    Answer(u32),
    /// The client stops waiting for the answer.
    Timeout(u32),
}

impl Event {
    /// Returns the index of the call.
    const fn id(self) -> Option<u32> {
        match self {
            Self::Begin => None,
            Self::Request(id) | Self::Answer(id) | Self::Timeout(id) => Some(id),
        }
    }
}

/// A call in progress: one line of the processor's cache, unless it holds much of its budget.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Call<H> {
    /// When its first attempt began, in nanoseconds.
    began: u64,
    /// When the current attempt times out, in nanoseconds.
    limit: u64,
    progress: Progress,
    /// What the answer that is on its way says; `None` is a success.
    failure: Option<Failure>,
    request: Request,
    /// The index of its host.
    host: u32,
    /// What it holds of its host's budget.
    held: H,
}

impl<'p, S: Schedule, V: Server, B: Budget> Run<'p, S, V, B> {
    /// Creates a run with a budget for each host.
    pub(crate) fn new(
        parameters: Parameters<'p, S>,
        server: V,
        budgets: Vec<B>,
        random: Random,
    ) -> Self {
        Self {
            parameters,
            server,
            budgets,
            random,
            queue: EventQueue::new(),
            calls: Vec::new(),
            idle: Vec::new(),
            loaded: 0,
            record: Record::new(),
        }
    }

    /// Runs until no event is left, to the time limit, or until time stands still.
    pub(crate) fn finish(mut self) -> Record {
        self.begin();
        // The time at the last check, and the events since it has stood there.
        let (mut last, mut events) = (0, 0);
        while let Some(now) = self.handle_events() {
            events = if now > last {
                0
            } else {
                events + CHECK_INTERVAL
            };
            last = now;
            if self.stands_still(events) {
                self.record.stood_still = true;
                break;
            }
        }
        self.record
    }

    /// Handles the next events, and returns the time of the last one. Returns `None` at the end of the run.
    fn handle_events(&mut self) -> Option<u64> {
        let mut now = 0;
        for handled in 0..CHECK_INTERVAL {
            if self.loaded == 0 {
                self.load_ahead();
            }
            self.loaded -= 1;
            match self.queue.pop() {
                Some((time, event)) if time <= self.parameters.time_limit => {
                    now = time;
                    self.handle(now, event);
                }
                _ => {
                    self.record.events += handled;
                    return None;
                }
            }
        }
        self.record.events += CHECK_INTERVAL;
        Some(now)
    }

    /// Reads the calls of the next events, so that they are in the processor's cache when their events are handled.
    ///
    /// The processor reads several lines at once if none depends on another. Where calls fill more memory than the
    /// cache, handling them one by one would wait for each.
    fn load_ahead(&mut self) {
        let upcoming = self.queue.upcoming().take(LOADED_AHEAD);
        self.loaded = upcoming.len().max(1);
        let ids = upcoming.filter_map(|event| event.id());
        let calls = ids.filter_map(|id| self.calls.get(id as usize));
        black_box(calls.fold(0, |sum, call| sum ^ call.limit));
    }

    /// Returns whether this many events at one time are too many.
    fn stands_still(&self, events: u64) -> bool {
        events / EVENTS_PER_ATTEMPT / MAX_ATTEMPTS_AT_ONCE > self.calls.len() as u64
    }

    fn begin(&mut self) {
        let fleet = self.parameters.fleet;
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
                if let Some(next) = self.parameters.fleet.next(now, &mut self.random) {
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
        let began = now.saturating_add(self.first_delay());
        let mut call = Call {
            began,
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
        self.record.late_calls += u64::from(self.is_late(now));
        self.record.series.at(now).begun += 1;
        self.send(began, id);
    }

    /// Draws the wait before a first attempt, in nanoseconds.
    fn first_delay(&mut self) -> u64 {
        let policy = self.parameters.policy;
        if policy.first_delay().is_zero() {
            return 0;
        }
        nanos::from_duration(policy.draw_first_delay(self.random.word()))
    }

    /// Sends the request of an attempt, now or later.
    #[inline]
    fn send(&mut self, at: u64, id: u32) {
        let call = &mut self.calls[id as usize];
        let elapsed = nanos::to_duration(at - call.began);
        let timeout = self
            .parameters
            .policy
            .resume(call.progress)
            .attempt_timeout(elapsed);
        call.limit = timeout.map_or(u64::MAX, |timeout| {
            at.saturating_add(nanos::from_duration(timeout))
        });
        call.request = Request::default();
        let arrival = at.saturating_add(self.parameters.network.trip(&mut self.random));
        self.schedule(id, arrival, Event::Request(id));
    }

    /// Schedules an event of an attempt, or its timeout if that comes first.
    #[inline]
    fn schedule(&mut self, id: u32, time: u64, event: Event) {
        let limit = self.calls[id as usize].limit;
        if time <= limit {
            self.queue.push(time, event);
        } else {
            self.queue.push(limit, Event::Timeout(id));
        }
    }

    #[inline]
    fn receive(&mut self, now: u64, id: u32) {
        let network = self.parameters.network;
        let call = &mut self.calls[id as usize];
        let first = call.request.stage == 0;
        let mut arrival = Arrival {
            now,
            network,
            random: &mut self.random,
        };
        let response = self.server.receive(&mut call.request, &mut arrival);
        call.request.stage += 1;
        if first {
            self.record.attempts += 1;
            self.record.series.at(now).attempts += 1;
        }
        match response {
            Response::Again { after } => {
                self.schedule(id, now.saturating_add(after), Event::Request(id));
            }
            Response::Answer { after, failure } => {
                call.failure = failure;
                let answered = now.saturating_add(after);
                let back = network.trip(&mut self.random);
                self.schedule(id, answered.saturating_add(back), Event::Answer(id));
            }
            Response::Silence => self.schedule(id, u64::MAX, Event::Timeout(id)),
        }
    }

    #[inline]
    fn fail(&mut self, now: u64, id: u32, failure: Failure) {
        let call = &mut self.calls[id as usize];
        let mut retry = self.parameters.policy.resume(call.progress);
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
                let wait = nanos::from_duration(after).min(self.parameters.max_jittered_delay);
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
        self.record.late_successes += u64::from(self.is_late(began));
        self.record.durations.note(now - began);
        self.record.series.at(now).succeeded += 1;
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
        let tenth = self.parameters.time_limit / 10;
        (8 * tenth..9 * tenth).contains(&began)
    }
}
