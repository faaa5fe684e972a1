//! Telling the provider which trace its work belongs to: the W3C header `traceparent`.

use http::HeaderValue;
use opentelemetry::trace::TraceContextExt as _;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The traces of one run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trace {
    id: u128,
}

impl Trace {
    /// A trace of its own.
    pub(crate) fn random() -> Self {
        // zero is no trace
        Self { id: fastrand::u128(1..) }
    }

    /// The header for an exchange: the span's own identity where spans are exported, else one of this run that nobody
    /// records but which lets the provider's logs be told apart.
    pub(crate) fn parent(self, span: &Span) -> Option<HeaderValue> {
        let context = span.context();
        let known = context.span().span_context().clone();
        let text = if known.is_valid() {
            format!("00-{}-{}-{:02x}", known.trace_id(), known.span_id(), known.trace_flags().to_u8())
        } else {
            format!("00-{:032x}-{:016x}-00", self.id, fastrand::u64(1..))
        };
        HeaderValue::try_from(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_without_telemetry_has_a_trace_all_the_same() {
        let trace = Trace::random();
        let [first, second] = [(); 2].map(|()| trace.parent(&Span::none()).unwrap().to_str().unwrap().to_owned());
        let parts: Vec<_> = first.split('-').map(str::len).collect();
        assert_eq!(parts, [2, 32, 16, 2]);
        assert_eq!(first[..36], second[..36]);
        assert_ne!(first, second);
    }
}
