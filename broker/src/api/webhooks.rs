//! Webhooks.

use super::hal::{link, ok, titled};
use super::links::Links;
use super::problem::ApiResult;
use serde_json::json;

/// The list of webhooks.
pub(super) async fn list(links: Links) -> ApiResult {
    Ok(ok(&json!({
        "_links": {
            "self": titled(links.here(), "Webhooks"),
            "pb:create": link(links.to(&["webhooks"])),
            "pb:webhooks": [],
        },
    })))
}
