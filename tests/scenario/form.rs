//! The forms in which a call is made.

use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::slice;
use std::task::Poll;

use backoff_core::{Failure, Policy};
use backoff_driver::{
    Attempts, Batch, BlockingSleeper, Event, Handle, Interrupt, Pacing, Sleeper, Slot, Timing,
    retry,
};

use super::known::Known;
use super::{Outcome, Scenario, Step, step};

/// A form for tasks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// A closure, by `retry`.
    Closure,
    /// A batch of one item.
    Each,
    /// The loop, whose attempts are limited.
    Limit,
    /// The loop, whose attempts take their time.
    Loop,
    /// Rounds over a single item.
    Rounds,
    /// An async closure, by `Attempts::run`.
    Run,
}

/// A form for threads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BlockingForm {
    /// A closure, by `Attempts::call`.
    Call,
    /// The loop.
    Loop,
}

impl Form {
    /// Every form.
    pub const ALL: [Self; 6] = [
        Self::Closure,
        Self::Each,
        Self::Limit,
        Self::Loop,
        Self::Rounds,
        Self::Run,
    ];

    /// The forms that interrupt attempts at the policy's limits.
    pub const INTERRUPTING: [Self; 4] = [Self::Closure, Self::Each, Self::Limit, Self::Run];
}

impl BlockingForm {
    /// Every form.
    pub const ALL: [Self; 2] = [Self::Call, Self::Loop];
}

impl Scenario {
    /// Makes the call in a form on a runtime.
    pub async fn play<R: Sleeper>(&self, form: Form, runtime: &R) -> Vec<Step> {
        let trace = RefCell::new(Vec::new());
        let (made, is_impatient) = (Cell::new(0), Cell::new(false));
        let operation = || async {
            if !self.took.is_zero() {
                runtime.sleep(self.took).await;
            }
            let Some(outcome) = self.outcome(made.replace(made.get() + 1)) else {
                is_impatient.set(true);
                return pending().await;
            };
            outcome
        };
        let attempts = self.attempts(runtime, &trace);
        let call = async {
            match form {
                Form::Closure => self.retry(runtime, &trace, operation).await,
                Form::Each => each(attempts, operation).await,
                Form::Limit => limited_loop(attempts, operation).await,
                Form::Loop => plain_loop(attempts, operation).await,
                Form::Rounds => rounds(attempts, operation).await,
                Form::Run => {
                    let mut attempts = attempts;
                    let _ = attempts.run(operation).await;
                }
            }
        };
        let mut call = pin!(call);
        poll_fn(|cx| {
            if call.as_mut().poll(cx).is_ready() || is_impatient.get() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        trace.take()
    }

    /// Makes the call in a form on this thread.
    pub fn play_blocking<R>(&self, form: BlockingForm, runtime: &R) -> Vec<Step>
    where
        R: BlockingSleeper,
    {
        let trace = RefCell::new(Vec::new());
        let mut made = 0;
        let mut operation = || {
            runtime.block(self.took);
            made += 1;
            self.outcome(made - 1)
        };
        let mut attempts = Attempts::new(&self.policy, Known::of(runtime))
            .when(|failure: &Failure| *failure)
            .on_event(|event: &Event<'_, Outcome>| trace.borrow_mut().push(step(event)))
            .resume(self.progress(), self.elapsed());
        match form {
            BlockingForm::Call => {
                // Nothing stops a thread but an outcome that it accepts.
                let _ = attempts.call(|| operation().unwrap_or(Ok(())));
                trace.borrow_mut().truncate(self.interrupt);
            }
            BlockingForm::Loop => {
                while let Some(outcome) = operation()
                    && let Some(delay) = attempts.delay_after(&outcome)
                {
                    runtime.block(delay);
                }
            }
        }
        trace.take()
    }

    fn attempts<'s, R: Sleeper>(
        &'s self,
        runtime: &'s R,
        trace: &'s RefCell<Vec<Step>>,
    ) -> Attempts<
        &'s Policy,
        Known<'s, R>,
        impl Handle<Outcome> + Interrupt<Outcome> + Timing + use<'s, R>,
    > {
        Attempts::new(&self.policy, Known::of(runtime))
            .when(|failure: &Failure| *failure)
            .on_event(|event: &Event<'_, Outcome>| trace.borrow_mut().push(step(event)))
            .on_timeout(|_| TIMED_OUT)
            .resume(self.progress(), self.elapsed())
    }

    async fn retry<R: Sleeper, A: Future<Output = Outcome>>(
        &self,
        runtime: &R,
        trace: &RefCell<Vec<Step>>,
        operation: impl FnMut() -> A,
    ) {
        let call = retry(&self.policy, Known::of(runtime), operation)
            .when(|failure: &Failure| *failure)
            .on_event(|event| trace.borrow_mut().push(step(event)))
            .on_timeout(|_| TIMED_OUT);
        let _ = match self.resumed {
            Some(_) => call.resume(self.progress(), self.elapsed()).await,
            None => call.await,
        };
    }
}

/// An attempt that runs out of time failed like any other.
const TIMED_OUT: Outcome = Err(Failure::transient());

async fn plain_loop<R, H, A>(
    mut attempts: Attempts<&Policy, R, H>,
    mut operation: impl FnMut() -> A,
) where
    R: Sleeper,
    H: Handle<Outcome>,
    A: Future<Output = Outcome>,
{
    while let Some(pause) = attempts.pause_after(&operation().await) {
        pause.await;
    }
}

async fn limited_loop<R, H, A>(
    mut attempts: Attempts<&Policy, R, H>,
    mut operation: impl FnMut() -> A,
) where
    R: Sleeper,
    H: Handle<Outcome> + Interrupt<Outcome> + Timing,
    A: Future<Output = Outcome>,
{
    loop {
        let outcome = attempts.limit(operation()).await;
        let Some(pause) = attempts.pause_after(&outcome) else {
            break;
        };
        pause.await;
    }
}

async fn each<R, H, A>(attempts: Attempts<&Policy, R, H>, mut operation: impl FnMut() -> A)
where
    R: Sleeper,
    H: Handle<Outcome> + Interrupt<Outcome> + Timing,
    A: Future<Output = Outcome>,
{
    let mut slot = Slot::new(attempts);
    let mut batch = Batch::new(&[()], slice::from_mut(&mut slot)).with_pacing(Pacing::Apart);
    batch.each(1, |()| operation()).await;
}

async fn rounds<R, H, A>(attempts: Attempts<&Policy, R, H>, mut operation: impl FnMut() -> A)
where
    R: Sleeper,
    H: Handle<Outcome>,
    A: Future<Output = Outcome>,
{
    let mut slot = Slot::new(attempts);
    let mut batch = Batch::new(&[()], slice::from_mut(&mut slot));
    while let Some(round) = batch.round() {
        let outcome = operation().await;
        if let Some(pause) = round.pause_after(|()| outcome) {
            pause.await;
        }
    }
}
