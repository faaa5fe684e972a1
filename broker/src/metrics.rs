//! Figures about this process, and how figures are written for Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Upper bounds of the times requests are counted by, in seconds.
const BOUNDS: [f64; 11] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0];

/// What happened since this process started.
#[derive(Debug)]
pub(crate) struct Metrics {
    started: Instant,
    requests: Mutex<BTreeMap<(String, String, u16), Series>>,
    webhooks_delivered: AtomicU64,
    webhooks_failed: AtomicU64,
}

#[derive(Clone, Debug, Default)]
struct Series {
    /// Per bound, not accumulated.
    buckets: [u64; BOUNDS.len()],
    count: u64,
    seconds: f64,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            requests: Mutex::default(),
            webhooks_delivered: AtomicU64::new(0),
            webhooks_failed: AtomicU64::new(0),
        }
    }
}

impl Metrics {
    /// Counts a request that was answered.
    pub(crate) fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let series = requests.entry((method.to_owned(), route.to_owned(), status)).or_default();
        let seconds = took.as_secs_f64();
        if let Some(bucket) = BOUNDS.iter().position(|bound| seconds <= *bound) {
            series.buckets[bucket] += 1;
        }
        series.count += 1;
        series.seconds += seconds;
    }

    /// Counts an attempt to deliver a webhook.
    pub(crate) fn webhook(&self, success: bool) {
        let counter = if success { &self.webhooks_delivered } else { &self.webhooks_failed };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Everything counted here, as Prometheus reads it.
    pub(crate) fn write(&self, text: &mut Exposition) {
        text.begin("countersign_uptime_seconds", "gauge", "How long this process runs.");
        text.value("countersign_uptime_seconds", &[], self.started.elapsed().as_secs_f64());
        const NAME: &str = "countersign_http_request_duration_seconds";
        text.begin(NAME, "histogram", "Requests by route, and how long they took.");
        let requests = self.requests.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        for ((method, route, status), series) in requests {
            let status = status.to_string();
            let labels = [("method", method.as_str()), ("route", route.as_str()), ("status", status.as_str())];
            let mut below = 0;
            for (bound, count) in BOUNDS.iter().zip(series.buckets) {
                below += count;
                let bound = bound.to_string();
                let labels = [labels[0], labels[1], labels[2], ("le", bound.as_str())];
                text.value(&format!("{NAME}_bucket"), &labels, below as f64);
            }
            let all = [labels[0], labels[1], labels[2], ("le", "+Inf")];
            text.value(&format!("{NAME}_bucket"), &all, series.count as f64);
            text.value(&format!("{NAME}_sum"), &labels, series.seconds);
            text.value(&format!("{NAME}_count"), &labels, series.count as f64);
        }
        const ATTEMPTS: &str = "countersign_webhook_attempts_total";
        text.begin(ATTEMPTS, "counter", "Attempts of this process to deliver webhooks.");
        for (outcome, counter) in [("delivered", &self.webhooks_delivered), ("failed", &self.webhooks_failed)] {
            text.value(ATTEMPTS, &[("outcome", outcome)], counter.load(Ordering::Relaxed) as f64);
        }
    }
}

/// Text in Prometheus' exposition format.
#[derive(Debug, Default)]
pub(crate) struct Exposition(String);

impl Exposition {
    /// The text.
    pub(crate) fn into_text(self) -> String {
        self.0
    }

    /// Says what the values that follow are.
    pub(crate) fn begin(&mut self, name: &str, kind: &str, help: &str) {
        // writing to a text cannot fail
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// A value.
    pub(crate) fn value(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.0.push_str(name);
        for (index, (label, text)) in labels.iter().enumerate() {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.0, "{}{label}=\"{text}\"", if index == 0 { '{' } else { ',' });
        }
        if !labels.is_empty() {
            self.0.push('}');
        }
        let _ = writeln!(self.0, " {value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_and_time() {
        let metrics = Metrics::default();
        metrics.request("GET", "/a\"b", 200, Duration::from_micros(700));
        metrics.request("GET", "/a\"b", 200, Duration::from_secs(60));
        metrics.webhook(true);
        let mut text = Exposition::default();
        metrics.write(&mut text);
        let text = text.into_text();
        for line in [
            r#"countersign_http_request_duration_seconds_bucket{method="GET",route="/a\"b",status="200",le="0.0005"} 0"#,
            r#"countersign_http_request_duration_seconds_bucket{method="GET",route="/a\"b",status="200",le="0.001"} 1"#,
            r#"countersign_http_request_duration_seconds_bucket{method="GET",route="/a\"b",status="200",le="+Inf"} 2"#,
            r#"countersign_webhook_attempts_total{outcome="delivered"} 1"#,
        ] {
            assert!(text.contains(line), "{text}");
        }
    }
}
