//! How long the window of each retry is, before jitter.

mod constant;
mod exponential;
mod fibonacci;
mod linear;
mod schedule;
mod steps;

pub use constant::Constant;
pub use exponential::Exponential;
pub use fibonacci::Fibonacci;
pub use linear::Linear;
pub use schedule::Schedule;
pub use steps::Steps;

#[cfg(test)]
mod tests;
