//! Where a Redis, a Redis Cluster, or the Sentinels of a Redis are, as people write it.

use redis::{ConnectionAddr, IntoConnectionInfo};

/// Where Sentinels listen when nothing else is said.
const SENTINEL_PORT: u16 = 26_379;

/// The address of a Redis that keeps a store. It may hold a password, so it is shown by [`Self::shown`] only.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RedisAddress {
    /// `redis://` or `rediss://` URLs that can be connected to.
    pub(crate) nodes: Vec<String>,
    pub(crate) kind: RedisKind,
    shown: String,
}

/// What is at an address.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum RedisKind {
    Single,
    /// The nodes are those that are asked for all others.
    Cluster,
    /// The nodes are those that are asked where the Redis of this name is.
    Sentinel(Watched),
}

/// A Redis that Sentinels watch.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Watched {
    /// What the Sentinels call it.
    pub(crate) name: String,
    scheme: String,
    credentials: String,
    db: i64,
}

impl Watched {
    /// Its URL where it is now.
    pub(crate) fn at(&self, host: &str, port: u16) -> String {
        let Self { scheme, credentials, db, .. } = self;
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        format!("{scheme}://{credentials}{host}:{port}/{db}")
    }
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
        let (credentials, hosts) = parts(text);
        let hosts = hosts.strip_suffix("/0").or(hosts.strip_suffix('/')).unwrap_or(hosts);
        if hosts.contains('/') {
            return Err("a Redis Cluster has no databases but 0: leave the number out".to_owned());
        }
        let nodes: Vec<String> =
            hosts.split(',').map(|host| format!("{scheme}://{credentials}{}", host.trim())).collect();
        let shown = nodes.iter().map(|node| read(node).map(|(host, _)| host)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { nodes, kind: RedisKind::Cluster, shown: format!("{scheme}+cluster://{}", shown.join(",")) })
    }

    /// `[user:password@]host[:port],host[:port],…/NAME[/DB]`: the credentials are those of the Redis that is called NAME.
    fn sentinel(scheme: &str, text: &str) -> Result<Self, String> {
        let (credentials, rest) = parts(text);
        let mut words = rest.split('/');
        let (hosts, name, db) = (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next());
        if name.is_empty() || words.next().is_some() {
            return Err(
                "Sentinels are asked for a Redis by its name: use redis+sentinel://host:26379,host/NAME".to_owned()
            );
        }
        let db = db.map_or(Ok(0), str::parse::<i64>).map_err(|_| "the database of a Redis is a number".to_owned())?;
        let port = |host: &str| if host.contains(':') { String::new() } else { format!(":{SENTINEL_PORT}") };
        let nodes = hosts.split(',').map(str::trim).map(|host| format!("{scheme}://{host}{}", port(host)));
        let nodes: Vec<String> = nodes.collect();
        let shown = nodes.iter().map(|node| read(node).map(|(host, _)| host)).collect::<Result<Vec<_>, _>>()?;
        let shown = format!("{scheme}+sentinel://{}/{name}/{db}", shown.join(","));
        let watched = Watched { name: name.to_owned(), scheme: scheme.to_owned(), credentials, db };
        read(&watched.at("redis", 6_379))?;
        Ok(Self { nodes, kind: RedisKind::Sentinel(watched), shown })
    }
}

/// The credentials, as they stand before a host, and what comes behind them.
fn parts(text: &str) -> (String, &str) {
    match text.rsplit_once('@') {
        Some((credentials, rest)) => (format!("{credentials}@"), rest),
        None => (String::new(), text),
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
        } else if let Some(nodes) = text.strip_prefix("redis+sentinel://") {
            Self::sentinel("redis", nodes)
        } else if let Some(nodes) = text.strip_prefix("rediss+sentinel://") {
            Self::sentinel("rediss", nodes)
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
            ("redis+sentinel://ada:secret@a:1,b/main/3", "redis+sentinel://a:1,b:26379/main/3"),
        ] {
            let address: RedisAddress = text.parse().expect(text);
            assert_eq!((address.shown(), format!("{address:?}").as_str()), (shown, shown));
        }
        let cluster: RedisAddress = "redis+cluster://ada:secret@a:1,b:2".parse().expect("it can be read");
        assert_eq!(cluster.nodes, ["redis://ada:secret@a:1", "redis://ada:secret@b:2"]);
        let watched: RedisAddress = "rediss+sentinel://ada:secret@a/main/3".parse().expect("it can be read");
        assert_eq!(watched.nodes, ["rediss://a:26379"]);
        let RedisKind::Sentinel(watched) = watched.kind else { panic!("{watched:?}") };
        assert_eq!(watched.at("::1", 7), "rediss://ada:secret@[::1]:7/3");
    }

    #[test]
    fn what_is_no_address_is_refused_without_telling_its_secrets() {
        for text in [
            "redis://",
            "redis://:secret@host/three",
            "redis+cluster://:secret@a:1,b:2/3",
            "redis+cluster://:secret@",
            "redis+sentinel://:secret@a:1,b",
            "redis+sentinel://:secret@a/main/x",
            "redis+sentinel://:secret@/main",
            "redis+unix:///x",
        ] {
            let reason = text.parse::<RedisAddress>().expect_err(text);
            assert!(!reason.contains("secret"), "{reason}");
        }
    }
}
