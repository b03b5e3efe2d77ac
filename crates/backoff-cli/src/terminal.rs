//! Standard output and standard error.

use std::env;
use std::io::{self, Write};

use rustix::termios::tcgetwinsize;

use crate::text::printable;

/// Prints text to standard output, without control characters. A reader that has gone is no error.
pub(crate) fn print(text: &str) {
    let _ = io::stdout().lock().write_all(printable(text).as_bytes());
}

/// Prints a line to standard error, without control characters.
pub(crate) fn print_error(line: &str) {
    let _ = writeln!(io::stderr(), "{}", printable(line));
}

/// Returns the width of the terminal, or that in `COLUMNS`. A file has no limit.
pub(crate) fn columns() -> usize {
    let set = env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let terminal = || tcgetwinsize(io::stdout()).map(|size| usize::from(size.ws_col));
    let columns = set.or_else(|| terminal().ok());
    columns.filter(|columns| *columns > 0).unwrap_or(usize::MAX)
}
