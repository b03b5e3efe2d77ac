//! The last page of the micro:bit's flash: what survives a reset, and a power failure.

use nrf51_pac::NVMC;

/// The last kilobyte of 256, which `memory.x` leaves free.
const PAGE: usize = 255 * 1024;

/// Words in the page.
const WORDS: usize = 256;

/// A page of flash that holds one record.
pub struct Flash(NVMC);

impl Flash {
    pub fn new(controller: NVMC) -> Self {
        Self(controller)
    }

    /// The first words of the page, whatever they are.
    pub fn load<const N: usize>(&self) -> [u32; N] {
        const { assert!(N <= WORDS) };
        core::array::from_fn(|index| {
            // SAFETY: aligned, inside the flash, and no Rust object lives there.
            unsafe { word(index).read_volatile() }
        })
    }

    /// Erases the page and writes a record.
    pub fn store<const N: usize>(&mut self, record: [u32; N]) {
        self.0.config.write(|config| config.wen().een());
        // SAFETY: the address of a page that holds neither code nor constants.
        self.0
            .erasepage()
            .write(|page| unsafe { page.bits(PAGE as u32) });
        self.wait();
        self.program(record);
    }

    /// Writes over a record without an erasure, which can only clear bits.
    pub fn program<const N: usize>(&mut self, record: [u32; N]) {
        const { assert!(N <= WORDS) };
        self.0.config.write(|config| config.wen().wen());
        for (index, value) in record.into_iter().enumerate() {
            // SAFETY: aligned, inside the page, no Rust object lives there, and the controller allows it.
            unsafe { word(index).write_volatile(value) };
            self.wait();
        }
        self.0.config.write(|config| config.wen().ren());
    }

    fn wait(&self) {
        while self.0.ready.read().ready().is_busy() {}
    }
}

fn word(index: usize) -> *mut u32 {
    (PAGE + 4 * index) as *mut u32
}
