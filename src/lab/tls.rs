//! The self-signed certificate a lab server shows, and its fingerprint.

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::Arc;

/// Certificate and what is made of it.
pub(super) struct Identity {
    pub(super) config: Arc<rustls::ServerConfig>,
    pub(super) pem: String,
    pub(super) fingerprint: String,
}

/// A fresh certificate for this host name and the loopback addresses.
pub(super) fn identity(host: &str) -> anyhow::Result<Identity> {
    let names = vec![host.to_owned(), "localhost".to_owned(), "127.0.0.1".to_owned()];
    let mut params = rcgen::CertificateParams::new(names)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::CommonName, host);
    params.distinguished_name.push(rcgen::DnType::OrganizationalUnitName, "Zimbra Collaboration Server");
    let key = rcgen::KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    let digest = ring::digest::digest(&ring::digest::SHA256, certificate.der());
    let fingerprint = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":");
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Identity { config: Arc::new(config), pem: certificate.pem(), fingerprint })
}
