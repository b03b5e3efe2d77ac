//! Servers are killed and restarted. Each time their client is back within the windows of its policy.

use crate::common::{
    AnyServer, LATE, PATIENCE, POLICY, STABLE, assert_never_twice_within_the_first_window,
    assert_within_windows, is_up, window,
};
use backoff_connections::{Client, Line, Log, What, outages};
use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn mqtt_ten_times() {
    survives(Client::Mqtt, 10).await;
}

#[tokio::test]
async fn the_others() {
    let others = [
        (Client::PostgreSql, 3),
        (Client::Redis, 5),
        (Client::WebSocket, 10),
    ];
    join_all(others.map(|(client, times)| survives(client, times))).await;
}

async fn survives(client: Client, times: usize) {
    let Some(mut server) = AnyServer::prepare(client).await else {
        return;
    };
    let (log, stop) = (Log::new(false), CancellationToken::new());
    let address = server.address();
    let client = client.run(address, (&POLICY, STABLE, PATIENCE), &log, &stop);
    let scenario = async {
        outages(&mut server, &log, times, STABLE)
            .await
            .expect("a server");
        stop.cancel();
    };
    let ((outcome, _), ()) = tokio::join!(client, scenario);
    assert!(outcome.is_ok(), "{outcome:?}\n{log}");
    #[allow(
        clippy::print_stdout,
        reason = "the outages with the time of each attempt"
    )]
    {
        println!("{log}");
    }

    assert_within_windows(&log);
    assert_never_twice_within_the_first_window(&log);
    let lines = log.lines();
    let is_killed = |line: &Line| line.what == What::Killed;
    let outages: Vec<_> = lines.split(is_killed).skip(1).collect();
    assert_eq!(outages.len(), times, "{log}");
    for outage in outages {
        assert_is_one_outage(outage, &log);
    }
}

/// A connection that had lasted ends; attempts fail; the server is there again; the next attempt succeeds.
fn assert_is_one_outage(lines: &[Line], log: &Log) {
    let find = |is: fn(&What) -> bool| lines.iter().find(|line| is(&line.what));
    assert_eq!(
        lines.first().map(|line| &line.what),
        Some(&What::Renewed),
        "{log}"
    );
    let Some(Line {
        what: What::Failed { attempt: 1, .. },
        ..
    }) = lines.get(1)
    else {
        panic!("the failure of a connection that lasted is the first of a new call:\n{log}");
    };
    let attempts = lines
        .iter()
        .filter(|line| matches!(line.what, What::Attempt(_)));
    assert!(
        attempts.count() >= 3,
        "two failed while the server was away:\n{log}"
    );

    let started = find(|what| *what == What::Started).expect("started").at;
    let up = find(is_up).expect("up").at;
    // The longest wait of an attempt that failed just before, and one more where the server was still starting up.
    let latest = started + 2 * window(u32::MAX) + LATE;
    assert!(
        up <= latest,
        "{:?} after the start:\n{log}",
        up.saturating_sub(started)
    );
}
