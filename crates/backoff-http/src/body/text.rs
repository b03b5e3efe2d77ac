//! Strings of JSON without their escapes.

/// Bytes that an unescaped string may have. The longest name of an error in the rules has 38, a delay about 30.
pub(crate) const ROOM: usize = 128;

/// Returns a string without its escapes (RFC 8259, section 7), or `None` if it is malformed or does not fit into the room.
/// A string without escapes needs no room.
///
/// A surrogate that is alone becomes U+FFFD.
pub(crate) fn unescaped<'t>(raw: &'t [u8], room: &'t mut [u8; ROOM]) -> Option<&'t [u8]> {
    if !raw.contains(&b'\\') {
        return Some(raw);
    }
    let (mut rest, mut length) = (raw, 0_usize);
    while !rest.is_empty() {
        let (bytes, count, after) = character(rest)?;
        let end = length.checked_add(count)?;
        // Byte by byte, because `copy_from_slice` may panic.
        for (place, byte) in room.get_mut(length..end)?.iter_mut().zip(bytes) {
            *place = byte;
        }
        (rest, length) = (after, end);
    }
    room.get(..length)
}

/// Splits the first byte or escape from a text: what it stands for, how many bytes that has, and the rest.
fn character(text: &[u8]) -> Option<([u8; 4], usize, &[u8])> {
    let (byte, rest) = text.split_first()?;
    if *byte != b'\\' {
        return Some(([*byte, 0, 0, 0], 1, rest));
    }
    let (letter, rest) = rest.split_first()?;
    let byte = match letter {
        b'"' | b'\\' | b'/' => *letter,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'u' => {
            let (character, rest) = code_point(rest)?;
            return Some((utf_8(character), character.len_utf8(), rest));
        }
        _ => return None,
    };
    Some(([byte, 0, 0, 0], 1, rest))
}

/// Reads the character behind `\u`, whose second half may be in an escape of its own.
fn code_point(text: &[u8]) -> Option<(char, &[u8])> {
    let (unit, rest) = hex(text)?;
    if let Some(character) = char::from_u32(unit) {
        return Some((character, rest));
    }
    if let [b'\\', b'u', low @ ..] = rest {
        let (low, behind) = hex(low)?;
        if unit < 0xdc00 && (0xdc00..0xe000).contains(&low) {
            let number = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
            return Some((char::from_u32(number)?, behind));
        }
    }
    Some((char::REPLACEMENT_CHARACTER, rest))
}

/// Reads four hexadecimal digits.
fn hex(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, after) = text.split_first_chunk::<4>()?;
    let mut number = 0;
    for digit in digits {
        number = number * 16 + char::from(*digit).to_digit(16)?;
    }
    Some((number, after))
}

/// Encodes a character in UTF-8. By hand, because `char::encode_utf8` may panic.
#[allow(
    clippy::cast_possible_truncation,
    reason = "the bits that matter are the lowest, or were shifted there"
)]
const fn utf_8(character: char) -> [u8; 4] {
    let number = character as u32;
    let bits = number as u8 & 0x3f | 0x80;
    let second = (number >> 6) as u8;
    let third = (number >> 12) as u8;
    match character.len_utf8() {
        1 => [number as u8, 0, 0, 0],
        2 => [0xc0 | second, bits, 0, 0],
        3 => [0xe0 | third, second & 0x3f | 0x80, bits, 0],
        _ => [
            0xf0 | (number >> 18) as u8,
            third & 0x3f | 0x80,
            second & 0x3f | 0x80,
            bits,
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_what_they_stand_for() {
        let cases: [(&str, Option<&str>); 18] = [
            ("plain", Some("plain")),
            ("ä", Some("ä")),
            (r"\u0041\u00e4\u20AC", Some("Aä€")),
            (r"\ud83d\ude00!", Some("😀!")),
            (r"\ud83d", Some("\u{fffd}")),
            (r"\ud83d\u0041", Some("\u{fffd}A")),
            (r"\ude00\ud83d", Some("\u{fffd}\u{fffd}")),
            (r"\ud83dx", Some("\u{fffd}x")),
            (r#"\"\\\/\b\f\n\r\t"#, Some("\"\\/\x08\x0c\n\r\t")),
            (r"\u00", None),
            (r"\uzzzz", None),
            (r"\u+041", None),
            (r"\ud83d\u00", None),
            (r"\x41", None),
            ("\\", None),
            (r"a\", None),
            ("", Some("")),
            (r"\u0000", Some("\0")),
        ];
        for (raw, expected) in cases {
            let mut room = [0; ROOM];
            let found = unescaped(raw.as_bytes(), &mut room);
            assert_eq!(found, expected.map(str::as_bytes), "{raw}");
        }
    }

    #[test]
    fn only_a_string_with_escapes_needs_room() {
        let mut room = [0; ROOM];
        let long = "x".repeat(1_000);
        assert_eq!(unescaped(long.as_bytes(), &mut room), Some(long.as_bytes()));
        for (count, fits) in [(ROOM - 1, true), (ROOM, false)] {
            let text = std::format!("{}\\n", "x".repeat(count));
            assert_eq!(
                unescaped(text.as_bytes(), &mut room).is_some(),
                fits,
                "{count}"
            );
        }
    }
}
