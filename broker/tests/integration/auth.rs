//! Who may do what.

use axum::Router;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_broker::config::{Credentials, OidcConfig};
use countersign_broker::{Config, Role};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, TestBroker, each};

const ADMIN: (&str, &str) = ("root", "r00t");

fn guarded() -> Config {
    let mut config = Config::in_memory();
    config.auth.tokens = true;
    let user = |(username, password): (&str, &str)| Credentials {
        username: username.to_owned(),
        password: password.to_owned(),
    };
    config.auth.user = Some(user(ADMIN));
    config.auth.read_only_user = Some(user(("reader", "r3ader")));
    config
}

async fn token(broker: &TestBroker, roles: &[&str], pacticipants: Option<&[&str]>) -> (String, String) {
    let body = json!({ "name": roles.join("+"), "roles": roles, "pacticipants": pacticipants });
    let request = broker.request(Method::POST, "/tokens").basic_auth(ADMIN.0, Some(ADMIN.1)).json(&body);
    let created = broker.send(request).await.expect(201).json();
    (created["uuid"].as_str().unwrap().to_owned(), created["token"].as_str().unwrap().to_owned())
}

async fn ask(broker: &TestBroker, token: Option<&str>, method: &str, path: &str) -> Answer {
    let mut request = broker.request(method.parse().unwrap(), path).json(&json!({}));
    if method == "PATCH" && !path.starts_with("/pacticipants/x") {
        request = request.header("Content-Type", "application/merge-patch+json");
    }
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    broker.send(request).await
}

/// Every operation the broker describes, with its variables filled.
async fn operations(broker: &TestBroker) -> Vec<(String, String)> {
    let described = broker.send(broker.request(Method::GET, "/openapi.json").basic_auth(ADMIN.0, Some(ADMIN.1))).await;
    let mut operations = Vec::new();
    for (path, item) in described.json()["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            operations.push((method.to_uppercase(), path.clone()));
        }
    }
    operations
}

/// Who may do what beside admins, decided here a second time.
fn allowed(method: &str, path: &str) -> &'static [&'static str] {
    const EVERYONE: &[&str] = &["read", "publish", "verify", "deploy"];
    match (method, path) {
        ("GET", "/audit" | "/tokens" | "/tokens/{uuid}") => &[],
        ("GET", _) | ("POST", "/pacts/provider/{provider}/for-verification") => EVERYONE,
        ("DELETE", _) => &[],
        ("POST", "/contracts/publish" | "/pacticipants") | ("PUT" | "PATCH", "/pacticipants/{name}") => &["publish"],
        ("PUT" | "PATCH", path) if path.contains("/consumer/{consumer}/version") => &["publish"],
        ("PUT" | "PATCH", "/pacticipants/{name}/versions/{number}")
        | (
            "PUT",
            "/pacticipants/{name}/versions/{number}/tags/{tag}"
            | "/pacticipants/{name}/branches/{branch}/versions/{number}",
        ) => &["publish", "verify"],
        ("POST", path) if path.ends_with("/verification-results") => &["verify"],
        ("POST", path) if path.contains("ed-versions/environment/") => &["deploy"],
        ("PATCH", "/deployed-versions/{uuid}" | "/released-versions/{uuid}") => &["deploy"],
        _ => &[],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_asks_for_its_roles() {
    let broker = TestBroker::with(guarded()).await;
    let operations = operations(&broker).await;
    assert!(operations.len() > 130, "{}", operations.len());
    let mut callers = Vec::new();
    for role in ["read", "publish", "verify", "deploy"] {
        callers.push((role, token(&broker, &[role], None).await.1));
    }
    for (method, path) in &operations {
        let filled: String =
            path.split('/').map(|step| if step.starts_with('{') { "x" } else { step }).collect::<Vec<_>>().join("/");
        let open = matches!(path.as_str(), "/health" | "/ready");
        let status = ask(&broker, None, method, &filled).await.status.as_u16();
        assert_eq!(status == 401, !open, "{method} {path} without credentials: {status}");
        for (role, token) in &callers {
            let may = open || allowed(method, path).contains(role);
            let answer = ask(&broker, Some(token), method, &filled).await;
            let status = answer.status.as_u16();
            assert_eq!(status != 403, may, "{method} {path} as {role}: {status} {}", answer.text);
            assert!(status != 401 && (status < 500 || path == "/test/error"), "{method} {path} as {role}: {status}");
            assert!(!answer.text.contains(token.as_str()));
        }
    }
    broker.stop().await;
}

#[tokio::test]
async fn users_read_or_do_everything() {
    let broker = TestBroker::with(guarded()).await;
    let with = |method: Method, path: &str, (user, password): (&str, &str)| {
        broker.request(method, path).basic_auth(user, Some(password)).json(&json!({}))
    };
    broker.send(with(Method::GET, "/pacticipants", ("reader", "r3ader"))).await.expect(200);
    broker.send(with(Method::PUT, "/pacticipants/a/versions/1", ("reader", "r3ader"))).await.expect(403);
    broker.send(with(Method::PUT, "/pacticipants/a/versions/1", ADMIN)).await.expect(201);
    broker.send(with(Method::POST, "/pacts/provider/a/for-verification", ("reader", "r3ader"))).await.expect(200);
    let refused = broker.send(with(Method::GET, "/", ("root", "wrong"))).await.expect(401);
    assert_eq!(refused.headers["www-authenticate"], "Basic realm=\"Restricted area\"");
    broker.send(with(Method::GET, "/", ("", ""))).await.expect(401);
    broker.send(broker.request(Method::GET, "/").header("Authorization", "Basic %%%")).await.expect(401);
    broker.stop().await;
}

#[tokio::test]
async fn tokens_have_a_scope_and_an_end_and_writes_a_record() {
    let broker = TestBroker::with(guarded()).await;
    let (uuid, secret) = token(&broker, &["publish", "deploy"], Some(&["web"])).await;
    let mine = broker.publish("web", "1", "orders").body();
    let theirs = broker.publish("app", "1", "orders").body();
    let publish = |body: &Value| broker.request(Method::POST, "/contracts/publish").bearer_auth(&secret).json(body);
    broker.send(publish(&mine)).await.expect(200);
    let refused = broker.send(publish(&theirs)).await.expect(403);
    assert!(refused.text.contains("for web"), "{}", refused.text);
    ask(&broker, Some(&secret), "PUT", "/pacticipants/app/versions/1").await.expect(403);
    ask(&broker, Some(&secret), "PUT", "/pacticipants/web/versions/2").await.expect(201);

    let admin = |method: Method, path: &str| broker.request(method, path).basic_auth(ADMIN.0, Some(ADMIN.1));
    let audit = broker.send(admin(Method::GET, "/audit")).await.expect(200);
    let entries = audit.json()["_embedded"]["entries"].clone();
    assert_eq!(each(&entries, "/path"), ["/pacticipants/web/versions/2", "/contracts/publish", "/tokens"]);
    assert_eq!(entries[1]["detail"], "web 1");
    assert_eq!(entries[1]["who"], format!("token publish+deploy ({uuid})"));
    let few = broker.send(admin(Method::GET, "/audit?q=web%201&who=nobody")).await.expect(200).json();
    assert!(each(&few["_embedded"]["entries"], "/path").is_empty());

    let listed = broker.send(admin(Method::GET, "/tokens")).await.expect(200).text;
    assert!(!listed.contains(&secret) && !audit.text.contains(&secret));
    // nor in any page or refusal
    for path in ["/", "/tokens", "/audit", &format!("/tokens/{uuid}"), "/webhooks", "/pacticipants/web", "/metrics"] {
        let page = reqwest::Client::new().get(broker.url(path)).basic_auth(ADMIN.0, Some(ADMIN.1));
        let page = broker.send(page.header("Accept", "text/html")).await;
        assert!(!page.text.contains(&secret) && !page.text.contains(ADMIN.1), "{path}: {}", page.text);
    }
    for (method, path) in
        [("POST", "/environments"), ("GET", "/tokens"), ("GET", "/nowhere"), ("POST", "/contracts/publish")]
    {
        let refused = ask(&broker, Some(&secret), method, path).await;
        assert!(refused.status.is_client_error() && !refused.text.contains(&secret), "{path}: {}", refused.text);
        let unknown = ask(&broker, Some("csn_not-a-token"), method, path).await.expect(401);
        assert!(!unknown.text.contains("not-a-token"), "{path}: {}", unknown.text);
    }
    broker.send(admin(Method::DELETE, &format!("/tokens/{uuid}"))).await.expect(204);
    ask(&broker, Some(&secret), "GET", "/").await.expect(401);
    // clients that know only basic authentication send a token as the password
    let (_, other) = token(&broker, &["read"], None).await;
    broker.send(broker.request(Method::GET, "/").basic_auth("any", Some(other))).await.expect(200);
    broker.stop().await;
}

#[tokio::test]
async fn some_things_can_be_public() {
    let mut config = guarded();
    config.auth.public_heartbeat = true;
    config.auth.public_badges = true;
    let broker = TestBroker::with(config).await;
    for (path, status) in [
        ("/diagnostic/status/heartbeat", 200),
        ("/pacts/provider/a/consumer/b/latest/badge", 200),
        ("/health", 200),
        ("/ready", 200),
        ("/pacticipants", 401),
        ("/metrics", 401),
    ] {
        broker.get(path).await.expect(status);
    }
    broker.stop().await;
    let mut config = guarded();
    config.auth.public_read = true;
    let broker = TestBroker::with(config).await;
    broker.get("/pacticipants").await.expect(200);
    broker.get("/tokens").await.expect(401);
    broker.put("/pacticipants/a/versions/1", &json!({})).await.expect(401);
    broker.stop().await;
}

/// A key made for this test, as PKCS #8.
const KEY: &str = "MC4CAQAwBQYDK2VwBCIEICqbKH7QLFcZNzCaWWGKIN8RCzSVqzJTFjVR1d+PE85Y";
const PUBLIC: &str = "1I-WthhmwG13vN6sWYIb2wECHz6WTpLf2ntx5eSZNvM";

fn signed(algorithm: Algorithm, key: &EncodingKey, claims: &Value) -> String {
    let header = Header { kid: Some("k1".to_owned()), ..Header::new(algorithm) };
    encode(&header, claims, key).unwrap()
}

#[tokio::test]
async fn identities_of_a_provider_are_checked() {
    let keys =
        json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": PUBLIC, "kid": "k1", "alg": "EdDSA", "use": "sig" }] });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let jwks_url = format!("http://{}/keys", listener.local_addr().unwrap());
    let app = Router::new().route("/keys", get(move || async move { keys.to_string() }));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let mut config = Config::in_memory();
    config.auth.oidc = Some(OidcConfig {
        jwks_url,
        issuer: Some("https://id".to_owned()),
        audience: Some("broker".to_owned()),
        role_claim: "realm.roles".to_owned(),
        roles: vec![("ci".to_owned(), Role::Publish)],
    });
    let broker = TestBroker::with(config).await;
    let soon = jiff::Timestamp::now().as_second() + 600;
    let claims = |change: &dyn Fn(&mut Value)| {
        let mut claims = json!({
            "sub": "u1", "email": "dev@example.com", "iss": "https://id", "aud": "broker", "exp": soon,
            "realm": { "roles": ["ci", "something else"] },
        });
        change(&mut claims);
        claims
    };
    let key = EncodingKey::from_ed_der(&STANDARD.decode(KEY).unwrap());
    let good = signed(Algorithm::EdDSA, &key, &claims(&|_| {}));
    ask(&broker, Some(&good), "PUT", "/pacticipants/a/versions/1").await.expect(201);
    ask(&broker, Some(&good), "POST", "/environments").await.expect(403);
    for (why, change) in [
        ("expired", (|c: &mut Value| c["exp"] = json!(1_000_000)) as fn(&mut Value)),
        ("another issuer", |c| c["iss"] = json!("https://evil")),
        ("another audience", |c| c["aud"] = json!("shop")),
        ("no role", |c| c["realm"]["roles"] = json!([])),
    ] {
        let token = signed(Algorithm::EdDSA, &key, &claims(&change));
        assert_eq!(ask(&broker, Some(&token), "GET", "/").await.status.as_u16(), 401, "{why}");
    }
    // a signature made with what everyone knows
    let forged = signed(Algorithm::HS256, &EncodingKey::from_secret(PUBLIC.as_bytes()), &claims(&|_| {}));
    ask(&broker, Some(&forged), "GET", "/").await.expect(401);
    broker.stop().await;
}
