//! A queue in a table of PostgreSQL: what an adapter for another engine takes.

use std::time::Duration;

use backoff_queue::{Delivery, Failure, GiveUp, Note, Policy, Progress, Settlement};
use tokio_postgres::{Client, Error};

const TABLES: &str = include_str!("tables.sql");

const TAKE: &str = "
    update messages
    set deliveries = deliveries + 1, due = clock_timestamp() + $2::bigint * interval '1 microsecond'
    where id = (
        select id from messages where topic = $1 and due <= clock_timestamp()
        order by due limit 1 for update skip locked
    )
    returning id, body, deliveries, note,
        (extract(epoch from clock_timestamp() - published) * 1000000)::bigint";

// A settlement names the delivery, so that a worker that was too slow changes nothing.
const ACKNOWLEDGE: &str = "delete from messages where id = $1 and deliveries = $2";

const REDELIVER: &str = "
    update messages set due = clock_timestamp() + $3::bigint * interval '1 microsecond', note = $4
    where id = $1 and deliveries = $2";

const DEAD_LETTER: &str = "
    with gone as (delete from messages where id = $1 and deliveries = $2 returning *)
    insert into dead_letters
    select id, topic, body, published, deliveries, $3, $4 from gone";

/// A topic of the queue.
pub(crate) struct Queue<'c> {
    client: &'c Client,
    topic: &'c str,
    policy: Policy,
    /// How long a worker may take before its message is delivered again, in microseconds.
    lease: i64,
}

/// A message that this worker was given.
pub(crate) struct Message {
    pub(crate) body: String,
    pub(crate) delivery: Delivery,
    id: i64,
    deliveries: i64,
}

impl<'c> Queue<'c> {
    pub(crate) async fn open(
        client: &'c Client,
        topic: &'c str,
        policy: Policy,
        lease: i64,
    ) -> Result<Self, Error> {
        client.batch_execute(TABLES).await?;
        Ok(Self {
            client,
            topic,
            policy,
            lease,
        })
    }

    pub(crate) async fn publish(&self, body: &str) -> Result<(), Error> {
        let insert = "insert into messages (topic, body) values ($1, $2)";
        self.client
            .execute(insert, &[&self.topic, &body])
            .await
            .map(drop)
    }

    /// Takes the next message that is due. A message of which no attempt may begin is dead-lettered.
    pub(crate) async fn take(&self) -> Result<Option<Message>, Error> {
        while let Some(row) = self
            .client
            .query_opt(TAKE, &[&self.topic, &self.lease])
            .await?
        {
            let (deliveries, note): (i64, Option<&[u8]>) = (row.get(2), row.get(3));
            let count = deliveries.unsigned_abs();
            let progress = match note.map(Note::from_bytes) {
                Some(Ok(note)) => note.progress_at(count),
                _ => Progress::at(u32::try_from(count).unwrap_or(u32::MAX)),
            };
            let age = Duration::from_micros(row.get::<_, i64>(4).unsigned_abs());
            let message = Message {
                body: row.get(1),
                delivery: Delivery::new(progress, age),
                id: row.get(0),
                deliveries,
            };
            match message.delivery.refusal(self.policy) {
                Some(reason) => {
                    self.dead_letter(&message, reason, "no attempt was made")
                        .await?;
                }
                None => return Ok(Some(message)),
            }
        }
        Ok(None)
    }

    pub(crate) async fn settle(
        &self,
        message: &Message,
        failure: Option<Failure>,
        error: &str,
        random: u32,
    ) -> Result<Settlement, Error> {
        let settlement = message.delivery.settle(self.policy, failure, random);
        let Message { id, deliveries, .. } = message;
        match settlement {
            Settlement::Acknowledge => {
                self.client.execute(ACKNOWLEDGE, &[id, deliveries]).await?;
            }
            Settlement::DeadLetter(reason) => self.dead_letter(message, reason, error).await?,
            Settlement::Redeliver { after, progress } => {
                let note = Note::new(progress, Duration::ZERO, deliveries.unsigned_abs());
                let micros =
                    i64::try_from(after.as_micros().saturating_add(1)).unwrap_or(i64::MAX >> 1);
                let note = &note.to_bytes()[..];
                self.client
                    .execute(REDELIVER, &[id, deliveries, &micros, &note])
                    .await?;
            }
        }
        Ok(settlement)
    }

    async fn dead_letter(
        &self,
        message: &Message,
        reason: GiveUp,
        error: &str,
    ) -> Result<(), Error> {
        let Message { id, deliveries, .. } = message;
        let reason = reason.as_str();
        self.client
            .execute(DEAD_LETTER, &[id, deliveries, &reason, &error])
            .await
            .map(drop)
    }
}
