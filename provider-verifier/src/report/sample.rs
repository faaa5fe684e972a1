//! An outcome with a bit of everything, for the reports' tests.

use std::sync::Arc;
use std::time::Duration;

use countersign_core::mismatch::{Location, Mismatch, Problem};
use countersign_core::pact::ProviderState;
use countersign_core::rule::Rule;
use countersign_core::value::{Number, Value};

use crate::outcome::{
    Failure, Finding, InteractionOutcome, Outcome, PactOutcome, Replayed, Transport, Verdict, Verification,
};

pub(super) fn outcome() -> Outcome {
    let passed = replayed(Verdict::Agreed, 3);
    let known = interaction("a stock check for a known sku", Transport::Rest, &passed);
    let mut commented = interaction("the same check of another team", Transport::Rest, &passed);
    commented.test_name = Some("checks_stock".to_owned());
    commented.comments = vec!["recorded by the web shop".to_owned()];
    let mut stream = interaction("stock updates while a sku sells", Transport::Grpc, &replayed(streamed(), 11));
    let mut state = ProviderState::new("stock exists");
    state.params.insert("sku".to_owned(), "ABC-1".into());
    stream.states = vec![state];
    stream.id = Some("41bd".to_owned());
    let failure = Failure { message: "GET http://h/ brought no answer within 5 s".to_owned(), detail: None };
    let mut hanging = interaction("a slow report", Transport::Rest, &replayed(Verdict::Failed(failure), 5000));
    hanging.pending = true;
    let mut first = pact("order-service", vec![known, stream]);
    first.consumer_version = Some("1f3c9ab".to_owned());
    first.reason = "main, production".to_owned();
    let mut second = pact("web", vec![commented, hanging]);
    second.notices = vec!["This pact is here because it is deployed.".to_owned()];
    Outcome::Ran(Verification {
        provider: "inventory-service".to_owned(),
        pacts: vec![first, second],
        distinct: 3,
        warnings: vec!["State change 'x' ignored".to_owned()],
        elapsed: Duration::from_millis(312),
        ..Verification::default()
    })
}

fn streamed() -> Verdict {
    let mismatch = Mismatch {
        location: Location::Body { path: "$.quantity_left".to_owned() },
        problem: Problem::RuleBroken,
        expected: Some(Value::Number(Number::from(4_i64))),
        actual: Some(Value::from("4")),
        rule: Some(Rule::Integer),
    };
    Verdict::Disagreed(vec![Finding { response: Some(2), ..mismatch.into() }])
}

fn replayed(verdict: Verdict, milliseconds: u64) -> Arc<Replayed> {
    Arc::new(Replayed { verdict, elapsed: Duration::from_millis(milliseconds) })
}

fn interaction(description: &str, transport: Transport, replayed: &Arc<Replayed>) -> InteractionOutcome {
    InteractionOutcome {
        description: description.to_owned(),
        asked: (transport == Transport::Rest).then(|| "GET /report".to_owned()),
        states: Vec::new(),
        id: None,
        key: None,
        test_name: None,
        comments: Vec::new(),
        transport,
        pending: false,
        pending_in_pact: false,
        replayed: Arc::clone(replayed),
    }
}

fn pact(consumer: &str, interactions: Vec<InteractionOutcome>) -> PactOutcome {
    PactOutcome {
        consumer: consumer.to_owned(),
        consumer_version: None,
        provider: "inventory-service".to_owned(),
        reason: String::new(),
        origin: None,
        pending: false,
        wip: false,
        notices: Vec::new(),
        interactions,
    }
}
