//! The official verifier takes every kind of pact that is written here: each matcher and generator, each kind of body,
//! each version of the specification, and messages. The provider answers with the examples, then with other values that
//! were agreed on just as well.

use std::path::{Path, PathBuf};
use std::process::Output;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use countersign_core::format;
use countersign_core::pact::Pact as Document;
use countersign_mock_server::prelude::*;
use countersign_mock_server::{Config, MockServer};
use countersign_tests::tools::has_pact;
use serde_json::{Value as Json, json};

const PNG: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// An interaction at a path of its own, and another answer that fits it.
struct Case {
    path: &'static str,
    build: fn(Http) -> AnsweredHttp,
    other: fn() -> Response,
}

fn other(status: u16, content_type: &str, body: impl Into<Bytes>) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, [("content-type", content_type.to_owned())], body.into()).into_response()
}

fn other_json(json: Json) -> Response {
    other(200, "application/json", json.to_string())
}

/// What version 2 has words for.
const V2: &[Case] = &[
    Case {
        path: "/v2",
        build: |i| {
            i.given_state("stock exists")
                .request(get(regex("/v[0-9]", "/v2")).query("tag", ["a", "b"]).header("X-Tenant", like("acme")))
                .response(ok().header("ETag", regex("[0-9a-f]+", "5f")).json(json!({
                    "left": like(5), "id": regex(r"w-\d+", "w-1"), "tags": each_like("x").min(2), "exact": [1, "a", null],
                })))
        },
        other: || {
            let body = json!({
                "left": 0, "id": "w-77", "tags": ["a", "b", "c"], "exact": [1, "a", null], "more": true,
            });
            ([("ETag", "c0ffee")], other_json(body)).into_response()
        },
    },
    Case {
        path: "/text",
        build: |i| i.request(put("/text").text("hello")).response(ok().text(regex("[a-z]+", "welcome"))),
        other: || other(200, "text/plain", "bye"),
    },
    Case {
        path: "/nothing",
        build: |i| i.request(delete("/nothing")).response(204),
        other: || other(204, "text/plain", ""),
    },
];

/// What version 3 has besides.
const V3: &[Case] = &[
    Case {
        path: "/v3",
        build: |i| {
            i.given("stock exists", json!({ "sku": "A", "left": 5 }))
                .given_state("prices exist")
                .request(post("/v3").query("n", integer(2)).query("id", random_uuid()).json(json!({
                    "n": random_int(1..=9), "text": random_string(6), "at": iso_date("2026-05-24"),
                })))
                .response(ok().json(json!({
                    "integer": integer(5), "decimal": decimal(1.5), "number": number(7), "boolean": boolean(true),
                    "null": null_value(), "include": include("care"), "date": date("yyyy-MM-dd", "2026-05-24"),
                    "time": time("HH:mm", "10:30"), "datetime": iso_datetime("2026-05-24T10:30:00Z"),
                    "like": like(json!({ "equal": equal_to("EUR"), "free": 7 })), "nullable": nullable(integer(5)),
                    "one_of": one_of(["open", "closed"]), "uuid": uuid("936da01f-9abd-4d9d-80c7-02af85c822a8"),
                    "ipv4": ipv4("10.0.0.1"), "ipv6": ipv6("::1"), "hex": hexadecimal("5f"), "base64": base64("YQ=="),
                    "url": url("/orders/{id}", "http://shop.example/orders/7"), "path": url_path("/o/{id}", "/o/7"),
                    "values": values_like(json!({ "a": integer(1) })),
                })))
        },
        other: || {
            other_json(json!({
                "integer": -1, "decimal": 0.25, "number": 7.5, "boolean": false, "null": null,
                "include": "take care!", "date": "2028-02-29", "time": "23:59", "datetime": "2026-05-24T12:30:00+02:00",
                "like": { "equal": "EUR", "free": 8 }, "nullable": null, "one_of": "closed",
                "uuid": "00000000-0000-4000-8000-000000000000", "ipv4": "127.0.0.255", "ipv6": "2001:db8::8:800:200c:417a",
                "hex": "C0FFEE", "base64": "b3JkZXJz", "url": "https://a/orders/x?b=c", "path": "/o/x",
                "values": { "b": 2, "c": 3 },
            }))
        },
    },
    Case {
        path: "/image",
        build: |i| i.request(put("/image").body_like(PNG, "image/png")).response(ok().body_like(PNG, "image/png")),
        other: || other(200, "image/png", [&PNG[..], b"\0\0\0\rIHDR"].concat()),
    },
    Case {
        path: "/bytes",
        build: |i| {
            i.request(put("/bytes").body([0, 159, 146, 150], "application/octet-stream"))
                .response(ok().body([1, 2, 255], "application/octet-stream"))
        },
        other: || other(200, "application/octet-stream", vec![1, 2, 255]),
    },
    Case {
        path: "/xml",
        build: |i| {
            let order = element("order").attribute("id", integer(7)).child(element("note").text(like("now")));
            i.request(post("/xml").xml(order.clone()))
                .response(ok().xml(order.child(element("line").attribute("sku", like("A")).text(like("2")).repeated())))
        },
        other: || {
            let xml = "<order id='8'><note>later</note><line sku='B'>1</line><line sku='C'>9</line></order>";
            other(200, "application/xml", xml)
        },
    },
    Case {
        path: "/plain-xml",
        build: |i| i.request(get("/plain-xml")).response(ok().xml("<a xmlns=\"urn:x\"><b>1</b></a>")),
        other: || other(200, "application/xml", "<a xmlns=\"urn:x\">\n  <b>1</b>\n</a>"),
    },
    Case {
        path: "/form",
        build: |i| {
            i.request(post("/form").form(json!({ "sku": "A 1", "quantity": integer(2), "tag": ["x", "y"] })))
                .response(ok().form(json!({ "left": integer(5), "city": like("Oslo") })))
        },
        other: || other(200, "application/x-www-form-urlencoded", "city=Bergen&left=0"),
    },
    Case {
        path: "/parts",
        build: |i| {
            i.request(post("/parts").multipart(multipart().field("order", regex("ord_[0-9]+", "ord_1")).file_like(
                "photo",
                "a.png",
                "image/png",
                PNG,
            )))
            .response(201)
        },
        other: || other(201, "text/plain", ""),
    },
    Case {
        path: "/graphql",
        build: |i| {
            i.request(graphql("query Stock($sku: ID!) { stock(sku: $sku) { left } }", json!({ "sku": like("ABC-1") })))
                .response(ok().json(json!({ "data": { "stock": { "left": integer(5) } } })))
        },
        other: || other_json(json!({ "data": { "stock": { "left": 0 } } })),
    },
];

/// What version 4 has besides.
const V4: &[Case] = &[
    Case {
        path: "/v4",
        build: |i| {
            i.given("stock exists", json!({ "sku": "A" }))
                .comment("see the wiki")
                .comment_entry("ticket", "SHOP-7")
                .key("matchers-of-version-4")
                .request(get("/v4").query("flag", json!(null)))
                .response(success().json(json!({
                    "not_empty": not_empty("x"), "semver": semver("1.2.3"),
                    "array_containing": array_containing([json!(integer(1)), json!({ "rel": "self", "href": like("/") })]),
                    "each_key": each_key(regex("[A-Z]{3}", "EUR"), json!({ "EUR": 1.5 })),
                    "each_value": each_value(integer(1), json!({ "a": 1 })),
                })))
        },
        other: || {
            other_json(json!({
                "not_empty": "anything", "semver": "2.0.0-beta.1",
                "array_containing": [{ "rel": "next" }, { "rel": "self", "href": "/orders" }, 7],
                "each_key": { "NOK": 1.5, "EUR": 1.5 }, "each_value": { "b": 2, "c": 3 },
            }))
        },
    },
    Case {
        path: "/generated",
        build: |i| {
            let generated = json!({
                "int": random_int(1..=9), "decimal": random_decimal(4), "hex": random_hexadecimal(6),
                "text": random_string(8), "boolean": random_boolean(), "regex": random_regex("[a-c]{3}", "abc"),
                "uuid": random_uuid(), "simple": random_uuid_as(UuidFormat::Simple),
                "urn": random_uuid_as(UuidFormat::Urn), "upper": random_uuid_as(UuidFormat::UpperCaseHyphenated),
                "date": generated_date("yyyy-MM-dd", "today + 1 day", "2026-05-24"),
                "time": generated_time("HH:mm:ss", "now", "10:30:00"),
                "datetime": generated_datetime("yyyy-MM-dd'T'HH:mm:ss", "today @ now + 2 hours", "2026-05-24T10:30:00"),
                "state": from_provider_state("${id}", 7),
            });
            let link = json!({ "next": mock_server_url("/orders/{id}", "/orders/7") });
            i.request(post("/generated").json(generated)).response(ok().json(link))
        },
        other: || other_json(json!({ "next": "https://shop.example/orders/8" })),
    },
    Case {
        path: "/status-list",
        build: |i| i.request(get("/status-list")).response(status_in([202, 204])),
        other: || other(204, "text/plain", ""),
    },
    Case {
        path: "/status-class",
        build: |i| i.request(get("/status-class")).response(client_error()),
        other: || other(418, "text/plain", ""),
    },
    Case {
        path: "/status-error",
        build: |i| i.request(get("/status-error")).response(any_error()),
        other: || other(503, "text/plain", ""),
    },
];

fn contract(version: Specification, cases: &[&[Case]]) -> Document {
    let pact = Pact::between("web", "shop").specification(version);
    let cases = cases.iter().flat_map(|cases| cases.iter());
    cases.fold(pact, |pact, case| pact.http(case.path, case.build)).into_document()
}

fn write(document: &Document, folder: &Path) -> PathBuf {
    let lost = format::convert(document, document.specification).unwrap().notes;
    assert!(lost.is_empty() || document.specification == Specification::V4, "{lost:#?}");
    let path = folder.join(document.file_name());
    std::fs::write(&path, format::write(document)).unwrap();
    path
}

async fn verify(pact: &Path, port: u16) -> Output {
    let mut command = tokio::process::Command::new("pact");
    command.args(["verifier", "--hostname", "127.0.0.1", "--provider-name", "shop", "--no-colour", "--port"]);
    command.arg(port.to_string()).arg("--file").arg(pact);
    command.env("PACT_DO_NOT_TRACK", "true").env_remove("PACT_BROKER_BASE_URL").kill_on_drop(true);
    command.output().await.unwrap()
}

#[track_caller]
fn assert_accepted(output: &Output, what: &str) {
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{what}: {said}{}", String::from_utf8_lossy(&output.stderr));
}

/// Serves a router on a port of its own, for as long as the runtime of the test lives.
async fn serve(router: Router) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_http_interaction_is_accepted() {
    if !has_pact() {
        return;
    }
    for (version, cases) in
        [(Specification::V2, &[V2][..]), (Specification::V3, &[V2, V3]), (Specification::V4, &[V2, V3, V4])]
    {
        let folder = tempfile::tempdir().unwrap();
        let document = contract(version, cases);
        let file = write(&document, folder.path());

        // what the official verifier sends is what was agreed on, too
        let examples = MockServer::start(&document, &Config::default()).unwrap();
        assert_accepted(&verify(&file, examples.port()).await, &format!("{version}, examples"));
        let report = examples.report();
        assert!(report.is_success(), "{version}: {report}");
        examples.stop().await;

        let others = others(cases);
        let port = serve(Router::new().fallback(move |request: Request| async move {
            let found = others.iter().find(|(path, _)| *path == request.uri().path());
            found.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |(_, other)| other())
        }));
        assert_accepted(&verify(&file, port.await).await, &format!("{version}, other values"));
    }
}

/// An answer that differs from the example, at its path.
type Other = (&'static str, fn() -> Response);

fn others(cases: &[&[Case]]) -> Vec<Other> {
    cases.iter().flat_map(|cases| cases.iter()).map(|case| (case.path, case.other)).collect()
}

/// A message for the verifier: contents, content type, metadata.
type Sent = (&'static str, &'static [u8], &'static str, &'static str);

const EXAMPLES: &[Sent] = &[
    (
        "an order was placed",
        br#"{"orderId":"ord_456","total":29.99}"#,
        "application/json",
        r#"{"topic":"order.placed"}"#,
    ),
    ("a text", b"hello", "text/plain", "{}"),
    ("an image", &PNG, "image/png", "{}"),
    ("XML", b"<order id=\"7\"></order>", "application/xml", "{}"),
    ("bytes", &[8, 1], "application/octet-stream", "{}"),
];
const OTHERS: &[Sent] = &[
    (
        "an order was placed",
        br#"{"total":0.5,"orderId":"x","more":1}"#,
        "application/json",
        r#"{"topic":"order.placed","key":"x"}"#,
    ),
    ("a text", b"bye", "text/plain", "{}"),
    ("an image", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png", "{}"),
    ("XML", b"<order id='8'/>", "application/xml", "{}"),
    ("bytes", &[8, 1], "application/octet-stream", "{}"),
];

fn messages() -> MessagePact {
    Pact::between("mail", "shop")
        .message("an order was placed", |m| {
            m.given("an order exists", json!({ "id": "ord_456" }))
                .metadata("topic", "order.placed")
                .json(json!({ "orderId": like("ord_456"), "total": decimal(29.99) }))
        })
        .message("a text", |m| m.text(regex("[a-z]+", "hello")))
        .message("an image", |m| m.body_like(PNG, "image/png"))
        .message("XML", |m| m.xml(element("order").attribute("id", integer(7))))
        .message("bytes", |m| m.body([8, 1], "application/octet-stream"))
}

async fn message_provider(messages: &'static [Sent]) -> u16 {
    use base64::Engine as _;
    let answer = move |body: Bytes| async move {
        let question: Json = serde_json::from_slice(&body).unwrap_or_default();
        let found = messages.iter().find(|(description, ..)| question["description"] == *description);
        let Some((_, contents, content_type, metadata)) = found else { return StatusCode::NOT_FOUND.into_response() };
        let metadata = base64::engine::general_purpose::STANDARD.encode(metadata);
        ([("content-type", (*content_type).to_owned()), ("pact-message-metadata", metadata)], *contents).into_response()
    };
    serve(Router::new().fallback(answer)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_message_is_accepted() {
    if !has_pact() {
        return;
    }
    for version in [Specification::V3, Specification::V4] {
        let folder = tempfile::tempdir().unwrap();
        let file = write(&messages().specification(version).into_document(), folder.path());
        for (provider, what) in [(EXAMPLES, "examples"), (OTHERS, "other values")] {
            let output = verify(&file, message_provider(provider).await).await;
            assert_accepted(&output, &format!("{version}, {what}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_with_responses_are_accepted() {
    if !has_pact() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let prices = Pact::between("mail", "shop").synchronous_message("the price of a sku", |m| {
        m.request(payload().metadata("topic", "prices").json(json!({ "sku": like("ABC-1") })))
            .response(json!({ "amount": decimal(29.99) }))
    });
    let file = write(&prices.into_document(), folder.path());
    const PRICE: &[Sent] = &[("the price of a sku", br#"{"amount":0.5}"#, "application/json", "{}")];
    assert_accepted(&verify(&file, message_provider(PRICE).await).await, "synchronous");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_was_not_agreed_on_is_refused() {
    if !has_pact() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = write(&contract(Specification::V4, &[V2]), folder.path());
    let port = serve(Router::new().fallback(|| async { other_json(json!({ "left": "none" })) })).await;
    let output = verify(&file, port).await;
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
}
