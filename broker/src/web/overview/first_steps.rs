//! What an empty broker says: the first commands to type, with its own address in them.

use super::super::components::{Command, shell_word};

/// A command with what it does.
pub(super) struct Step {
    pub(super) title: &'static str,
    pub(super) command: Command,
}

/// Publish, verify, ask.
pub(super) fn first_steps(address: &str) -> Vec<Step> {
    let address = shell_word(address);
    // the shell is to fill in $(…), so these are written out
    let step = |title, text: String| Step { title, command: Command::verbatim(&text) };
    vec![
        step(
            "Publish what a consumer's tests recorded",
            format!(
                "countersign publish target/pacts \\\n  --consumer-app-version $(git rev-parse HEAD) --branch main \\\n  \
                 --broker-base-url {address}"
            ),
        ),
        step(
            "Verify it against the running provider",
            format!(
                "countersign verify --provider inventory-service \\\n  --provider-base-url http://localhost:8080 \\\n  \
                 --provider-version $(git rev-parse HEAD) --provider-branch main --publish \\\n  \
                 --broker-base-url {address}"
            ),
        ),
        step(
            "Ask before you deploy",
            format!(
                "countersign can-i-deploy --pacticipant inventory-service \\\n  --version $(git rev-parse HEAD) \
                 --to-environment production \\\n  --broker-base-url {address}"
            ),
        ),
    ]
}
