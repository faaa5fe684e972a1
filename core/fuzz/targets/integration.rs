//! Integration JSON is read or refused; what was read compiles, and its rules are written and read back.
#![no_main]

use countersign_core::format;
use countersign_core::generator::Generators;
use countersign_core::pact::{Body, ContentType, HttpInteraction, HttpResponse, Interaction, InteractionKind, Pact};
use countersign_core::pattern::Pattern;
use countersign_core::plan::{ReceivedResponse, ResponsePlan};
use countersign_core::rule::{Category, MatchingRules};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(json) = serde_json::from_slice(data) else { return };
    let Ok(pattern) = Pattern::parse(&json) else { return };
    let (mut rules, mut generators) = (MatchingRules::default(), Generators::default());
    pattern.add_to(Category::Body, None, &mut rules, &mut generators);
    let body = Body::new(pattern.example.to_string(), Some(ContentType::json()));
    let response = HttpResponse { body, rules, generators, ..HttpResponse::default() };
    let headers = vec![("content-type".into(), "application/json".into())];
    let _ = ResponsePlan::compile(&response).check(&ReceivedResponse {
        status: 200,
        headers,
        body: response.body.bytes(),
    });
    let http = HttpInteraction { response, ..HttpInteraction::default() };
    let mut pact = Pact::new("a", "b");
    pact.interactions.push(Interaction::new("d", InteractionKind::Http(Box::new(http))));
    let written = format::write(&pact);
    // what nests too deeply for a file is refused when it is read
    if let Ok(again) = format::read(&written) {
        assert_eq!(String::from_utf8_lossy(&format::write(&again)), String::from_utf8_lossy(&written));
    }
});
