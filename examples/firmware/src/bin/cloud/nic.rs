//! The network card of the board, a LAN9118: frames go through two FIFOs, which are asked every millisecond.

use embassy_futures::join::join;
use embassy_net_driver_channel::Runner;
use embassy_net_driver_channel::driver::{HardwareAddress, LinkState};
use embassy_time::Timer;
use firmware::register::Register;

/// The longest frame, without its checksum.
pub const MTU: usize = 1514;

/// The registers, named as in the data sheet of the LAN9118.
pub struct Nic {
    rx_data_fifo: Register,
    tx_data_fifo: Register,
    rx_status_fifo: Register,
    tx_cfg: Register,
    rx_fifo_inf: Register,
    mac_csr_cmd: Register,
    mac_csr_data: Register,
}

/// Registers of the MAC, which are reached through two others.
const MAC_CR: u32 = 1;
const ADDRH: u32 = 2;
const ADDRL: u32 = 3;

/// MAC_CSR_CMD: a command is under way; it reads.
const BUSY: u32 = 1 << 31;
const READ: u32 = 1 << 30;

impl Nic {
    /// # Safety
    ///
    /// To be called once: nobody else may use the card.
    pub unsafe fn take() -> Self {
        const BASE: usize = 0x4020_0000; // Application Note AN385
        // SAFETY: registers of the card.
        unsafe {
            Self {
                rx_data_fifo: Register::at(BASE),
                tx_data_fifo: Register::at(BASE + 0x20),
                rx_status_fifo: Register::at(BASE + 0x40),
                tx_cfg: Register::at(BASE + 0x70),
                rx_fifo_inf: Register::at(BASE + 0x7c),
                mac_csr_cmd: Register::at(BASE + 0xa4),
                mac_csr_data: Register::at(BASE + 0xa8),
            }
        }
    }

    /// Lets frames through in both directions.
    pub fn start(&self) {
        self.tx_cfg.write(1 << 1); // TX_ON
        self.write_mac(MAC_CR, 1 << 3 | 1 << 2); // TXEN, RXEN
    }

    /// The address that the factory gave to this very card.
    pub fn address(&self) -> [u8; 6] {
        let [a, b, c, d] = self.read_mac(ADDRL).to_le_bytes();
        let [e, f, ..] = self.read_mac(ADDRH).to_le_bytes();
        [a, b, c, d, e, f]
    }

    /// Carries frames between the card and the stack.
    pub async fn run(&self, runner: Runner<'_, MTU>) -> ! {
        let (state, mut rx, mut tx) = runner.split();
        state.set_hardware_address(HardwareAddress::Ethernet(self.address()));
        state.set_link_state(LinkState::Up);
        let receive = async {
            loop {
                // A frame stays in the FIFO while the stack has no room: one that is dropped comes again late.
                while self.has_frame()
                    && let Some(buffer) = rx.try_rx_buf()
                {
                    if let Some(length) = self.receive(buffer) {
                        rx.rx_done(length);
                    }
                }
                Timer::after_millis(1).await;
            }
        };
        let send = async {
            loop {
                self.send(tx.tx_buf().await);
                tx.tx_done();
            }
        };
        join(receive, send).await.0
    }

    fn has_frame(&self) -> bool {
        self.rx_fifo_inf.read() >> 16 & 0xff != 0 // RXSUSED
    }

    /// Takes a frame out of the FIFO; `None` for one that is damaged or too long.
    fn receive(&self, buffer: &mut [u8]) -> Option<usize> {
        let status = self.rx_status_fifo.read();
        let received = (status >> 16 & 0x3fff) as usize; // with a checksum of four bytes
        for index in 0..received.div_ceil(4) {
            let word = self.rx_data_fifo.read().to_le_bytes();
            for (to, from) in buffer.iter_mut().skip(4 * index).zip(word) {
                *to = from;
            }
        }
        let sound = status & 1 << 15 == 0; // no error
        let length = received.saturating_sub(4);
        (sound && length <= buffer.len()).then_some(length)
    }

    fn send(&self, frame: &[u8]) {
        let length = frame.len() as u32;
        self.tx_data_fifo.write(1 << 13 | 1 << 12 | length); // command A: the first and last segment
        self.tx_data_fifo.write(length); // command B
        for chunk in frame.chunks(4) {
            let mut word = [0; 4];
            word[..chunk.len()].copy_from_slice(chunk);
            self.tx_data_fifo.write(u32::from_le_bytes(word));
        }
    }

    fn read_mac(&self, register: u32) -> u32 {
        self.mac_csr_cmd.write(BUSY | READ | register);
        self.wait();
        self.mac_csr_data.read()
    }

    fn write_mac(&self, register: u32, value: u32) {
        self.mac_csr_data.write(value);
        self.mac_csr_cmd.write(BUSY | register);
        self.wait();
    }

    fn wait(&self) {
        while self.mac_csr_cmd.read() & BUSY != 0 {}
    }
}
