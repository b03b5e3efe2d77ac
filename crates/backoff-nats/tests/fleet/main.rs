//! A budget that a fleet shares, in virtual time and against real servers.

#[path = "../support/mod.rs"]
mod support;

mod a_dead_process_returns_its_lease;
mod a_fleet_stays_within_its_budget;
mod a_lost_answer_is_not_booked_twice;
mod a_store_out_of_reach_leaves_the_local_limit;
mod nats_keeps_the_ledger;
mod process;
