//! The messages of a WebSocket as one stream, over many connections.

use std::pin::pin;

use crate::common::{PATIENCE, POLICY, STABLE};
use backoff_connections::{Mode, Proxy, Server, WebSocketServer, websocket};
use backoff_tokio::Failure;
use futures_util::StreamExt;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_consumer_sees_messages_only() {
    let mut server = WebSocketServer::prepare().expect("a port");
    server.start().await.expect("a server");
    let proxy = Proxy::start(server.address(), Mode::Forward)
        .await
        .expect("a port");
    let (url, stop) = (
        format!("ws://{}/", proxy.address()),
        CancellationToken::new(),
    );

    let messages = websocket::messages(url, &POLICY, STABLE, PATIENCE);
    let mut messages = pin!(messages.take_until(stop.cancelled()));
    for connection in 1..=5 {
        // The server greets each connection once.
        let message = messages.next().await.expect("it goes on");
        assert_eq!(
            message.expect("no error"),
            "hello",
            "connection {connection}"
        );
        if connection == 3 {
            server.kill().await.expect("killed");
            server.start().await.expect("a server");
        } else {
            proxy.set(Mode::Close(STABLE));
            proxy.set(Mode::Forward);
        }
    }
    stop.cancel();
    assert!(messages.next().await.is_none(), "a shutdown ends it");
}

#[tokio::test]
async fn an_error_that_is_final_is_the_last_item() {
    let url = "ws://no port/".to_owned();
    let mut messages = pin!(websocket::messages(url, &POLICY, STABLE, PATIENCE));
    let error = messages
        .next()
        .await
        .expect("an item")
        .expect_err("an error");
    assert_eq!(error.classify(), Failure::permanent(), "{error}");
    assert!(messages.next().await.is_none());
}
