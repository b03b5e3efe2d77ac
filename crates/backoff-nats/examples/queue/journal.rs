//! What the workers did, as lines in files. A line is written at once, so that a killed worker has told all.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;

/// Something that happened to an order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Entry {
    /// The message has this sequence number; if it is a scheduled copy, that of its original is `before`, and otherwise
    /// it is the same.
    Began {
        order: u32,
        sequence: u64,
        before: u64,
    },
    Ended {
        order: u32,
    },
    HandedBack {
        order: u32,
    },
    Settled {
        order: u32,
        sequence: u64,
        settled: Settled,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Settled {
    Acknowledged,
    DeadLettered,
    Redelivered {
        attempt: u32,
        after: Duration,
        hinted: bool,
    },
}

/// An entry, and when it was written, since the Unix epoch.
pub(crate) type Line = (Duration, Entry);

pub(crate) struct Writer(File);

impl Writer {
    pub(crate) fn create(path: &Path) -> anyhow::Result<Self> {
        Ok(Self(File::create(path)?))
    }

    pub(crate) fn write(&mut self, entry: &Entry) {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_nanos();
        let line = match entry {
            Entry::Began {
                order,
                sequence,
                before,
            } => {
                format!("{now} began {order} {sequence} {before}\n")
            }
            Entry::Ended { order } => format!("{now} ended {order}\n"),
            Entry::HandedBack { order } => format!("{now} handed-back {order}\n"),
            Entry::Settled {
                order,
                sequence,
                settled,
            } => match settled {
                Settled::Acknowledged => format!("{now} acknowledged {order} {sequence}\n"),
                Settled::DeadLettered => format!("{now} dead-lettered {order} {sequence}\n"),
                Settled::Redelivered {
                    attempt,
                    after,
                    hinted,
                } => {
                    let after = after.as_nanos();
                    format!("{now} redelivered {order} {sequence} {attempt} {after} {hinted}\n")
                }
            },
        };
        // A worker whose journal is lost must not go on: the check would find orders that no worker processed.
        self.0
            .write_all(line.as_bytes())
            .expect("the journal is written");
    }
}

/// Reads the journals of all workers in the order of time.
pub(crate) fn read(folder: &Path) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let text = std::fs::read_to_string(file?.path())?;
        for line in text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
        {
            lines.push(parse(line).with_context(|| format!("a line of a journal: {line}"))?);
        }
    }
    lines.sort_by_key(|(time, _)| *time);
    Ok(lines)
}

fn parse(line: &str) -> anyhow::Result<Line> {
    let mut words = line.split_whitespace();
    let mut word = || words.next().context("a word is missing");
    let time = Duration::from_nanos(word()?.parse()?);
    let (what, order) = (word()?, word()?.parse()?);
    let entry = match what {
        "began" => Entry::Began {
            order,
            sequence: word()?.parse()?,
            before: word()?.parse()?,
        },
        "ended" => Entry::Ended { order },
        "handed-back" => Entry::HandedBack { order },
        "acknowledged" | "dead-lettered" | "redelivered" => Entry::Settled {
            order,
            sequence: word()?.parse()?,
            settled: match what {
                "acknowledged" => Settled::Acknowledged,
                "dead-lettered" => Settled::DeadLettered,
                _ => Settled::Redelivered {
                    attempt: word()?.parse()?,
                    after: Duration::from_nanos(word()?.parse()?),
                    hinted: word()?.parse()?,
                },
            },
        },
        other => anyhow::bail!("an unknown word: {other}"),
    };
    Ok((time, entry))
}
