//! What holds for every page: escaping, policy, links, files, errors.

use axum::http::{Method, StatusCode, header};
use serde_json::json;

use super::{ASK, BROWSER, STOCK, Site, path, rule, site_with_stock_check, stock_check, words};
use crate::Config;
use crate::app::{AppState, router};

#[tokio::test]
async fn what_people_published_cannot_become_markup() {
    let site = Site::open().await;
    let evil = r#"<img src=x onerror="alert(1)">'&"#;
    let pact = json!({
        "interactions": [{
            "description": evil, "providerStates": [{ "name": evil, "params": { evil: evil } }],
            "request": { "method": "GET", "path": evil, "query": { evil: [evil] }, "headers": { "X-Evil": evil } },
            "response": {
                "status": 200, "body": { evil: [evil, { evil: "</code></script>" }] },
                "matchingRules": { "body": { "$.*": rule(json!({ "match": "regex", "regex": evil })) } },
            },
        }],
        "metadata": { "pactSpecification": { "version": "3.0.0" } },
    });
    site.publish(evil, evil, evil, pact).await;
    let found = json!([{ "identifier": evil, "description": evil }]);
    site.verify((evil, evil, evil), evil, Some((evil, found))).await;
    let own = path(&["pacts", "provider", evil, "consumer", evil, "latest"]);
    let pair = path(&["matrix", "provider", evil, "consumer", evil]);
    let encoded = path(&[evil]).split_off(1);
    let ask = format!("/can-i-deploy?pacticipant={encoded}&version={encoded}&environment=production");
    let nowhere = path(&["pacts", "provider", "<script>", "consumer", "<script>", "latest"]);
    for page in ["/", &format!("/?q={encoded}"), &own, &format!("{own}?q={encoded}"), &pair, &ask, &nowhere] {
        let body = site.browse(page).await.body;
        for raw in ["<img", "onerror=\"", "</code></script>", "<script>"] {
            assert!(!body.contains(raw), "{raw} in {page}: {body}");
        }
        assert!(body.contains("&#60;img") || page.contains("script"), "{page}: {body}");
    }
}

/// Pages that need no name.
const EVERY: [&str; 9] = [
    "/",
    "/matrix",
    "/network",
    "/network?focus=order-service",
    "/environments",
    "/environments/promotion?from=test&to=production",
    "/environments/history",
    "/pacticipants/order-service",
    "/pacticipants/order-service/versions/1f3c9ab",
];

#[tokio::test]
async fn only_our_own_files_run() {
    let site = site_with_stock_check().await;
    let pact = "/pacts/provider/inventory-service/consumer/order-service/latest";
    for page in EVERY.iter().copied().chain([pact, ASK, "/no/such/page", "/pacts/provider/x/consumer/y/latest"]) {
        let answer = site.browse(page).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{page}: {policy}");
        for inline in ["<script>", "<style", " style=", " onclick=", "javascript:", "http://"] {
            let commands_aside =
                answer.body.replace("http://broker.example:9292", "").replace("http://localhost:8080", "");
            assert!(!commands_aside.contains(inline), "{inline} in {page}");
        }
    }
}

/// Every link, form and file of a page.
fn links(html: &str) -> Vec<&str> {
    [" href=\"", " src=\"", " action=\""]
        .iter()
        .flat_map(|attribute| html.split(attribute).skip(1))
        .map(|rest| rest.split_once('"').unwrap().0)
        .collect()
}

#[tokio::test]
async fn every_link_keeps_the_path_of_the_base_url() {
    let mut config = Config::in_memory();
    config.base_urls = vec!["https://tools.example/contracts".to_owned()];
    let site = Site::configured(config).await;
    site.publish(STOCK.0, STOCK.1, STOCK.2, stock_check()).await;
    let pact = "/pacts/provider/inventory-service/consumer/order-service/latest";
    for page in EVERY.iter().copied().chain(["/?q=zzz", pact, &format!("{pact}?q=zzz"), ASK, "/no/such/page"]) {
        let body = site.browse(page).await.body;
        let links = links(&body);
        assert!(links.len() > 5, "{page}");
        for link in links.into_iter().filter(|link| !link.starts_with("https://ci.example/")) {
            assert!(link.starts_with("/contracts/") || link.starts_with('#'), "{link} in {page}");
        }
    }
    assert!(site.words(ASK).await.contains("--broker-base-url https://tools.example/contracts"));
}

#[tokio::test]
async fn files_are_served_for_ever_under_the_names_that_pages_give() {
    let site = Site::open().await;
    let page = site.browse("/").await.body;
    for file in links(&page).into_iter().filter(|link| link.starts_with("/static/")) {
        let answer = site.send(Method::GET, file, "text/css,*/*;q=0.1", None).await;
        assert_eq!(answer.status, StatusCode::OK, "{file}");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
    assert_eq!(site.browse("/static/style-0.css").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn errors_say_what_happened_and_what_to_do() {
    let site = site_with_stock_check().await;
    for (path, expected) in [
        ("/no/such/page", "Not here\nThe requested document was not found on this server."),
        ("/pacticipants/nobody", "Not here\nThis broker knows no application named nobody."),
        ("/environments/nowhere", "Not here"),
        ("/pacticipants/order-service/versions/9", "Not here\norder-service has no version 9."),
        (
            "/pacts/provider/nobody/consumer/order-service/latest",
            "Not here\nThis broker knows no application named nobody.",
        ),
        (
            "/pacts/provider/inventory-service/consumer/order-service/version/9",
            "Not here\norder-service 9 has no pact with inventory-service.",
        ),
    ] {
        let answer = site.browse(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        let words = words(&answer.body);
        assert!(words.starts_with(expected), "{path}: {words}");
        assert!(words.contains("Go to the overview\nRequest "), "{words}");
    }
}

#[tokio::test]
async fn the_api_stays_what_it_is() {
    let site = site_with_stock_check().await;
    let pact = "/pacts/provider/inventory-service/consumer/order-service/latest";
    for (path, accept) in
        [(pact, "application/hal+json"), (pact, "*/*"), ("/", "*/*"), (&format!("{pact}?format=json"), BROWSER)]
    {
        let answer = site.send(Method::GET, path, accept, None).await;
        let content_type = answer.headers[header::CONTENT_TYPE].to_str().unwrap();
        assert!(content_type.starts_with("application/hal+json"), "{path} {accept}: {content_type}");
    }
}

#[tokio::test]
async fn a_database_that_is_down_is_said_so_without_details() {
    let state = AppState::open(&Config::in_memory()).await.unwrap();
    let site = Site { router: router(state.clone()) };
    state.store.close().await;
    let answer = site.browse("/").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers.contains_key(header::CONTENT_SECURITY_POLICY));
    assert_eq!(answer.headers[header::RETRY_AFTER], "2");
    let words = words(&answer.body);
    assert!(words.starts_with("Not right now\nThe broker's database does not answer at the moment."), "{words}");
    assert!(words.contains("\nRequest "), "{words}");
    assert!(!words.to_lowercase().contains("pool"), "{words}");
    // the API's own failures are pages for browsers too
    let answer = site.browse("/test/error").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let told = super::words(&answer.body);
    assert!(told.starts_with("Something broke") && told.contains("\nRequest "), "{told}");
}
