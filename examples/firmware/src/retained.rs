//! RAM that a reset leaves as it is: the RTC memory of this board.

use core::sync::atomic::{AtomicU32, Ordering};

use crate::saved::Memory;

/// Words in a page: a record.
const WORDS: usize = 10;

const PAGES: usize = 3;

/// Neither loaded nor cleared at a reset. After a power failure it holds anything.
#[unsafe(link_section = ".uninit.saved")]
static MEMORY: [AtomicU32; PAGES * WORDS] = [const { AtomicU32::new(0) }; PAGES * WORDS];

/// Three records in RAM, which are written in turn.
pub struct Retained;

impl Memory for Retained {
    const ERASED: u32 = 0;
    const PAGES: usize = PAGES;
    const WORDS: usize = WORDS;

    fn read(&self, word: usize) -> u32 {
        MEMORY[word].load(Ordering::Relaxed)
    }

    fn write(&mut self, word: usize, value: u32) {
        MEMORY[word].store(value, Ordering::Relaxed);
    }

    fn erase(&mut self, page: usize) {
        for word in 0..WORDS {
            self.write(page * WORDS + word, Self::ERASED);
        }
    }
}
