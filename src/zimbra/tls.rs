//! Whom we trust: the system's authorities, a CA file, or pinned SHA-256 fingerprints of the server's own
//! certificate. Zimbra's default certificate is self-signed, so a pin is the ordinary case.

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use ring::digest;
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring as provider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};

/// SHA-256 of a certificate in DER form.
pub type Fingerprint = [u8; 32];

/// What makes a certificate good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The authorities of the operating system.
    System,
    /// The authorities in a PEM file, and no others.
    Authorities(Vec<u8>),
    /// One of these very certificates.
    Pinned(Vec<Fingerprint>),
}

/// A TLS configuration, and the certificate it last refused.
#[derive(Clone, Debug)]
pub struct Tls {
    /// For every connection to the server.
    pub config: Arc<ClientConfig>,
    judge: Arc<Judge>,
}

impl Tls {
    /// Builds the configuration.
    ///
    /// # Errors
    /// A PEM file without a usable certificate, or no system authorities at all.
    pub fn new(trust: Trust) -> Result<Self, String> {
        let provider = Arc::new(provider::default_provider());
        let rule = match trust {
            Trust::Pinned(prints) => Rule::Pinned(prints),
            Trust::System => {
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
                if roots.is_empty() {
                    return Ok(Self::with(Rule::Nobody, provider));
                }
                Rule::Roots(verifier(roots, &provider)?)
            }
            Trust::Authorities(pem) => {
                let mut roots = RootCertStore::empty();
                for certificate in CertificateDer::pem_slice_iter(&pem) {
                    let certificate =
                        certificate.map_err(|error| format!("not a PEM certificate: {error}"))?;
                    roots.add(certificate).map_err(|error| error.to_string())?;
                }
                if roots.is_empty() {
                    return Err("it holds no PEM certificate".to_owned());
                }
                Rule::Roots(verifier(roots, &provider)?)
            }
        };
        Ok(Self::with(rule, provider))
    }

    fn with(rule: Rule, provider: Arc<CryptoProvider>) -> Self {
        let judge = Arc::new(Judge { rule, provider: Arc::clone(&provider), refused: Mutex::new(None) });
        let verifier: Arc<dyn ServerCertVerifier> = judge.clone();
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring speaks TLS 1.2 and 1.3")
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        Self { config: Arc::new(config), judge }
    }

    /// Fingerprint and reason of the certificate refused last, if one was.
    pub fn refused(&self) -> Option<(String, String)> {
        let refused = self.judge.refused.lock().expect("no holder panics");
        refused.as_ref().map(|(print, cause)| (show(print), cause.clone()))
    }
}

/// Reads a CA file.
///
/// # Errors
/// When it cannot be read.
pub fn authorities(path: &Path) -> std::io::Result<Trust> {
    std::fs::read(path).map(Trust::Authorities)
}

/// `AB:CD:...` or `abcd...` to bytes.
///
/// # Errors
/// Anything but 64 hexadecimal digits.
pub fn parse_fingerprint(text: &str) -> Result<Fingerprint, String> {
    let digits: Vec<u8> = text
        .bytes()
        .filter(|byte| !matches!(byte, b':' | b' '))
        .map(|byte| byte.to_ascii_lowercase())
        .collect();
    let wrong = || format!("`{text}` is not a SHA-256 fingerprint (64 hexadecimal digits)");
    if digits.len() != 64 {
        return Err(wrong());
    }
    let mut print = [0; 32];
    for (byte, pair) in print.iter_mut().zip(digits.chunks(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
    }
    Ok(print)
}

/// As `openssl x509 -fingerprint -sha256` shows it.
pub fn show(print: &Fingerprint) -> String {
    print.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

fn verifier(
    roots: RootCertStore,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, String> {
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| error.to_string())
}

#[derive(Debug)]
enum Rule {
    Pinned(Vec<Fingerprint>),
    Roots(Arc<WebPkiServerVerifier>),
    /// The system has no authorities installed: every certificate is refused, with its fingerprint.
    Nobody,
}

/// Judges certificates and remembers the one it refused, so that the operator can be shown what to pin.
#[derive(Debug)]
struct Judge {
    rule: Rule,
    provider: Arc<CryptoProvider>,
    refused: Mutex<Option<(Fingerprint, String)>>,
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let mut print = [0; 32];
        print.copy_from_slice(digest::digest(&digest::SHA256, end_entity).as_ref());
        let verdict = match &self.rule {
            Rule::Pinned(prints) if prints.contains(&print) => Ok(ServerCertVerified::assertion()),
            Rule::Pinned(_) => Err(Error::General("it is not the pinned certificate".to_owned())),
            Rule::Roots(roots) => roots.verify_server_cert(end_entity, intermediates, server_name, ocsp, now),
            Rule::Nobody => Err(Error::General("this machine has no certificate authorities".to_owned())),
        };
        if let Err(error) = &verdict {
            *self.refused.lock().expect("no holder panics") = Some((print, error.to_string()));
        }
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_reads_with_and_without_colons_and_shows_as_openssl_does() {
        let print = parse_fingerprint(&"ab".repeat(32)).unwrap();
        assert_eq!(parse_fingerprint(&show(&print)).unwrap(), print);
        assert!(show(&print).starts_with("AB:AB:"));
        assert!(parse_fingerprint("ab:cd").is_err());
        assert!(parse_fingerprint(&"zz".repeat(32)).is_err());
        assert!(parse_fingerprint(&"é".repeat(32)).is_err());
    }
}
