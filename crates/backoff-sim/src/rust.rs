//! A policy as Rust.

use std::fmt::Write as _;
use std::time::Duration;

use backoff_core::Jitter;

use crate::settings::{BASE, DeadlineName, HintName, Kind, MAX_DELAY, Settings};
use crate::text::Limit;

impl Settings {
    /// The policy as Rust, to paste into a program.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_sim::Settings;
    ///
    /// let settings: Settings = toml::from_str("base = '200ms'\nmax_delay = '30s'\nmax_attempts = 4")?;
    /// assert_eq!(settings.to_rust(), "\
    /// use backoff_core::Policy;
    /// use std::time::Duration;
    ///
    /// static POLICY: Policy = Policy::exponential(Duration::from_millis(200), Duration::from_secs(30))
    ///     .with_max_attempts(4);
    /// ");
    /// # Ok::<(), toml::de::Error>(())
    /// ```
    #[must_use]
    pub fn to_rust(&self) -> String {
        let (schedule, constructor) = self.constructor();
        let mut names = vec!["Policy"];
        let kind = match self.schedule {
            Kind::Exponential => String::new(),
            Kind::Steps => "<Steps<'_>>".to_owned(),
            _ => format!("<{schedule}>"),
        };
        let builders = self.builders(&mut names);
        if self.schedule != Kind::Exponential || self.throttled_base.is_some() {
            names.push(schedule);
        }
        names.sort_unstable();
        let names = match names.as_slice() {
            [name] => (*name).to_owned(),
            names => format!("{{{}}}", names.join(", ")),
        };
        let policy = format!("static POLICY: Policy{kind} = {constructor}{builders};\n");
        let time = if policy.contains("Duration::") {
            "use std::time::Duration;\n"
        } else {
            ""
        };
        format!("use backoff_core::{names};\n{time}\n{policy}")
    }

    /// The name of the schedule's type, and the call that makes the policy.
    fn constructor(&self) -> (&'static str, String) {
        let (base, max) = (
            duration(self.base()),
            duration(self.max_delay.unwrap_or(MAX_DELAY)),
        );
        let step = duration(self.step.unwrap_or(self.base()));
        match self.schedule {
            Kind::Constant => ("Constant", format!("Policy::constant({base})")),
            Kind::Exponential if self.base().eq(&BASE) && self.max_delay.is_none() => {
                ("Exponential", "Policy::DEFAULT".to_owned())
            }
            Kind::Exponential => ("Exponential", format!("Policy::exponential({base}, {max})")),
            Kind::Fibonacci => ("Fibonacci", format!("Policy::fibonacci({base}, {max})")),
            Kind::Linear => ("Linear", format!("Policy::linear({base}, {step}, {max})")),
            Kind::Steps => {
                let table: Vec<_> = self.table.iter().copied().map(duration).collect();
                ("Steps", format!("Policy::steps(&[{}])", table.join(", ")))
            }
        }
    }

    /// A `.with_` for every setting that is not the default; adds the names that they need.
    fn builders(&self, names: &mut Vec<&'static str>) -> String {
        let mut calls = Vec::new();
        if let (Kind::Exponential, Some((numerator, denominator))) = (self.schedule, self.ratio) {
            calls.push(format!("with_ratio({numerator}, {denominator})"));
        }
        if let (Kind::Constant | Kind::Steps, Some(max)) = (self.schedule, self.max_delay) {
            calls.push(format!("with_max_delay({})", duration(max)));
        }
        if let Some(base) = self.throttled_base {
            calls.push(format!("with_throttled_schedule({})", self.throttled(base)));
        }
        if let Some(jitter) = self.jitter {
            names.push("Jitter");
            calls.push(format!("with_jitter({})", jitter_call(jitter, names)));
        }
        match self.max_attempts {
            None => {}
            Some(Limit::None) => calls.push("without_attempt_limit()".to_owned()),
            Some(Limit::At(attempts)) => calls.push(format!("with_max_attempts({attempts})")),
        }
        match self.deadline {
            None => {}
            Some(Limit::None) => calls.push("without_deadline()".to_owned()),
            Some(Limit::At(deadline)) => {
                calls.push(format!("with_deadline({})", duration(deadline)));
            }
        }
        self.rules(&mut calls, names);
        calls.iter().fold(String::new(), |mut text, call| {
            let _ = write!(text, "\n    .{call}");
            text
        })
    }

    fn rules(&self, calls: &mut Vec<String>, names: &mut Vec<&'static str>) {
        if let Some(rule) = self.deadline_rule {
            names.push("DeadlineRule");
            let rule = match rule {
                DeadlineName::ClampToRemaining => "ClampToRemaining",
                DeadlineName::GiveUp => "GiveUp",
            };
            calls.push(format!("with_deadline_rule(DeadlineRule::{rule})"));
        }
        if let Some(timeout) = self.attempt_timeout {
            calls.push(format!("with_attempt_timeout({})", duration(timeout)));
        }
        if let Some(limit) = self.doubtful_limit {
            calls.push(format!("with_doubtful_limit({limit})"));
        }
        if let Some(max) = self.max_hint {
            calls.push(format!("with_max_hint({})", duration(max)));
        }
        if let Some(rule) = self.hint_rule {
            names.push("HintRule");
            let rule = match rule {
                HintName::Clamp => "Clamp",
                HintName::GiveUp => "GiveUp",
                HintName::Ignore => "Ignore",
            };
            calls.push(format!("with_hint_rule(HintRule::{rule})"));
        }
    }

    fn throttled(&self, base: Duration) -> String {
        let step = duration(self.step.unwrap_or(base));
        let base = duration(base);
        match (self.schedule, self.ratio) {
            (Kind::Constant, _) => format!("Constant::new({base})"),
            (Kind::Exponential, None) => format!("Exponential::new({base})"),
            (Kind::Exponential, Some((n, d))) => {
                format!("Exponential::new({base}).with_ratio({n}, {d})")
            }
            (Kind::Fibonacci, _) => format!("Fibonacci::new({base})"),
            (Kind::Linear, _) => format!("Linear::new({base}, {step})"),
            (Kind::Steps, _) => format!("Steps::new(&[{base}])"),
        }
    }
}

fn jitter_call(jitter: Jitter, names: &mut Vec<&'static str>) -> String {
    match jitter {
        Jitter::Additive(margin) => format!("Jitter::Additive({})", duration(margin)),
        Jitter::Proportional(percent) => {
            names.push("Percent");
            format!("Jitter::Proportional(Percent::new({}))", percent.get())
        }
        plain => format!("Jitter::{plain:?}"),
    }
}

/// The constructor of a duration, in the largest unit that holds it exactly.
fn duration(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    let units = [
        ("secs", 1_000_000_000),
        ("millis", 1_000_000),
        ("micros", 1_000),
        ("nanos", 1),
    ];
    // The constructors take 64 bits, which hold 584 years of nanoseconds.
    let fits = |unit: u128| nanos.is_multiple_of(unit) && nanos / unit <= u128::from(u64::MAX);
    match units.into_iter().find(|(_, unit)| fits(*unit)) {
        Some((name, unit)) => format!("Duration::from_{name}({})", nanos / unit),
        None => format!(
            "Duration::new({}, {})",
            duration.as_secs(),
            duration.subsec_nanos()
        ),
    }
}
