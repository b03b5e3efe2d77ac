//! Names of errors, as AWS writes them.

use crate::field;

/// Returns the name of an error without its namespace, up to the last `#`, and its address, from the first `:` on.
pub(crate) fn error_name(value: &[u8]) -> &[u8] {
    let (mut name, _) = field::split(value, |byte| *byte != b':');
    while let (_, [b'#', rest @ ..]) = field::split(name, |byte| *byte != b'#') {
        name = rest;
    }
    field::trim(name)
}
