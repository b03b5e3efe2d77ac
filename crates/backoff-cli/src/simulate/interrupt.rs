//! Ctrl-C.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tokio::runtime;
use tokio::signal::ctrl_c;

use crate::terminal::print_error;

/// The exit code after Ctrl-C, as in shells: 128 and the number of SIGINT.
pub(super) const INTERRUPTED: u8 = 130;

/// Whether Ctrl-C was pressed. The second time ends this process at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Begins to listen. Where the system does not allow that, Ctrl-C ends this process as usual.
    pub(super) fn listen() -> Self {
        let interrupt = Self::default();
        let listening = interrupt.clone();
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(runtime) = runtime {
            thread::spawn(move || runtime.block_on(listening.wait()));
        }
        interrupt
    }

    pub(super) fn has_come(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    async fn wait(self) {
        while ctrl_c().await.is_ok() {
            if self.0.swap(true, Ordering::Relaxed) {
                process::exit(i32::from(INTERRUPTED));
            }
            print_error(
                "backoff: interrupted: ends after the current runs; press Ctrl-C again to end at once",
            );
        }
    }
}
