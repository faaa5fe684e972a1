//! A progress bar, for people who look at a terminal.

use std::io::IsTerminal as _;

use countersign_provider_verifier::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error, or nothing where no terminal shows it.
pub(super) fn bar() -> Option<ProgressBar> {
    if !std::io::stderr().is_terminal() {
        return None;
    }
    let style = ProgressStyle::with_template("  {bar:30} {pos} of {len} {msg}").ok()?;
    Some(ProgressBar::new(0).with_style(style))
}

/// Moves the bar.
pub(super) fn show(bar: &ProgressBar, progress: Progress) {
    bar.set_length(progress.all as u64);
    bar.set_position(progress.done as u64);
    if progress.failed > 0 {
        bar.set_message(format!("({} failed)", progress.failed));
    }
    if progress.done == progress.all {
        bar.finish_and_clear();
    }
}
