//! Where a Redis or a Redis Cluster is, as people write it.

use redis::{ConnectionAddr, IntoConnectionInfo};

/// The address of a Redis that keeps a store. It may hold a password, so it is shown by [`Self::shown`] only.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RedisAddress {
    /// `redis://` or `rediss://` URLs that can be connected to.
    pub(crate) nodes: Vec<String>,
    pub(crate) kind: RedisKind,
    shown: String,
}

/// What is at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RedisKind {
    Single,
    /// The nodes are those that are asked for all others.
    Cluster,
}

impl RedisAddress {
    /// The address without its secrets.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    fn single(text: &str) -> Result<Self, String> {
        let (host, db) = read(text)?;
        let scheme = text.split("://").next().unwrap_or_default();
        let shown = format!("{scheme}://{host}/{db}");
        Ok(Self { nodes: vec![text.to_owned()], kind: RedisKind::Single, shown })
    }

    /// `[user:password@]host[:port],host[:port],…`: the credentials are those of every node.
    fn cluster(scheme: &str, text: &str) -> Result<Self, String> {
        let (credentials, hosts) = match text.rsplit_once('@') {
            Some((credentials, hosts)) => (format!("{credentials}@"), hosts),
            None => (String::new(), text),
        };
        let hosts = hosts.strip_suffix("/0").or(hosts.strip_suffix('/')).unwrap_or(hosts);
        if hosts.contains('/') {
            return Err("a Redis Cluster has no databases but 0: leave the number out".to_owned());
        }
        let nodes: Vec<String> =
            hosts.split(',').map(|host| format!("{scheme}://{credentials}{}", host.trim())).collect();
        let shown = nodes.iter().map(|node| read(node).map(|(host, _)| host)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { nodes, kind: RedisKind::Cluster, shown: format!("{scheme}+cluster://{}", shown.join(",")) })
    }
}

/// The host with its port, and the database, of a node's URL.
fn read(url: &str) -> Result<(String, i64), String> {
    let info = url.into_connection_info().map_err(|error| {
        format!("no Redis can be reached by this address ({error}): use redis://:password@host:6379/0")
    })?;
    match info.addr() {
        ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
            Ok((format!("{host}:{port}"), info.redis_settings().db()))
        }
        _ => Err("a Redis is reached by its host and port: use redis://:password@host:6379/0".to_owned()),
    }
}

impl std::str::FromStr for RedisAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(nodes) = text.strip_prefix("redis+cluster://") {
            Self::cluster("redis", nodes)
        } else if let Some(nodes) = text.strip_prefix("rediss+cluster://") {
            Self::cluster("rediss", nodes)
        } else {
            Self::single(text)
        }
    }
}

impl std::fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        for (text, shown) in [
            ("redis://127.0.0.1/1", "redis://127.0.0.1:6379/1"),
            ("rediss://ada:secret@redis.example:7000/2", "rediss://redis.example:7000/2"),
            ("redis+cluster://ada:sec@ret@a:1,b:2", "redis+cluster://a:1,b:2"),
            ("rediss+cluster://:secret@a:1,b/0", "rediss+cluster://a:1,b:6379"),
        ] {
            let address: RedisAddress = text.parse().expect(text);
            assert_eq!((address.shown(), format!("{address:?}").as_str()), (shown, shown));
        }
        let cluster: RedisAddress = "redis+cluster://ada:secret@a:1,b:2".parse().expect("it can be read");
        assert_eq!(cluster.nodes, ["redis://ada:secret@a:1", "redis://ada:secret@b:2"]);
    }

    #[test]
    fn what_is_no_address_is_refused_without_telling_its_secrets() {
        for text in [
            "redis://",
            "redis://:secret@host/three",
            "redis+cluster://:secret@a:1,b:2/3",
            "redis+cluster://:secret@",
            "redis+unix:///x",
        ] {
            let reason = text.parse::<RedisAddress>().expect_err(text);
            assert!(!reason.contains("secret"), "{reason}");
        }
    }
}
