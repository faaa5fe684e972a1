//! `countersign completions` and `countersign man`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

use crate::app::Exit;
use crate::failure::Failure;
use crate::output::print;

/// Writes what a shell needs to complete commands and options
///
/// For bash: countersign completions bash > ~/.local/share/bash-completion/completions/countersign
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Prints the script.
    pub(crate) fn run(&self, mut command: clap::Command) -> Exit {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "countersign", &mut script);
        print(&String::from_utf8_lossy(&script));
        Exit::Well
    }
}

/// Writes the manual pages of all commands into a directory
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The directory, which is made if it is not there
    directory: PathBuf,
}

impl Man {
    /// Writes `countersign.1` and a page for each command.
    pub(crate) fn run(&self, command: clap::Command) -> Result<Exit, Failure> {
        let failed = |error: std::io::Error| {
            let what = format!("could not write the manual pages to {}", self.directory.display());
            Failure::input(what, error.to_string())
        };
        std::fs::create_dir_all(&self.directory).map_err(failed)?;
        clap_mangen::generate_to(command, &self.directory).map_err(failed)?;
        Ok(Exit::Well)
    }
}
