//! Side-by-side measurements against the official tools and against the physical limit, in one run.
//!
//! `countersign-benches verify|mock|matching|grpc [--json]` prints a table with ratios, or
//! `{"figures":[{"name":"verify/1000","unit":"s","ours":…,"official":…,"limit":…}]}`. `limit` is the bare loop, or the bare
//! server, doing the same traffic, or only reading the same JSON. Machines differ and are noisy: compare ratios of one run, not figures of two.

#![allow(clippy::print_stdout, reason = "printing figures is what the command is for")]

mod broker;
mod contract;
mod figures;
mod grpc;
mod grpc_matching;
mod load;
mod matching;
mod matching_worst;
mod mock;
mod peer;
mod provider;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    bench: Bench,
    /// Print the figures as JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// Wall time of verifying 1, 100 and 1000 interactions
    Verify,
    /// Requests per second of the mock server with 1 to 10,000 interactions loaded, and with paths that are regexes
    Mock,
    /// Time of checking one request or response, beside only reading its body with `serde_json`
    Matching,
    /// How fast the broker answers and takes in; see `--help`
    Broker(broker::Options),
    /// Unary gRPC calls per second of the mock server with 1 and 1000 interactions, of a verification, and checks of a message
    Grpc,
    /// Time of checking one protobuf message, beside checking the same contents as JSON; part of `grpc`
    GrpcMatching,
    /// Serves one message over gRPC with tonic alone; used by `grpc`
    #[command(hide = true)]
    ServeBareGrpc,
    /// Serves a pact file with the mock server until the process is killed; used by `mock`
    #[command(hide = true)]
    Serve {
        /// The pact file
        file: std::path::PathBuf,
    },
    /// Serves bytes that are ready with a bare axum handler until the process is killed; used by `mock`
    #[command(hide = true)]
    Bare {
        /// How many items there are
        items: usize,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let figures = match &arguments.bench {
        Bench::Verify => verify::run().await?,
        Bench::Mock => mock::run().await?,
        Bench::Matching => matching::run()?,
        Bench::Broker(options) => {
            print!("{}", broker::run(options).await?);
            return Ok(());
        }
        Bench::Grpc => grpc::run().await?,
        Bench::GrpcMatching => grpc_matching::run()?,
        Bench::ServeBareGrpc => return grpc::serve_bare().await,
        Bench::Serve { file } => return mock::serve(file).await,
        Bench::Bare { items } => return provider::serve_ready(*items).await,
    };
    print!("{}", if arguments.json { figures.to_json() } else { figures.to_table() });
    Ok(())
}
