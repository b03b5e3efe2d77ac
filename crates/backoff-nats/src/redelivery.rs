//! A retry policy for the messages of a consumer.

mod attempt;
mod consumer;
mod settle;

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::jetstream::kv::Store;
use backoff_tokio::{Budget, EveryError, PolicyRef, Unlimited};

use crate::connection::Connection;
use crate::event::MessageEvent;

pub(crate) use attempt::Unattempted;

/// The server takes zero for its default of 30 s, and an attempt would do nothing but extend much shorter waits.
const SHORTEST_ACK_WAIT: Duration = Duration::from_millis(100);

type Observer = Arc<dyn Fn(&MessageEvent<'_>) + Send + Sync>;

/// A retry policy for the messages of a consumer: how failures are classified, how long they wait, and where they end.
///
/// | parameter | what it is |
/// |---|---|
/// | `P` | the [policy](PolicyRef), owned, borrowed or shared |
/// | `C` | the [classifier](backoff_tokio::Classify) of outcomes |
/// | `B` | the [budget](Budget) that all messages share |
///
/// Give it to a [`Worker`](crate::Worker), or write the loop yourself.
///
/// # Examples
///
/// The loop:
///
/// ```no_run
/// use async_nats::jetstream::{self, Message, consumer::pull};
/// use backoff_nats::{Policy, Redelivery};
/// use futures_util::StreamExt;
/// use std::{io, time::Duration};
///
/// static POLICY: Policy = Policy::exponential(Duration::from_secs(1), Duration::from_secs(300)).without_deadline();
///
/// async fn process(order: &Message) -> io::Result<()> {
///     Ok(()) // call the service
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// let client = async_nats::connect("localhost").await?;
/// let stream = jetstream::new(client).get_stream("orders").await?;
/// let redelivery = Redelivery::new(&POLICY).dead_letters("dead.orders");
/// let config = pull::Config { durable_name: Some("billing".into()), ..Default::default() };
/// let consumer = stream.get_or_create_consumer("billing", redelivery.consumer(config)).await?;
///
/// let mut messages = consumer.messages().await?;
/// while let Some(message) = messages.next().await {
///     let message = message?;
///     if redelivery.accept(&message).await? {
///         let outcome = redelivery.attempt(&message, process(&message)).await;
///         redelivery.settle(&message, &outcome).await?;
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a redelivery does nothing unless messages are given to it"]
pub struct Redelivery<P, C = EveryError, B = Unlimited> {
    policy: P,
    classifier: C,
    budget: B,
    /// The stream that was found to keep scheduled messages.
    checked: Arc<Mutex<String>>,
    ack_wait: Option<Duration>,
    connection: Arc<Connection>,
    dead_letters: Option<String>,
    notes: Option<Store>,
    observer: Option<Observer>,
    scheduled: Option<String>,
    unconfirmed: bool,
}

impl<P: PolicyRef> Redelivery<P> {
    /// Makes a redelivery that takes every `Err` for a transient failure, and has no budget and no dead letters.
    pub fn new(policy: P) -> Self {
        Self {
            policy,
            classifier: EveryError,
            budget: Unlimited,
            checked: Arc::default(),
            ack_wait: None,
            connection: Arc::default(),
            dead_letters: None,
            notes: None,
            observer: None,
            scheduled: None,
            unconfirmed: false,
        }
    }
}

impl<P, C, B> Redelivery<P, C, B> {
    /// Sets the [classifier](backoff_tokio::Classify) of outcomes, most simply a function over the error.
    pub fn when<D>(self, classifier: D) -> Redelivery<P, D, B> {
        Redelivery {
            policy: self.policy,
            classifier,
            budget: self.budget,
            checked: self.checked,
            ack_wait: self.ack_wait,
            connection: self.connection,
            dead_letters: self.dead_letters,
            notes: self.notes,
            observer: self.observer,
            scheduled: self.scheduled,
            unconfirmed: self.unconfirmed,
        }
    }

    /// Sets the budget that all messages share: a reference to a budget of this process, or a
    /// [`FleetBudget`](crate::FleetBudget).
    ///
    /// A message that would be redelivered is dead-lettered while the budget is empty.
    pub fn with_budget<D: Budget>(self, budget: D) -> Redelivery<P, C, D> {
        Redelivery {
            policy: self.policy,
            classifier: self.classifier,
            budget,
            checked: self.checked,
            ack_wait: self.ack_wait,
            connection: self.connection,
            dead_letters: self.dead_letters,
            notes: self.notes,
            observer: self.observer,
            scheduled: self.scheduled,
            unconfirmed: self.unconfirmed,
        }
    }

    /// Sets how long the server waits for an acknowledgement before it delivers a message again, because its worker
    /// has crashed.
    ///
    /// By default that is the policy's timeout of an attempt, but at least 2 s and at most 30 s. An attempt may take
    /// longer: while it works, [`attempt`](Self::attempt) extends the acknowledgement. Less than 100 ms count as that.
    pub fn with_ack_wait(mut self, ack_wait: Duration) -> Self {
        self.ack_wait = Some(ack_wait.max(SHORTEST_ACK_WAIT));
        self
    }

    /// Sets the subject to which a message is copied when no further attempt is made.
    ///
    /// A stream with limits must listen to it, and the consumer must not. The copy has the payload and the headers of the
    /// message, and these:
    ///
    /// | header | value |
    /// |---|---|
    /// | `Backoff-Reason` | why no further attempt is made: [`GiveUp::as_str`](backoff_tokio::GiveUp::as_str) |
    /// | `Backoff-Error` | the last error as text, at most 1,024 bytes |
    /// | `Backoff-Attempts` | the number of attempts |
    /// | `Backoff-Subject`, `-Stream`, `-Consumer`, `-Sequence` | where the message was |
    /// | `Backoff-Published` | when it was published, in nanoseconds since the Unix epoch |
    /// | `Backoff-Message-Id` | the `Nats-Msg-Id` of its publisher |
    ///
    /// Other headers whose name starts with `Nats-` are left out, because they would be instructions for the copy. The
    /// server confirms the copy before the message is terminated, so a crash duplicates a dead letter and never loses
    /// it.
    ///
    /// Without such a subject the message is terminated. A stream with limits still has it then; a work queue does
    /// not.
    pub fn dead_letters(mut self, subject: impl Into<String>) -> Self {
        self.dead_letters = Some(subject.into());
        self
    }

    /// Keeps a [`Note`](crate::Note) about each message that waits, in a key-value store.
    ///
    /// JetStream itself only counts deliveries, and forgets delays when the server is killed. With notes, a message
    /// that is delivered too early is handed back for the rest of its wait, by whichever worker gets it: no hint of a
    /// server is undercut. The limit of doubtful failures and decorrelated jitter work across deliveries. And a
    /// message that was handed back has lost no attempt.
    ///
    /// A note is written before each redelivery, and deleted at the end. It is read at each delivery but the first; and
    /// at the first, if the message is not a minute younger than the connection to the server, because a killed server
    /// forgets deliveries, too. Notes compare times of day, so the clocks of the workers must agree to within the precision that you expect of
    /// delays. Let the store's `max_age` exceed the age of your messages.
    pub fn with_notes(mut self, store: Store) -> Self {
        self.notes = Some(store);
        self
    }

    /// Lets the server publish a message again, instead of delivering it again: the wait happens outside of the
    /// consumer.
    ///
    /// Needs a server from 2.12, a stream with `allow_message_schedules` and a retention by limits or as a work queue, and `subject` followed by `.>` among the
    /// stream's subjects, but not among the consumer's. The redelivered message has the old subject and a new sequence
    /// number; the header `Backoff-Sequence` has the one before. Its headers carry the progress, so no [notes](Self::with_notes) are needed, and its wait survives
    /// a crash of the server. Other consumers of the same subject that use this crate skip it.
    ///
    /// A server that is killed may forget the last acknowledgements, and deliver the original again. It is skipped while
    /// its copy waits; with notes, afterwards too.
    pub fn scheduled(mut self, subject: impl Into<String>) -> Self {
        self.scheduled = Some(subject.into());
        self
    }

    /// Acknowledges processed messages without waiting until the server confirms it.
    ///
    /// An acknowledgement that is lost, as with its connection, lets the message be processed again. Everything else stays
    /// confirmed: delays, dead letters, and messages that are handed back.
    pub const fn unconfirmed(mut self) -> Self {
        self.unconfirmed = true;
        self
    }

    /// Calls a function for everything that happens to a message.
    pub fn on_event(
        mut self,
        observer: impl Fn(&MessageEvent<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Returns the policy.
    pub const fn policy(&self) -> &P {
        &self.policy
    }

    pub(crate) fn observe(&self, event: &MessageEvent<'_>) {
        if let Some(observer) = &self.observer {
            observer(event);
        }
    }
}

impl<P: fmt::Debug, C, B> fmt::Debug for Redelivery<P, C, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redelivery")
            .field("policy", &self.policy)
            .field("dead_letters", &self.dead_letters)
            .field("scheduled", &self.scheduled)
            .finish_non_exhaustive()
    }
}
