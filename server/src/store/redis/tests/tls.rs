//! A Redis that speaks TLS: with an authority of one's own, and with a certificate that is asked for.

use super::{append, numbers};
use crate::store::StoreError;
use crate::store::conformance::places::{Kind, Place, Redis};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Files with an authority, and a certificate and its key that it vouches for.
struct Certificates {
    folder: TempDir,
}

impl Certificates {
    fn made() -> Self {
        use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
        // Of two that have one name, a certificate would vouch for itself.
        let named = |name: &str, hosts: Vec<String>| {
            let mut params = CertificateParams::new(hosts).unwrap();
            params.distinguished_name.push(DnType::CommonName, name);
            params
        };
        let mut params = named("authority", Vec::new());
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let (signs, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let authority = params.self_signed(&signs).unwrap();
        let issuer = Issuer::from_params(&params, &signs);
        let certificate = named("redis", vec!["127.0.0.1".to_owned()]).signed_by(&key, &issuer).unwrap();
        let made = Self { folder: tempfile::tempdir().unwrap() };
        for (name, text) in [("ca", authority.pem()), ("cert", certificate.pem()), ("key", key.serialize_pem())] {
            std::fs::write(made.file(name), text).unwrap();
        }
        made
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.pem"))
    }

    /// A Redis that listens with TLS too; `clients` says whether these must show a certificate.
    fn redis(&self, clients: &str) -> (Redis, u16) {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let path = |name| self.file(name).display().to_string();
        let (ca, cert, key, tls) = (path("ca"), path("cert"), path("key"), port.to_string());
        let redis = Redis::start(&[
            "--tls-port",
            &tls,
            "--tls-ca-cert-file",
            &ca,
            "--tls-cert-file",
            &cert,
            "--tls-key-file",
            &key,
            "--tls-auth-clients",
            clients,
        ]);
        (redis, port)
    }
}

fn place(port: u16, ca: Option<PathBuf>) -> Place {
    let mut place = Place::new(&Kind::Redis(format!("rediss://127.0.0.1:{port}/0")));
    place.config.tls_ca = ca;
    place
}

fn refusal(place: &Place) -> String {
    match place.try_open() {
        Err(StoreError::Unusable(reason)) => reason,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it is opened"),
    }
}

#[test]
fn a_store_lies_behind_tls_whose_authority_is_named_and_no_other_is_trusted() {
    let certificates = Certificates::made();
    let (_redis, port) = certificates.redis("no");
    let place_of = |name: &Path| place(port, Some(name.to_owned()));
    let mut store = place_of(&certificates.file("ca")).open();
    append(&mut store, 0..2).unwrap();
    assert_eq!(numbers(&*store.log), ["w0", "w1"]);
    let reason = refusal(&place_of(&Certificates::made().file("ca")));
    assert!(reason.contains("rediss://127.0.0.1"), "{reason}");
    let reason = refusal(&place_of(&certificates.file("missing")));
    assert!(reason.contains("missing.pem") && reason.contains("tls_"), "{reason}");
}

#[test]
fn a_redis_that_asks_for_a_certificate_is_shown_the_one_that_is_named() {
    let certificates = Certificates::made();
    let (_redis, port) = certificates.redis("yes");
    let mut place = place(port, Some(certificates.file("ca")));
    refusal(&place);
    place.config.tls_cert = Some(certificates.file("cert"));
    place.config.tls_key = Some(certificates.file("key"));
    let mut store = place.open();
    append(&mut store, 0..1).unwrap();
    assert_eq!(numbers(&*store.log), ["w0"]);
}
