//! Whose address a request comes from: the other end of the connection, or, where that is a proxy of ours
//! (`server.trusted_proxies`), the one that it names.

use crate::config::Network;
use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

const FORWARDED: &str = "x-forwarded-for";

/// The address of whoever sent a request.
pub(super) fn client(request: &Request, proxies: &[Network]) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    behind(peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)), request.headers(), proxies)
}

/// Goes back hop by hop, from the connection on: each proxy appends the address it was asked from, and what
/// stands left of the first hop that is no proxy of ours may be made up.
fn behind(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let lines: Vec<&str> = headers.get_all(FORWARDED).iter().filter_map(|line| line.to_str().ok()).collect();
    let mut hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    let mut client = peer;
    while proxies.iter().any(|proxy| proxy.contains(client)) {
        match hops.next().and_then(address) {
            Some(hop) => client = hop,
            None => break,
        }
    }
    client
}

/// An address, with or without a port.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = || hop.parse().ok();
    bare().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn from(peer: &str, forwarded: &[&'static str]) -> String {
        let proxies = ["127.0.0.1", "10.0.0.0/8"].map(|text| text.parse().expect("a network"));
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED, HeaderValue::from_static(line));
        }
        behind(peer.parse().expect("an address"), &headers, &proxies).to_string()
    }

    #[test]
    fn behind_our_proxies_the_last_hop_that_is_none_of_them_counts() {
        assert_eq!(from("127.0.0.1", &["192.0.2.7"]), "192.0.2.7");
        assert_eq!(from("127.0.0.1", &["192.0.2.7, 10.1.2.3"]), "192.0.2.7");
        assert_eq!(from("127.0.0.1", &["198.51.100.9", "192.0.2.7:4711"]), "192.0.2.7");
        assert_eq!(from("127.0.0.1", &["2001:db8::1"]), "2001:db8::1");
    }

    #[test]
    fn what_a_sender_claims_of_itself_is_not_believed() {
        assert_eq!(from("192.0.2.1", &["198.51.100.9"]), "192.0.2.1", "it is no proxy of ours");
        assert_eq!(from("127.0.0.1", &["198.51.100.9, 192.0.2.7"]), "192.0.2.7", "the left part may be made up");
        assert_eq!(from("127.0.0.1", &["192.0.2.7, nonsense"]), "127.0.0.1");
        assert_eq!(from("127.0.0.1", &[]), "127.0.0.1");
    }
}
