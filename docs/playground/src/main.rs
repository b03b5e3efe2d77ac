//! Plans and simulates a policy for the playground of the handbook.
//!
//! It reads a request from the standard input and writes an answer to the standard output, both JSON. The page runs it in a
//! worker as WebAssembly, once per question. `scripts/playground` builds the page.
//!
//! ```text
//! echo '{"plan": {"base": "200ms"}}' | cargo run -p backoff-playground
//! ```

// What is drawn is rounded to pixels.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss
)]

mod answer;
mod plan;
mod simulation;

use std::io::{self, Read, Write};

fn main() -> io::Result<()> {
    let mut request = String::new();
    io::stdin().read_to_string(&mut request)?;
    writeln!(io::stdout(), "{}", answer::answer(&request))
}
