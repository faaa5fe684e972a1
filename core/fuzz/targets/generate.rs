//! Values are written into bodies of any kind, which stay readable. The first line is a path, the second a value, the rest
//! the body.
#![no_main]

use countersign_core::content::ContentKind;
use countersign_core::generator::{Context, Generators, apply_to_response};
use countersign_core::pact::{Body, ContentType, HttpResponse};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let (Some(path), Some(value), Some(body)) = (lines.next(), lines.next(), lines.next()) else { return };
    let generators = json!({ "body": { path: { "type": "ProviderState", "expression": "v" } } });
    let provider_state = json!({ "v": value }).as_object().expect("it is an object").clone();
    let context = Context { provider_state, ..Context::default() };
    for content_type in ["application/json", "application/xml", "application/x-www-form-urlencoded"] {
        let content_type = ContentType::new(content_type);
        let kind = ContentKind::of(Some(&content_type));
        let response = HttpResponse {
            body: Body::new(body, Some(content_type)),
            generators: Generators::from_json(Some(&generators)),
            ..HttpResponse::default()
        };
        let written = apply_to_response(&response, &context);
        if kind.parse(response.body.bytes()).is_ok() {
            assert!(kind.parse(written.body.bytes()).is_ok(), "{}", String::from_utf8_lossy(written.body.bytes()));
        }
    }
});
