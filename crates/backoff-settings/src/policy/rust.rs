//! A policy as Rust source.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::mem;
use std::num::NonZeroU32;
use std::time::Duration;

use backoff_core::{Jitter, Policy, Schedule as _};

use crate::any_schedule::AnySchedule;

/// Writes a policy as the Rust source of a `static`.
pub(super) fn source(policy: &Policy<AnySchedule>) -> String {
    let mut writer = Writer::default();
    let policy = writer.policy(policy);
    let mut text = format!("use backoff_core::{};\n", writer.names());
    if policy.contains("AnySchedule") {
        text.push_str("use backoff_settings::AnySchedule;\n");
    }
    if policy.contains("Duration::") {
        text.push_str("use std::time::Duration;\n");
    }
    let _ = write!(text, "\n{policy}");
    text
}

/// Collects the names that the source has to import.
#[derive(Default)]
struct Writer {
    names: BTreeSet<&'static str>,
}

impl Writer {
    fn names(&self) -> String {
        let names: Vec<_> = self.names.iter().copied().collect();
        match names.as_slice() {
            [name] => (*name).to_owned(),
            names => format!("{{{}}}", names.join(", ")),
        }
    }

    fn policy(&mut self, policy: &Policy<AnySchedule>) -> String {
        self.names.insert("Policy");
        let mixed = policy.throttled_schedule().is_some_and(|throttled| {
            mem::discriminant(throttled) != mem::discriminant(policy.schedule())
        });
        let (kind, mut calls) = if mixed {
            ("<AnySchedule>".to_owned(), self.any_constructor(policy))
        } else {
            self.constructor(policy)
        };
        if let Some(throttled) = policy.throttled_schedule() {
            let schedule = self.schedule(throttled, mixed);
            calls.push(format!("with_throttled_schedule({schedule})"));
        }
        self.limits(policy, &mut calls);
        format!(
            "static POLICY: Policy{kind} = Policy::{};\n",
            calls.join("\n    .")
        )
    }

    /// The constructor of a policy whose two schedules differ in kind.
    fn any_constructor(&mut self, policy: &Policy<AnySchedule>) -> Vec<String> {
        let mut calls = vec![format!("new({})", self.schedule(policy.schedule(), true))];
        calls.extend(max_delay(policy));
        calls
    }

    /// The parameter of the policy's type, and the calls that make its schedule and its maximum delay.
    fn constructor(&mut self, policy: &Policy<AnySchedule>) -> (String, Vec<String>) {
        let Some(max) = policy.max_delay() else {
            return self.without_max(policy);
        };
        let (name, call) = match policy.schedule() {
            AnySchedule::Constant(it) => {
                let base = it.delay(NonZeroU32::MIN);
                let mut calls = vec![format!("constant({})", duration(base))];
                if base != max {
                    calls.extend(max_delay(policy));
                }
                return (self.named("Constant"), calls);
            }
            AnySchedule::Exponential(it) => {
                let default = Policy::DEFAULT;
                let call =
                    if (it.base(), Some(max)) == (default.schedule().base(), default.max_delay()) {
                        "DEFAULT".to_owned()
                    } else {
                        format!("exponential({}, {})", duration(it.base()), duration(max))
                    };
                let mut calls = vec![call];
                calls.extend(ratio(it.ratio()));
                return (String::new(), calls);
            }
            AnySchedule::Fibonacci(it) => (
                "Fibonacci",
                format!("fibonacci({}, {})", duration(it.base()), duration(max)),
            ),
            AnySchedule::Linear(it) => {
                let [base, step, max] = [it.base(), it.step(), max].map(duration);
                ("Linear", format!("linear({base}, {step}, {max})"))
            }
            AnySchedule::Steps(_) => {
                let (kind, mut calls) = self.without_max(policy);
                calls.extend(max_delay(policy));
                return (kind, calls);
            }
        };
        (self.named(name), vec![call])
    }

    fn without_max(&mut self, policy: &Policy<AnySchedule>) -> (String, Vec<String>) {
        if let AnySchedule::Steps(it) = policy.schedule() {
            self.names.insert("Steps");
            let call = format!("steps(&[{}])", durations(it.table()));
            return ("<Steps<'_>>".to_owned(), vec![call]);
        }
        let schedule = self.schedule(policy.schedule(), false);
        let name = schedule.split(':').next().unwrap_or_default();
        let kind = match name {
            "Exponential" => String::new(),
            name => format!("<{name}>"),
        };
        (kind, vec![format!("new({schedule})")])
    }

    fn named(&mut self, name: &'static str) -> String {
        self.names.insert(name);
        format!("<{name}>")
    }

    /// The constructor of a schedule.
    fn schedule(&mut self, schedule: &AnySchedule, any: bool) -> String {
        let (name, call) = match schedule {
            AnySchedule::Constant(it) => (
                "Constant",
                format!("new({})", duration(it.delay(NonZeroU32::MIN))),
            ),
            AnySchedule::Exponential(it) => {
                let ratio = ratio(it.ratio()).map_or(String::new(), |call| format!(".{call}"));
                (
                    "Exponential",
                    format!("new({}){ratio}", duration(it.base())),
                )
            }
            AnySchedule::Fibonacci(it) => ("Fibonacci", format!("new({})", duration(it.base()))),
            AnySchedule::Linear(it) => {
                let [base, step] = [it.base(), it.step()].map(duration);
                ("Linear", format!("new({base}, {step})"))
            }
            AnySchedule::Steps(it) => ("Steps", format!("new(&[{}])", durations(it.table()))),
        };
        self.names.insert(name);
        if any {
            format!("AnySchedule::{name}({name}::{call})")
        } else {
            format!("{name}::{call}")
        }
    }

    /// A call for every limit that is not the default.
    fn limits(&mut self, policy: &Policy<AnySchedule>, calls: &mut Vec<String>) {
        let default = Policy::DEFAULT;
        if policy.jitter() != default.jitter() {
            calls.push(format!("with_jitter({})", self.jitter(policy.jitter())));
        }
        if policy.first_delay() != default.first_delay() {
            calls.push(format!(
                "with_first_delay({})",
                duration(policy.first_delay())
            ));
        }
        if policy.max_attempts() != default.max_attempts() {
            calls.push(match policy.max_attempts() {
                None => "without_attempt_limit()".to_owned(),
                Some(attempts) => format!("with_max_attempts({attempts})"),
            });
        }
        if policy.deadline() != default.deadline() {
            calls.push(match policy.deadline() {
                None => "without_deadline()".to_owned(),
                Some(deadline) => format!("with_deadline({})", duration(deadline)),
            });
        }
        if policy.deadline_rule() != default.deadline_rule() {
            self.names.insert("DeadlineRule");
            let rule = policy.deadline_rule();
            calls.push(format!("with_deadline_rule(DeadlineRule::{rule:?})"));
        }
        if let Some(timeout) = policy.timeout_per_attempt() {
            calls.push(format!("with_attempt_timeout({})", duration(timeout)));
        }
        if policy.doubtful_limit() != default.doubtful_limit() {
            calls.push(format!("with_doubtful_limit({})", policy.doubtful_limit()));
        }
        if policy.max_hint() != default.max_hint() {
            calls.push(format!("with_max_hint({})", duration(policy.max_hint())));
        }
        if policy.hint_rule() != default.hint_rule() {
            self.names.insert("HintRule");
            calls.push(format!(
                "with_hint_rule(HintRule::{:?})",
                policy.hint_rule()
            ));
        }
    }

    fn jitter(&mut self, jitter: Jitter) -> String {
        self.names.insert("Jitter");
        match jitter {
            Jitter::Additive(margin) => format!("Jitter::Additive({})", duration(margin)),
            Jitter::Proportional(percent) => {
                self.names.insert("Percent");
                format!("Jitter::Proportional(Percent::new({}))", percent.get())
            }
            plain => format!("Jitter::{plain:?}"),
        }
    }
}

fn max_delay(policy: &Policy<AnySchedule>) -> Option<String> {
    let max = policy.max_delay()?;
    Some(format!("with_max_delay({})", duration(max)))
}

fn ratio((numerator, denominator): (u32, u32)) -> Option<String> {
    ((numerator, denominator) != (2, 1)).then(|| format!("with_ratio({numerator}, {denominator})"))
}

fn durations(table: &[Duration]) -> String {
    let table: Vec<_> = table.iter().copied().map(duration).collect();
    table.join(", ")
}

/// The constructor of a duration, in the largest unit that holds it exactly.
fn duration(duration: Duration) -> String {
    if duration == Duration::MAX {
        return "Duration::MAX".to_owned();
    }
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
