//! What people see who are not signed in, or may not do something: a page that says so and what to do.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use base64::Engine as _;
use serde_json::json;
use tower::ServiceExt as _;

use super::{Answer, BROWSER, STOCK, Site, stock_check, to_bytes, words};
use crate::Config;
use crate::config::Credentials;

fn credentials(name: &str) -> Credentials {
    Credentials { username: name.to_owned(), password: "secret".to_owned() }
}

fn guarded(public: bool) -> Config {
    let mut config = Config::in_memory();
    config.auth.user = Some(credentials("ann"));
    config.auth.read_only_user = Some(credentials("rudi"));
    config.auth.public_read = public;
    config
}

impl Site {
    /// A browser's request, by this user if there is one.
    async fn browse_as(&self, user: Option<&str>, method: Method, path: &str) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "broker.example:9292")
            .header(header::ACCEPT, BROWSER)
            .header("sec-fetch-site", "same-origin");
        if let Some(user) = user {
            let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{user}:secret"));
            request = request.header(header::AUTHORIZATION, format!("Basic {encoded}"));
        }
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(bytes.to_vec()).unwrap() }
    }
}

#[tokio::test]
async fn who_is_not_signed_in_is_asked_to_on_a_page() {
    let site = Site::configured(guarded(false)).await;
    for path in ["/", "/webhooks", "/no/such/page", "/tokens"] {
        let answer = site.browse_as(None, Method::GET, path).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap().starts_with("Basic"), "{path}");
        assert!(answer.headers.contains_key(header::CONTENT_SECURITY_POLICY), "{path}");
        let words = words(&answer.body);
        assert!(words.starts_with("Sign in to see this\nThis broker asks who is calling"), "{path}: {words}");
    }
    // what that page is made of is there for everyone
    let page = site.browse_as(None, Method::GET, "/").await.body;
    let style =
        page.split("href=\"").find(|rest| rest.starts_with("/static/style")).unwrap().split('"').next().unwrap();
    assert_eq!(site.browse_as(None, Method::GET, style).await.status, StatusCode::OK);
    // and clients of the API hear what they always heard
    let api = site.send(Method::GET, "/", "application/hal+json", None).await;
    assert!(api.body.starts_with('{') && api.status == StatusCode::UNAUTHORIZED, "{}", api.body);
}

#[tokio::test]
async fn who_may_not_is_told_who_may() {
    let site = Site::configured(guarded(false)).await;
    for (method, path) in [(Method::GET, "/tokens"), (Method::GET, "/audit"), (Method::POST, "/ui/webhooks")] {
        let answer = site.browse_as(Some("rudi"), method, path).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        let words = words(&answer.body);
        assert!(words.starts_with("Not allowed\nUser rudi may not do this: it takes the role admin."), "{words}");
        assert!(answer.body.contains("Signed in as user rudi, with the role read"), "{}", answer.body);
    }
}

#[tokio::test]
async fn pages_offer_what_whoever_looks_may_do() {
    let site = Site::configured(guarded(true)).await;
    for (user, offers, hints) in [
        (Some("ann"), true, ""),
        (Some("rudi"), false, "You are signed in as user rudi, with the role read."),
        (None, false, "Sign in as one to do so."),
    ] {
        let list = site.browse_as(user, Method::GET, "/webhooks").await.body;
        assert_eq!(list.contains(">New webhook<"), offers, "{user:?}");
        assert_eq!(list.contains(">Audit log<"), offers, "{user:?}");
        assert!(words(&list).contains(hints), "{user:?}: {list}");
        let form = site.browse_as(user, Method::GET, "/webhooks/new").await.body;
        assert_eq!(form.contains("value=\"save\""), offers, "{user:?}");
        assert_eq!(form.contains("<fieldset disabled>"), !offers, "{user:?}");
        assert!(words(&form).contains(hints), "{user:?}");
    }
}

#[tokio::test]
async fn signing_in_leads_to_the_start() {
    let site = Site::configured(guarded(true)).await;
    let asked = site.browse_as(None, Method::GET, "/login").await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    assert!(asked.headers.contains_key(header::WWW_AUTHENTICATE));
    let done = site.browse_as(Some("rudi"), Method::GET, "/login").await;
    assert_eq!((done.status, &done.headers[header::LOCATION]), (StatusCode::SEE_OTHER, &"/".parse().unwrap()));
}

#[tokio::test]
async fn the_audit_log_tells_of_forms_as_of_the_api() {
    let site = Site::open().await;
    site.publish(STOCK.0, STOCK.1, STOCK.2, stock_check()).await;
    let form = "name=the+pipeline&roles%5B%5D=publish";
    let request = Request::post("/ui/tokens")
        .header(header::ACCEPT, BROWSER)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let made = site.router.clone().oneshot(request.body(Body::from(form)).unwrap()).await.unwrap();
    assert_eq!(made.status(), StatusCode::OK);
    let words = site.words("/audit").await;
    assert!(words.contains("created the API token the pipeline"), "{words}");
    assert!(words.contains("POST /tokens") && !words.contains("/ui/"), "{words}");
    assert!(words.contains("put order-service 1f3c9ab on the branch main"), "{words}");
}

#[tokio::test]
async fn a_search_leads_on_when_it_can_mean_one_thing_only() {
    let site = Site::open().await;
    site.publish(STOCK.0, STOCK.1, STOCK.2, stock_check()).await;
    site.call(Method::PUT, "/pacticipants/order-service/branches/feat%2Fcart/versions/1f3c9ab", &json!({})).await;
    for (asked, leads_to) in [
        ("order-service", Some("/pacticipants/order-service")),
        ("ORDER", Some("/pacticipants/order-service")),
        ("1f3c", Some("/pacticipants/order-service/versions/1f3c9ab")),
        ("cart", Some("/pacticipants/order-service?branch=feat%2Fcart")),
        ("service", None),
        ("%25", None),
        ("", None),
    ] {
        let answer = site.browse(&format!("/search?q={asked}")).await;
        let location = answer.headers.get(header::LOCATION).map(|value| value.to_str().unwrap());
        assert_eq!(location, leads_to, "{asked}");
    }
    let none = site.words("/search?q=zzz").await;
    assert!(none.contains("No application or branch has “zzz” in its name"), "{none}");
}
