//! Certificates for servers that speak TLS.

use std::fmt;
use std::sync::{Arc, OnceLock};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate with its key, and the certificate that clients have to trust. Cloning shares it.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
    trusted_pem: Arc<str>,
}

impl Tls {
    /// A certificate for `localhost`, `127.0.0.1` and `::1`, signed by an authority that exists in this process only. It is
    /// made once for all servers of the process, so that further servers start as fast as those without TLS.
    ///
    /// # Errors
    ///
    /// The system gives no randomness.
    pub fn generated() -> Result<Self, TlsError> {
        static GENERATED: OnceLock<Result<Tls, TlsError>> = OnceLock::new();
        GENERATED.get_or_init(generate).clone()
    }

    /// A certificate chain and its private key, both as PEM. Clients have to trust the last certificate of the chain.
    ///
    /// # Errors
    ///
    /// The texts are no PEM, or certificate and key do not belong together.
    pub fn from_pem(chain: &str, key: &str) -> Result<Self, TlsError> {
        let certificates = CertificateDer::pem_slice_iter(chain.as_bytes()).collect::<Result<Vec<_>, _>>();
        let certificates = certificates.map_err(|error| TlsError::new("the certificate is no PEM", &error))?;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes())
            .map_err(|error| TlsError::new("the private key is no PEM", &error))?;
        let last = chain.rfind("-----BEGIN").map_or(chain, |start| &chain[start..]);
        Self::new(certificates, key, last)
    }

    fn new(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>, trusted: &str) -> Result<Self, TlsError> {
        let unusable = |error: rustls::Error| TlsError::new("the certificate cannot be used", &error);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(unusable)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), trusted_pem: trusted.into() })
    }

    /// What a client has to trust, as PEM.
    #[must_use]
    pub fn trusted_pem(&self) -> &str {
        &self.trusted_pem
    }

    pub(super) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("trusted_pem", &self.trusted_pem).finish_non_exhaustive()
    }
}

/// Why there is no certificate to serve with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {reason}")]
pub struct TlsError {
    what: &'static str,
    reason: String,
}

impl TlsError {
    fn new(what: &'static str, reason: &impl fmt::Display) -> Self {
        Self { what, reason: reason.to_string() }
    }
}

fn generate() -> Result<Tls, TlsError> {
    let failed = |error: rcgen::Error| TlsError::new("no certificate can be made", &error);
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "Countersign mock server authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    let authority_key = KeyPair::generate().map_err(failed)?;
    let trusted = authority.self_signed(&authority_key).map_err(failed)?.pem();
    let issuer = Issuer::new(authority, authority_key);

    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut leaf = CertificateParams::new(names).map_err(failed)?;
    leaf.distinguished_name.push(DnType::CommonName, "localhost");
    leaf.use_authority_key_identifier_extension = true;
    leaf.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = leaf.signed_by(&key, &issuer).map_err(failed)?;
    let key =
        PrivateKeyDer::try_from(key.serialize_der()).map_err(|reason| TlsError::new("no key can be made", &reason))?;
    Tls::new(vec![certificate.der().clone()], key, &trusted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_certificate_for_the_whole_process() {
        let (first, second) = (Tls::generated().unwrap(), Tls::generated().unwrap());
        assert!(Arc::ptr_eq(&first.config, &second.config));
        assert!(first.trusted_pem().starts_with("-----BEGIN CERTIFICATE-----"));
    }

    #[test]
    fn what_is_no_certificate_is_refused_in_words() {
        let pem = Tls::generated().unwrap();
        for (chain, key, expected) in
            [(pem.trusted_pem(), "no key", "the private key is no PEM"), ("", "", "the private key is no PEM")]
        {
            let error = Tls::from_pem(chain, key).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
