//! Running the binary.

use std::path::Path;

use tokio::process::Command;

use crate::fake::FakeBroker;

/// What running a command brought.
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Exit code and both streams, for snapshots.
    pub(crate) fn told(&self) -> String {
        let mut text = format!("exit code {}\n", self.code);
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !stream.is_empty() {
                text.push_str(&format!("--- {name}\n{stream}"));
            }
        }
        text
    }
}

/// Runs `countersign` with the words of `line` in `directory`, without any of the variables it knows but `variables`.
pub(crate) async fn run_in(directory: &Path, line: &str, variables: &[(&str, &str)]) -> Outcome {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.args(line.split_whitespace()).current_dir(directory).env_clear();
    // git must not find a repository above the directory
    command.env("GIT_CEILING_DIRECTORIES", directory.parent().unwrap()).env("PATH", std::env::var_os("PATH").unwrap());
    let output = command.envs(variables.iter().copied()).output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Outcome { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Runs `countersign` with the words of `line`.
pub(crate) async fn run(line: &str) -> Outcome {
    run_in(&std::env::temp_dir(), line, &[]).await
}

/// Runs `countersign` against a fake broker, whose address becomes `http://BROKER` in what is told.
pub(crate) async fn run_against(fake: &FakeBroker, line: &str) -> Outcome {
    let variables = [("PACT_BROKER_BASE_URL", fake.url.as_str()), ("PACT_BROKER_HTTP_RETRIES", "0")];
    run_in(&std::env::temp_dir(), line, &variables).await.hiding(fake)
}

impl Outcome {
    /// The same outcome with the fake's address, which changes from run to run, taken out.
    pub(crate) fn hiding(mut self, fake: &FakeBroker) -> Self {
        for stream in [&mut self.stdout, &mut self.stderr] {
            *stream = stream.replace(&fake.url, "http://BROKER");
        }
        self
    }
}
