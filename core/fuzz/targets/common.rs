//! What the targets share.

use countersign_core::mismatch::Mismatch;
use countersign_core::pact::{Body, ContentType, HttpResponse};
use countersign_core::plan::{ReceivedResponse, ResponsePlan};

/// Compares a body with an agreed one of the same type.
pub fn compare(content_type: &str, expected: &[u8], actual: &[u8]) -> Vec<Mismatch> {
    let body = Body::new(expected, Some(ContentType::new(content_type)));
    let plan = ResponsePlan::compile(&HttpResponse { body, ..HttpResponse::default() });
    let headers = vec![("content-type".into(), content_type.into())];
    plan.check(&ReceivedResponse { status: 200, headers, body: actual })
}

/// Two bodies in one input, split at its first zero byte; without one, the body is compared with itself alone.
pub fn check(content_type: &str, data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let (expected, actual) = (parts.next().unwrap_or_default(), parts.next());
    let found = compare(content_type, expected, expected);
    assert!(found.is_empty(), "a body differs from itself: {found:?}");
    for mismatch in actual.map(|actual| compare(content_type, expected, actual)).unwrap_or_default() {
        // the report is made of anybody's data too
        let _ = countersign_core::render::words(&mismatch).to_string();
    }
}
