//! A server that accepts and closes, or accepts and says nothing, sees no more attempts than the policy allows.

use std::time::Duration;

use crate::common::{AnyServer, PATIENCE, POLICY, assert_within_windows, is_up, most_attempts};
use backoff_connections::{Client, Log, Mode, Proxy, Server, What};
use futures_util::future::join_all;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// How long it misbehaves.
const WHILE: Duration = Duration::from_secs(1);

/// Long enough that a connection of a few milliseconds does not count as stable on a busy machine.
const STABLE: Duration = Duration::from_secs(1);

#[tokio::test]
async fn each_client_is_patient() {
    join_all(Client::ALL.map(is_patient)).await;
}

async fn is_patient(client: Client) {
    let Some(mut server) = AnyServer::prepare(client).await else {
        return;
    };
    server.start().await.expect("a server");
    let closing = Mode::Close(Duration::ZERO);
    let proxy = Proxy::start(server.address(), closing)
        .await
        .expect("a port");
    let (log, stop) = (Log::new(false), CancellationToken::new());
    let client = client.run(proxy.address(), (&POLICY, STABLE, PATIENCE), &log, &stop);
    let scenario = async {
        // It accepts and closes: at once, and after a while that is not long enough to count.
        for closing in [closing, Mode::Close(STABLE / 30)] {
            proxy.set(closing);
            assert_is_not_hammered(&proxy, &log).await;
        }
        // It is well.
        proxy.set(Mode::Forward);
        log.until(1, is_up).await;
        sleep(STABLE * 5 / 4).await;
        // The connection stays, and the server is gone: the client finds out by itself.
        let failures = log.count(|what| matches!(what, What::Failed { .. }));
        proxy.set(Mode::Silent);
        log.until(failures + 1, |what| matches!(what, What::Failed { .. }))
            .await;
        assert_eq!(log.count(|what| *what == What::Renewed), 1, "{log}");
        // Nor does it wait for ever for a connection that says nothing.
        log.until(failures + 2, |what| matches!(what, What::Failed { .. }))
            .await;
        proxy.set(Mode::Forward);
        log.until(2, is_up).await;
        stop.cancel();
    };
    let ((outcome, _), ()) = tokio::join!(client, scenario);
    assert!(outcome.is_ok(), "{outcome:?}\n{log}");
    assert_within_windows(&log);
}

/// The proxy itself counts, from the first attempt of a call or from a later one, which allows fewer.
async fn assert_is_not_hammered(proxy: &Proxy, log: &Log) {
    let (before, begins) = (proxy.accepted(), Instant::now());
    sleep(WHILE).await;
    let (accepted, time) = (proxy.accepted() - before, begins.elapsed());
    let most = most_attempts(time);
    assert!(
        accepted > 0 && accepted <= most,
        "{accepted} of {most} in {time:?}:\n{log}"
    );
    assert_eq!(log.count(|what| *what == What::Renewed), 0, "{log}");
}
