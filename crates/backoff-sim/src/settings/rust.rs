//! Settings as Rust source.

use std::fmt::Write as _;
use std::time::Duration;

use backoff_core::Jitter;

use super::fields::{DEFAULT_BASE, DEFAULT_MAX_DELAY, Fields};
use super::values::{Limit, ScheduleKind};

impl Fields {
    /// Writes the policy as the Rust source of a `static`.
    pub(super) fn to_rust(&self) -> String {
        let (schedule, constructor) = self.constructor();
        let mut names = vec!["Policy"];
        let kind = match self.schedule {
            ScheduleKind::Exponential => String::new(),
            ScheduleKind::Steps => "<Steps<'_>>".to_owned(),
            _ => format!("<{schedule}>"),
        };
        let builders = self.builders(&mut names);
        if self.schedule != ScheduleKind::Exponential || self.throttled_base.is_some() {
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
            duration(self.max_delay.unwrap_or(DEFAULT_MAX_DELAY)),
        );
        let step = duration(self.step.unwrap_or(self.base()));
        match self.schedule {
            ScheduleKind::Constant => ("Constant", format!("Policy::constant({base})")),
            ScheduleKind::Exponential
                if self.base().eq(&DEFAULT_BASE) && self.max_delay.is_none() =>
            {
                ("Exponential", "Policy::DEFAULT".to_owned())
            }
            ScheduleKind::Exponential => {
                ("Exponential", format!("Policy::exponential({base}, {max})"))
            }
            ScheduleKind::Fibonacci => ("Fibonacci", format!("Policy::fibonacci({base}, {max})")),
            ScheduleKind::Linear => ("Linear", format!("Policy::linear({base}, {step}, {max})")),
            ScheduleKind::Steps => {
                let table: Vec<_> = self.table.iter().copied().map(duration).collect();
                ("Steps", format!("Policy::steps(&[{}])", table.join(", ")))
            }
        }
    }

    /// A `.with_` for every setting that is not the default; adds the names that they need.
    fn builders(&self, names: &mut Vec<&'static str>) -> String {
        let mut calls = Vec::new();
        if let (ScheduleKind::Exponential, Some((numerator, denominator))) =
            (self.schedule, self.ratio)
        {
            calls.push(format!("with_ratio({numerator}, {denominator})"));
        }
        if let (ScheduleKind::Constant | ScheduleKind::Steps, Some(max)) =
            (self.schedule, self.max_delay)
        {
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
        if let Some(name) = self.deadline_rule {
            names.push("DeadlineRule");
            calls.push(format!(
                "with_deadline_rule(DeadlineRule::{:?})",
                name.rule()
            ));
        }
        if let Some(Limit::At(timeout)) = self.attempt_timeout {
            calls.push(format!("with_attempt_timeout({})", duration(timeout)));
        }
        if let Some(limit) = self.doubtful_limit {
            calls.push(format!("with_doubtful_limit({limit})"));
        }
        if let Some(max) = self.max_hint {
            calls.push(format!("with_max_hint({})", duration(max)));
        }
        if let Some(name) = self.hint_rule {
            names.push("HintRule");
            calls.push(format!("with_hint_rule(HintRule::{:?})", name.rule()));
        }
    }

    fn throttled(&self, base: Duration) -> String {
        let step = duration(self.step.unwrap_or(base));
        let base = duration(base);
        match (self.schedule, self.ratio) {
            (ScheduleKind::Constant, _) => format!("Constant::new({base})"),
            (ScheduleKind::Exponential, None) => format!("Exponential::new({base})"),
            (ScheduleKind::Exponential, Some((n, d))) => {
                format!("Exponential::new({base}).with_ratio({n}, {d})")
            }
            (ScheduleKind::Fibonacci, _) => format!("Fibonacci::new({base})"),
            (ScheduleKind::Linear, _) => format!("Linear::new({base}, {step})"),
            (ScheduleKind::Steps, _) => format!("Steps::new(&[{base}])"),
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
