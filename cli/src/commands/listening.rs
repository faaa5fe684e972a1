//! Where a server of ours listens.

use std::net::SocketAddr;

/// The address that a host name and port stand for; IPv4 comes first, because clients try it first.
pub(crate) async fn resolve(host: &str, port: u16) -> Result<SocketAddr, String> {
    let unknown = |reason: String| format!("{host} is no address to listen on: {reason}");
    let found = tokio::net::lookup_host((host, port)).await.map_err(|error| unknown(error.to_string()))?;
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(SocketAddr::is_ipv6);
    found.first().copied().ok_or_else(|| unknown("nobody knows it".to_owned()))
}
