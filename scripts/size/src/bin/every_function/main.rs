//! A pointer to every public function of core and http: each is in the image, for any arguments, by itself.
//!
//! `scripts/size-gate` checks that none is left out.

#![no_std]
#![no_main]

mod core;
mod http;

// SAFETY: the only symbol of this name in the image.
#[unsafe(no_mangle)]
extern "C" fn start() {
    self::core::all();
    self::http::all();
}
