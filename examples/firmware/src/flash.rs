//! The last pages of the micro:bit's flash: what survives a reset, and a power failure.

use nrf51_pac::NVMC;

use crate::saved::Memory;

/// The last two kilobytes of 256, which `memory.x` leaves free.
const BEGIN: usize = 254 * 1024;

/// Bytes in a page.
const PAGE: usize = 1024;

/// Two pages of flash, which are erased in turn.
pub struct Flash(NVMC);

impl Flash {
    pub fn new(controller: NVMC) -> Self {
        Self(controller)
    }

    fn wait(&self) {
        while self.0.ready.read().ready().is_busy() {}
    }
}

impl Memory for Flash {
    const ERASED: u32 = u32::MAX;
    const PAGES: usize = 2;
    const WORDS: usize = PAGE / 4;

    fn read(&self, word: usize) -> u32 {
        // SAFETY: aligned, inside the two pages, and no Rust object lives there.
        unsafe { address(word).read_volatile() }
    }

    fn write(&mut self, word: usize, value: u32) {
        self.0.config.write(|config| config.wen().wen());
        // SAFETY: as above, and the controller allows it.
        unsafe { address(word).write_volatile(value) };
        self.wait();
        self.0.config.write(|config| config.wen().ren());
    }

    fn erase(&mut self, page: usize) {
        let first = address(page * Self::WORDS) as u32;
        self.0.config.write(|config| config.wen().een());
        // SAFETY: the address of a page that holds neither code nor constants.
        self.0.erasepage().write(|page| unsafe { page.bits(first) });
        self.wait();
        self.0.config.write(|config| config.wen().ren());
    }
}

/// The address of a word, wherever the index points.
fn address(word: usize) -> *mut u32 {
    (BEGIN + 4 * (word % (2 * PAGE / 4))) as *mut u32
}
