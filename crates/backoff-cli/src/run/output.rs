//! The output of the attempts and of this process.

mod capture;
mod mode;
mod outputs;
mod spool;
mod writer;

pub(super) use capture::Capture;
pub(super) use mode::OutputMode;
pub(super) use outputs::Output;
