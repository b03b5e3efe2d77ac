//! The errors of PostgreSQL, for every crate that gives their SQLSTATE.

use std::error::Error as _;
use std::io;

use backoff_tokio::Failure;
use tokio_postgres::Error;

/// Classifies an error of `tokio-postgres`.
///
/// With `sqlx`, give [`sqlstate`] what `error.as_database_error().and_then(|error| error.code())` returns, and [`io`](super::io)
/// the error in `sqlx::Error::Io`. `PoolTimedOut` is throttled, and `PoolClosed` permanent.
#[must_use]
pub fn postgres(error: &Error) -> Failure {
    if let Some(state) = error.code() {
        return sqlstate(state.code());
    }
    match error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>())
    {
        Some(error) => super::io(error),
        None if error.is_closed() => Failure::transient(),
        None => Failure::permanent(),
    }
}

/// Classifies a condition by its SQLSTATE: five digits and capital letters, the first two of which name its class.
///
/// The conditions are those of appendix A of PostgreSQL's documentation, "PostgreSQL Error Codes". Which of them a retry mends
/// is said by section 13.5, "Serialization Failure Handling", for class 40, and by the names of the others.
///
/// A retry repeats the whole transaction, with the logic that chose its statements. Where the outcome of a commit is unknown
/// (08007, 40003, and any failure of a connection during a commit), ask the database whether it happened before you
/// repeat it.
#[must_use]
pub fn sqlstate(state: &str) -> Failure {
    match state {
        "08004" // sqlserver_rejected_establishment_of_sqlconnection
        | "25006" // read_only_sql_transaction: a standby, after a failover
        | "40003" | "08007" // statement_completion_unknown, transaction_resolution_unknown
        | "53100" | "53400" // disk_full, configuration_limit_exceeded
        | "57014" // query_canceled: by statement_timeout, or by an operator
        | "58000" | "58030" => Failure::doubtful(), // system_error, io_error
        "08P01" // protocol_violation
        | "40002" // transaction_integrity_constraint_violation
        | "57P04" => Failure::permanent(), // database_dropped
        "53300" => Failure::throttled(), // too_many_connections
        "25P03" // idle_in_transaction_session_timeout
        | "40001" // serialization_failure
        | "40P01" // deadlock_detected
        | "55006" // object_in_use
        | "55P03" // lock_not_available
        | "57P01" // admin_shutdown
        | "57P02" // crash_shutdown
        | "57P03" // cannot_connect_now: it starts up or shuts down
        | "57P05" => Failure::transient(), // idle_session_timeout
        // Connection exception, transaction rollback, insufficient resources.
        _ => match state.get(..2) {
            Some("08" | "40" | "53") => Failure::transient(),
            _ => Failure::permanent(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_have_their_meaning() {
        let (transient, permanent) = (Failure::transient(), Failure::permanent());
        let (doubtful, throttled) = (Failure::doubtful(), Failure::throttled());
        let cases = [
            ("08000", transient),
            ("08006", transient),
            ("08007", doubtful),
            ("08P01", permanent),
            ("22012", permanent), // division_by_zero
            ("23505", permanent), // unique_violation
            ("25006", doubtful),
            ("28P01", permanent), // invalid_password
            ("3D000", permanent), // invalid_catalog_name
            ("40000", transient),
            ("40001", transient),
            ("40002", permanent),
            ("40003", doubtful),
            ("40P01", transient),
            ("42P01", permanent), // undefined_table
            ("53200", transient), // out_of_memory
            ("53300", throttled),
            ("55P03", transient),
            ("57014", doubtful),
            ("57P01", transient),
            ("57P03", transient),
            ("57P04", permanent),
            ("XX000", permanent), // internal_error
            ("", permanent),
            ("4", permanent),
            ("4é001", permanent), // the third byte is in the middle of a letter
        ];
        for (state, expected) in cases {
            assert_eq!(sqlstate(state), expected, "{state:?}");
        }
    }
}
