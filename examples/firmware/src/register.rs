//! One register of a device: the only place where the images touch hardware that no crate covers.

/// A register of 32 bits.
pub struct Register(*mut u32);

// SAFETY: a register is the same from every context, and each access is a single one.
unsafe impl Sync for Register {}

impl Register {
    /// # Safety
    ///
    /// The address is that of a register of 32 bits which no other code uses, and to read or write it changes
    /// no memory that Rust knows of.
    pub const unsafe fn at(address: usize) -> Self {
        Self(address as *mut u32)
    }

    pub fn read(&self) -> u32 {
        // SAFETY: what `at` asks for.
        unsafe { self.0.read_volatile() }
    }

    pub fn write(&self, value: u32) {
        // SAFETY: what `at` asks for.
        unsafe { self.0.write_volatile(value) }
    }
}
