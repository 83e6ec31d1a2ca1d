//! Where the Redis of a store is, how it is trusted, and connecting to it.

use super::StoreError;
use crate::config::{self, RedisAddress, RedisKind, Watched};
use redis::cluster::{ClusterClient, ClusterConnection};
use redis::{Client, ClientTlsConfig, ErrorKind, IntoConnectionInfo, RedisError, RedisResult, TlsCertificates};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Until a connection is made, and until an answer comes.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);
/// How often a Cluster's client tries a call again when a slot has moved or a node has gone.
const RETRIES: u32 = 3;
/// Between two such tries, milliseconds.
const RETRY_WAIT: (u64, u64) = (20, 200);

/// See the module.
#[derive(Clone)]
pub(super) struct Server(Arc<Parts>);

struct Parts {
    address: RedisAddress,
    /// What is trusted and shown beside the system's own.
    certificates: Option<TlsCertificates>,
}

/// A connection.
pub(super) enum Connection {
    Single(Box<redis::Connection>),
    Cluster(Box<ClusterConnection>),
}

impl Server {
    /// Reads the certificates that the configuration names.
    pub(super) fn new(address: &RedisAddress, config: &config::Store) -> Result<Self, StoreError> {
        if address.nodes.iter().any(|node| node.starts_with("rediss:")) {
            // An error means that there is one already.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let root_cert = config.tls_ca.as_deref().map(read).transpose()?;
        let client_tls = match (&config.tls_cert, &config.tls_key) {
            (Some(cert), Some(key)) => Some(ClientTlsConfig { client_cert: read(cert)?, client_key: read(key)? }),
            _ => None,
        };
        let is_named = root_cert.is_some() || client_tls.is_some();
        let certificates = is_named.then_some(TlsCertificates { client_tls, root_cert });
        Ok(Self(Arc::new(Parts { address: address.clone(), certificates })))
    }

    /// Its address without its secrets.
    pub(super) fn shown(&self) -> &str {
        self.0.address.shown()
    }

    pub(super) fn connect(&self) -> RedisResult<Connection> {
        let nodes = &self.0.address.nodes;
        match &self.0.address.kind {
            RedisKind::Single => self.single(nodes.first().map_or("", String::as_str)).map(Connection::of),
            RedisKind::Cluster => self.cluster(nodes),
            RedisKind::Sentinel(watched) => self.watched(nodes, watched).map(Connection::of),
        }
    }

    fn single(&self, url: &str) -> RedisResult<redis::Connection> {
        let client = match &self.0.certificates {
            // Certificates are for TLS alone.
            Some(certificates) if url.starts_with("rediss:") => Client::build_with_tls(url, certificates.clone())?,
            _ => Client::open(url.into_connection_info()?)?,
        };
        let connection = client.get_connection_with_timeout(PATIENCE)?;
        connection.set_read_timeout(Some(PATIENCE))?;
        connection.set_write_timeout(Some(PATIENCE))?;
        Ok(connection)
    }

    fn cluster(&self, nodes: &[String]) -> RedisResult<Connection> {
        let mut client = ClusterClient::builder(nodes.iter().map(String::as_str))
            .connection_timeout(PATIENCE)
            .response_timeout(PATIENCE)
            .retries(RETRIES)
            .min_retry_wait(RETRY_WAIT.0)
            .max_retry_wait(RETRY_WAIT.1);
        if let Some(certificates) = &self.0.certificates {
            client = client.certs(certificates.clone());
        }
        let connection = client.build()?.get_connection()?;
        connection.set_write_timeout(Some(PATIENCE))?;
        Ok(Connection::Cluster(Box::new(connection)))
    }

    /// Asks one Sentinel after the other, until one knows a Redis that takes writes.
    fn watched(&self, sentinels: &[String], watched: &Watched) -> RedisResult<redis::Connection> {
        let mut reason = unknown(format!("no Sentinel knows a Redis called {}", watched.name));
        for sentinel in sentinels {
            match self.told_by(sentinel, watched) {
                Ok(connection) => return Ok(connection),
                Err(error) => reason = error,
            }
        }
        Err(reason)
    }

    fn told_by(&self, sentinel: &str, watched: &Watched) -> RedisResult<redis::Connection> {
        let mut asked = self.single(sentinel)?;
        let place: Option<(String, u16)> =
            redis::cmd("SENTINEL").arg("get-master-addr-by-name").arg(&watched.name).query(&mut asked)?;
        let Some((host, port)) = place else {
            return Err(unknown(format!("the Sentinel {sentinel} knows no Redis called {}", watched.name)));
        };
        let mut connection = self.single(&watched.at(&host, port))?;
        // A Sentinel may not know yet that another has taken over.
        let role: Vec<redis::Value> = redis::cmd("ROLE").query(&mut connection)?;
        let role: String = role.into_iter().next().map(redis::from_redis_value).transpose()?.unwrap_or_default();
        if role == "master" {
            return Ok(connection);
        }
        Err(unknown(format!("{host}:{port}, which the Sentinel {sentinel} names, takes no writes: it is a {role}")))
    }
}

impl Connection {
    fn of(connection: redis::Connection) -> Self {
        Self::Single(Box::new(connection))
    }

    pub(super) fn as_like(&mut self) -> &mut dyn redis::ConnectionLike {
        match self {
            Self::Single(connection) => connection.as_mut(),
            Self::Cluster(connection) => connection.as_mut(),
        }
    }
}

fn unknown(reason: String) -> RedisError {
    RedisError::from((ErrorKind::Client, "the Redis was not found", reason))
}

fn read(path: &Path) -> Result<Vec<u8>, StoreError> {
    std::fs::read(path).map_err(|error| {
        StoreError::Unusable(format!("{} cannot be read: {error}; it is named under [store] as tls_…", path.display()))
    })
}
