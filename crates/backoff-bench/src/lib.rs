//! Puts one question to many subjects, each in the same words, and prints the answers.
//!
//! A subject is a function of two numbers: so many rounds, each of so many turns. What a turn means is the
//! program's: a delay, a failed attempt, a waiting task. Everything is measured as a difference between two
//! runs, so that what both have in common (starting, seeding, warming up) cancels out.
//!
//! A program prints one line for each answer: subject, measure, number, separated by tabs.

use std::env;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::time::Instant;

use backoff_driver::TimedOut;

/// The error of an attempt: the connection was reset, or the attempt took too long.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reset;

impl From<TimedOut> for Reset {
    fn from(_: TimedOut) -> Self {
        Self
    }
}

/// One implementation that a question is put to.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// As the table names it.
    pub name: &'static str,
    /// Runs so many rounds of so many turns.
    pub run: fn(rounds: u32, turns: u32),
}

impl Subject {
    /// Names a function.
    #[must_use]
    pub const fn new(name: &'static str, run: fn(rounds: u32, turns: u32)) -> Self {
        Self { name, run }
    }
}

/// One number to find out about every subject: the difference between two runs, divided.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// As the table names it.
    pub name: &'static str,
    /// Rounds and turns of the run that is subtracted.
    pub less: (u32, u32),
    /// Rounds and turns of the run that it is subtracted from.
    pub more: (u32, u32),
    /// By what the difference is divided.
    pub per: u32,
    /// In what the answer is given.
    pub by: By,
}

/// In what an answer is given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum By {
    /// In both.
    Both,
    /// In instructions: the difference takes too little time to be told from noise.
    Instructions,
    /// In nanoseconds: valgrind runs one thread at a time.
    Time,
}

/// How often a time is taken; the median is what counts.
const SAMPLES: usize = 31;

/// The `main` of a program.
///
/// Without arguments it prints instructions and times. `counts` and `times` print one of the two, and
/// `run SUBJECT ROUNDS TURNS` is how it starts itself under valgrind.
///
/// # Panics
///
/// Panics where an argument is unknown, or where valgrind cannot be started.
pub fn ask(questions: &[(Measure, &[Subject])]) {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => {
            counts(questions);
            times(questions);
        }
        ["counts"] => counts(questions),
        ["times"] => times(questions),
        ["run", name, rounds, turns] => {
            let mut subjects = questions.iter().flat_map(|(_, subjects)| *subjects);
            let subject = subjects
                .find(|subject| subject.name == name)
                .expect("a subject of this program");
            let number = |text: &str| text.parse().expect("a number");
            (subject.run)(black_box(number(rounds)), black_box(number(turns)));
        }
        _ => panic!("arguments: none, counts, times, or run SUBJECT ROUNDS TURNS"),
    }
}

/// Prints one answer.
pub fn print_number(subject: &str, measure: &str, number: f64) {
    println!("{subject}\t{measure}\t{number:.1}");
}

fn counts(questions: &[(Measure, &[Subject])]) {
    for (measure, subjects) in questions
        .iter()
        .filter(|(measure, _)| measure.by != By::Time)
    {
        for subject in *subjects {
            let more = instructions(subject.name, measure.more);
            let less = instructions(subject.name, measure.less);
            let each = more.saturating_sub(less) as f64 / f64::from(measure.per);
            print_number(
                subject.name,
                &format!("{}, instructions", measure.name),
                each,
            );
        }
    }
}

/// The instructions that a run executes from the start of the process to its end.
fn instructions(name: &str, (rounds, turns): (u32, u32)) -> u64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe().expect("the path of this program"))
        .args(["run", name, &rounds.to_string(), &turns.to_string()])
        .stdout(Stdio::null())
        .output()
        .expect("valgrind");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {log}");
    let collected = log.lines().find_map(|line| line.split_once("Collected : "));
    let (_, count) = collected.expect("a line with the number of instructions");
    count.trim().parse().expect("a number of instructions")
}

/// The subjects take turns, so that a change of the machine's speed meets all of them.
fn times(questions: &[(Measure, &[Subject])]) {
    for (measure, subjects) in questions
        .iter()
        .filter(|(measure, _)| measure.by != By::Instructions)
    {
        let mut samples = vec![Vec::with_capacity(SAMPLES); subjects.len()];
        for _ in 0..SAMPLES {
            for (subject, samples) in subjects.iter().zip(&mut samples) {
                let more = nanoseconds(subject, measure.more);
                let less = nanoseconds(subject, measure.less);
                samples.push((more - less) / f64::from(measure.per));
            }
        }
        for (subject, mut samples) in subjects.iter().zip(samples) {
            samples.sort_by(f64::total_cmp);
            let median = samples[SAMPLES / 2];
            print_number(subject.name, &format!("{}, ns", measure.name), median);
        }
    }
}

fn nanoseconds(subject: &Subject, (rounds, turns): (u32, u32)) -> f64 {
    let began = Instant::now();
    (subject.run)(black_box(rounds), black_box(turns));
    began.elapsed().as_nanos() as f64
}

/// The pages of the handbook for those who come from another crate, compiled as printed, beside that crate.
#[cfg(doctest)]
mod coming_from {
    macro_rules! pages {
        ($($name:ident: $path:literal,)*) => {
            $(
                #[doc = include_str!(concat!("../../../docs/handbook/coming-from/", $path))]
                struct $name;
            )*
        };
    }

    pages! {
        Backoff: "backoff.md",
        Backon: "backon.md",
        ReqwestRetry: "reqwest-retry.md",
        TokioRetry: "tokio-retry.md",
        TowerRetry: "tower-retry.md",
    }
}
