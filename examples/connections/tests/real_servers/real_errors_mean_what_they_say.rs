//! The classifiers, given errors that real servers made.

use backoff_connections::{
    Client, ConnectionError, Log, Server, classify, keep_connected, postgres_listen,
};
use backoff_tokio::{Completion, Failure, GiveUp};
use tokio_postgres::{Config, NoTls};
use tokio_util::sync::CancellationToken;

use crate::common::{AnyServer, PATIENCE, POLICY, STABLE};

/// Two transactions at the strictest level read what the other one writes: the second to commit fails by 40001.
#[tokio::test]
async fn postgresql() {
    let Some((_server, config)) = database().await else {
        return;
    };
    let (first, connection) = config.connect(NoTls).await.expect("connected");
    tokio::spawn(connection);
    let (second, connection) = config.connect(NoTls).await.expect("connected");
    tokio::spawn(connection);

    let begin = "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT sum(balance) FROM account";
    let insert = "INSERT INTO account SELECT sum(balance) FROM account";
    first
        .batch_execute("CREATE TABLE account (balance int)")
        .await
        .expect("made");
    for client in [&first, &second] {
        client.batch_execute(begin).await.expect("begun");
    }
    for client in [&first, &second] {
        client.batch_execute(insert).await.expect("inserted");
    }
    first.batch_execute("COMMIT").await.expect("committed");
    let serialization = second
        .batch_execute("COMMIT")
        .await
        .expect_err("a conflict");
    assert_eq!(
        serialization
            .code()
            .map(tokio_postgres::error::SqlState::code),
        Some("40001")
    );
    assert_eq!(classify::postgres(&serialization), Failure::transient());

    let cases = [
        ("SELECT * FROM nowhere", Failure::permanent()),
        ("SELECT 1 / 0", Failure::permanent()),
        (
            "SET statement_timeout = 1; SELECT pg_sleep(9)",
            Failure::doubtful(),
        ),
        (
            "SELECT pg_terminate_backend(pg_backend_pid())",
            Failure::transient(),
        ), // 57P01
        ("SELECT 1", Failure::transient()), // the connection is closed
    ];
    for (statement, expected) in cases {
        let error = first.batch_execute(statement).await.expect_err(statement);
        assert_eq!(
            classify::postgres(&error),
            expected,
            "{statement}: {error:?}"
        );
    }
}

/// No wait mends the name of a database.
#[tokio::test]
async fn a_permanent_failure_ends_the_call() {
    let Some((_server, mut config)) = database().await else {
        return;
    };
    config.dbname("nowhere");
    let (log, stop) = (Log::new(false), CancellationToken::new());
    let connection =
        async || postgres_listen::connection(&config, "news", PATIENCE, &stop, drop).await;
    let (outcome, report) = keep_connected(&POLICY, STABLE, &log, &stop, connection).await;
    assert!(
        matches!(outcome, Err(ConnectionError::Postgres(_))),
        "{outcome:?}"
    );
    assert_eq!(
        report.completion(),
        Some(Completion::GaveUp(GiveUp::Permanent)),
        "{log}"
    );
}

#[tokio::test]
async fn redis() {
    let Some(mut server) = AnyServer::prepare(Client::Redis).await else {
        return;
    };
    server.start().await.expect("a server");
    let address = server.address();
    let open = |url: String| ::redis::Client::open(url).expect("a client");
    let mut connection = open(format!("redis://{address}"))
        .get_multiplexed_async_connection()
        .await
        .expect("connected");
    let unknown = ::redis::cmd("NOSUCHCOMMAND")
        .query_async::<()>(&mut connection)
        .await;
    let error = unknown.expect_err("no such command");
    assert_eq!(classify::redis(&error), Failure::permanent(), "{error}");

    let wrong = open(format!("redis://:wrong@{address}"));
    let error = wrong
        .get_async_pubsub()
        .await
        .err()
        .expect("a wrong password");
    assert_eq!(classify::redis(&error), Failure::permanent(), "{error}");

    server.kill().await.expect("killed");
    let gone = ::redis::cmd("PING")
        .query_async::<()>(&mut connection)
        .await;
    let error = gone.expect_err("the server is gone");
    assert_eq!(classify::redis(&error), Failure::transient(), "{error}");
}

async fn database() -> Option<(AnyServer, Config)> {
    let mut server = AnyServer::prepare(Client::PostgreSql).await?;
    server.start().await.expect("a server");
    let mut config = Config::new();
    let address = server.address();
    config.host(address.ip().to_string()).port(address.port());
    config.user("postgres").dbname("postgres");
    // The port is open before the database is.
    let ready = backoff_tokio::retry(&POLICY, || config.connect(NoTls))
        .when(classify::postgres)
        .uninterrupted();
    drop(ready.await.expect("ready"));
    Some((server, config))
}
