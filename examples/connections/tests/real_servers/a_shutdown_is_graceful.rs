//! A shutdown ends a wait at once, and lets a connection say goodbye.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use crate::common::{AnyServer, PATIENCE, POLICY, STABLE, is_up};
use backoff_connections::{Client, Log, Mode, Proxy, Server, What};
use backoff_tokio::{Completion, Policy};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// Waits that a shutdown must not wait for.
static LONG: Policy =
    Policy::exponential(Duration::from_secs(3600), Duration::from_secs(3600)).retry_forever();

#[tokio::test]
async fn during_a_wait() {
    for client in Client::ALL {
        let (log, stop) = (Log::new(false), CancellationToken::new());
        let run = client.run(closed_port(), (&LONG, STABLE, PATIENCE), &log, &stop);
        let has_failed = |what: &What| matches!(what, What::Failed { .. });
        let scenario = async {
            log.until(1, has_failed).await;
            let begins = Instant::now();
            stop.cancel();
            begins
        };
        let ((outcome, report), begins) = tokio::join!(run, scenario);
        assert!(begins.elapsed() < Duration::from_secs(5), "{client:?}");
        assert!(outcome.is_ok(), "{client:?}: {outcome:?}");
        assert_eq!(
            report.completion(),
            Some(Completion::Cancelled),
            "{client:?}"
        );
        assert_eq!(report.attempts(), 1, "{client:?}");
        assert!(
            report.slept() < Duration::from_secs(5),
            "{client:?}: {report}"
        );
    }
}

#[tokio::test]
async fn during_a_connection() {
    for client in Client::ALL {
        let Some(mut server) = AnyServer::prepare(client).await else {
            continue;
        };
        server.start().await.expect("a server");
        let (log, stop) = (Log::new(false), CancellationToken::new());
        let run = client.run(server.address(), (&POLICY, STABLE, PATIENCE), &log, &stop);
        let scenario = async {
            log.until(1, is_up).await;
            stop.cancel();
        };
        let ((outcome, report), ()) = tokio::join!(run, scenario);
        assert!(outcome.is_ok(), "{client:?}: {outcome:?}");
        assert_eq!(
            report.completion(),
            Some(Completion::Accepted),
            "{client:?}"
        );
    }
}

/// To a server that accepts and says nothing.
#[tokio::test]
async fn while_connecting() {
    for client in Client::ALL {
        let proxy = Proxy::start(closed_port(), Mode::Silent)
            .await
            .expect("a port");
        let (log, stop) = (Log::new(false), CancellationToken::new());
        let run = client.run(proxy.address(), (&POLICY, STABLE, PATIENCE), &log, &stop);
        let scenario = async {
            while proxy.accepted() == 0 {
                sleep(Duration::from_millis(2)).await;
            }
            stop.cancel();
            Instant::now()
        };
        let ((outcome, _), begins) = tokio::join!(run, scenario);
        assert!(begins.elapsed() < PATIENCE.answer, "{client:?}");
        assert!(outcome.is_ok(), "{client:?}: {outcome:?}");
    }
}

fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address")
}
