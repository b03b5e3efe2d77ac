//! `backoff run`: retries a command.

mod arguments;
mod attempt;
mod classify;
mod command_end;
mod command_input;
mod exit_codes;
mod hint;
mod log;
mod orphans;
mod output;
mod pattern;
mod process;
mod process_group;
mod retries;
mod retry_hook;
mod run_flags;
mod signals;

use std::process::ExitCode;

use tokio::runtime;

pub(crate) use arguments::Arguments;

use retries::Retries;
use run_flags::RunFlags;

use crate::plan;

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let (settings, file) = arguments.policy.settings_and_run_table()?;
    let flags = arguments.flags.clone().or(RunFlags::of_file(file)?);
    if arguments.dry_run {
        return plan::print_schedule(&settings).map(|()| ExitCode::SUCCESS);
    }
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let code = runtime.block_on(async {
        let retries = Retries::new(arguments, &flags, &settings)?;
        Ok::<_, String>(Box::pin(retries.run()).await)
    })?;
    // A thread may be waiting for input or for a reader, and must not delay the end.
    runtime.shutdown_background();
    Ok(ExitCode::from(code))
}
