//! Randomness that needs no state in the call.

use std::convert::Infallible;

use js_sys::Math;
use rand_core::{TryRng, utils};

/// The generator of the JavaScript engine, `Math.random()`, which engines seed from the operating system.
///
/// It takes no space in a call. Not for secrets.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct WebRandom;

/// 2^32, the number of values of a `u32`.
const WORDS: f64 = 4_294_967_296.0;

impl TryRng for WebRandom {
    type Error = Infallible;

    #[inline]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the product is at least 0 and below 2^32, and its fraction is not wanted"
    )]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((Math::random() * WORDS) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        utils::next_u64_via_u32(self)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        utils::fill_bytes_via_next_word(bytes, || self.try_next_u32())
    }
}
