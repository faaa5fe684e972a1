//! Runs corpora of verdicts through the matching engine and prints the agreement per area.

#![allow(clippy::print_stdout, reason = "printing the report is what the command is for")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use countersign_tests::conformance;

/// Exits with 0 when all cases agree or are listed as known gaps, 1 when some do not, 2 when the folder cannot be read.
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder with `spec`, `response` and `request`
    folder: PathBuf,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let report = match conformance::run(&arguments.folder) {
        Ok(report) => report,
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::from(2);
        }
    };
    if arguments.json {
        println!("{:#}", report.to_json());
    } else {
        print!("{}", report.to_text());
    }
    if report.unlisted().is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
