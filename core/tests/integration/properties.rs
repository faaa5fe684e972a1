//! What holds for all pacts, patterns and documents: generated ones, nested as they come.

use countersign_core::format;
use countersign_core::generator::Generators;
use countersign_core::pact::{
    Body, ContentType, HttpInteraction, HttpRequest, HttpResponse, Interaction, InteractionKind, Message, Pact,
    ProviderState, Specification, SynchronousMessage,
};
use countersign_core::pattern::{self, Pattern};
use countersign_core::plan::{ReceivedRequest, ReceivedResponse, RequestPlan, ResponsePlan};
use countersign_core::rule::{Category, MatchingRules};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

const JSON: &str = "application/json";

/// Names of members, odd ones among them.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-z_]{1,4}", 1 => "[a-z'. *@$\\[-]{0,3}x", 1 => Just("é ü".to_owned())]
}

fn scalar() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-1e9..1e9_f64).prop_map(Json::from),
        "[ -~é\n]{0,6}".prop_map(Json::from),
    ]
}

fn object(member: impl Strategy<Value = Json>) -> impl Strategy<Value = Json> {
    btree_map(name(), member, 0..4).prop_map(|members| Json::Object(members.into_iter().collect()))
}

/// Plain JSON.
fn document() -> impl Strategy<Value = Json> {
    scalar().prop_recursive(4, 24, 4, |inner| prop_oneof![object(inner.clone()), vec(inner, 0..4).prop_map(Json::from)])
}

/// A matcher of a single value.
fn single() -> impl Strategy<Value = Json> {
    let text = || "[a-z]{1,4}";
    prop_oneof![
        scalar().prop_map(|value| json!(pattern::like(value))),
        scalar().prop_map(|value| json!(pattern::equal_to(value))),
        any::<i64>().prop_map(|value| json!(pattern::integer(value))),
        any::<u32>().prop_map(|value| json!(pattern::decimal(f64::from(value) + 0.5))),
        any::<i64>().prop_map(|value| json!(pattern::number(value))),
        any::<bool>().prop_map(|value| json!(pattern::boolean(value))),
        Just(json!(pattern::null_value())),
        text().prop_map(|text| json!(pattern::regex("[a-z]+", text))),
        text().prop_map(|text| json!(pattern::include(&text))),
        text().prop_map(|text| json!(pattern::not_empty(text))),
        (1..29_u8, 1..13_u8)
            .prop_map(|(day, month)| { json!(pattern::date("yyyy-MM-dd", &format!("2024-{month:02}-{day:02}"))) }),
        scalar().prop_map(|value| json!(pattern::nullable(value))),
        vec("[ -~]{0,5}", 1..4).prop_map(|texts| json!(pattern::one_of(texts))),
    ]
}

/// A pattern: plain values and matchers in each other.
fn any_pattern() -> impl Strategy<Value = Json> {
    prop_oneof![scalar(), single()].prop_recursive(4, 24, 4, |inner| {
        let prices = || btree_map("[A-Z]{3}", any::<i64>(), 1..4);
        prop_oneof![
            object(inner.clone()),
            vec(inner.clone(), 0..4).prop_map(Json::from),
            object(inner.clone()).prop_map(|example| json!(pattern::like(example))),
            object(inner.clone()).prop_map(|example| json!(pattern::nullable(example))),
            object(inner.clone()).prop_map(|example| json!(pattern::one_of([example, Json::Null]))),
            (inner.clone(), 0..3_u64).prop_map(|(item, min)| json!(pattern::each_like(item).min(min).max(min + 4))),
            vec(inner, 1..3).prop_map(|variants| json!(pattern::array_containing(variants))),
            prices().prop_map(|prices| json!(pattern::each_value(pattern::integer(1), prices))),
            prices().prop_map(|prices| json!(pattern::each_key(pattern::regex("[A-Z]{3}", "EUR"), prices))),
        ]
    })
}

fn response(json: &Json) -> HttpResponse {
    let pattern = Pattern::parse(json).unwrap();
    let (mut rules, mut generators) = (MatchingRules::default(), Generators::default());
    pattern.add_to(Category::Body, None, &mut rules, &mut generators);
    let body = Body::new(pattern.example.to_string(), Some(ContentType::json()));
    let headers = [("Content-Type".to_owned(), vec![JSON.to_owned()])].into_iter().collect();
    HttpResponse { body, rules, generators, headers, ..HttpResponse::default() }
}

fn request(json: &Json) -> HttpRequest {
    let HttpResponse { body, rules, generators, headers, .. } = response(json);
    HttpRequest { method: "POST".to_owned(), body, rules, generators, headers, ..HttpRequest::default() }
}

/// What the plans of both directions find when exactly the example comes.
fn found_in_example(json: &Json) -> Vec<String> {
    let (request, response) = (request(json), response(json));
    let headers = vec![("content-type".into(), JSON.into())];
    let received = ReceivedResponse { status: 200, headers: headers.clone(), body: response.body.bytes() };
    let mut found = ResponsePlan::compile(&response).check(&received);
    let received = ReceivedRequest { method: "POST", path: "/", query: None, headers, body: request.body.bytes() };
    found.extend(RequestPlan::compile(&request).check(&received));
    found.iter().map(|mismatch| format!("{mismatch:?}")).collect()
}

fn message() -> impl Strategy<Value = Message> {
    (any_pattern(), option::of(name())).prop_map(|(json, key)| {
        let HttpResponse { body, rules, generators, .. } = response(&json);
        let mut message = Message { contents: body, rules, generators, ..Message::default() };
        message.metadata.extend(key.into_iter().map(|key| (key, Json::from("value"))));
        message.metadata.insert("contentType".to_owned(), JSON.into());
        message
    })
}

fn http() -> impl Strategy<Value = HttpInteraction> {
    let query = btree_map("[a-z é&=%]{1,4}", vec("[a-z é&=%+]{0,4}".prop_map(Some), 1..3), 0..3);
    (any_pattern(), any_pattern(), query, 100..600_u16).prop_map(|(asked, answered, query, status)| {
        let request = HttpRequest { query: query.into_iter().collect(), ..request(&asked) };
        HttpInteraction { request, response: HttpResponse { status, ..response(&answered) } }
    })
}

fn kind(specification: Specification) -> BoxedStrategy<InteractionKind> {
    let http = http().prop_map(|http| InteractionKind::Http(Box::new(http)));
    let asynchronous = message().prop_map(|message| InteractionKind::AsynchronousMessage(Box::new(message)));
    let synchronous = (message(), vec(message(), 0..3)).prop_map(|(request, responses)| {
        InteractionKind::SynchronousMessage(Box::new(SynchronousMessage { request, responses }))
    });
    match specification {
        Specification::V4 => prop_oneof![http, asynchronous, synchronous].boxed(),
        Specification::V3 => prop_oneof![http, asynchronous].boxed(),
        _ => http.boxed(),
    }
}

fn interaction(specification: Specification) -> impl Strategy<Value = Interaction> {
    let params = btree_map(name(), scalar(), 0..3);
    let states = vec(("[a-z ]{1,6}", params), 0..3);
    let v4 = (option::of("[a-f0-9]{4}"), any::<bool>(), option::of("[a-z]{3}"));
    ("[ -~]{0,8}", states, kind(specification), v4).prop_map(move |(description, states, kind, v4)| {
        let mut interaction = Interaction::new(description, kind);
        let state = |(name, params): (_, std::collections::BTreeMap<_, _>)| ProviderState {
            name,
            params: params.into_iter().collect(),
        };
        interaction.provider_states = states.into_iter().map(state).collect();
        if specification == Specification::V4 {
            (interaction.key, interaction.pending, interaction.transport) = v4;
        }
        interaction.unknown.insert("x-note".to_owned(), json!([1.0]));
        interaction
    })
}

fn pact(specification: Specification) -> impl Strategy<Value = Pact> {
    vec(interaction(specification), 0..3).prop_map(move |mut interactions| {
        // V3 has a list of each kind
        interactions.sort_by_key(|interaction| specification < Specification::V4 && interaction.http().is_none());
        Pact { specification, interactions, ..Pact::new("shop", "stock") }
    })
}

/// V2 has one state without parameters, one rule at a path, and no generators.
fn as_v2(mut pact: Pact) -> Pact {
    let reduce = |rules: &mut MatchingRules, generators: &mut Generators| {
        let mut reduced = MatchingRules::default();
        for entry in rules.of(Category::Body) {
            reduced.add(Category::Body, entry.path.clone(), entry.rules.rules[0].clone().into());
        }
        (*rules, *generators) = (reduced, Generators::default());
    };
    for interaction in &mut pact.interactions {
        interaction.provider_states.truncate(1);
        interaction.provider_states.iter_mut().for_each(|state| state.params.clear());
        if let InteractionKind::Http(http) = &mut interaction.kind {
            reduce(&mut http.request.rules, &mut http.request.generators);
            reduce(&mut http.response.rules, &mut http.response.generators);
        }
    }
    pact
}

/// How contents are spelled in the file may change: `null` and the empty text have to be marked as JSON.
fn without_encodings(mut pact: Pact) -> Pact {
    let clear = |body: &mut Body| {
        if let Body::Present(contents) = body {
            contents.encoding = None;
        }
    };
    for interaction in &mut pact.interactions {
        match &mut interaction.kind {
            InteractionKind::Http(http) => {
                [&mut http.request.body, &mut http.response.body].into_iter().for_each(clear)
            }
            InteractionKind::AsynchronousMessage(message) => clear(&mut message.contents),
            InteractionKind::SynchronousMessage(call) => {
                clear(&mut call.request.contents);
                call.responses.iter_mut().for_each(|response| clear(&mut response.contents));
            }
        }
    }
    pact
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn an_example_fits_its_own_pattern(pattern in any_pattern()) {
        prop_assert_eq!(found_in_example(&pattern), Vec::<String>::new());
    }

    #[test]
    fn equal_documents_have_no_differences(document in document()) {
        prop_assert_eq!(found_in_example(&document), Vec::<String>::new());
    }

    #[test]
    fn a_v2_pact_reads_as_it_was_written(pact in pact(Specification::V2)) {
        let pact = as_v2(pact);
        prop_assert_eq!(format::read(&format::write(&pact)).unwrap(), pact);
    }

    #[test]
    fn a_v3_pact_reads_as_it_was_written(pact in pact(Specification::V3)) {
        prop_assert_eq!(format::read(&format::write(&pact)).unwrap(), pact);
    }

    #[test]
    fn a_v4_pact_reads_as_it_was_written(pact in pact(Specification::V4)) {
        let again = format::read(&format::write(&pact)).unwrap();
        prop_assert_eq!(format::write(&again), format::write(&pact));
        prop_assert_eq!(without_encodings(again), pact);
    }
}
