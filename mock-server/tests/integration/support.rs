use std::path::Path;

use countersign_core::format;
use countersign_core::pact::Pact;

/// An HTTP client that leaves no connection open behind it.
pub(crate) fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap()
}

pub(crate) async fn fetch(url: String) -> reqwest::Response {
    client().get(url).send().await.unwrap()
}

pub(crate) fn read_pact(path: &Path) -> Pact {
    format::read(&std::fs::read(path).unwrap()).unwrap()
}

/// The text without the port, which is another one each time.
pub(crate) fn without_port(text: &str, port: u16) -> String {
    text.replace(&port.to_string(), "[port]")
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap()
}
