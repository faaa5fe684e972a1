//! What holds for all pacts, patterns and documents: generated ones, nested as they come.

use countersign_core::format;
use countersign_core::generator::Generators;
use countersign_core::pact::{
    Body, ContentType, HttpInteraction, HttpRequest, HttpResponse, Interaction, InteractionKind, Message, Pact,
    ProviderState, Specification, SynchronousMessage,
};
use countersign_core::path::PathExpression;
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
        (any::<u8>(), any::<u8>()).prop_map(|(major, minor)| json!(pattern::semver(&format!("{major}.{minor}.0-x")))),
        any::<u128>().prop_map(|number| json!(pattern::uuid(&uuid(number)))),
        (0..24_u8, 0..60_u8)
            .prop_map(|(hour, minute)| json!(pattern::time("HH:mm", &format!("{hour:02}:{minute:02}")))),
        (1970..2100_u16, 1..29_u8).prop_map(|(year, day)| {
            let example = format!("{year}-02-{day:02}T10:00:00+01:00");
            json!(pattern::datetime("yyyy-MM-dd'T'HH:mm:ssXXX", &example))
        }),
        text().prop_map(|text| json!(pattern::schema(json!({ "type": "string", "maxLength": 4 }), text))),
        text().prop_map(|text| json!(pattern::from_provider_state("${id}", text))),
        scalar().prop_map(|value| json!({ "pact:matcher:type": "type", "value": value, "x-note": 1 })),
    ]
}

fn uuid(number: u128) -> String {
    let digits = format!("{number:032x}");
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
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

/// What is found when exactly the agreed body of that type comes, from a client and from a provider.
fn found_in_body(content_type: &str, body: &[u8], rules: &MatchingRules) -> Vec<String> {
    let headers = vec![("content-type".into(), content_type.to_owned().into())];
    let agreed = Body::new(body, Some(ContentType::new(content_type)));
    let response = HttpResponse { body: agreed.clone(), rules: rules.clone(), ..HttpResponse::default() };
    let received = ReceivedResponse { status: 200, headers: headers.clone(), body };
    let mut found = ResponsePlan::compile(&response).check(&received);
    let request = HttpRequest { body: agreed, rules: rules.clone(), ..HttpRequest::default() };
    let received = ReceivedRequest { method: "GET", path: "/", query: None, headers, body };
    found.extend(RequestPlan::compile(&request).check(&received));
    found.iter().map(|mismatch| format!("{mismatch:?}")).collect()
}

/// Text for markup, with blanks, entities and characters of all sizes.
fn markup_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ a-z\n]{0,5}",
        Just("&lt;&amp;&#233;".to_owned()),
        Just("<![CDATA[<x>]]>".to_owned()),
        Just("é\u{1F600}".to_owned())
    ]
}

/// An element with attributes, text and children, some of one name, some in a namespace.
fn element() -> impl Strategy<Value = String> {
    let start = || ("[a-c]", btree_map("[a-c]|n:[ab]", "[ a-z]{0,3}", 0..3), any::<bool>());
    let write = |(name, attributes, in_namespace): (String, std::collections::BTreeMap<String, String>, bool),
                 inner: String| {
        let prefix = if in_namespace { "n:" } else { "" };
        let attributes: String = attributes.iter().map(|(name, value)| format!(" {name}='{value}'")).collect();
        format!("<{prefix}{name} xmlns:n='urn:n'{attributes}>{inner}</{prefix}{name}>")
    };
    (start(), markup_text()).prop_map(move |(start, text)| write(start, text)).prop_recursive(4, 24, 4, move |inner| {
        (start(), vec(prop_oneof![inner, markup_text(), Just("<!-- c -->".to_owned())], 0..4))
            .prop_map(move |(start, inner)| write(start, inner.concat()))
    })
}

/// A multipart body with fields and files, some of one name, and its content type.
fn multipart() -> impl Strategy<Value = (String, Vec<u8>)> {
    let part =
        ("[ab]", option::of("[a-z]{1,3}"), option::of("text/plain|application/json|image/png"), vec(any::<u8>(), 0..6));
    vec(part, 0..4).prop_map(|parts| {
        let mut body = Vec::new();
        for (name, file, content_type, content) in parts {
            body.extend(format!("--b0\r\nContent-Disposition: form-data; name=\"{name}\"").bytes());
            body.extend(file.iter().flat_map(|file| format!("; filename=\"{file}\"").into_bytes()));
            body.extend(content_type.iter().flat_map(|name| format!("\r\nContent-Type: {name}").into_bytes()));
            body.extend([b"\r\n\r\n", content.as_slice(), b"\r\n"].concat());
        }
        body.extend(b"--b0--\r\n");
        ("multipart/form-data; boundary=b0".to_owned(), body)
    })
}

/// Rules on texts: headers, queries, forms, XML, each with an example that satisfies it.
fn textual() -> impl Strategy<Value = (Json, String)> {
    prop_oneof![
        "[a-z ]{0,4}".prop_map(|text| (json!({ "match": "type" }), text)),
        "[a-z]{1,4}".prop_map(|text| (json!({ "match": "regex", "regex": "[a-z]+" }), text)),
        "[a-z]{1,4}".prop_map(|text| (json!({ "match": "include", "value": &text[..1] }), text)),
        "[a-z]{1,4}".prop_map(|text| (json!({ "match": "notEmpty" }), text)),
        "[a-z]{1,4}".prop_map(|text| (json!({ "match": "equality" }), text)),
        // as text, integers have no sign
        any::<u64>().prop_map(|number| (json!({ "match": "integer" }), number.to_string())),
        any::<i32>().prop_map(|number| (json!({ "match": "decimal" }), format!("{number}.5"))),
        any::<i32>().prop_map(|number| (json!({ "match": "number" }), format!("{number}"))),
        any::<bool>().prop_map(|value| (json!({ "match": "boolean" }), value.to_string())),
        any::<u8>().prop_map(|number| (json!({ "match": "semver" }), format!("{number}.0.1"))),
        (1..29_u8).prop_map(|day| (json!({ "match": "date", "format": "yyyy-MM-dd" }), format!("2024-02-{day:02}"))),
    ]
}

fn rule(json: &Json) -> countersign_core::rule::RuleList {
    countersign_core::rule::Rule::from_json(json).unwrap().into()
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

/// V2 has one state without parameters, and one rule at a path.
fn as_v2(mut pact: Pact) -> Pact {
    let reduce = |rules: &mut MatchingRules| {
        let mut reduced = MatchingRules::default();
        for entry in rules.of(Category::Body) {
            reduced.add(Category::Body, entry.path.clone(), entry.rules.rules[0].clone().into());
        }
        *rules = reduced;
    };
    for interaction in &mut pact.interactions {
        interaction.provider_states.truncate(1);
        interaction.provider_states.iter_mut().for_each(|state| state.params.clear());
        if let InteractionKind::Http(http) = &mut interaction.kind {
            reduce(&mut http.request.rules);
            reduce(&mut http.response.rules);
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
        let mut again = format::read(&format::write(&pact)).unwrap();
        // only what was read from a file knows how the query was written there
        for interaction in &mut again.interactions {
            if let InteractionKind::Http(http) = &mut interaction.kind {
                http.request.written_query = None;
            }
        }
        prop_assert_eq!(again, pact);
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

    #[test]
    fn equal_markup_has_no_differences(document in element()) {
        let found = found_in_body("application/xml", document.as_bytes(), &MatchingRules::default());
        prop_assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn equal_forms_texts_and_bytes_have_no_differences(form in "[a-c=&%+éA-F0-9]{1,16}", text in "\\PC{1,16}", bytes in vec(any::<u8>(), 1..16)) {
        let none = MatchingRules::default();
        prop_assert_eq!(found_in_body("application/x-www-form-urlencoded", form.as_bytes(), &none), Vec::<String>::new());
        for content_type in ["text/plain", "text/plain; charset=iso-8859-1", "application/octet-stream"] {
            prop_assert_eq!(found_in_body(content_type, text.as_bytes(), &none), Vec::<String>::new());
            prop_assert_eq!(found_in_body(content_type, &bytes, &none), Vec::<String>::new());
        }
    }

    #[test]
    fn equal_parts_have_no_differences((content_type, body) in multipart()) {
        prop_assert_eq!(found_in_body(&content_type, &body, &MatchingRules::default()), Vec::<String>::new());
    }

    #[test]
    fn examples_in_markup_and_forms_fit_their_rules((json, example) in textual(), (other_json, other) in textual()) {
        let mut rules = MatchingRules::default();
        let mut add = |path, json| rules.add(Category::Body, PathExpression::parse(path).unwrap(), rule(json));
        ["$.a['@x']", "$.a.b['#text']"].into_iter().for_each(|path| add(path, &json));
        add("$.a.c[*]['#text']", &other_json);
        let document = format!("<a x='{example}'><b>{example}</b><b>{example}</b><c>{other}</c></a>");
        // blanks around text do not count, so an example of blanks alone is empty
        prop_assume!(example == example.trim() && !example.is_empty());
        prop_assert_eq!(found_in_body("application/xml", document.as_bytes(), &rules), Vec::<String>::new());
        let mut rules = MatchingRules::default();
        rules.add(Category::Body, PathExpression::parse("$.a").unwrap(), rule(&json));
        rules.add(Category::Body, PathExpression::parse("$.b[0]").unwrap(), rule(&other_json));
        let form = format!("a={example}&a={example}&b={other}");
        prop_assert_eq!(found_in_body("application/x-www-form-urlencoded", form.as_bytes(), &rules), Vec::<String>::new());
    }

    #[test]
    fn examples_outside_bodies_fit_their_rules((json, example) in textual(), (other_json, other) in textual()) {
        prop_assume!(example == example.trim());
        let mut request = HttpRequest { path: format!("/{example}"), ..HttpRequest::default() };
        request.rules.add(Category::Header, PathExpression::field("X-Id"), rule(&json));
        request.rules.add(Category::Query, PathExpression::field("q"), rule(&other_json));
        request.headers.insert("X-Id".to_owned(), vec![example.clone()]);
        request.query.insert("q".to_owned(), vec![Some(other.clone()), Some(other)]);
        let query = format::encode_query(&request.query);
        let received = ReceivedRequest {
            method: "GET", path: &request.path, query: Some(&query), headers: vec![("x-id".into(), example.into())], body: b"",
        };
        let found = RequestPlan::compile(&request).check(&received);
        prop_assert!(found.is_empty(), "{:?}", found);
    }

    #[test]
    fn what_a_conversion_does_not_mention_is_still_there(pact in pact(Specification::V4)) {
        for to in [Specification::V2, Specification::V3] {
            let conversion = format::convert(&pact, to).unwrap();
            prop_assert_eq!(&format::read(&format::write(&conversion.pact)).unwrap(), &conversion.pact);
            if conversion.notes.iter().all(|note| note.effect == format::Effect::Kept) {
                let back = format::convert(&conversion.pact, Specification::V4).unwrap();
                prop_assert!(back.notes.is_empty(), "{:?}", back.notes);
                prop_assert_eq!(without_encodings(back.pact), without_encodings(pact.clone()));
            }
        }
    }
}
