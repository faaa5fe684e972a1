//! The real provider, one file for each transport.

pub(crate) mod grpc;
pub(crate) mod http;
pub(crate) mod message;

use std::time::Duration;

/// Why a request brought no answer, in words that say what to look at.
pub(crate) fn request_failure(what: &str, error: &reqwest::Error, timeout: Duration) -> String {
    let reason = chain_end(error);
    if error.is_timeout() {
        format!("{what} brought no answer within {} s", timeout.as_secs_f64())
    } else if error.is_connect() {
        format!("{what} found nobody to answer ({reason}): is the provider running?")
    } else {
        format!("{what} broke: {reason}")
    }
}

/// An error and what caused it, joined by colons.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

/// The cause at the bottom, which says what really happened.
pub(crate) fn chain_end(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}
