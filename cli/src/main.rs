//! `countersign`: publishing, verifying and deploying against contracts, from the command line.
//!
//! Every command is a file below `commands/`: what can be typed, then what is done. What is worth testing on its own
//! lives in the libraries; this crate parses arguments, calls one of them, prints, and chooses an exit code.
//!
//! | module | what lives there |
//! |---|---|
//! | `app` | all commands, and which code runs for each |
//! | `commands` | one file per command |
//! | `output` | printing: colour, tables, the verdict of can-i-deploy |
//! | `failure` | what people read when a command could not do its work |
//! | `logging`, `telemetry` | where log lines and traces go |

mod app;
mod commands;
mod failure;
mod logging;
mod output;
mod telemetry;

use std::process::ExitCode;

use clap::Parser as _;
use tracing::Instrument as _;

/// The broker and the mock servers allocate in many threads at once, which the C library's allocator does slowly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Threads that run tasks, at least. The broker's statements keep their thread until SQLite is done (one that writes, four
/// that read), and others must still be answered meanwhile.
const WORKERS: usize = 6;

fn main() -> ExitCode {
    let workers = std::thread::available_parallelism().map_or(WORKERS, |parallel| WORKERS.max(parallel.get()));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(run()),
        Err(error) => {
            output::print_error(&format!("error: no threads can be started: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run() -> ExitCode {
    let app = app::App::parse();
    let telemetry = if app.is_traced() {
        telemetry::Telemetry::start(Some(&app.telemetry()), |name| std::env::var(name).ok())
    } else {
        None
    };
    if let Err(failure) = logging::start(&app.logging(), telemetry.as_ref()) {
        output::print_error(&failure.render(output::Style::for_stderr()));
        return failure.exit_code();
    }
    let ended = app.run().instrument(tracing::info_span!("command")).await;
    if let Some(telemetry) = telemetry {
        telemetry.finish().await;
    }
    match ended {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output::print_error(&failure.render(output::Style::for_stderr()));
            failure.exit_code()
        }
    }
}
