//! Which addresses may be reached. Whoever can write a URL here must not reach what only this machine can reach.
//!
//! Names are resolved by us, every address is checked, and the connection is made to a checked one: a name that
//! resolves to something else a moment later does not help. Literal addresses are checked before the request.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What a channel may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Public addresses.
    Public,
    /// Loopback and private addresses too.
    Private,
}

/// What kind of address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Public,
    /// Loopback, private, shared: a matter of `allow_private`.
    Private,
    /// Link-local, metadata services, multicast, reserved: reached by nobody.
    Never,
}

/// Metadata services of clouds that do not lie in a link-local network.
const METADATA: [IpAddr; 4] = [
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

impl Reach {
    /// Refuses an address that must not be reached; says why.
    pub(crate) fn check(self, address: IpAddr) -> Result<(), String> {
        match (kind(address), self) {
            (Kind::Public, _) | (Kind::Private, Self::Private) => Ok(()),
            (Kind::Private, Self::Public) => {
                Err(format!("{address} is a private address: set allow_private = true if that is meant"))
            }
            (Kind::Never, _) => Err(format!("{address} is a link-local, metadata or reserved address, never reached")),
        }
    }

    /// Refuses the host of a URL when it is an address, or a name of this machine, that must not be reached.
    pub(crate) fn check_host(self, host: &str) -> Result<(), String> {
        let name = host.trim_end_matches('.').to_ascii_lowercase();
        if let Ok(address) = name.trim_matches(['[', ']']).parse() {
            return self.check(address);
        }
        let is_local = name == "localhost" || name.ends_with(".localhost");
        if is_local && self == Self::Public {
            return Err(format!("{host} is this machine: set allow_private = true if that is meant"));
        }
        if name == "metadata.google.internal" {
            return Err(format!("{host} is a metadata service, never reached"));
        }
        Ok(())
    }

    /// The addresses of a host that may be reached.
    pub(crate) async fn resolve(self, host: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
        let host = host.trim_matches(['[', ']']);
        let found = tokio::net::lookup_host((host, port))
            .await
            .map_err(|error| format!("{host} cannot be resolved: {error}"))?;
        let (mut allowed, mut refused) = (Vec::new(), None);
        for address in found {
            match self.check(address.ip()) {
                Ok(()) => allowed.push(address),
                Err(reason) => refused = Some(format!("{host} leads to {reason}")),
            }
        }
        match refused {
            Some(reason) if allowed.is_empty() => Err(reason),
            _ if allowed.is_empty() => Err(format!("{host} has no address")),
            _ => Ok(allowed),
        }
    }
}

/// For the HTTP client, which connects to nothing but what this answers.
impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = *self;
        Box::pin(async move {
            // The client puts the port of its URL in the place of 0.
            let addresses = reach.resolve(name.as_str(), 0).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn kind(address: IpAddr) -> Kind {
    let address = address.to_canonical();
    if METADATA.contains(&address) {
        return Kind::Never;
    }
    match address {
        IpAddr::V4(address) => of_v4(address),
        IpAddr::V6(address) => of_v6(address),
    }
}

fn of_v4(address: Ipv4Addr) -> Kind {
    match address.octets() {
        [169, 254, ..] | [224..=255, ..] => Kind::Never,
        [0 | 10 | 127, ..] | [172, 16..=31, ..] | [192, 168, ..] => Kind::Private,
        // Shared between a provider's customers; protocol assignments; measurements.
        [100, 64..=127, ..] | [192, 0, 0, _] | [198, 18..=19, ..] => Kind::Private,
        _ => Kind::Public,
    }
}

fn of_v6(address: Ipv6Addr) -> Kind {
    let [first, second, third, .., seventh, eighth] = address.segments();
    let within = |high: u16, low: u16| of_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    match (first, second) {
        _ if address.is_loopback() || address.is_unspecified() => Kind::Private,
        // An IPv4 address in another coat: NAT64, 6to4, and the old compatible form.
        (0x64, 0xff9b) | (0, 0) => within(seventh, eighth),
        (0x2002, _) => within(second, third),
        // Teredo, link-local and site-local, multicast.
        (0x2001, 0) | (0xfe80..=0xfeff | 0xff00.., _) => Kind::Never,
        (0xfc00..=0xfdff, _) => Kind::Private,
        _ => Kind::Public,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_allowed(reach: Reach, address: &str) -> bool {
        reach.check(address.parse().expect("an address")).is_ok()
    }

    #[test]
    fn public_addresses_are_reached_and_private_ones_only_when_allowed() {
        for public in ["1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::101:101"] {
            assert!(is_allowed(Reach::Public, public), "{public}");
        }
        let private = [
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "0.0.0.0",
            "::1",
            "::",
            "fc00::1",
            "fdff::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:a00:1::",
            "::127.0.0.1",
        ];
        for private in private {
            assert!(!is_allowed(Reach::Public, private), "{private}");
            assert!(is_allowed(Reach::Private, private), "{private}");
        }
    }

    #[test]
    fn metadata_link_local_and_reserved_addresses_are_never_reached() {
        let never = [
            "169.254.169.254",
            "169.254.0.1",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "fd00:ec2::254",
            "fe80::1",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "ff02::1",
            "2001:0:1::",
        ];
        for never in never {
            assert!(!is_allowed(Reach::Private, never), "{never}");
        }
        assert!(Reach::Private.check_host("Metadata.google.internal.").is_err());
    }

    #[tokio::test]
    async fn a_name_is_refused_for_where_it_leads() {
        assert!(Reach::Public.check_host("localhost").is_err() && Reach::Public.check_host("a.localhost.").is_err());
        assert!(Reach::Public.check_host("[::1]").is_err() && Reach::Public.check_host("hooks.example").is_ok());
        let refused = Reach::Public.resolve("localhost", 80).await.expect_err("it leads here");
        assert!(refused.contains("allow_private"), "{refused}");
        assert!(Reach::Private.resolve("localhost", 80).await.is_ok_and(|found| !found.is_empty()));
    }
}
