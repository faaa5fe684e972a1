//! Verifying a mock server's conversation and writing its pact file.

use std::path::Path;

use http::{Response, StatusCode};
use serde_json::json;

use super::problem::{Problem, empty, json_response};
use super::registry::Playing;
use super::view;
use crate::recording::{OverwritePolicy, Recording, RunId, record};
use crate::server::AnswerBody;

/// Writes the pact file when everything was as agreed; otherwise says what was not.
pub(super) fn verify(playing: &Playing, directory: &Path) -> Result<Response<AnswerBody>, Problem> {
    let report = playing.server.report();
    if !report.is_success() {
        let json = json!({
            "mockServer": view::server(playing),
            "mismatches": view::mismatches(playing),
            "report": report.to_string(),
        });
        return Ok(json_response(StatusCode::UNPROCESSABLE_ENTITY, &json));
    }
    write(playing, directory)?;
    Ok(empty(StatusCode::NO_CONTENT))
}

fn write(playing: &Playing, directory: &Path) -> Result<(), Problem> {
    let name = format!("mock server {}", playing.id);
    let recording = Recording {
        pact: playing.pact.clone(),
        directory,
        author: crate::recording::Author::Program(&name),
        run: RunId::of_this_process(),
        overwrite: OverwritePolicy::from_env(),
    };
    let path = record(recording)?;
    tracing::info!(path = %path.display(), "a pact was written");
    Ok(())
}
