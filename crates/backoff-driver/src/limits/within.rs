//! An attempt and its timer, side by side: what interrupts an attempt.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

/// Polls an attempt and then its timer, which is made when the attempt is not ready at once; `None` if time is over.
///
/// The attempt comes first, so that one that is ready in time is never lost.
#[inline]
pub(crate) fn poll_within<A: Future, S: Future<Output = ()>>(
    attempt: Pin<&mut A>,
    mut timer: Pin<&mut Option<S>>,
    cx: &mut Context<'_>,
    start: impl FnOnce() -> Option<S>,
) -> Poll<Option<A::Output>> {
    if let Poll::Ready(outcome) = attempt.poll(cx) {
        return Poll::Ready(Some(outcome));
    }
    if timer.is_none() {
        timer.set(start());
    }
    match timer.as_pin_mut() {
        Some(timer) => timer.poll(cx).map(|()| None),
        None => Poll::Pending,
    }
}
