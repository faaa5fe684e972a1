//! Traces for a collector, when the variables of OpenTelemetry or the options of a command ask for them.

use std::sync::Arc;

use bytes::Bytes;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracerProvider, Tracer};
use tokio::runtime::Handle;

use crate::commands::verify::Telemetry as Options;

/// Export that is under way; what is left is sent by [`finish`](Self::finish).
pub(crate) struct Telemetry {
    provider: SdkTracerProvider,
}

impl Telemetry {
    /// Begins to export when that is wanted: by an option, or by a variable that names a collector.
    ///
    /// Address, headers, service name, resource attributes and sampling are what the `OTEL_…` variables say.
    pub(crate) fn start(options: Option<&Options>, variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let endpoint = wanted(options, variable)?;
        let exporter = SpanExporter::builder().with_http().with_http_client(Client::new()?);
        let exporter = match endpoint {
            Endpoint::Variables => exporter,
            Endpoint::At(url) => exporter.with_endpoint(format!("{}/v1/traces", url.trim_end_matches('/'))),
        };
        let exporter = match exporter.build() {
            Ok(exporter) => exporter,
            Err(error) => {
                eprintln!("traces are not exported: {error}");
                return None;
            }
        };
        let mut resource = Resource::builder();
        if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name("countersign");
        }
        let provider =
            SdkTracerProvider::builder().with_resource(resource.build()).with_batch_exporter(exporter).build();
        Some(Self { provider })
    }

    pub(crate) fn tracer(&self) -> Tracer {
        self.provider.tracer("countersign")
    }

    /// Sends what is left.
    pub(crate) async fn finish(self) {
        let provider = self.provider;
        // it waits for requests that this runtime makes, so it must not hold up one of its threads
        let ended = tokio::task::spawn_blocking(move || provider.shutdown()).await;
        if let Ok(Err(error)) = ended {
            eprintln!("some traces could not be exported: {error}");
        }
    }
}

/// Where traces go.
#[derive(Debug, PartialEq, Eq)]
enum Endpoint {
    /// As the variables say, else the collector on this machine.
    Variables,
    /// To this collector.
    At(String),
}

fn wanted(options: Option<&Options>, variable: impl Fn(&str) -> Option<String>) -> Option<Endpoint> {
    let given = |name: &str| variable(name).filter(|text| !text.is_empty());
    let exporters: Vec<String> = match options {
        Some(options) if !options.otel_exporter.is_empty() => options.otel_exporter.clone(),
        _ => given("OTEL_TRACES_EXPORTER").map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default(),
    };
    let exporters: Vec<&str> = exporters.iter().map(|exporter| exporter.trim()).collect();
    if given("OTEL_SDK_DISABLED").as_deref() == Some("true") || exporters.contains(&"none") {
        return None;
    }
    let asked = options.is_some_and(|options| options.enable_otel || options.enable_otel_traces);
    let addressed = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]
        .into_iter()
        .any(|name| given(name).is_some());
    let typed = options.and_then(|options| options.otel_exporter_endpoint.clone());
    if !(asked || addressed || typed.is_some() || exporters.contains(&"otlp")) {
        return None;
    }
    let only_typed = typed.filter(|_| !addressed);
    Some(only_typed.map_or(Endpoint::Variables, Endpoint::At))
}

/// Sends on this runtime: the exporter's own thread has none.
#[derive(Debug, Clone)]
struct Client {
    runtime: Handle,
    http: Arc<reqwest::Client>,
}

impl Client {
    fn new() -> Option<Self> {
        // fails only when the process has a provider already, which then serves just as well
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http =
            reqwest::Client::builder().build().map_err(|error| eprintln!("traces are not exported: {error}")).ok()?;
        Some(Self { runtime: Handle::current(), http: Arc::new(http) })
    }
}

#[async_trait::async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        let http = Arc::clone(&self.http);
        let sent = self.runtime.spawn(async move {
            let answer = http.execute(request.try_into()?).await?;
            let mut response = http::Response::new(Bytes::new());
            *response.status_mut() = answer.status();
            *response.headers_mut() = answer.headers().clone();
            *response.body_mut() = answer.bytes().await?;
            Ok::<_, reqwest::Error>(response)
        });
        Ok(sent.await??)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_ask_for_traces() {
        let lookup = |set: &'static [(&str, &str)]| {
            move |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        for (set, expected) in [
            (&[][..], None),
            (&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318")], Some(Endpoint::Variables)),
            (&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c:4318/t")], Some(Endpoint::Variables)),
            (&[("OTEL_TRACES_EXPORTER", "otlp")], Some(Endpoint::Variables)),
            (&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"), ("OTEL_TRACES_EXPORTER", "none")], None),
            (&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"), ("OTEL_SDK_DISABLED", "true")], None),
        ] {
            assert_eq!(wanted(None, lookup(set)), expected, "{set:?}");
        }
    }
}
