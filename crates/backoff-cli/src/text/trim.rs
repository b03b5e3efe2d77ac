//! Decimals without trailing zeros.

/// Removes the zeros at the end of a decimal fraction.
pub(super) fn trim(number: &str) -> &str {
    if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    }
}
