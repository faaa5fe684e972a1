//! Where webhooks may go.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use fancy_regex::Regex;

/// Where webhooks may go. Without entries every host with a public address is allowed; with entries only those they
/// name, private ones included.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
enum Entry {
    Name(String),
    /// One label, then this.
    Under(String),
    Pattern(Box<Regex>),
    Network(IpAddr, u8),
}

impl Hosts {
    /// Reads the entries of the allow-list.
    pub(crate) fn parse(texts: &[String]) -> Result<Self, String> {
        Ok(Self { entries: texts.iter().map(|text| Entry::parse(text)).collect::<Result<_, _>>()? })
    }

    /// Whether answers may be shown: only when somebody chose the hosts.
    pub(crate) fn are_chosen(&self) -> bool {
        !self.entries.is_empty()
    }

    /// Why a host may not be reached, judged by its name alone.
    pub(crate) fn refusal(&self, host: &str) -> Option<String> {
        let address = literal(host);
        if self.names(host, address) {
            return None;
        }
        if self.are_chosen() {
            return Some(format!("must not go to {host}: it is not on the allow-list (--webhook-host-whitelist)"));
        }
        let local = host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost");
        (local || address.is_some_and(is_private)).then(|| private(host))
    }

    /// Why an address a name stands for may not be reached.
    pub(crate) fn refuses_address(&self, host: &str, address: IpAddr) -> Option<String> {
        (!self.names(host, Some(address)) && is_private(address)).then(|| private(host))
    }

    fn names(&self, host: &str, address: Option<IpAddr>) -> bool {
        self.entries.iter().any(|entry| match entry {
            Entry::Name(name) => name.eq_ignore_ascii_case(host),
            Entry::Under(parent) => {
                host.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest.eq_ignore_ascii_case(parent))
            }
            Entry::Pattern(pattern) => pattern.is_match(host).unwrap_or(false),
            Entry::Network(network, bits) => address.is_some_and(|address| is_within(address, *network, *bits)),
        })
    }
}

fn private(host: &str) -> String {
    format!("must not go to {host}, which is a private address; name it in --webhook-host-whitelist to allow it")
}

impl Entry {
    fn parse(text: &str) -> Result<Self, String> {
        if let Some(pattern) = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
            let pattern =
                Regex::new(pattern).map_err(|error| format!("the allowed host {text} is no pattern: {error}"))?;
            return Ok(Self::Pattern(Box::new(pattern)));
        }
        if let Some(parent) = text.strip_prefix("*.") {
            return Ok(Self::Under(parent.to_owned()));
        }
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        match (literal(address), bits) {
            (Some(address), None) => Ok(Self::Network(address, if address.is_ipv4() { 32 } else { 128 })),
            (Some(address), Some(bits)) => {
                let most = if address.is_ipv4() { 32 } else { 128 };
                let bits = bits.parse().ok().filter(|bits| *bits <= most);
                Ok(Self::Network(
                    address,
                    bits.ok_or_else(|| format!("the allowed host {text} is no block of addresses"))?,
                ))
            }
            (None, None) => Ok(Self::Name(text.to_owned())),
            (None, Some(_)) => Err(format!("the allowed host {text} is neither a name nor a block of addresses")),
        }
    }
}

fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn is_within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    match (plain(address), network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            address.to_bits() & mask == network.to_bits() & mask
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            address.to_bits() & mask == network.to_bits() & mask
        }
        _ => false,
    }
}

/// An IPv4 address that came dressed as an IPv6 one.
fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// Whether an address is not one of the public internet.
fn is_private(address: IpAddr) -> bool {
    match plain(address) {
        IpAddr::V4(v4) => is_private_v4(v4),
        IpAddr::V6(v6) => is_private_v6(v6),
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || first == 0
        || first >= 240
        // shared between a provider's customers, benchmarks, protocol assignments
        || (first == 100 && (64..128).contains(&second))
        || (first == 198 && (second == 18 || second == 19))
        || (first == 192 && second == 0 && third == 0)
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let embedded = match segments {
        // translation of IPv4 addresses, and the old 6to4
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
        }
        _ => None,
    };
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || (segments[0] & 0xfe00) == 0xfc00
        || (segments[0] & 0xffc0) == 0xfe80
        || (segments[0] == 0x2001 && segments[1] == 0xdb8)
        || segments[..6].iter().all(|segment| *segment == 0)
        || embedded.is_some_and(is_private_v4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(texts: &[&str]) -> Hosts {
        Hosts::parse(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn without_a_list_only_public_places_are_reached() {
        let open = hosts(&[]);
        for host in ["ci.example.com", "8.8.8.8", "[2606:4700::1111]"] {
            assert_eq!(open.refusal(host), None, "{host}");
        }
        for host in [
            "localhost",
            "x.localhost",
            "127.0.0.1",
            "127.9.9.9",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fd00::1]",
            "[::ffff:127.0.0.1]",
            "[64:ff9b::7f00:1]",
        ] {
            assert!(open.refusal(host).is_some(), "{host}");
        }
        assert!(open.refuses_address("innocent.example.com", "10.0.0.1".parse().unwrap()).is_some());
        assert!(open.refuses_address("innocent.example.com", "1.1.1.1".parse().unwrap()).is_none());
    }

    #[test]
    fn a_list_names_what_is_reached() {
        let listed = hosts(&["ci.corp", "*.build.corp", r"/^agent-\d+$/", "10.0.0.0/8", "127.0.0.1"]);
        for host in ["ci.corp", "CI.corp", "a.build.corp", "agent-7", "10.200.0.1", "127.0.0.1"] {
            assert_eq!(listed.refusal(host), None, "{host}");
        }
        for host in ["other.corp", "build.corp", "a.b.build.corp", "agent-x", "11.0.0.1", "127.0.0.2"] {
            assert!(listed.refusal(host).is_some(), "{host}");
        }
        assert!(listed.refuses_address("ci.corp", "192.168.0.7".parse().unwrap()).is_none());
        assert!(Hosts::parse(&["a/b".to_owned()]).is_err());
        assert!(Hosts::parse(&["10.0.0.0/99".to_owned()]).is_err());
        assert!(Hosts::parse(&["/(/".to_owned()]).is_err());
    }
}
