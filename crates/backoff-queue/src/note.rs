//! What is written down about a message that waits.

use core::fmt;
use core::time::Duration;

use backoff_core::{Progress, ProgressError};

/// What an adapter writes down about a message that waits for its next delivery, for queues that carry bytes or
/// that have a store beside them.
///
/// It has the progress of the call, when the message is due, and how many deliveries the queue had counted. Two
/// faults of queues are found by it:
///
/// - **Early deliveries.** A server that was restarted may forget delays. If the message is not
///   [due](Self::until_due), hand it back for the rest.
/// - **Lost attempts.** A delivery that no worker settled, because it crashed, was an attempt all the same:
///   [`progress_at`](Self::progress_at) counts it.
///
/// # Examples
///
/// ```
/// use backoff_queue::{Note, Progress};
/// use core::time::Duration;
///
/// let unix = Duration::from_secs; // since the Unix epoch, on any clock that the workers share
/// let note = Note::new(Progress::at(2), unix(1_000_030), 1);
/// let saved: [u8; Note::BYTES] = note.to_bytes();
///
/// let note = Note::from_bytes(&saved)?;
/// assert_eq!(note.until_due(unix(1_000_028)), Some(Duration::from_secs(2)));
/// assert_eq!(note.until_due(unix(1_000_030)), None);
/// assert_eq!(note.progress_at(2).attempt(), 2);
/// assert_eq!(note.progress_at(3).attempt(), 3); // the second delivery was lost
/// # Ok::<_, backoff_queue::NoteError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct Note {
    progress: Progress,
    /// In nanoseconds.
    due: u64,
    deliveries: u64,
}

impl Note {
    /// The length of the encoded form, in bytes.
    pub const BYTES: usize = Progress::BYTES + 16;

    /// Notes the progress to carry, when the message is due, and how many deliveries the queue has counted so far.
    ///
    /// `due` is the time since the Unix epoch. 584 years and more count as endless.
    #[must_use]
    pub const fn new(progress: Progress, due: Duration, deliveries: u64) -> Self {
        Self {
            progress,
            due: backoff_core::nanos::from_duration(due),
            deliveries,
        }
    }

    /// Returns the progress of the call when the note was made.
    #[must_use]
    pub const fn progress(self) -> Progress {
        self.progress
    }

    /// Returns the progress at a later delivery. Deliveries between the two were lost, and count as attempts.
    #[must_use]
    pub fn progress_at(self, deliveries: u64) -> Progress {
        let lost = deliveries.saturating_sub(self.deliveries).saturating_sub(1);
        let lost = u32::try_from(lost).unwrap_or(u32::MAX);
        self.progress.skip(lost)
    }

    /// Returns how long it takes until the message is due, or `None` if it is. `now` is the time since the Unix
    /// epoch.
    #[must_use]
    pub const fn until_due(self, now: Duration) -> Option<Duration> {
        match self
            .due
            .saturating_sub(backoff_core::nanos::from_duration(now))
        {
            0 => None,
            rest => Some(backoff_core::nanos::to_duration(rest)),
        }
    }

    /// Counts one more delivery: of a message that was delivered early, and is handed back.
    #[must_use]
    pub const fn handed_back(mut self) -> Self {
        self.deliveries = self.deliveries.saturating_add(1);
        self
    }

    /// Encodes the note: the [bytes of the progress](Progress::to_bytes), and two integers in little-endian order.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let [due, deliveries] = [self.due, self.deliveries].map(u64::to_le_bytes);
        let progress = self.progress.to_bytes();
        let all = progress.into_iter().chain(due).chain(deliveries);
        let mut bytes = [0; Self::BYTES];
        for (to, from) in bytes.iter_mut().zip(all) {
            *to = from;
        }
        bytes
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) encoded.
    ///
    /// # Errors
    ///
    /// Fails if the length is another, or if the progress is damaged. Count deliveries instead then.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NoteError> {
        let length = NoteError::Length(bytes.len());
        let (progress, rest) = bytes.split_first_chunk().ok_or(length)?;
        let (due, rest) = rest.split_first_chunk().ok_or(length)?;
        let deliveries = rest.try_into().map_err(|_| length)?;
        Ok(Self {
            progress: Progress::from_bytes(progress).map_err(NoteError::Progress)?,
            due: u64::from_le_bytes(*due),
            deliveries: u64::from_le_bytes(deliveries),
        })
    }
}

/// Why bytes are not a [`Note`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum NoteError {
    /// There are this many bytes, and not [`Note::BYTES`].
    Length(usize),
    /// The progress in it cannot be decoded.
    Progress(ProgressError),
}

impl fmt::Display for NoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(length) => {
                write!(
                    f,
                    "{length} bytes are not a note, which has {}",
                    Note::BYTES
                )
            }
            Self::Progress(error) => write!(f, "the progress in the note is damaged: {error}"),
        }
    }
}

impl core::error::Error for NoteError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Length(_) => None,
            Self::Progress(error) => Some(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn encoding_is_undone_by_decoding_and_damage_is_named() {
        let note = Note::new(Progress::at(7), Duration::from_nanos(1 << 60), 9);
        let bytes = note.to_bytes();
        assert_eq!(Note::from_bytes(&bytes), Ok(note));
        let error = Note::from_bytes(&bytes[1..]).expect_err("too short");
        assert_eq!(error.to_string(), "34 bytes are not a note, which has 35");
        for length in [0, 18, 19, 27, 34] {
            let short = Note::from_bytes(&bytes[..length]);
            assert_eq!(short, Err(NoteError::Length(length)));
        }
        let long = [&bytes[..], &[0]].concat();
        assert_eq!(Note::from_bytes(&long), Err(NoteError::Length(36)));
        let erased = Note::from_bytes(&[0; 35]);
        assert_eq!(erased, Err(NoteError::Progress(ProgressError::Version)));
    }

    #[test]
    fn lost_deliveries_count_and_handed_back_ones_do_not() {
        let note = Note::new(Progress::at(3), Duration::ZERO, 2);
        let cases = [
            // (note, deliveries, attempt)
            (note, 0, 3), // the queue forgot its count
            (note, 2, 3),
            (note, 3, 3),
            (note, 5, 5),
            (note.handed_back(), 4, 3),
            (note.handed_back().handed_back(), 6, 4),
            (note, u64::MAX, u32::MAX),
        ];
        for (note, deliveries, attempt) in cases {
            let progress = note.progress_at(deliveries);
            assert_eq!(progress.attempt(), attempt, "{note:?} at {deliveries}");
        }
    }

    #[test]
    fn an_endless_wait_is_never_due_and_a_past_one_always_is() {
        let s = Duration::from_secs;
        let cases = [
            (s(10), s(4), Some(s(6))),
            (s(10), s(10), None),
            (s(10), s(11), None),
            (Duration::ZERO, Duration::ZERO, None),
        ];
        for (due, now, rest) in cases {
            let note = Note::new(Progress::START, due, 1);
            assert_eq!(note.until_due(now), rest, "{due:?} at {now:?}");
        }
        let endless = Note::new(Progress::START, Duration::MAX, 1);
        assert!(endless.until_due(s(1 << 33)).is_some());
    }
}
