//! Exit codes of common tools that mean a transient failure.

use clap::ValueEnum;
use serde::Deserialize;

/// A tool that tells transient failures apart by its exit code.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Tool {
    /// 5, 6, 7, 12, 16, 18, 28, 35, 52, 55, 56, 92, 95, 96: name resolution, connections, transfers that break off
    Curl,
    /// 128, a fatal error; that includes permanent ones, such as a repository that does not exist
    Git,
    /// 2, the connection to the server went bad
    Psql,
    /// 5, 10, 12, 30, 35, 255: the connection, the protocol, timeouts, the remote shell
    Rsync,
    /// 255, an error of ssh itself; that includes permanent ones, such as a wrong key
    Ssh,
}

impl Tool {
    /// Returns the exit codes that mean a transient failure.
    pub(super) const fn transient(self) -> &'static [u8] {
        match self {
            // libcurl-errors(3): COULDNT_RESOLVE_PROXY, COULDNT_RESOLVE_HOST, COULDNT_CONNECT, FTP_ACCEPT_TIMEOUT, HTTP2,
            // PARTIAL_FILE, OPERATION_TIMEDOUT, SSL_CONNECT_ERROR, GOT_NOTHING, SEND_ERROR, RECV_ERROR, HTTP2_STREAM, HTTP3,
            // QUIC_CONNECT_ERROR. 22, HTTP_RETURNED_ERROR, is missing: it may be a 404 like a 503.
            Self::Curl => &[5, 6, 7, 12, 16, 18, 28, 35, 52, 55, 56, 92, 95, 96],
            // usage.h of git: `die` "exits with status 128".
            Self::Git => &[128],
            // psql(1), exit status: "2 if the connection to the server went bad and the session was not interactive".
            Self::Psql => &[2],
            // rsync(1), exit values: errors of starting the protocol, of socket I/O and of the protocol's data stream,
            // timeouts of data and of the connection to a daemon; 255 is that of ssh.
            Self::Rsync => &[5, 10, 12, 30, 35, 255],
            // ssh(1), exit status: "with 255 if an error occurred".
            Self::Ssh => &[255],
        }
    }
}
