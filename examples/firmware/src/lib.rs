//! What the images share: two boards as QEMU models them, and how they tell the time.

#![no_std]

pub mod clock;
pub mod executor;
pub mod flash;
pub mod microbit;
pub mod register;
pub mod retained;
pub mod saved;
pub mod ticks;
