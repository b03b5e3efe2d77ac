//! Reads a fixed number of digits at once.
#![allow(
    clippy::inline_always,
    reason = "measured, as the text of `strict` says"
)]

/// What was read from the beginning of a text, and the rest of the text.
pub(crate) type Read<'t, T> = Option<(T, &'t [u8])>;

/// Reads `hh:mm:ss`, all eight bytes at once.
///
/// XOR with the template turns each digit into its value and each colon into zero. A byte was a digit if neither the
/// result nor the result plus six reaches 16. A byte of 250 or more, whose sum carries into the next byte, is caught
/// by the first of these conditions.
#[cfg_attr(not(target_os = "none"), inline(always))]
pub(crate) fn time(text: &[u8]) -> Read<'_, [u32; 3]> {
    const TEMPLATE: u64 = u64::from_le_bytes(*b"00:00:00");
    const SIX: u64 = u64::from_le_bytes([6, 6, 0, 6, 6, 0, 6, 6]);
    const WRONG: u64 = u64::from_le_bytes([0xf0, 0xf0, 0xff, 0xf0, 0xf0, 0xff, 0xf0, 0xf0]);
    let (bytes, rest) = text.split_first_chunk()?;
    let values = u64::from_le_bytes(*bytes) ^ TEMPLATE;
    if (values.wrapping_add(SIX) | values) & WRONG != 0 {
        return None;
    }
    let [h0, h1, _, m0, m1, _, s0, s1] = values.to_le_bytes();
    Some(([number(h0, h1), number(m0, m1), number(s0, s1)], rest))
}

/// Reads two digits.
#[cfg_attr(not(target_os = "none"), inline(always))]
pub(crate) fn two(text: &[u8]) -> Read<'_, u32> {
    let ([tens, ones], rest) = text.split_first_chunk()?;
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then_some((number(tens, ones), rest))
}

/// Reads four digits, all at once like [`time`].
#[cfg_attr(not(target_os = "none"), inline(always))]
pub(crate) fn four(text: &[u8]) -> Read<'_, u32> {
    let (bytes, rest) = text.split_first_chunk()?;
    let values = u32::from_le_bytes(*bytes) ^ u32::from_le_bytes(*b"0000");
    if (values.wrapping_add(0x0606_0606) | values) & 0xf0f0_f0f0 != 0 {
        return None;
    }
    let [thousands, hundreds, tens, ones] = values.to_le_bytes();
    Some((number(thousands, hundreds) * 100 + number(tens, ones), rest))
}

#[inline]
fn number(tens: u8, ones: u8) -> u32 {
    u32::from(tens) * 10 + u32::from(ones)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_six_digits_and_two_colons() {
        assert_eq!(time(b"08:49:37 GMT"), Some(([8, 49, 37], &b" GMT"[..])));
        assert_eq!(time(b"99:99:99"), Some(([99, 99, 99], &b""[..])));
        let template = *b"08:49:37";
        for place in 0..8 {
            for byte in 0..=u8::MAX {
                let mut text = template;
                text[place] = byte;
                let stays = if place == 2 || place == 5 {
                    byte == b':'
                } else {
                    byte.is_ascii_digit()
                };
                assert_eq!(time(&text).is_some(), stays, "{}", text.escape_ascii());
            }
        }
    }

    #[test]
    fn two_and_four_digits_are_digits() {
        assert_eq!(two(b"06 Nov"), Some((6, &b" Nov"[..])));
        assert_eq!(four(b"1994 "), Some((1994, &b" "[..])));
        for place in 0..4 {
            for byte in 0..=u8::MAX {
                let mut text = *b"1994";
                text[place] = byte;
                let is_digit = byte.is_ascii_digit();
                assert_eq!(four(&text).is_some(), is_digit, "{}", text.escape_ascii());
                assert_eq!(two(&[b'1', byte]).is_some(), is_digit, "1 and {byte}");
                assert_eq!(two(&[byte, b'1']).is_some(), is_digit, "{byte} and 1");
            }
        }
    }
}
