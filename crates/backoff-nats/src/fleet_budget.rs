//! A budget that the processes of a fleet share.

mod budget;
mod in_memory;
mod keeper;
mod key_value;
mod lease;
mod ledger;
mod limit;
mod store;

pub use budget::{FleetBudget, FleetHeld};
pub use in_memory::InMemory;
pub use keeper::Keeper;
pub use key_value::KeyValue;
pub use limit::FleetLimit;
pub use store::{LedgerStore, Versioned};
