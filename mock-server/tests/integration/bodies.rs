//! Bodies with matchers, as real clients send them.

use countersign_mock_server::prelude::*;
use serde_json::json;

use crate::support::{client, read_pact};

#[tokio::test]
async fn forms_files_and_xml_have_matchers_too() {
    let directory = tempfile::tempdir().unwrap();
    let png = *b"\x89PNG\r\n\x1a\n";
    let shop = Pact::between("web", "shop")
        .http("a form", |i| {
            i.request(post("/form").form(json!({ "sku": "A 1", "quantity": integer(2), "tag": ["x", "y"] })))
                .response(204)
        })
        .http("parts", |i| {
            i.request(
                post("/parts").multipart(
                    multipart()
                        .field("order", regex("ord_[0-9]+", "ord_1"))
                        .json_file("details", "details.json", json!({ "damaged": integer(1) }))
                        .file_like("photo", "box.png", "image/png", png),
                ),
            )
            .response(204)
        })
        .http("XML", |i| {
            i.request(
                post("/xml").xml(
                    element("order")
                        .attribute("id", integer(7))
                        .child(element("note").text(not_empty("a < b")))
                        .child(element("line").attribute("sku", like("A")).text(integer(2)).repeated()),
                ),
            )
            .response(ok().xml("<ok xmlns='urn:x'/>"))
        })
        .http("an image", |i| i.request(put("/image").body_like(png, "image/png")).response(204))
        .http("a text", |i| i.request(put("/text").text(regex("[a-z]+", "hello"))).response(204))
        .output_dir(directory.path())
        .start()
        .await;
    let (url, client) = (shop.url(), client());
    let sent = |request: reqwest::RequestBuilder| async { request.send().await.unwrap().status().as_u16() };
    let typed = |request: reqwest::RequestBuilder, content_type: &str| request.header("content-type", content_type);

    let form = client.post(format!("{url}/form")).body("tag=x&quantity=5&sku=A+1&tag=y");
    assert_eq!(sent(typed(form, "application/x-www-form-urlencoded")).await, 204);
    let parts = "--B\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\
                 \u{0}PNG\r\n--B\r\nContent-Disposition: form-data; name=\"order\"\r\n\r\nord_77\r\n--B\r\n\
                 Content-Disposition: form-data; name=\"details\"; filename=\"x\"\r\nContent-Type: application/json\r\n\r\n\
                 { \"damaged\": 3 }\r\n--B--\r\n";
    let mut parts = parts.as_bytes().to_vec();
    let at = parts.iter().position(|byte| *byte == 0).unwrap();
    parts.splice(at..at + 4, *b"\x89PNG\r\n\x1a\nmore");
    let parts = client.post(format!("{url}/parts")).body(parts);
    assert_eq!(sent(typed(parts, "multipart/form-data; boundary=B")).await, 204);
    let xml = "<order id=\"8\">\n <note>now</note>\n <line sku='X'>1</line><line sku='Y'>2</line></order>";
    assert_eq!(sent(typed(client.post(format!("{url}/xml")).body(xml), "application/xml")).await, 200);
    let image = client.put(format!("{url}/image")).body(b"\x89PNG\r\n\x1a\nanother".to_vec());
    assert_eq!(sent(typed(image, "image/png")).await, 204);
    assert_eq!(sent(typed(client.put(format!("{url}/text")).body("bye"), "text/plain")).await, 204);

    let pact = read_pact(&shop.try_finish().await.unwrap());
    let xml = pact.interactions[0].http().unwrap();
    assert_eq!(
        String::from_utf8_lossy(xml.request.body.bytes()),
        "<order id=\"7\"><note>a &lt; b</note><line sku=\"A\">2</line></order>"
    );
}

#[tokio::test]
async fn statuses_are_numbers_classes_and_lists() {
    let directory = tempfile::tempdir().unwrap();
    let shop = Pact::between("web", "shop")
        .http("a number", |i| i.request(get("/number")).response(418))
        .http("success", |i| i.request(get("/success")).response(success()))
        .http("redirect", |i| {
            i.request(get("/redirect")).response(redirect().header("Location", url_path("/{id}", "/7")))
        })
        .http("client error", |i| i.request(get("/client-error")).response(client_error()))
        .http("server error", |i| i.request(get("/server-error")).response(server_error()))
        .http("no error", |i| i.request(get("/no-error")).response(non_error()))
        .http("error", |i| i.request(get("/error")).response(any_error()))
        .http("a list", |i| i.request(get("/list")).response(status_in([202, 204])))
        .output_dir(directory.path())
        .start()
        .await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for (path, status) in [
        ("number", 418),
        ("success", 200),
        ("redirect", 302),
        ("client-error", 400),
        ("server-error", 500),
        ("no-error", 200),
        ("error", 400),
        ("list", 202),
    ] {
        let answer = client.get(format!("{}/{path}", shop.url())).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }
    let pact = read_pact(&shop.try_finish().await.unwrap());
    let response = &pact.interactions[0].http().unwrap().response;
    assert_eq!(response.rules.of(countersign_core::rule::Category::Status).count(), 1, "{:?}", pact.interactions[0]);
}

#[tokio::test]
async fn links_lead_to_the_server_of_the_test_and_values_are_made_anew() {
    let directory = tempfile::tempdir().unwrap();
    let shop = Pact::between("web", "shop")
        .http("an order", |i| {
            i.request(get("/orders/7")).response(ok().json(json!({
                "next": mock_server_url("/orders/{id}", "/orders/8"), "trace": random_uuid(), "n": random_int(5..=5),
            })))
        })
        .output_dir(directory.path())
        .start()
        .await;
    let mut traces = Vec::new();
    for _ in 0..2 {
        let order: serde_json::Value =
            client().get(format!("{}/orders/7", shop.url())).send().await.unwrap().json().await.unwrap();
        assert_eq!((&order["next"], &order["n"]), (&json!(format!("{}/orders/8", shop.url())), &json!(5)));
        traces.push(order["trace"].clone());
    }
    assert_ne!(traces[0], traces[1]);
    shop.try_finish().await.unwrap();
}
