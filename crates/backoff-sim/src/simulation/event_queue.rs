//! Events, ordered by time.

use std::array;
use std::collections::VecDeque;

/// Returns events in the order of time. Events of the same time come out in the order in which they went in.
///
/// This is a radix heap (Ahuja, Mehlhorn, Orlin and Tarjan, "Faster algorithms for the shortest path problem",
/// 1990). Time in a simulation never goes back, so an event is filed under the highest bit in which its time differs
/// from the present, and is moved only when the present reaches that bit. Pushing and popping take about as long for
/// 10 million events as for 200; `examples/queues.rs` compares it with a binary heap.
#[derive(Clone, Debug)]
pub(crate) struct EventQueue<T> {
    present: u64,
    /// The events of the present time.
    due: VecDeque<T>,
    /// The events whose time differs from the present in this bit and in none above it.
    later: [Vec<(u64, T)>; 64],
    /// A bit for each part of `later` that holds events.
    filled: u64,
}

/// A bucket with a capacity above this frees its memory when it is emptied. Big ones are seldom filled twice.
const KEPT_CAPACITY: usize = 1 << 12;

impl<T> EventQueue<T> {
    /// Creates an empty queue whose present is 0.
    pub(crate) fn new() -> Self {
        Self {
            present: 0,
            due: VecDeque::new(),
            later: array::from_fn(|_| Vec::new()),
            filled: 0,
        }
    }

    /// Adds an event. One in the past is due now.
    #[inline]
    pub(crate) fn push(&mut self, time: u64, event: T) {
        if time <= self.present {
            self.due.push_back(event);
        } else {
            self.file(time, event);
        }
    }

    /// Removes the next event, and makes its time the present.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<(u64, T)> {
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

    /// Advances to the earliest event, and files again the others of its bucket.
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
        if bucket.capacity() <= KEPT_CAPACITY {
            self.later[bit] = bucket;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    use super::*;
    use crate::random::Random;

    #[test]
    fn agrees_with_a_binary_heap_that_keeps_the_order_of_equal_times() {
        // (events pending, largest step in time)
        for (pending, step) in [(1, 1), (3, 2), (200, 5), (200, 1 << 40), (5_000, 1_000)] {
            let mut random = Random::new(7, pending);
            let (mut queue, mut heap) = (EventQueue::new(), BinaryHeap::new());
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
        let mut queue = EventQueue::new();
        queue.push(u64::MAX, 'c');
        queue.push(100, 'a');
        assert_eq!(queue.pop(), Some((100, 'a')));
        queue.push(5, 'b');
        assert_eq!(queue.pop(), Some((100, 'b')));
        assert_eq!(queue.pop(), Some((u64::MAX, 'c')));
        assert_eq!(queue.pop(), None);
    }
}
