use serde_json::{Value as Json, json};

use super::*;
use crate::protobuf::{CallPattern, CallTerms, Outcome, Schema, StreamTerms, encode, register};
use crate::render::words;

const PROTO: &str = r#"syntax = "proto3";
package t;
message Ask { string sku = 1; }
message Stock { string sku = 1; int32 left = 2; }
service Inventory { rpc Watch(Ask) returns (stream Stock); }
"#;

fn schema() -> Schema {
    static ONCE: std::sync::OnceLock<Schema> = std::sync::OnceLock::new();
    let compile = || {
        let folder = std::env::temp_dir().join(format!("countersign-stream-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("t.proto"), PROTO).unwrap();
        let schema = Schema::compile(&folder.join("t.proto"), &[]).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        schema
    };
    ONCE.get_or_init(compile).clone()
}

/// The plan of a watch that answers 5, then some number, and perhaps fails then.
fn plan(sequence: Sequence, failure: Option<&str>) -> GrpcStreamPlan {
    let schema = schema();
    let method = schema.method("t.Inventory/Watch").unwrap();
    let responses = vec![json!({ "sku": "a", "left": 5 }), json!({ "sku": "a", "left": "matching(integer, 4)" })];
    let pattern = CallPattern {
        request: json!({ "sku": "a" }),
        request_metadata: indexmap::IndexMap::new(),
        outcome: Outcome::Messages(responses),
        response_metadata: indexmap::IndexMap::new(),
    };
    let terms = CallTerms {
        stream: StreamTerms { sequence, ..StreamTerms::default() },
        failure: failure.map(|name| (StatusCode::parse(name).unwrap(), None)),
        ..CallTerms::default()
    };
    let mut pact = crate::pact::Pact::new("a", "b");
    let interaction = pattern.to_interaction_with("a watch", &schema, &method, &terms).unwrap();
    register(&mut pact, &schema);
    let call = GrpcCall::from_interaction(&pact, &interaction).unwrap();
    GrpcStreamPlan::compile(&call).unwrap()
}

fn bytes(messages: &[Json]) -> Vec<Vec<u8>> {
    let stock = schema().message("t.Stock").unwrap();
    messages.iter().map(|message| encode(&stock, message).unwrap().bytes).collect()
}

fn stock(sku: &str, left: i32) -> Json {
    json!({ "sku": sku, "left": left })
}

/// What is found, as `response N · place: what came`.
fn found(plan: &GrpcStreamPlan, messages: &[Json], status: &str, end: StreamEnd) -> Vec<String> {
    let messages = bytes(messages);
    let received = ReceivedReply {
        status: StatusCode::parse(status).unwrap(),
        status_message: "",
        messages: messages.iter().map(Vec::as_slice).collect(),
        headers: Vec::new(),
        trailers: Vec::new(),
    };
    let text = |found: StreamMismatch| {
        let response = found.response.map_or_else(String::new, |response| format!("response {response} · "));
        let words = words(&found.mismatch);
        format!("{response}{}: {}", words.place, words.actual)
    };
    plan.check(&received, end).into_iter().map(text).collect()
}

#[test]
fn exact_streams_have_these_messages_and_no_others() {
    let plan = plan(Sequence::Exact, None);
    let ended = |messages: &[Json], status| found(&plan, messages, status, StreamEnd::Ended);
    assert_eq!(ended(&[stock("a", 5), stock("a", 3)], "OK"), [""; 0]);
    assert_eq!(ended(&[stock("a", 5), stock("b", 3)], "OK"), ["response 2 · $.sku: but got \"b\""]);
    assert_eq!(ended(&[stock("a", 5)], "OK"), ["response 2 · $: but got nothing"]);
    assert_eq!(ended(&[stock("a", 5)], "INTERNAL"), ["response 2 · metadata grpc-status: but got \"INTERNAL\""]);
    let too_many = ended(&[stock("a", 5), stock("a", 3), stock("a", 2)], "OK");
    assert!(too_many[0].starts_with("response 3 · $: but got"), "{too_many:?}");
    assert_eq!(ended(&[stock("a", 5), stock("a", 3)], "INTERNAL"), ["metadata grpc-status: but got \"INTERNAL\""]);
    let endless = StreamEnd::TimedOut(Duration::from_secs(2));
    assert_eq!(
        found(&plan, &[stock("a", 5), stock("a", 3)], "OK", endless),
        ["metadata grpc-status: but got \"a stream that was still open after 2 s and 2 messages\""]
    );
}

#[test]
fn a_field_that_does_not_arrive_is_missing_although_its_default_satisfies_the_rule() {
    let plan = plan(Sequence::Exact, None);
    let messages = [stock("a", 5), json!({ "sku": "a" })];
    assert_eq!(found(&plan, &messages, "OK", StreamEnd::Ended), ["response 2 · $.left: but got nothing"]);
}

#[test]
fn further_messages_do_no_harm_where_at_least_these_were_agreed_on() {
    let plan = plan(Sequence::AtLeast, None);
    let messages = [stock("a", 5), stock("a", 3), stock("z", 1)];
    assert_eq!(found(&plan, &messages, "OK", StreamEnd::Enough), [""; 0]);
    assert_eq!(found(&plan, &messages, "OK", StreamEnd::TimedOut(Duration::ZERO)), [""; 0]);
    assert_eq!(found(&plan, &messages[..1], "OK", StreamEnd::Ended), ["response 2 · $: but got nothing"]);
    assert_eq!(found(&plan, &messages[1..], "OK", StreamEnd::Ended).len(), 2, "the order counts");
}

#[test]
fn messages_in_order_are_found_between_others() {
    let plan = plan(Sequence::InOrder, None);
    let messages = [stock("z", 9), stock("a", 5), stock("z", 1), stock("a", 3), stock("z", 0)];
    assert_eq!(found(&plan, &messages, "OK", StreamEnd::Enough), [""; 0]);
    assert_eq!(found(&plan, &messages[..3], "OK", StreamEnd::Ended), ["response 2 · $.sku: but got \"z\""]);
    assert_eq!(found(&plan, &messages[..1], "OK", StreamEnd::Ended)[0], "response 1 · $.sku: but got \"z\"");
    assert_eq!(found(&plan, &[], "OK", StreamEnd::Ended), ["response 1 · $: but got nothing"]);
}

#[test]
fn streams_may_end_in_an_agreed_failure() {
    let plan = plan(Sequence::Exact, Some("UNAVAILABLE"));
    let messages = [stock("a", 5), stock("a", 3)];
    assert_eq!(found(&plan, &messages, "UNAVAILABLE", StreamEnd::Ended), [""; 0]);
    assert_eq!(found(&plan, &messages, "OK", StreamEnd::Ended), ["metadata grpc-status: but got \"OK\""]);
}

#[test]
fn progress_tells_when_enough_has_come() {
    let messages = bytes(&[stock("z", 9), stock("a", 5), stock("a", 3), stock("a", 2)]);
    for (sequence, failure, enough) in [
        (Sequence::Exact, None, [false, false, true, true]),
        (Sequence::AtLeast, None, [false, true, true, true]),
        (Sequence::InOrder, None, [false, false, true, true]),
        (Sequence::InOrder, Some("ABORTED"), [false, false, false, false]),
    ] {
        let plan = plan(sequence, failure);
        let mut progress = plan.progress();
        let took: Vec<bool> = messages.iter().map(|message| progress.take(message)).collect();
        assert_eq!(took, enough, "{sequence:?}");
    }
}
