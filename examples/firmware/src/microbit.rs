//! The micro:bit: an nRF51822 with a Cortex-M0.

use nrf51_pac::{CorePeripherals, FICR, Peripherals};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use crate::flash::Flash;
use crate::ticks::Ticks;

/// The core clock of QEMU's model. The chip itself runs at 16 MHz.
const CORE_HZ: u32 = 64_000_000;

/// The parts of the board that the images use.
pub struct Board {
    pub flash: Flash,
    /// The number that the factory gave to this very chip.
    pub id: u64,
    pub ticks: Ticks,
}

impl Board {
    /// Takes the board, and starts its clock.
    ///
    /// # Panics
    ///
    /// The second time.
    pub fn take() -> Self {
        let core = CorePeripherals::take().expect("the core is free");
        let chip = Peripherals::take().expect("the chip is free");
        Self {
            flash: Flash::new(chip.NVMC),
            id: id(&chip.FICR),
            ticks: Ticks::start(core.SYST, CORE_HZ),
        }
    }
}

fn id(factory: &FICR) -> u64 {
    let [low, high] = [0, 1].map(|word| u64::from(factory.deviceid[word].read().bits()));
    high << 32 | low
}

/// A generator whose sequence no other device shares, nor another boot of this one.
///
/// The id alone would repeat after each reset; the boot counter alone would be the same on every device. Each
/// is mixed by the generator's own seeding, so that neighbouring numbers do not give similar sequences.
pub fn generator(id: u64, boot: u32) -> Xoshiro128PlusPlus {
    let device = Xoshiro128PlusPlus::seed_from_u64(id).next_u64();
    Xoshiro128PlusPlus::seed_from_u64(device ^ u64::from(boot))
}
