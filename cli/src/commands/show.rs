//! `countersign show`.

use std::path::PathBuf;

use clap::Args;
use countersign_core::format;
use countersign_core::render::pact_text;

use crate::app::Exit;
use crate::failure::Failure;
use crate::output::print;

/// Prints pact files readably: what is asked and answered, gRPC messages with the names of their fields, rules in words.
///
/// Exit codes: 0 when all files were shown, 2 when one could not be read.
#[derive(Debug, Clone, Args)]
pub(crate) struct Show {
    /// Pact files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

impl Show {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let (mut texts, mut problems) = (Vec::new(), Vec::new());
        for file in &self.files {
            let pact = std::fs::read(file).map_err(|error| error.to_string());
            let pact = pact.and_then(|bytes| format::read(&bytes).map_err(|error| error.to_string()));
            match pact {
                Ok(pact) => texts.push(pact_text(&pact)),
                Err(error) => problems.push(format!("{}: {error}", file.display())),
            }
        }
        if !texts.is_empty() {
            print(texts.join("\n").trim_end());
        }
        if problems.is_empty() {
            return Ok(Exit::Well);
        }
        let what = "not every file was shown".to_owned();
        Err(Failure::Unverified(Box::new(Failure::Input { what, problems })))
    }
}
