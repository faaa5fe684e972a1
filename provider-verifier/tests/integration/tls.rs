//! Providers over TLS, with an authority of their own and clients that have to show a certificate; and over HTTP/2.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use countersign_core::pact::Pact;
use countersign_mock_server::prelude as dsl;
use countersign_provider_verifier::{StateChangeUrl, Verifier};
use http::Version;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{WantsServerCert, WebPkiClientVerifier};
use rustls::{ConfigBuilder, RootCertStore, ServerConfig};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::pacts::{get as interaction, pact, ran, verdicts};

/// An authority, a server that it vouches for, and a client that it vouches for.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    fn vouches_for(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    fn client_pem(&self) -> String {
        let (certificate, key) = self.vouches_for("verifier");
        format!("{}{}", certificate.pem(), key.serialize_pem())
    }

    /// A provider that answers only those whom this authority vouches for; gives its address.
    async fn provider(&self) -> String {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        let clients =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        self.serve(config.with_client_cert_verifier(clients), router()).await
    }

    /// A provider that answers everyone who speaks TLS; gives its address.
    async fn open_provider(&self, router: Router) -> String {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        self.serve(config.with_no_client_auth(), router).await
    }

    async fn serve(&self, config: ConfigBuilder<ServerConfig, WantsServerCert>, router: Router) -> String {
        let (certificate, key) = self.vouches_for("localhost");
        let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let mut config = config.with_single_cert(chain, key).unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, router) = (acceptor.clone(), router.clone());
                tokio::spawn(async move {
                    // a client that is not vouched for ends here
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let service = TowerToHyperService::new(router);
                    let _ =
                        auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        format!("https://localhost:{port}")
    }
}

/// `/h2` exists over HTTP/2 only.
fn router() -> Router {
    let only_http2 = |request: axum::extract::Request| async move {
        if request.version() == Version::HTTP_2 {
            http::StatusCode::OK
        } else {
            http::StatusCode::HTTP_VERSION_NOT_SUPPORTED
        }
    };
    Router::new().route("/h2", get(only_http2)).route("/states", axum::routing::post(|| async { "" }))
}

#[tokio::test]
async fn certificates_decide_who_talks_to_whom() {
    let authority = Authority::new();
    let provider = authority.provider().await;
    let states = || StateChangeUrl::new(format!("{provider}/states"));
    let verifier = || Verifier::of("stock").http(&provider).pacts(pact([interaction("/h2", 200)]));
    let trusted = || verifier().certificate_authority(authority.issuer.pem());

    let known = trusted().client_certificate(authority.client_pem()).state_change_url(states());
    let _ = known.verify().await.unwrap_verified();
    let blind = verifier().accept_any_certificate(true).client_certificate(authority.client_pem());
    let _ = blind.verify().await.unwrap_verified();

    let stranger = verdicts(&ran(verifier().client_certificate(authority.client_pem()).verify().await)).remove(0);
    assert!(stranger.contains("could not set up an encrypted connection: invalid peer certificate"), "{stranger}");
    let nameless = ran(trusted().verify().await);
    assert!(!nameless.agreed(), "a client without a certificate is to be refused");
}

#[tokio::test]
async fn http2_is_spoken_over_cleartext_when_asked_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router()).await.unwrap() });
    let verifier = || Verifier::of("stock").http(&url).pacts(pact([interaction("/h2", 200)]));
    let _ = verifier().http2().verify().await.unwrap_verified();
    assert_eq!(verdicts(&ran(verifier().verify().await)), ["status"]);
}

#[derive(Clone, PartialEq, prost::Message)]
struct StockRequest {
    #[prost(string, tag = "1")]
    sku: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Stock {
    #[prost(string, tag = "1")]
    sku: String,
    #[prost(int32, tag = "2")]
    left: i32,
}

/// A service of tonic's that has so many of everything.
fn grpc_service(left: i32) -> Router {
    let answer = move |request: axum::extract::Request| async move {
        let check = move |request: tonic::Request<StockRequest>| async move {
            Ok(tonic::Response::new(Stock { sku: request.into_inner().sku, left }))
        };
        let codec = tonic_prost::ProstCodec::<Stock, StockRequest>::default();
        tonic::server::Grpc::new(codec).unary(Unary(check), request).await
    };
    Router::new().route("/stock.v1.Stocks/Check", post(answer))
}

/// A function as tonic's service of one method.
struct Unary<F>(F);

impl<F, R> tonic::server::UnaryService<StockRequest> for Unary<F>
where
    F: FnMut(tonic::Request<StockRequest>) -> R,
    R: Future<Output = Result<tonic::Response<Stock>, tonic::Status>>,
{
    type Response = Stock;
    type Future = R;

    fn call(&mut self, request: tonic::Request<StockRequest>) -> R {
        (self.0)(request)
    }
}

fn agreed_call() -> Pact {
    const PROTO: &str = r#"
        syntax = "proto3";
        package stock.v1;
        message StockRequest { string sku = 1; }
        message Stock { string sku = 1; int32 left = 2; }
        service Stocks { rpc Check(StockRequest) returns (Stock); }
    "#;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stock.proto");
    std::fs::write(&file, PROTO).unwrap();
    let contract = dsl::Pact::between("shop", "stock").grpc("a check", |i| {
        i.method(&file, "stock.v1.Stocks/Check")
            .request(json!({ "sku": "ABC-1" }))
            .response(json!({ "sku": "ABC-1", "left": dsl::integer(5) }))
    });
    contract.into_document()
}

#[tokio::test]
async fn grpc_calls_travel_over_tls() {
    let authority = Authority::new();
    let provider = authority.open_provider(grpc_service(7)).await;
    let verifier = |address: &str| Verifier::of("stock").grpc(address).pacts(agreed_call());
    let _ = verifier(&provider).certificate_authority(authority.issuer.pem()).verify().await.unwrap_verified();
    let _ = verifier(&provider).accept_any_certificate(true).verify().await.unwrap_verified();

    let stranger = verdicts(&ran(verifier(&provider).verify().await)).remove(0);
    assert!(stranger.contains("invalid peer certificate"), "{stranger}");
    let in_the_clear = provider.replace("https://", "http://");
    assert!(!ran(verifier(&in_the_clear).verify().await).agreed(), "a provider that speaks TLS alone");

    let sold_out = authority.open_provider(grpc_service(0)).await;
    let broken = verifier(&sold_out).certificate_authority(authority.issuer.pem()).verify().await;
    assert_eq!(verdicts(&ran(broken)), ["$.left"]);
}
