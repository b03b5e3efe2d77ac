//! `backoff plan`: the schedule of a policy.

use std::fmt::Write as _;
use std::io::stdout;
use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs};

use backoff_core::{Jitter, Policy, nanos};
use backoff_sim::{Random, Settings, Shape};
use rustix::termios::tcgetwinsize;

use crate::chart::short;
use crate::policy::Flags;
use crate::print;
use crate::span::span;
use crate::timeline::timeline;

/// Shows the schedule of a policy, for a call whose every attempt fails at once.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    policy: Flags,
    /// Print the policy as Rust, to paste
    #[arg(long)]
    rust: bool,
    /// Draw the schedule into an SVG file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

pub(crate) fn plan(arguments: &Arguments) -> Result<(), String> {
    let settings = arguments.policy.settings()?;
    if arguments.rust {
        print(&settings.to_rust());
        return Ok(());
    }
    let plan = Plan::of(&settings);
    print(&plan.to_text(columns()));
    if let Some(file) = &arguments.svg {
        fs::write(file, timeline(&plan)).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

/// The width of the terminal, or of `COLUMNS`; a file is as wide as it takes.
fn columns() -> usize {
    let set = env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let terminal = || tcgetwinsize(stdout()).map(|size| usize::from(size.ws_col));
    let told = set.or_else(|| terminal().ok());
    told.filter(|columns| *columns > 0).unwrap_or(usize::MAX)
}

/// What a policy does to a call whose every attempt fails at once.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) retries: Vec<Retry>,
    /// How long each sampled call waited in all, in ascending order.
    pub(crate) waits: Vec<Duration>,
    pub(crate) deadline: Option<Duration>,
    /// Whether more retries follow than are shown.
    goes_on: bool,
}

/// A retry of a plan.
#[derive(Debug)]
pub(crate) struct Retry {
    /// Before jitter.
    window: Duration,
    shortest: Duration,
    longest: Duration,
    /// When the sampled calls make it, in ascending order.
    pub(crate) moments: Vec<Duration>,
}

/// Calls that are sampled: enough for a percentile to be off by a fifth of a percent of the calls.
const CALLS: usize = 10_000;

/// Retries that are shown at most.
const SHOWN: usize = 20;

/// The seed of the samples, so that the same policy always gives the same table.
const SEED: u64 = 1;

impl Plan {
    fn of(settings: &Settings) -> Self {
        let policy = settings.policy();
        let mut random = Random::new(SEED, 0);
        let mut retries: Vec<Retry> = Vec::new();
        let mut waits = Vec::with_capacity(CALLS);
        let mut goes_on = false;
        for _ in 0..CALLS {
            let mut elapsed = Duration::ZERO;
            let delays = policy.delays(|| random.word()).take(SHOWN + 1);
            for (index, delay) in delays.enumerate() {
                if index == SHOWN {
                    goes_on = true;
                    break;
                }
                elapsed = elapsed.saturating_add(delay);
                if index == retries.len() {
                    retries.push(Retry::new(&policy, index));
                }
                retries[index].moments.push(elapsed);
            }
            waits.push(elapsed);
        }
        waits.sort_unstable();
        for retry in &mut retries {
            retry.moments.sort_unstable();
        }
        Self {
            retries,
            waits,
            deadline: policy.start().remaining(Duration::ZERO),
            goes_on,
        }
    }

    fn to_text(&self, columns: usize) -> String {
        let mut text = self.table(columns);
        if self.retries.is_empty() {
            text.push_str("    -  never retried\n");
        }
        if self.goes_on {
            text.push_str("   ..  and so on\n");
        }
        let gap = if columns < 90 { '\n' } else { ' ' };
        let _ = write!(
            text,
            "\nA call whose every attempt fails{gap}at once waits in all"
        );
        if self.goes_on {
            let _ = write!(text, ",{gap}for the first {SHOWN} retries");
        }
        text.push_str(":\n");
        for (name, share) in SHARES {
            let wait = span(quantile(&self.waits, share));
            let _ = writeln!(text, "  {name:<7} {wait:>8}");
        }
        let deadline = self.deadline.map_or("none".to_owned(), span);
        let _ = writeln!(text, "  deadline {deadline:>7}");
        text
    }

    /// A line for each retry, with as many of the columns as there is room for.
    fn table(&self, columns: usize) -> String {
        let longest = self.retries.iter().map(|retry| retry.longest).max();
        let room = columns.saturating_sub(BEFORE_BARS).min(WIDEST_BAR);
        let head = [
            "retry", "window", "delay", "half by", "95% by", "made by", "delays",
        ];
        let mut text = line(head.map(str::to_owned), columns);
        for (index, retry) in self.retries.iter().enumerate() {
            let cells = retry.cells(index, longest.unwrap_or_default(), room);
            text.push_str(&line(cells, columns));
        }
        text
    }
}

/// The columns that come before the bars, and a bar that is worth drawing and the widest.
const BEFORE_BARS: usize = 67;
const LEAST_BAR: usize = 8;
const WIDEST_BAR: usize = 36;

/// A line of the table: those of its cells that fit.
fn line([retry, window, delay, half, most, made, bar]: [String; 7], columns: usize) -> String {
    let cells = [
        format!("{retry:>5}  {window:>8}  {delay:<18}"),
        format!(" {half:>9}"),
        format!(" {most:>9}"),
        format!(" {made:>8}"),
    ];
    let (mut text, mut width) = (String::new(), 0);
    for cell in cells {
        width += cell.chars().count();
        if width <= columns || text.is_empty() {
            text.push_str(&cell);
        }
    }
    if columns >= BEFORE_BARS + LEAST_BAR {
        text.push_str("   ");
        text.push_str(&bar);
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// The percentiles that are shown.
const SHARES: [(&str, f64); 6] = [
    ("least", 0.0),
    ("5 %", 0.05),
    ("half", 0.5),
    ("95 %", 0.95),
    ("99 %", 0.99),
    ("most", 1.0),
];

impl Retry {
    /// A retry of a number, counted from zero, with the ends of what its delay is drawn from.
    fn new(policy: &Policy<Shape<'_>>, index: usize) -> Self {
        let unbounded = policy.retry_forever();
        Self {
            window: nth(&unbounded.with_jitter(Jitter::None), index, 0),
            shortest: nth(&unbounded, index, 0),
            longest: nth(&unbounded, index, u32::MAX),
            moments: Vec::new(),
        }
    }

    /// The share of the calls that come to it.
    pub(crate) fn share(&self) -> f64 {
        self.moments.len() as f64 / CALLS as f64
    }

    fn cells(&self, index: usize, longest: Duration, room: usize) -> [String; 7] {
        let delay = if self.shortest == self.longest {
            span(self.longest)
        } else {
            format!("{} .. {}", span(self.shortest), span(self.longest))
        };
        [
            (index + 1).to_string(),
            span(self.window),
            delay,
            span(quantile(&self.moments, 0.5)),
            span(quantile(&self.moments, 0.95)),
            format!("{} %", short(100.0 * self.share())),
            self.bar(longest, room),
        ]
    }

    /// The range of the delay, where the longest of all is as wide as the room.
    fn bar(&self, longest: Duration, room: usize) -> String {
        let whole = nanos::from_duration(longest).max(1) as f64;
        let cell = |delay: Duration| {
            (nanos::from_duration(delay) as f64 / whole * room as f64).round() as usize
        };
        // At least one cell, and that within the room.
        let from = cell(self.shortest).min(room.saturating_sub(1));
        let to = cell(self.longest).max(from + 1);
        format!("{}{}", " ".repeat(from), "━".repeat(to - from))
    }
}

/// The delay of a retry, counted from zero, where every random word is the same.
fn nth(policy: &Policy<Shape<'_>>, index: usize, word: u32) -> Duration {
    policy.delays(|| word).nth(index).unwrap_or_default()
}

/// The value that this share of ascending values does not exceed.
pub(crate) fn quantile(sorted: &[Duration], share: f64) -> Duration {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_without_jitter_is_exact() {
        let settings: Settings =
            toml::from_str("jitter = 'none'\nmax_attempts = 4").expect("settings");
        let plan = Plan::of(&settings);
        let delays: Vec<_> = plan
            .retries
            .iter()
            .map(|retry| (retry.shortest, retry.longest))
            .collect();
        let millis = |n| Duration::from_millis(n);
        assert_eq!(delays, [100, 200, 400].map(|n| (millis(n), millis(n))));
        assert_eq!(quantile(&plan.waits, 0.5), millis(700));
        assert!(!plan.goes_on);
    }

    #[test]
    fn a_deadline_shows_in_who_makes_a_retry_and_forever_goes_on() {
        let settings: Settings =
            toml::from_str("deadline = '200ms'\nmax_attempts = 'forever'").expect("settings");
        let plan = Plan::of(&settings);
        // The first delay is below 100 ms, the second below 200 ms: both together fit in about three of four.
        let shares: Vec<_> = plan.retries.iter().take(2).map(Retry::share).collect();
        assert!(
            (shares[0] - 1.0).abs() < 1e-9 && (shares[1] - 0.75).abs() < 0.02,
            "{shares:?}"
        );
        assert!(!plan.goes_on);
        let endless: Settings =
            toml::from_str("deadline = 'none'\nmax_attempts = 'forever'").expect("settings");
        assert!(Plan::of(&endless).goes_on);
        assert_eq!(Plan::of(&endless).retries.len(), SHOWN);
    }
}
