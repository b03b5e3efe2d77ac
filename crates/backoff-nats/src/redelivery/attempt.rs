//! One attempt to process a message.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use async_nats::jetstream::stream::LastRawMessageErrorKind;
use async_nats::jetstream::{AckKind, Message};
use backoff_queue::{Delivery, Note, Settlement};
use backoff_tokio::{Budget, PolicyRef, TimedOut};

use super::Redelivery;
use crate::clock::unix_now;
use crate::error::SettleError;
use crate::event::MessageEventKind;
use crate::received::Received;
use crate::reliably::{confirm, reliably};

impl<P: PolicyRef, C, B: Budget> Redelivery<P, C, B> {
    /// Says whether an attempt may begin. If it returns `false`, the message has been settled: skip it.
    ///
    /// A message is settled without an attempt in these cases:
    ///
    /// - It was delivered too early, and [notes](Self::with_notes) are kept: it is handed back for the rest.
    /// - It was delivered more often than the policy has attempts, because its workers crashed, or again after the
    ///   deadline: it is dead-lettered.
    /// - Another consumer [scheduled](Self::scheduled) it for itself, or a copy of it waits: it is acknowledged.
    ///
    /// # Errors
    ///
    /// Fails if the server is out of reach, or the message is not from JetStream.
    pub async fn accept(&self, message: &Message) -> Result<bool, SettleError> {
        let received = self.receive(message).await?;
        Ok(self.settle_unattempted(&received).await?.is_none())
    }

    /// Runs an attempt within the policy's timeout and deadline, and extends the acknowledgement while it works.
    ///
    /// The deadline counts from the publication. A first attempt that begins after it may take as long as the
    /// deadline. The extension costs the server a message for each third of [`ack_wait`](Self::ack_wait).
    ///
    /// # Errors
    ///
    /// Returns the attempt's own error, or the one that is made from [`TimedOut`].
    pub async fn attempt<T, E: From<TimedOut>>(
        &self,
        message: &Message,
        attempt: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        match Received::of(message) {
            Ok(received) => self.run(&received, attempt).await,
            Err(_) => attempt.await, // which `settle` reports
        }
    }

    pub(crate) async fn run<T, E: From<TimedOut>>(
        &self,
        received: &Received<'_>,
        attempt: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let delivery = received.aged();
        let elapsed = delivery.elapsed(&self.policy);
        let attempts = backoff_tokio::attempts(&self.policy);
        let mut attempts = attempts.resume(delivery.progress(), elapsed);
        let mut attempt = pin!(attempts.timeout(attempt));
        let period = self.ack_wait() / 3;
        loop {
            tokio::select! {
                biased;
                outcome = &mut attempt => return outcome.unwrap_or_else(|cut| Err(cut.into())),
                () = tokio::time::sleep(period) => {
                    // If this fails, the message is delivered again: the worst that happens to a lost connection.
                    if let Err(error) = received.message.ack_with(AckKind::Progress).await {
                        log::warn!("{}: not extended: {error}", received.message.subject);
                    }
                }
            }
        }
    }

    /// Settles a message of which no attempt may begin.
    pub(crate) async fn settle_unattempted(
        &self,
        received: &Received<'_>,
    ) -> Result<Option<Unattempted>, SettleError> {
        let is_scheduled =
            self.scheduled.is_some() && Box::pin(self.is_scheduled(received)).await?;
        if is_scheduled || received.is_foreign() {
            Box::pin(confirm(received.message, AckKind::Ack)).await?;
            return Ok(Some(Unattempted::Skipped));
        }
        if let Some(note) = received.note
            && let Some(rest) = note.until_due(unix_now())
        {
            Box::pin(self.hand_back(received, note.handed_back(), rest)).await?;
            return Ok(Some(Unattempted::HandedBack));
        }
        let Some(reason) = received.delivery.refusal(&self.policy) else {
            return Ok(None);
        };
        let error = "no attempt was made at this delivery";
        let settlement = Settlement::DeadLetter(reason);
        Box::pin(self.carry_out(received, settlement, None, error)).await?;
        Ok(Some(Unattempted::DeadLettered(settlement)))
    }

    /// Whether a copy of the message waits, or has waited, because a killed server forgot the acknowledgement of this one.
    async fn is_scheduled(&self, received: &Received<'_>) -> Result<bool, SettleError> {
        let Some(subject) = self.waiting_subject(received) else {
            return Ok(false);
        };
        if received.note.is_some_and(is_endless) {
            return Ok(true);
        }
        if !received.may_be_repeated(&self.connection) {
            return Ok(false);
        }
        let failed = |error: &dyn fmt::Display| SettleError::Schedule(error.to_string().into());
        let context = &received.message.context;
        let stream = context.get_stream_no_info(received.info.stream).await;
        let stream = stream.map_err(|error| failed(&error))?;
        let found = reliably(|| async {
            match stream.get_last_raw_message_by_subject(&subject).await {
                Ok(_) => Ok(true),
                Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(false),
                Err(error) => Err(error),
            }
        });
        found.await.map_err(|error| failed(&error))
    }

    /// The subject at which a message waits, if messages are scheduled. A subject has one schedule.
    pub(super) fn waiting_subject(&self, received: &Received<'_>) -> Option<String> {
        let subject = self.scheduled.as_ref()?;
        Some(format!("{subject}.{}", received.key()))
    }

    /// Gives a message of which no attempt was completed back to the server.
    pub(crate) async fn give_back(&self, received: &Received<'_>) -> Result<(), SettleError> {
        let note = Note::new(
            received.delivery.progress(),
            Duration::ZERO,
            received.deliveries(),
        );
        self.hand_back(received, note, Duration::ZERO).await
    }

    async fn hand_back(
        &self,
        received: &Received<'_>,
        note: Note,
        rest: Duration,
    ) -> Result<(), SettleError> {
        self.write(received, note).await?;
        confirm(received.message, AckKind::Nak(Some(rest))).await?;
        self.observe(&received.event(MessageEventKind::HandedBack(rest)));
        Ok(())
    }
}

/// Whether the note is about a message whose copy waits in its place. No policy decides on such a delay.
fn is_endless(note: Note) -> bool {
    note.until_due(Duration::ZERO) == Some(Duration::MAX)
}

/// What happened to a message without an attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Unattempted {
    DeadLettered(Settlement),
    HandedBack,
    Skipped,
}

impl<P, C, B> Redelivery<P, C, B> {
    /// Reads how far the call of a message has come.
    ///
    /// # Errors
    ///
    /// Fails if the notes are out of reach, or the message is not from JetStream.
    pub async fn delivery(&self, message: &Message) -> Result<Delivery, SettleError> {
        Ok(self.receive(message).await?.delivery)
    }

    pub(crate) async fn receive<'m>(
        &self,
        message: &'m Message,
    ) -> Result<Received<'m>, SettleError> {
        Received::with_note(message, self.notes.as_ref(), &self.connection).await
    }
}
