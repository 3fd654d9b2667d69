//! A certificate authority of a test's own.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;

/// An authority that no machine knows.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A new one, with a key of its own.
impl Default for Authority {
    fn default() -> Authority {
        let mut params = CertificateParams::new([]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let issuer = CertifiedIssuer::self_signed(params, key()).expect("a certificate");
        Authority { issuer }
    }
}

impl Authority {
    /// What `ca` in a configuration holds.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// What a server of this name needs, `api.example.com` or an address.
    pub fn server(&self, name: &str) -> ServerConfig {
        self.certify(params(name))
    }

    /// The same with a certificate that ran out in 2001.
    pub fn expired_server(&self, name: &str) -> ServerConfig {
        let mut params = params(name);
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(2001, 1, 1);
        self.certify(params)
    }

    fn certify(&self, params: CertificateParams) -> ServerConfig {
        let key = key();
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the usual versions of TLS")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a certificate and its key")
    }
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}
