//! `backoff plan`: the schedule of a policy.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use backoff_core::{Decision, Failure, Policy, nanos};
use backoff_sim::{Random, Settings, Shape};

use crate::chart::{STYLE, escape, open, round_up, short, stroke};
use crate::policy::Flags;
use crate::print;
use crate::span::span;

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
    print(&plan.to_text());
    if let Some(file) = &arguments.svg {
        fs::write(file, plan.to_svg()).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

/// What a policy does to a call whose every attempt fails at once.
#[derive(Debug)]
struct Plan {
    retries: Vec<Retry>,
    /// How long each sampled call waited in all, in ascending order.
    waits: Vec<Duration>,
    deadline: Option<Duration>,
    /// Whether more retries follow than are shown.
    goes_on: bool,
}

/// A retry of a plan.
#[derive(Debug)]
struct Retry {
    shortest: Duration,
    longest: Duration,
    /// When the sampled calls make it, in ascending order.
    moments: Vec<Duration>,
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

    fn to_text(&self) -> String {
        let mut text = String::from(
            "retry       delay             made at: median         95%   made by   0 .. longest delay\n",
        );
        let longest = self.retries.iter().map(|retry| retry.longest).max();
        let longest = longest.unwrap_or_default();
        for (index, retry) in self.retries.iter().enumerate() {
            let delay = match retry.shortest == retry.longest {
                true => span(retry.longest),
                false => format!("{} .. {}", span(retry.shortest), span(retry.longest)),
            };
            let _ = writeln!(
                text,
                "{:>5}   {delay:<19} {:>16} {:>11} {:>7} %   {}",
                index + 1,
                span(quantile(&retry.moments, 0.5)),
                span(quantile(&retry.moments, 0.95)),
                short(100.0 * retry.share()),
                retry.bar(longest),
            );
        }
        if self.retries.is_empty() {
            text.push_str("    -   never retried\n");
        }
        if self.goes_on {
            text.push_str("    ..  and so on\n");
        }
        let deadline = self.deadline.map_or("none".to_owned(), span);
        let _ = write!(
            text,
            "\nA call whose every attempt fails at once waits in all:\n  "
        );
        for (name, share) in [
            ("least", 0.0),
            ("5%", 0.05),
            ("median", 0.5),
            ("95%", 0.95),
            ("99%", 0.99),
            ("most", 1.0),
        ] {
            let _ = write!(text, "{name} {}   ", span(quantile(&self.waits, share)));
        }
        let shown = if self.goes_on {
            format!(" (the first {SHOWN} retries)")
        } else {
            String::new()
        };
        let _ = writeln!(text, "deadline {deadline}{shown}");
        text
    }

    /// When each retry is made: nine calls of ten within the bar, half of them by the dot.
    fn to_svg(&self) -> String {
        const LEFT: f64 = 52.0;
        const RIGHT: f64 = 460.0;
        const TOP: f64 = 44.0;
        const ROW: f64 = 22.0;
        let last = self.waits.last().copied().unwrap_or_default();
        let end = self
            .deadline
            .filter(|deadline| *deadline <= last * 2)
            .unwrap_or(last)
            .max(last);
        let seconds = end.as_secs_f64().max(1e-9);
        let x = |moment: Duration| LEFT + (RIGHT - LEFT) * moment.as_secs_f64() / seconds;
        let bottom = TOP + ROW * (self.retries.len() as f64 + 0.3);
        let style = format!("<style>{STYLE}</style>");
        let mut svg = open(bottom + 42.0, "When each retry is made", &style);
        let step = round_up(seconds / 5.0);
        for tick in (0..=5)
            .map(|number| f64::from(number) * step)
            .filter(|tick| *tick <= seconds)
        {
            let at = LEFT + (RIGHT - LEFT) * tick / seconds;
            let label = span(Duration::from_secs_f64(tick)).replace("0ns", "0");
            let _ = write!(
                svg,
                r#"<path class="grid" d="M{at:.1} {}V{bottom:.1}"/><text class="soft" x="{at:.1}" y="{:.1}" text-anchor="middle">{label}</text>"#,
                TOP - 12.0,
                bottom + 16.0,
            );
        }
        for (index, retry) in self.retries.iter().enumerate() {
            let y = TOP + ROW * (index as f64 + 0.4);
            let [early, middle, late] =
                [0.05, 0.5, 0.95].map(|share| x(quantile(&retry.moments, share)));
            let opacity = 0.25 + 0.75 * retry.share();
            let _ = write!(
                svg,
                r#"<text class="soft" x="{}" y="{:.1}" text-anchor="end">{}</text><g opacity="{opacity:.2}"><path {} stroke-width="8" stroke-linecap="round" stroke-opacity=".45" d="M{early:.1} {y:.1}H{late:.1}"/><circle cx="{middle:.1}" cy="{y:.1}" r="4" fill="{}"/></g>"#,
                LEFT - 12.0,
                y + 4.0,
                index + 1,
                stroke(1),
                "#0072b2",
            );
        }
        if let Some(deadline) = self.deadline.filter(|deadline| *deadline <= end) {
            let at = x(deadline);
            let _ = write!(
                svg,
                r#"<path {} stroke-width="1.8" d="M{at:.1} {}V{bottom:.1}"/>"#,
                stroke(0),
                TOP - 12.0
            );
        }
        let note = "dot: half of the calls; bar: from 5 % to 95 % of them";
        let _ = write!(
            svg,
            r#"<text class="soft" x="{RIGHT}" y="{:.1}" text-anchor="end">{}</text></svg>"#,
            bottom + 34.0,
            escape(note),
        );
        svg.push('\n');
        svg
    }
}

impl Retry {
    /// A retry of a number, counted from zero, with the ends of what its delay is drawn from.
    fn new(policy: &Policy<Shape<'_>>, index: usize) -> Self {
        let unbounded = policy.retry_forever().without_deadline();
        let end = |word| {
            let mut retry = unbounded.start();
            let mut delay = Duration::ZERO;
            for _ in 0..=index {
                if let Decision::Retry { after } =
                    retry.on_failure(Duration::ZERO, Failure::transient(), word)
                {
                    delay = after;
                }
            }
            delay
        };
        Self {
            shortest: end(0),
            longest: end(u32::MAX),
            moments: Vec::new(),
        }
    }

    /// The share of the calls that come to it.
    fn share(&self) -> f64 {
        self.moments.len() as f64 / CALLS as f64
    }

    fn bar(&self, longest: Duration) -> String {
        const CELLS: u64 = 36;
        let whole = nanos::from_duration(longest).max(1) as f64;
        let cell = |delay: Duration| {
            (nanos::from_duration(delay) as f64 / whole * CELLS as f64).round() as usize
        };
        let (from, to) = (cell(self.shortest), cell(self.longest));
        format!("{}{}", " ".repeat(from), "━".repeat((to - from).max(1)))
    }
}

/// The value that this share of ascending values does not exceed.
fn quantile(sorted: &[Duration], share: f64) -> Duration {
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
