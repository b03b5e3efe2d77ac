//! Messages, against real servers.

#[path = "../support/mod.rs"]
mod support;

mod a_dead_letter_is_never_lost;
mod a_killed_server_undercuts_no_hint;
mod a_message_is_settled_as_the_table_says;
mod a_message_waits_in_streams_of_every_kind;
mod a_message_waits_only_once;
mod a_worker_stops_without_losing_a_message;
mod an_attempt_may_outlast_its_acknowledgement;
mod lost_attempts_count;
mod other_consumers_skip_a_scheduled_message;
mod world;
