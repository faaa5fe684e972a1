//! Writing to the standard streams; a reader that went away is no reason to fail.

use std::io::Write as _;

/// Writes `text` and a line end to standard output.
pub(crate) fn print(text: &str) {
    // `countersign … | head` closes the pipe early, and there is nobody left to tell
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end_matches('\n'));
}

/// Writes `text` and a line end to standard error.
pub(crate) fn print_error(text: &str) {
    // nowhere is left to report that standard error is closed
    let _ = writeln!(std::io::stderr(), "{}", text.trim_end_matches('\n'));
}
