//! Where a request comes from: the address at the other end, or what a trusted proxy says of it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap, HeaderName, header};
use ipnet::IpNet;
use serde::Deserialize;

/// The proxies in front of the service.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Proxies {
    /// Their addresses, as networks. What anybody else says of where a request comes from is not believed.
    pub trusted: Vec<IpNet>,
    /// The one header that they write; the other is not looked at, since they may pass on what callers write into it.
    pub header: Forwarding,
}

/// In which header proxies say whom they speak for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Forwarding {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// RFC 7239.
    Forwarded,
}

impl Proxies {
    /// The address of who asks. Read from the nearest proxy outwards, up to the first address that is not trusted: what
    /// stands further out may be made up.
    pub(super) fn caller(&self, extensions: &Extensions, headers: &HeaderMap) -> IpAddr {
        // Who is nobody's peer shares one budget with all who are not.
        let mut nearest = peer(extensions).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let mut told = self.told(headers).into_iter().rev();
        while self.is_trusted(nearest) {
            let Some(Some(further)) = told.next() else { break };
            nearest = further.to_canonical();
        }
        nearest
    }

    /// Whether one of them has sent the request.
    pub(super) fn have_sent(&self, extensions: &Extensions) -> bool {
        peer(extensions).is_some_and(|peer| self.is_trusted(peer))
    }

    /// Whether a proxy has this address.
    pub(super) fn is_trusted(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// The addresses that the header names, nearest last; none for what is no address.
    fn told(&self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        let name = match self.header {
            Forwarding::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
            Forwarding::Forwarded => header::FORWARDED,
        };
        // What a caller wrote in front may be anything; what the proxy wrote behind it counts all the same.
        let values = headers.get_all(name).into_iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        let told = |value: &str| match self.header {
            Forwarding::XForwardedFor => value.split(',').map(|hop| address(hop.trim())).collect(),
            // Where a quote is not closed nobody can say whose words stand in it.
            Forwarding::Forwarded => unquoted(value, ',')
                .map_or_else(|| vec![None], |hops| hops.into_iter().map(of_pair).collect()),
        };
        values.flat_map(|value| told(&value)).collect()
    }
}

/// The address at the other end.
fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical())
}

/// The network that whoever has this address has all of: the address itself, or its first 64 bits where it is IPv6.
pub(super) fn network(address: IpAddr) -> u64 {
    match address {
        IpAddr::V4(address) => u64::from(address.to_bits()),
        // The uppermost bit keeps it apart from IPv4, which has but 32.
        IpAddr::V6(address) => u64::try_from(address.to_bits() >> 64).unwrap_or_default() | 1 << 63,
    }
}

/// The site that has this address: providers give customers up to 56 bits of IPv6, with 256 networks in them.
pub(super) fn site(address: IpAddr) -> u64 {
    if address.is_ipv4() { network(address) } else { network(address) >> 8 | 1 << 63 }
}

/// The parts between such marks where these stand in no quoted string, if each of those is closed:
/// <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.4>.
fn unquoted(text: &str, mark: char) -> Option<Vec<&str>> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let parts = text.split(|c| {
        let is_plain = !is_escaped;
        is_escaped = is_quoted && is_plain && c == '\\';
        is_quoted ^= is_plain && c == '"';
        !is_quoted && c == mark
    });
    let parts = parts.collect();
    (!is_quoted).then_some(parts)
}

/// The address of `for=` among a hop's pairs.
fn of_pair(hop: &str) -> Option<IpAddr> {
    let mut pairs = unquoted(hop, ';')?.into_iter().filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    address(value.trim().trim_matches('"'))
}

/// An address with or without a port; one of IPv6 in brackets or bare.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(proxies: &str, peer: &str, headers: &[(HeaderName, &str)]) -> String {
        let proxies: Proxies = toml::from_str(proxies).unwrap();
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711)));
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        proxies.caller(&extensions, &headers).to_string()
    }

    const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
    const TRUSTED: &str = "trusted = [\"10.0.0.0/8\", \"fd00::/8\"]";

    #[test]
    fn nobody_is_believed_who_is_not_trusted() {
        assert_eq!(caller("", "203.0.113.9", &[(FOR, "198.51.100.1")]), "203.0.113.9");
        assert_eq!(caller(TRUSTED, "203.0.113.9", &[(FOR, "198.51.100.1")]), "203.0.113.9");
        assert_eq!(Proxies::default().caller(&Extensions::new(), &HeaderMap::new()).to_string(), "0.0.0.0");
    }

    #[test]
    fn the_nearest_address_that_is_not_a_proxys_counts() {
        for (told, expected) in [
            (&["198.51.100.1"][..], "198.51.100.1"),
            (&["192.0.2.66, 198.51.100.1"], "198.51.100.1"),
            (&["192.0.2.66", "198.51.100.1, 10.1.1.1"], "198.51.100.1"),
            (&["198.51.100.1:4711"], "198.51.100.1"),
            (&["[2001:db8::1]:4711"], "2001:db8::1"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&["::ffff:198.51.100.1"], "198.51.100.1"),
            (&["198.51.100.1, nonsense"], "10.0.0.1"),
            (&["nonsense, 10.2.2.2"], "10.2.2.2"),
            (&[""], "10.0.0.1"),
            (&[], "10.0.0.1"),
        ] {
            let headers: Vec<_> = told.iter().map(|value| (FOR, *value)).collect();
            assert_eq!(caller(TRUSTED, "10.0.0.1", &headers), expected, "{told:?}");
        }
        assert_eq!(caller(TRUSTED, "::ffff:10.0.0.1", &[(FOR, "198.51.100.1")]), "198.51.100.1");
    }

    #[test]
    fn only_the_header_that_was_named_is_read() {
        let proxies = format!("{TRUSTED}\nheader = \"forwarded\"");
        let both = [
            (header::FORWARDED, "for=192.0.2.66, For=\"[2001:db8::1]:47\";proto=https;by=10.0.0.1"),
            (FOR, "198.51.100.1"),
        ];
        assert_eq!(caller(&proxies, "10.0.0.1", &both), "2001:db8::1");
        assert_eq!(caller(TRUSTED, "10.0.0.1", &both), "198.51.100.1");
        assert_eq!(caller(&proxies, "10.0.0.1", &[(header::FORWARDED, "proto=https")]), "10.0.0.1");
        assert_eq!(caller(&proxies, "10.0.0.1", &[(header::FORWARDED, "for=_hidden")]), "10.0.0.1");
        // What stands in quotes is the caller's, such as the host that he asked for.
        for (told, expected) in [
            ("host=\"a;for=192.0.2.66\";for=198.51.100.1", "198.51.100.1"),
            ("host=\"a, for=192.0.2.66\";for=198.51.100.1", "198.51.100.1"),
            ("host=\"a\\\", for=192.0.2.66;x=\";for=198.51.100.1", "198.51.100.1"),
            ("for=198.51.100.1;host=\"a,for=192.0.2.66\"", "198.51.100.1"),
            ("for=192.0.2.66;host=\", for=198.51.100.1", "10.0.0.1"),
        ] {
            assert_eq!(caller(&proxies, "10.0.0.1", &[(header::FORWARDED, told)]), expected, "{told}");
        }
        assert!(toml::from_str::<Proxies>("header = \"x-real-ip\"").is_err());
        assert!(toml::from_str::<Proxies>("trusted = [\"10.0.0.0/8x\"]").is_err());
    }
}
