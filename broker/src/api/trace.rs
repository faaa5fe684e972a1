//! Which trace a request belongs to: that of its W3C header `traceparent`, else one of its own where spans are exported.

use axum::http::HeaderMap;
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use tracing::{Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Makes a request's span part of the trace its client began, and notes the trace for log lines.
pub(super) fn join(span: &Span, headers: &HeaderMap) {
    let parent = headers.get("traceparent").and_then(|value| value.to_str().ok()).and_then(parse);
    if let Some(parent) = &parent {
        // fails where no spans are exported, and then there is nothing to join
        let _ = span.set_parent(Context::new().with_remote_span_context(parent.clone()));
    }
    let trace = parent.unwrap_or_else(|| span.context().span().span_context().clone());
    if trace.is_valid() {
        span.record("trace", field::display(trace.trace_id()));
    }
}

/// `00-` trace `-` span `-` flags.
fn parse(text: &str) -> Option<SpanContext> {
    let parts: Vec<&str> = text.trim().split('-').collect();
    let [version, trace, span, flags, ..] = parts.as_slice() else {
        return None;
    };
    let lengths_fit = (version.len(), trace.len(), span.len(), flags.len()) == (2, 32, 16, 2);
    if !lengths_fit || *version == "ff" || (*version == "00" && parts.len() != 4) {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?);
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    Some(SpanContext::new(trace, span, flags, true, TraceState::default())).filter(SpanContext::is_valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_recognised() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let parsed = parse(good).unwrap();
        assert_eq!(parsed.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(parsed.is_sampled() && parsed.is_remote());
        for nonsense in [
            "nonsense",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473x-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            &format!("{good}-more"),
        ] {
            assert!(parse(nonsense).is_none(), "{nonsense}");
        }
    }
}
