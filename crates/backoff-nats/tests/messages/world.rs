//! What every test needs: a connection, a stream, and an error that says how it is classified.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::{self, Context, kv, stream};
use backoff_nats::{Budget, Failure, PolicyRef, Redelivery, TimedOut};

use crate::support::{Server, binaries};

/// Runs a test against each server that is installed.
pub(crate) async fn with_each_server<F: Future<Output = ()>>(mut test: impl FnMut(World) -> F) {
    for binary in binaries() {
        test(World::start(Server::start(binary)).await).await;
    }
}

/// A server, and a connection to it.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) jetstream: Context,
    pub(crate) version: (u32, u32),
}

impl World {
    async fn start(server: Server) -> Self {
        let client = connect(&server.url()).await;
        let version = client.server_info().version;
        let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
        Self {
            server,
            jetstream: jetstream::new(client),
            version: (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)),
        }
    }

    /// Whether the server publishes messages at a given time.
    pub(crate) fn schedules(&self) -> bool {
        self.version >= (2, 12)
    }

    /// Makes a stream of the name that listens to the name followed by anything.
    pub(crate) async fn stream(&self, name: &str) -> stream::Stream {
        let config = stream::Config {
            name: name.to_owned(),
            subjects: vec![format!("{name}.>")],
            allow_message_schedules: self.schedules(),
            ..Default::default()
        };
        self.jetstream
            .create_stream(config)
            .await
            .expect("a stream")
    }

    /// Makes a bucket as its stream. async-nats's own function asks for more than a server before 2.10 answers.
    pub(crate) async fn bucket(&self, name: &str) -> kv::Store {
        let config = stream::Config {
            name: format!("KV_{name}"),
            subjects: vec![format!("$KV.{name}.>")],
            max_messages_per_subject: 1,
            discard: stream::DiscardPolicy::New,
            allow_rollup: true,
            allow_direct: true,
            ..Default::default()
        };
        let made = self.jetstream.create_stream(config).await;
        made.expect("the stream of a bucket");
        self.jetstream.get_key_value(name).await.expect("a bucket")
    }

    pub(crate) async fn publish(&self, subject: &str, payload: &str) {
        let payload = payload.to_owned().into();
        let published = self.jetstream.publish(subject.to_owned(), payload).await;
        published.expect("sent").await.expect("stored");
    }

    /// Counts the messages of a stream.
    pub(crate) async fn messages(&self, stream: &str) -> u64 {
        let mut stream = self.jetstream.get_stream(stream).await.expect("a stream");
        stream.info().await.expect("its state").state.messages
    }
}

pub(crate) async fn connect(url: &str) -> async_nats::Client {
    let options =
        async_nats::ConnectOptions::new().reconnect_delay_callback(|_| Duration::from_millis(50));
    options.connect(url).await.expect("connected")
}

/// Makes a consumer that a redelivery has configured.
pub(crate) async fn consumer<P: PolicyRef, C, B: Budget>(
    stream: &stream::Stream,
    redelivery: &Redelivery<P, C, B>,
    name: &str,
    filter: &str,
) -> PullConsumer {
    let config = pull::Config {
        durable_name: Some(name.to_owned()),
        filter_subject: filter.to_owned(),
        ..Default::default()
    };
    let config = redelivery.consumer(config);
    stream.create_consumer(config).await.expect("a consumer")
}

/// An error that says how it is classified.
#[derive(Clone, Debug)]
pub(crate) struct Fails(pub(crate) Failure);

impl Fails {
    pub(crate) fn failure(&self) -> Failure {
        self.0
    }
}

impl fmt::Display for Fails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {} failure", self.0.kind())
    }
}

impl From<TimedOut> for Fails {
    fn from(_: TimedOut) -> Self {
        Self(Failure::transient())
    }
}
