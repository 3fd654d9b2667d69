//! What TLS connections trust.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use crate::error::{Error, Result};

/// The Mozilla roots compiled in, so that a bare container has some, and the operator's own, given
/// as the text of a PEM file.
pub(crate) fn config(ca: Option<&str>) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    if let Some(pem) = ca {
        let bad = |what: String| Error::Config {
            message: format!("`ca` is not usable: {what}"),
            hint: "give a PEM file with one or more `BEGIN CERTIFICATE` blocks".into(),
        };
        let mut found = false;
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|error| bad(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| bad(error.to_string()))?;
            found = true;
        }
        if !found {
            return Err(bad("it holds no certificate".into()));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Config {
            message: format!("TLS cannot be set up: {error}"),
            hint: "this is a bug of Tidegate".into(),
        })?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
