//! Compiles the `.proto` files in-process: no `protoc` is needed.

use std::error::Error;
use std::path::PathBuf;

/// The messages that both versions of the API share; the breaking version reuses the types of the current one.
const UNCHANGED: [&str; 6] = [
    "CheckStockRequest",
    "ReserveStockRequest",
    "ReleaseStockRequest",
    "WatchStockRequest",
    "RestockLine",
    "RestockSummary",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let current = protox::compile(["inventory.proto"], ["proto"])?;
    tonic_prost_build::configure().compile_fds(current)?;

    let out_dir = PathBuf::from(std::env::var("OUT_DIR")?).join("breaking");
    std::fs::create_dir_all(&out_dir)?;
    let breaking = protox::compile(["inventory.proto"], ["proto/breaking"])?;
    let mut builder = tonic_prost_build::configure().build_client(false).out_dir(out_dir);
    for message in UNCHANGED {
        builder = builder.extern_path(format!(".inventory.v1.{message}"), format!("crate::proto::{message}"));
    }
    builder.compile_fds(breaking)?;
    Ok(())
}
