use std::path::Path;
use std::sync::LazyLock;

use countersign_core::format;
use countersign_core::pact::Pact;

/// An HTTP client that leaves no connection open behind it.
pub(crate) fn client() -> reqwest::Client {
    static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| builder().pool_max_idle_per_host(0).build().unwrap());
    CLIENT.clone()
}

/// An HTTP/2 client that does not ask first.
pub(crate) fn http2_client() -> reqwest::Client {
    builder().http2_prior_knowledge().build().unwrap()
}

fn builder() -> reqwest::ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
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

/// What a mistake is told.
pub(crate) fn told<R>(mistake: impl FnOnce() -> R) -> String {
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(mistake));
    panic_text(outcome.err().expect("the mistake is refused").as_ref())
}
