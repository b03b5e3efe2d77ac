//! What follows an attempt.

use std::fmt::Display;
use std::sync::PoisonError;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::context::PublishError;
use async_nats::jetstream::stream::RetentionPolicy;
use async_nats::jetstream::{AckKind, Message};
use backoff_queue::{Note, Settlement};
use backoff_tokio::{
    Budget, Classify, Clock, Failure, GiveUp, PolicyRef, Progress, Runtime, Tokio,
};

use super::Redelivery;
use crate::clock::unix_now;
use crate::copy;
use crate::error::SettleError;
use crate::event::MessageEventKind;
use crate::received::Received;
use crate::reliably::{confirm, reliably};

/// An endless wait, for a server that counts nanoseconds in 63 bits: 100 years.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 86_400);

impl<P: PolicyRef, C, B: Budget> Redelivery<P, C, B> {
    /// Decides what happens to the message, and returns when the server has confirmed it.
    ///
    /// | settlement | what is done |
    /// |---|---|
    /// | acknowledge | an acknowledgement that the server confirms |
    /// | redeliver | a negative acknowledgement with the decided delay, or a [scheduled](Self::scheduled) copy |
    /// | dead-letter | a [copy](Self::dead_letters) that the server confirms, then the message is terminated |
    ///
    /// # Errors
    ///
    /// Fails if the server is out of reach, or refuses a copy. The message is delivered again then.
    pub async fn settle<T, E: Display>(
        &self,
        message: &Message,
        outcome: &Result<T, E>,
    ) -> Result<Settlement, SettleError>
    where
        C: Classify<Result<T, E>>,
    {
        let received = self.receive(message).await?;
        self.settle_received(&received, outcome).await
    }

    pub(crate) async fn settle_received<T, E: Display>(
        &self,
        received: &Received<'_>,
        outcome: &Result<T, E>,
    ) -> Result<Settlement, SettleError>
    where
        C: Classify<Result<T, E>>,
    {
        let failure = self.classifier.classify(outcome);
        let random = failure.map_or(0, |_| Tokio.random()); // a success draws nothing
        let now = Tokio.now();
        let delivery = received.aged();
        let settlement = delivery.settle_within(&self.policy, failure, random, &self.budget, now);
        let error = match (outcome, failure) {
            (Err(error), _) => error.to_string(),
            (Ok(_), Some(failure)) => format!("a value that is a {} failure", failure.kind()),
            (Ok(_), None) => String::new(),
        };
        self.carry_out(received, settlement, failure, &error)
            .await?;
        Ok(settlement)
    }

    pub(crate) async fn carry_out(
        &self,
        received: &Received<'_>,
        settlement: Settlement,
        failure: Option<Failure>,
        error: &str,
    ) -> Result<(), SettleError> {
        // What talks to the server at length is boxed: a worker moves the future of each message several times.
        match settlement {
            Settlement::Acknowledge => self.acknowledge(received).await?,
            Settlement::DeadLetter(reason) => {
                Box::pin(self.dead_letter(received, reason, error)).await?;
            }
            Settlement::Redeliver { after, progress } => {
                Box::pin(self.redeliver(received, after.min(LONGEST), progress)).await?;
            }
        }
        let kind = MessageEventKind::Settled {
            settlement,
            failure,
        };
        self.observe(&received.event(kind));
        Ok(())
    }

    async fn acknowledge(&self, received: &Received<'_>) -> Result<(), SettleError> {
        if self.unconfirmed && !received.is_noted() {
            let sent = received.message.ack_with(AckKind::Ack).await;
            return sent.map_err(SettleError::Unconfirmed);
        }
        Box::pin(self.finish(received, AckKind::Ack)).await
    }

    async fn dead_letter(
        &self,
        received: &Received<'_>,
        reason: GiveUp,
        error: &str,
    ) -> Result<(), SettleError> {
        if let Some(subject) = &self.dead_letters {
            let headers = copy::dead_letter(received, reason, error);
            publish(received.message, subject, headers)
                .await
                .map_err(|error| SettleError::DeadLetter(error.into()))?;
        } else {
            let subject = &received.message.subject;
            log::warn!(
                "{subject}: terminated, because {reason} and there is no subject for dead letters"
            );
        }
        self.finish(received, AckKind::Term).await
    }

    async fn redeliver(
        &self,
        received: &Received<'_>,
        after: Duration,
        progress: Progress,
    ) -> Result<(), SettleError> {
        let due = unix_now().saturating_add(after);
        let Some(subject) = self.waiting_subject(received) else {
            let note = Note::new(progress, due, received.deliveries());
            self.write(received, note).await?;
            return confirm(received.message, AckKind::Nak(Some(after))).await;
        };
        self.check_retention(received).await?;
        let headers = copy::scheduled(received, progress, due);
        publish(received.message, &subject, headers)
            .await
            .map_err(|error| SettleError::Schedule(error.into()))?;
        let moved = Note::new(progress, Duration::MAX, received.deliveries());
        self.write(received, moved).await?;
        confirm(received.message, AckKind::Ack).await
    }

    /// Refuses to schedule where the copy would be lost: a stream by interest drops a message that no consumer waits for,
    /// and confirms it all the same (measured with NATS 2.15).
    async fn check_retention(&self, received: &Received<'_>) -> Result<(), SettleError> {
        let name = received.info.stream;
        if *self.checked.lock().unwrap_or_else(PoisonError::into_inner) == name {
            return Ok(());
        }
        let context = &received.message.context;
        let stream = reliably(|| context.get_stream(name)).await;
        let stream = stream.map_err(|error| SettleError::Schedule(error.into()))?;
        if stream.cached_info().config.retention == RetentionPolicy::Interest {
            let error = "a stream that is retained by interest would drop it";
            return Err(SettleError::Schedule(error.into()));
        }
        name.clone_into(&mut self.checked.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }

    /// Ends the life of a message in its stream.
    async fn finish(&self, received: &Received<'_>, kind: AckKind) -> Result<(), SettleError> {
        confirm(received.message, kind).await?;
        if let Some(notes) = self.notes.as_ref().filter(|_| received.is_noted()) {
            // A note that is left behind is never read, and the store removes it after its `max_age`.
            if let Err(error) = notes.purge(received.key()).await {
                log::debug!("{}: a note is left behind: {error}", received.key());
            }
        }
        Ok(())
    }

    pub(super) async fn write(
        &self,
        received: &Received<'_>,
        note: Note,
    ) -> Result<(), SettleError> {
        let Some(notes) = &self.notes else {
            return Ok(());
        };
        let (key, value) = (
            received.key(),
            bytes::Bytes::copy_from_slice(&note.to_bytes()),
        );
        match reliably(|| notes.put(&key, value.clone())).await {
            Ok(_) => Ok(()),
            Err(error) => Err(SettleError::Note(error.into())),
        }
    }
}

/// Publishes a copy of the message, and returns when the server has stored it.
async fn publish(message: &Message, subject: &str, headers: HeaderMap) -> Result<(), PublishError> {
    reliably(|| async {
        let (headers, payload) = (headers.clone(), message.payload.clone());
        let (context, subject) = (&message.context, subject.to_owned());
        context
            .publish_with_headers(subject, headers, payload)
            .await?
            .await
    })
    .await
    .map(|_| ())
}
