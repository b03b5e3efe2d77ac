//! Standard output and standard error.

use std::env;
use std::io::{self, Write};

use rustix::termios::tcgetwinsize;

/// Prints text to standard output. A reader that has gone is no error.
pub(crate) fn print(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

/// Prints a line to standard error.
pub(crate) fn print_error(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Returns the width of the terminal, or that in `COLUMNS`. A file has no limit.
pub(crate) fn columns() -> usize {
    let set = env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let terminal = || tcgetwinsize(io::stdout()).map(|size| usize::from(size.ws_col));
    let columns = set.or_else(|| terminal().ok());
    columns.filter(|columns| *columns > 0).unwrap_or(usize::MAX)
}
