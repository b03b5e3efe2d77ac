//! Events in the order of time.

use std::array;
use std::collections::VecDeque;

/// A queue of events that come out in the order of time; those of one moment, in the order in which they went in.
///
/// A radix heap (Ahuja, Mehlhorn, Orlin and Tarjan, "Faster algorithms for the shortest path problem", 1990):
/// time in a simulation never goes back, so an event is filed under the highest bit in which its time differs
/// from the present, and is touched again only when the present reaches that bit. Pushing and popping cost the
/// same for two hundred events and for ten million; `examples/queues.rs` measures it against a binary heap.
///
/// # Examples
///
/// ```
/// use backoff_sim::Queue;
///
/// let mut queue = Queue::new();
/// queue.push(30, "c");
/// queue.push(10, "a");
/// queue.push(10, "b");
/// assert_eq!(queue.pop(), Some((10, "a")));
/// assert_eq!(queue.pop(), Some((10, "b")));
/// assert_eq!(queue.pop(), Some((30, "c")));
/// assert_eq!(queue.pop(), None);
/// ```
#[derive(Clone, Debug)]
pub struct Queue<T> {
    present: u64,
    /// The events of the present.
    due: VecDeque<T>,
    /// The events whose time differs from the present in this bit and in none above it.
    later: [Vec<(u64, T)>; 64],
    /// Which of `later` hold events.
    filled: u64,
}

/// An emptied bucket above this many events gives its memory back: the big ones are seldom filled twice.
const KEPT: usize = 1 << 12;

impl<T> Queue<T> {
    /// Makes an empty queue, whose present is zero.
    #[must_use]
    pub fn new() -> Self {
        Self {
            present: 0,
            due: VecDeque::new(),
            later: array::from_fn(|_| Vec::new()),
            filled: 0,
        }
    }

    /// Adds an event; one in the past counts as due now.
    #[inline]
    pub fn push(&mut self, time: u64, event: T) {
        if time <= self.present {
            self.due.push_back(event);
        } else {
            self.file(time, event);
        }
    }

    /// Takes the next event, and makes its time the present.
    #[inline]
    pub fn pop(&mut self) -> Option<(u64, T)> {
        if self.due.is_empty() {
            self.advance();
        }
        let event = self.due.pop_front()?;
        Some((self.present, event))
    }

    #[inline]
    fn file(&mut self, time: u64, event: T) {
        let bit = (time ^ self.present).ilog2();
        self.later[bit as usize].push((time, event));
        self.filled |= 1 << bit;
    }

    /// Goes to the earliest event, and files anew those that shared a bucket with it.
    fn advance(&mut self) {
        if self.filled == 0 {
            return;
        }
        let bit = self.filled.trailing_zeros() as usize;
        self.filled &= self.filled - 1;
        let mut bucket = std::mem::take(&mut self.later[bit]);
        let earliest = bucket.iter().map(|(time, _)| *time).min();
        self.present = earliest.unwrap_or(self.present);
        for (time, event) in bucket.drain(..) {
            self.push(time, event);
        }
        if bucket.capacity() <= KEPT {
            self.later[bit] = bucket;
        }
    }
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    use super::*;
    use crate::Random;

    #[test]
    fn agrees_with_a_binary_heap_that_keeps_the_order_of_equal_times() {
        // (events pending, largest step in time)
        for (pending, step) in [(1, 1), (3, 2), (200, 5), (200, 1 << 40), (5_000, 1_000)] {
            let mut random = Random::new(7, pending);
            let (mut queue, mut heap) = (Queue::new(), BinaryHeap::new());
            for number in 0..pending {
                let time = random.below(step);
                queue.push(time, number);
                heap.push(Reverse((time, number)));
            }
            for number in pending..10 * pending {
                let Reverse((time, expected)) = heap.pop().expect("as many as were pushed");
                assert_eq!(queue.pop(), Some((time, expected)), "{pending}, {step}");
                let next = time + random.below(step);
                queue.push(next, number);
                heap.push(Reverse((next, number)));
            }
        }
    }

    #[test]
    fn the_past_is_due_now_and_the_end_of_time_is_reached() {
        let mut queue = Queue::new();
        queue.push(u64::MAX, 'c');
        queue.push(100, 'a');
        assert_eq!(queue.pop(), Some((100, 'a')));
        queue.push(5, 'b');
        assert_eq!(queue.pop(), Some((100, 'b')));
        assert_eq!(queue.pop(), Some((u64::MAX, 'c')));
        assert_eq!(queue.pop(), None);
    }
}
