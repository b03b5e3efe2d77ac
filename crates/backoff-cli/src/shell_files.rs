//! What a shell and `man` need to know of this command.

use std::process::ExitCode;

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::terminal::print_as_is;

/// Prints the completions of a shell
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

const AFTER_HELP: &str = "\
Put them where the shell reads them:
  backoff completions bash > /etc/bash_completion.d/backoff
  backoff completions fish > ~/.config/fish/completions/backoff.fish
  backoff completions zsh > ~/.zfunc/_backoff   (with ~/.zfunc in $fpath)";

/// Prints the completions of a command.
pub(crate) fn print_completions(
    arguments: &Completions,
    mut command: Command,
) -> Result<ExitCode, String> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "backoff", &mut script);
    print_as_is(&script).map(|()| ExitCode::SUCCESS)
}

/// Prints one page for the command and its subcommands.
pub(crate) fn print_man_page(command: Command) -> Result<ExitCode, String> {
    let mut page = Vec::new();
    write_man_page(command, &mut page).map_err(|error| error.to_string())?;
    print_as_is(&page).map(|()| ExitCode::SUCCESS)
}

fn write_man_page(mut command: Command, page: &mut Vec<u8>) -> std::io::Result<()> {
    command.build();
    let man = Man::new(command.clone());
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    for subcommand in command
        .get_subcommands()
        .filter(|it| it.get_name() != "help")
    {
        let name = subcommand.get_bin_name().unwrap_or_default().to_uppercase();
        page.extend(format!(".SH {name}\n").bytes());
        let man = Man::new(subcommand.clone());
        let mut sections = Vec::new();
        man.render_synopsis_section(&mut sections)?;
        man.render_description_section(&mut sections)?;
        man.render_options_section(&mut sections)?;
        man.render_extra_section(&mut sections)?;
        let sections = String::from_utf8_lossy(&sections).replace(".SH ", ".SS ");
        page.extend(sections.bytes());
    }
    man.render_version_section(page)
}
