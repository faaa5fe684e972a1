//! The real provider, one file for each transport.

pub(crate) mod base;
pub(crate) mod client;
mod decode;
pub(crate) mod filter;
pub(crate) mod grpc;
mod grpc_codec;
mod grpc_frames;
pub(crate) mod grpc_provider;
mod grpc_schema;
pub(crate) mod http;
pub(crate) mod message;
pub(crate) mod message_handlers;
pub(crate) mod tls;

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

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("it gave no reason")
}
