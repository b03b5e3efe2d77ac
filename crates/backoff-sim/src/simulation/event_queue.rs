//! Events, ordered by time.

use std::array;
use std::collections::VecDeque;

/// Returns events in the order of time. Events of the same time come out in the order in which they went in.
///
/// This is a radix heap (Ahuja, Mehlhorn, Orlin and Tarjan, "Faster algorithms for the shortest path problem",
/// 1990) with digits of six bits. Time in a simulation never goes back, so an event is filed under the highest digit
/// in which its time differs from the frontier, and is moved only when the frontier reaches that digit. The next few
/// events are kept in order, which is the bottom of a ladder queue (Tang, Goh and Thng, "Ladder queue", 2005): a run
/// of few clients sorts, and a run of many files. `examples/queues.rs` compares it with a binary heap.
#[derive(Clone, Debug)]
pub(crate) struct EventQueue<T> {
    present: u64,
    /// Every event up to and including this time is in `due`, and every later one in `later`.
    frontier: u64,
    /// The next events, in order.
    due: VecDeque<(u64, T)>,
    /// By level, the events whose time differs from the frontier in that digit and in none above it.
    later: [Level<T>; LEVELS],
}

#[derive(Clone, Debug)]
struct Level<T> {
    /// By the digit of their time.
    buckets: [Vec<(u64, T)>; DIGITS],
    /// A bit for each bucket that holds events.
    filled: u64,
}

/// The bits of a digit: a word has a bit for each of its values.
const DIGIT_BITS: u32 = 6;
const DIGITS: usize = 1 << DIGIT_BITS;
const LEVELS: usize = u64::BITS.div_ceil(DIGIT_BITS) as usize;

/// A bucket of more events is filed again by the next digit instead of being sorted.
const MAX_SORTED: usize = 64;
/// While fewer events than this are due, the next bucket follows them.
const MIN_DUE: usize = 64;
/// Above this, the later half of the due events is filed: they are kept in order by insertion.
const MAX_DUE: usize = 256;
/// A bucket with a capacity above this frees its memory when it is emptied. Big ones are seldom filled twice.
const KEPT_CAPACITY: usize = 1 << 10;

impl<T> EventQueue<T> {
    /// Creates an empty queue whose present is 0.
    pub(crate) fn new() -> Self {
        Self {
            present: 0,
            frontier: 0,
            due: VecDeque::new(),
            later: array::from_fn(|_| Level {
                buckets: array::from_fn(|_| Vec::new()),
                filled: 0,
            }),
        }
    }

    /// Adds an event. One in the past is due now.
    #[inline]
    pub(crate) fn push(&mut self, time: u64, event: T) {
        if time <= self.frontier {
            self.insert(time.max(self.present), event);
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
        let (time, event) = self.due.pop_front()?;
        self.present = time;
        Some((time, event))
    }

    /// Returns the next events, in order: all that are known without searching.
    pub(crate) fn upcoming(&self) -> impl ExactSizeIterator<Item = &T> {
        self.due.iter().map(|(_, event)| event)
    }

    /// Adds an event to those that are due, behind those of the same time.
    #[inline]
    fn insert(&mut self, time: u64, event: T) {
        match self.due.back() {
            Some((last, _)) if *last > time => {
                let index = self.due.partition_point(|(other, _)| *other <= time);
                self.due.insert(index, (time, event));
                if self.due.len() > MAX_DUE {
                    self.file_later_half();
                }
            }
            _ => self.due.push_back((time, event)),
        }
    }

    /// Moves the frontier back to the middle of the due events, and files those behind it.
    fn file_later_half(&mut self) {
        let Some((middle, _)) = self.due.get(self.due.len() / 2) else {
            return;
        };
        let moved = self.frontier ^ *middle;
        self.frontier = *middle;
        if moved == 0 {
            return;
        }
        // Events that were filed by a lower digit now differ from the frontier in this one.
        for level in 0..(moved.ilog2() / DIGIT_BITS) as usize {
            while self.later[level].filled != 0 {
                let digit = self.later[level].filled.trailing_zeros();
                for (time, event) in self.take(level, digit) {
                    self.file(time, event);
                }
            }
        }
        let kept = self.due.partition_point(|(time, _)| *time <= self.frontier);
        for (time, event) in self.due.split_off(kept) {
            self.file(time, event);
        }
    }

    #[inline]
    fn file(&mut self, time: u64, event: T) {
        let level = (time ^ self.frontier).ilog2() / DIGIT_BITS;
        let digit = (time >> (level * DIGIT_BITS)) as usize % DIGITS;
        let level = &mut self.later[level as usize];
        level.buckets[digit].push((time, event));
        level.filled |= 1 << digit;
    }

    /// Makes the next events due, and moves the frontier behind them.
    fn advance(&mut self) {
        while self.due.len() < MIN_DUE {
            let Some(level) = self.later.iter().position(|level| level.filled != 0) else {
                return;
            };
            let digit = self.later[level].filled.trailing_zeros();
            let bucket = &self.later[level].buckets[digit as usize];
            if bucket.len() <= MAX_SORTED || level == 0 {
                self.sort(level, digit);
            } else if self.due.is_empty() {
                self.file_again(level, digit);
            } else {
                return; // those that are due come first
            }
        }
    }

    /// Sorts the events of a bucket, which are the next after those that are due.
    fn sort(&mut self, level: usize, digit: u32) {
        let mut bucket = self.take(level, digit);
        bucket.sort_by_key(|(time, _)| *time);
        self.due.extend(bucket.drain(..));
        self.give_back(bucket, level, digit);
        // The last time of the bucket.
        let shift = level as u32 * DIGIT_BITS;
        let below = (1 << shift) - 1;
        let above = u64::MAX.checked_shl(shift + DIGIT_BITS).unwrap_or(0);
        self.frontier = (self.frontier & above) | (u64::from(digit) << shift) | below;
    }

    /// Files the events of a bucket by the digits below.
    fn file_again(&mut self, level: usize, digit: u32) {
        let mut bucket = self.take(level, digit);
        let earliest = bucket.iter().map(|(time, _)| *time).min();
        self.frontier = earliest.unwrap_or(self.frontier);
        for (time, event) in bucket.drain(..) {
            if time == self.frontier {
                self.due.push_back((time, event));
            } else {
                self.file(time, event);
            }
        }
        self.give_back(bucket, level, digit);
    }

    fn take(&mut self, level: usize, digit: u32) -> Vec<(u64, T)> {
        let level = &mut self.later[level];
        level.filled &= !(1 << digit);
        std::mem::take(&mut level.buckets[digit as usize])
    }

    /// Keeps the memory of a bucket for the next events.
    fn give_back(&mut self, bucket: Vec<(u64, T)>, level: usize, digit: u32) {
        if bucket.capacity() <= KEPT_CAPACITY {
            self.later[level].buckets[digit as usize] = bucket;
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
        let cases = [
            (1, 1),
            (3, 2),
            (200, 5),
            (200, 1 << 40),
            (1_000, 1 << 12),
            (5_000, 1_000),
            (5_000, 1 << 50),
        ];
        for (pending, step) in cases {
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
    fn agrees_with_a_binary_heap_while_the_number_of_events_grows_and_shrinks() {
        // (events at most, largest step in time as a power of two): steps of every size up to that
        for (most, bits) in [
            (600, 8),
            (3_000, 16),
            (3_000, 24),
            (20_000, 34),
            (3_000, 63),
        ] {
            let mut random = Random::new(8, most);
            let (mut queue, mut heap) = (EventQueue::new(), BinaryHeap::new());
            let (mut now, mut number) = (0_u64, 0);
            for _ in 0..10 {
                while (heap.len() as u64) < most {
                    // Some begin together, most are spread, and between them time goes on.
                    let largest = 1 << random.below(bits + 1);
                    let step = random.below(largest);
                    let time = now.saturating_add(step);
                    queue.push(time, number);
                    heap.push(Reverse((time, number)));
                    number += 1;
                    if random.chance(0.3) {
                        let Reverse((time, expected)) = heap.pop().expect("an event");
                        assert_eq!(queue.pop(), Some((time, expected)), "{most}, {bits}");
                        now = time;
                    }
                }
                let left = random.below(most) as usize;
                while heap.len() > left {
                    let Reverse((time, expected)) = heap.pop().expect("an event");
                    assert_eq!(queue.pop(), Some((time, expected)), "{most}, {bits}");
                    now = time;
                }
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
