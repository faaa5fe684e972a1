//! Whom to believe over TLS, and who we are.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::VerifyError;

/// What TLS needs to know. Default: the system's authorities, and no certificate of our own.
#[derive(Debug, Clone, Default)]
pub(crate) struct TlsSettings {
    /// Believe whoever answers.
    pub(crate) any_certificate: bool,
    /// PEM texts of authorities that are trusted besides the system's.
    pub(crate) authorities: Vec<Vec<u8>>,
    /// PEM text of the certificate and the key that the provider is shown.
    pub(crate) identity: Option<Vec<u8>>,
}

impl TlsSettings {
    /// The configuration for addresses that need one.
    ///
    /// # Errors
    ///
    /// Which setting cannot be used and why.
    pub(crate) fn config(&self) -> Result<ClientConfig, VerifyError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider));
        let builder =
            builder.with_safe_default_protocol_versions().map_err(|error| invalid("TLS", &error.to_string()))?;
        let verifier = self.verifier(provider)?;
        let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
        let Some(pem) = &self.identity else { return Ok(builder.with_no_client_auth()) };
        let certificates = certificates("the client certificate", pem)?;
        let key = PrivateKeyDer::from_pem_slice(pem)
            .map_err(|error| invalid("the client certificate", &format!("it comes without a usable key: {error}")))?;
        builder
            .with_client_auth_cert(certificates, key)
            .map_err(|error| invalid("the client certificate", &error.to_string()))
    }

    /// A configuration for addresses without TLS, which asks the system nothing.
    pub(crate) fn unused() -> Result<ClientConfig, VerifyError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| invalid("TLS", &error.to_string()))?;
        Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
    }

    fn verifier(&self, provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, VerifyError> {
        if self.any_certificate {
            return Ok(Arc::new(Anyone(provider)));
        }
        let mut extra = Vec::new();
        for pem in &self.authorities {
            extra.extend(certificates("the certificate of the authority", pem)?);
        }
        let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(extra, provider)
            .map_err(|error| invalid("the certificate authorities", &error.to_string()))?;
        Ok(Arc::new(verifier))
    }
}

fn certificates(what: &str, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, VerifyError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|error| invalid(what, &format!("it is no PEM text: {error}")))?;
    if found.is_empty() { Err(invalid(what, "there is no PEM certificate in it")) } else { Ok(found) }
}

fn invalid(what: &str, reason: &str) -> VerifyError {
    VerifyError::InvalidSetting { what: what.to_owned(), reason: reason.to_owned() }
}

/// Believes whoever answers; signatures still have to be right.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_refused() {
        for settings in [
            TlsSettings { authorities: vec![b"no pem".to_vec()], ..TlsSettings::default() },
            TlsSettings { identity: Some(b"no pem".to_vec()), any_certificate: true, ..TlsSettings::default() },
        ] {
            let error = settings.config().unwrap_err().to_string();
            assert!(error.contains("there is no PEM certificate in it"), "{error}");
        }
        assert!(TlsSettings::unused().is_ok());
    }
}
