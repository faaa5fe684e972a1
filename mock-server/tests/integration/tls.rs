//! Contracts whose server speaks TLS, or to browsers.

use countersign_mock_server::prelude::*;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::json;
use tonic::transport::Channel;

use crate::grpc::{CHECK_STOCK, Client, call, check, inventory, known_sku};
use crate::support::{client, read_pact};

/// A tonic client that trusts this certificate and no other.
async fn trusting(url: String, pem: &str) -> Client {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    let connector =
        HttpsConnectorBuilder::new().with_tls_config(config).https_only().enable_http2().wrap_connector(tcp);
    let endpoint = Channel::from_shared(url).unwrap();
    tonic::client::Grpc::new(endpoint.connect_with_connector(connector).await.unwrap())
}

#[tokio::test]
async fn rest_and_grpc_answer_over_tls_on_one_port() {
    let folder = tempfile::tempdir().unwrap();
    let inventory = known_sku(inventory())
        .http("a health check", |i| i.request(get("/health")).response(204))
        .output_dir(folder.path())
        .tls()
        .start()
        .await;
    let pem = inventory.certificate_pem().unwrap().to_owned();
    assert!(inventory.url().starts_with("https://127.0.0.1:"), "{}", inventory.url());

    let certificate = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
    let health = format!("https://localhost:{}/health", inventory.port());
    client().get(&health).send().await.expect_err("nobody else trusts the certificate");
    let rest = reqwest::Client::builder().tls_certs_only([certificate]).build().unwrap();
    assert_eq!(rest.get(&health).send().await.unwrap().status(), 204);

    let mut grpc = trusting(inventory.url(), &pem).await;
    let response = call(&mut grpc, CHECK_STOCK, check("XYZ-7", 40)).await.unwrap().into_inner();
    assert_eq!((response.available, response.quantity_left), (true, 5));

    let pact = read_pact(&inventory.try_finish().await.unwrap());
    assert_eq!(pact.interactions.len(), 2);
}

#[test]
fn a_contract_without_tls_has_no_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let contract = Pact::between("a", "b").http("a check", |i| i.request(get("/")).response(ok()));
    let server = contract.output_dir(folder.path()).start_blocking();
    assert_eq!(server.certificate_pem(), None);
    assert!(server.url().starts_with("http://"));
    server.try_finish().expect_err("nothing was asked for");
}

#[tokio::test]
async fn a_page_of_another_origin_may_ask_once_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let contract = || {
        Pact::between("web", "shop")
            .output_dir(folder.path())
            .http("an order", |i| i.request(post("/orders").json(json!({ "sku": "ABC-1" }))).response(created()))
    };
    let shop = contract().cors().start().await;
    let url = format!("{}/orders", shop.url());
    let preflight = client().request(http::Method::OPTIONS, &url).header("Origin", "http://shop.example");
    let allowed = preflight.header("Access-Control-Request-Method", "POST").send().await.unwrap();
    assert_eq!(
        (allowed.status().as_u16(), &allowed.headers()["access-control-allow-origin"]),
        (204, &"http://shop.example".parse().unwrap())
    );
    let answer = client().post(&url).json(&json!({ "sku": "ABC-1" })).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["access-control-allow-origin"]),
        (201, &"*".parse().unwrap())
    );
    let pact = read_pact(&shop.try_finish().await.unwrap());
    assert_eq!(pact.interactions.len(), 1, "the preflight request is no part of the contract");

    let shop = contract().start().await;
    let preflight = client().request(http::Method::OPTIONS, format!("{}/orders", shop.url()));
    assert_eq!(preflight.send().await.unwrap().status(), 500);
    shop.try_finish().await.expect_err("a preflight request was not agreed on");
}
