//! The four clients against their real servers, which are killed, restarted, and put behind a proxy that misbehaves.
//!
//! Without a server its tests print one line that they were skipped, and fail where the environment has `CI=true`.

#![allow(clippy::doc_markdown, reason = "PostgreSQL is a name")]

mod a_client_is_back_after_every_outage;
mod a_server_that_misbehaves_is_not_hammered;
mod a_shutdown_is_graceful;
mod a_stream_goes_on_after_an_outage;
mod common;
mod real_errors_mean_what_they_say;
