//! The parts of field values: white space and digits.

/// Removes the spaces and tabs around a value (RFC 9110, sections 5.5 and 5.6.3).
#[inline]
pub(crate) const fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// Reads a number that consists of digits only, or returns `None`. Above [`u64::MAX`] it saturates.
#[inline]
pub(crate) fn digits(value: &[u8]) -> Option<u64> {
    if value.is_empty() {
        return None;
    }
    value.iter().try_fold(0_u64, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| number.saturating_mul(10).saturating_add(u64::from(digit)))
    })
}

/// Splits a text behind its first bytes of a kind.
///
/// Not generic, so that firmware has it once.
#[cfg_attr(target_os = "none", inline(never))]
#[cfg_attr(not(target_os = "none"), inline)]
pub(crate) fn split(text: &[u8], kind: fn(&u8) -> bool) -> (&[u8], &[u8]) {
    let end = text
        .iter()
        .position(|byte| !kind(byte))
        .unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}

/// Splits the first bytes of a kind from the text, and leaves the rest of it.
#[cfg_attr(target_os = "none", inline(never))]
#[cfg_attr(not(target_os = "none"), inline)]
pub(crate) fn skip<'v>(text: &mut &'v [u8], kind: fn(&u8) -> bool) -> &'v [u8] {
    let (skipped, rest) = split(text, kind);
    *text = rest;
    skipped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_spaces_and_tabs_are_trimmed() {
        let cases: [(&[u8], &[u8]); 5] = [
            (b" \t1 2\t ", b"1 2"),
            (b" \t ", b""),
            (b"", b""),
            (b"\n1", b"\n1"),
            (b"1\xa0", b"1\xa0"),
        ];
        for (value, expected) in cases {
            assert_eq!(trim(value), expected, "{}", value.escape_ascii());
        }
    }

    #[test]
    fn a_number_consists_of_digits_only() {
        let cases: [(&[u8], Option<u64>); 9] = [
            (b"0", Some(0)),
            (b"0042", Some(42)),
            (b"18446744073709551616", Some(u64::MAX)),
            (b"", None),
            (b"-1", None),
            (b"1.0", None),
            (b"1e3", None),
            (b"1:", None),
            (b"\xd9\xa5", None),
        ];
        for (value, expected) in cases {
            assert_eq!(digits(value), expected, "{}", value.escape_ascii());
        }
    }
}
