//! Addresses of a broker that no link leads to.

use countersign_broker_client::BrokerClient;
use url::Url;

/// The address made of these segments below the broker's own, each encoded.
pub(crate) fn below(client: &BrokerClient, segments: &[&str]) -> Url {
    let mut url = client.base_url().clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}
