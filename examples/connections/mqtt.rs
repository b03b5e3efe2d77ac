//! MQTT, with `rumqttc`.

use std::net::SocketAddr;

use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, NetworkOptions, Outgoing, Packet, QoS};
use tokio_util::sync::CancellationToken;

use crate::{ConnectionError, Heard, Patience};

/// A client that keeps its session, and so its unacknowledged messages, from one connection to the next.
pub struct Session {
    client: AsyncClient,
    events: EventLoop,
    topic: String,
}

impl Session {
    /// Makes a client that subscribes to a topic. It does not connect yet.
    #[must_use]
    pub fn new(id: &str, broker: SocketAddr, topic: &str, patience: Patience) -> Self {
        let mut options = MqttOptions::new(id, broker.ip().to_string(), broker.port());
        // Whole seconds: the protocol's unit. The client pings after so long, and gives up after as long again.
        options.set_keep_alive(patience.quiet.max(std::time::Duration::from_secs(1)));
        options.set_clean_session(false);
        let (client, mut events) = AsyncClient::new(options, 10);
        let mut network = NetworkOptions::new();
        network.set_connection_timeout(patience.answer.as_secs().max(1));
        events.set_network_options(network);
        let topic = topic.to_owned();
        Self {
            client,
            events,
            topic,
        }
    }

    /// Makes one connection, and returns when it ends.
    ///
    /// `poll` connects where there is no connection. To call it again at once after an error is what hammers a broker.
    pub async fn connection(
        &mut self,
        stop: &CancellationToken,
        on: impl Fn(Heard),
    ) -> Result<(), ConnectionError> {
        let mut stopping = false;
        loop {
            let event = tokio::select! {
                event = self.events.poll() => event?,
                () = stop.cancelled(), if !stopping => {
                    stopping = true;
                    if self.events.network.is_none() || self.client.try_disconnect().is_err() {
                        return Ok(()); // there is no connection, or no room for one more request
                    }
                    continue;
                }
            };
            match event {
                // The broker may have lost the session: subscribe after each connection.
                Event::Incoming(Packet::ConnAck(_)) => {
                    let subscribed = self.client.try_subscribe(&self.topic, QoS::AtLeastOnce);
                    subscribed.map_err(|_| ConnectionError::Silent)?;
                }
                Event::Incoming(Packet::SubAck(_)) => on(Heard::Up),
                Event::Incoming(Packet::Publish(message)) => {
                    let text = String::from_utf8_lossy(&message.payload);
                    on(Heard::Message(text.into_owned()));
                }
                Event::Outgoing(Outgoing::Disconnect) => return Ok(()),
                _ => {}
            }
        }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}
