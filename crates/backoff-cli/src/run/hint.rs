//! How long a command asks to wait.

use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use backoff_http::{HttpDate, RetryAfter};
use rustix::fs::OFlags;

use super::pattern::Findings;
use super::run_flags::RunFlags;

/// The longest hint in bytes: a date in the longest form of RFC 9110, section 5.6.7, and room.
const MAX_BYTES: u64 = 256;

/// Removes the hint file of the previous attempt.
///
/// # Errors
///
/// Fails if it cannot be removed, and if it is not a regular file: reading another kind may wait for ever.
pub(super) fn remove_file(file: &Path) -> io::Result<()> {
    match fs::metadata(file) {
        Ok(kind) if kind.is_file() => fs::remove_file(file),
        Ok(_) => Err(io::Error::other("not a regular file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Returns the delay that the hint file asks for, or else the last match in the output.
pub(super) fn hint(flags: &RunFlags, found: &Findings) -> Option<Duration> {
    let written = flags.hint_file.as_ref().and_then(|file| read(file).ok());
    let text = written.or_else(|| found.hint.clone())?;
    parse(&text, HttpDate::now())
}

/// Reads a regular file without waiting. An attempt may have put another kind in its place.
fn read(file: &Path) -> io::Result<String> {
    let without_waiting = (OFlags::NONBLOCK | OFlags::NOCTTY).bits();
    let flags = i32::try_from(without_waiting).map_err(io::Error::other)?;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(file)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut text = String::new();
    file.take(MAX_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

/// Parses a value of `Retry-After`, which is a number of seconds or a date; or a duration with units.
///
/// A number that is too large for a duration is the longest duration: a longer wait is asked for than can be had.
fn parse(text: &str, now: HttpDate) -> Option<Duration> {
    let text = text.trim();
    match RetryAfter::parse_lenient(text.as_bytes(), now) {
        Ok(asked) => Some(asked.delay(now)),
        Err(_) if is_number(text) => Some(Duration::MAX),
        Err(_) => match humantime::parse_duration(text) {
            Err(humantime::DurationError::NumberOverflow) => Some(Duration::MAX),
            parsed => parsed.ok(),
        },
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_seconds_or_dates_or_carry_a_unit() {
        let now = HttpDate::from_unix(784_111_717);
        let cases = [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(60_000)),
            ("2", Some(2_000)),
            (" 0.25\n", Some(250)),
            ("1m 30s", Some(90_000)),
            ("-1", None),
            ("soon", None),
            ("99999999999999999999999", Some(u64::MAX)),
            ("99999999999999999999999 days", Some(u64::MAX)),
            ("", None),
        ];
        for (text, millis) in cases {
            let delay = parse(text, now).map(|delay| delay.as_millis());
            let millis = millis.map(u128::from);
            let same = delay == millis || delay > Some(1 << 63) && millis > Some(1 << 63);
            assert!(same, "{text:?}: {delay:?}");
        }
    }
}
