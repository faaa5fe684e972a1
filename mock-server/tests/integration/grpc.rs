//! gRPC calls by an ordinary tonic client.

use countersign_core::protobuf::{CallPattern, GrpcCall, Outcome, Schema, register};
use countersign_mock_server::prelude::*;
use countersign_mock_server::{Config, MockServer};
use futures::StreamExt as _;
use serde_json::json;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use crate::support::{fetch, http2_client, panic_text, read_pact, without_port};

pub(crate) const PROTO: &str = "tests/proto/inventory.proto";
pub(crate) const CHECK_STOCK: &str = "inventory.v1.InventoryService/CheckStock";

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct CheckStockRequest {
    #[prost(string, tag = "1")]
    sku: String,
    #[prost(int32, tag = "2")]
    quantity: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct CheckStockResponse {
    #[prost(bool, tag = "1")]
    pub(crate) available: bool,
    #[prost(int32, tag = "2")]
    pub(crate) quantity_left: i32,
    #[prost(message, optional, tag = "3")]
    warehouse: Option<Warehouse>,
    #[prost(string, repeated, tag = "4")]
    tags: Vec<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Warehouse {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(sint64, tag = "2")]
    floor: i64,
}

pub(crate) type Client = tonic::client::Grpc<Channel>;

async fn connect(url: String) -> Client {
    tonic::client::Grpc::new(Channel::from_shared(url).unwrap().connect().await.unwrap())
}

pub(crate) async fn call(
    client: &mut Client,
    method: &str,
    request: Request<CheckStockRequest>,
) -> Result<Response<CheckStockResponse>, Status> {
    client.ready().await.unwrap();
    let codec = tonic_prost::ProstCodec::<CheckStockRequest, CheckStockResponse>::default();
    client.unary(request, format!("/{method}").parse().unwrap(), codec).await
}

pub(crate) fn check(sku: &str, quantity: i32) -> Request<CheckStockRequest> {
    Request::new(CheckStockRequest { sku: sku.to_owned(), quantity })
}

pub(crate) fn inventory() -> Pact {
    Pact::between("order-service", "inventory-service").proto_include("tests/proto/shared")
}

pub(crate) fn known_sku(pact: Pact) -> Pact {
    pact.grpc("a stock check for a known sku", |i| {
        i.given("stock exists", json!({ "sku": "ABC-1", "quantity": 5 }))
            .method(PROTO, CHECK_STOCK)
            .request(json!({ "sku": regex("[A-Z]+-[0-9]", "ABC-1"), "quantity": integer(2) }))
            .response(json!({
                "available": true,
                "quantity_left": integer(5),
                "warehouse": { "id": not_empty("w-1"), "floor": -3 },
                "tags": each_like("fragile"),
            }))
    })
}

fn unknown_sku(pact: Pact) -> Pact {
    pact.grpc("a sku nobody knows", |i| {
        i.method(PROTO, CHECK_STOCK)
            .request(json!({ "sku": "NOPE", "quantity": 1 }))
            .status(Code::NotFound, "unknown sku: 100 % äh")
    })
}

#[tokio::test]
async fn rest_and_grpc_answer_on_one_port_and_are_recorded_together() {
    let directory = tempfile::tempdir().unwrap();
    let inventory = unknown_sku(known_sku(inventory()))
        .http("a health check", |i| i.request(get("/health")).response(ok()))
        .output_dir(directory.path())
        .start()
        .await;
    let mut client = connect(inventory.url()).await;

    let response = call(&mut client, CHECK_STOCK, check("XYZ-7", 40)).await.unwrap().into_inner();
    let expected = CheckStockResponse {
        available: true,
        quantity_left: 5,
        warehouse: Some(Warehouse { id: "w-1".to_owned(), floor: -3 }),
        tags: vec!["fragile".to_owned()],
    };
    assert_eq!(response, expected);
    let status = call(&mut client, CHECK_STOCK, check("NOPE", 1)).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::NotFound, "unknown sku: 100 % äh"));
    assert_eq!(fetch(format!("{}/health", inventory.url())).await.status(), 200);

    let pact = read_pact(&inventory.try_finish().await.unwrap());
    let descriptions: Vec<_> = pact.interactions.iter().map(|interaction| interaction.description.as_str()).collect();
    assert_eq!(descriptions, ["a health check", "a sku nobody knows", "a stock check for a known sku"]);
    let recorded = GrpcCall::from_interaction(&pact, &pact.interactions[2]).unwrap();
    assert_eq!(recorded.method.path(), format!("/{CHECK_STOCK}"));

    // what was recorded can be played again
    let again = MockServer::start(&pact, &Config::default()).unwrap();
    let response = call(&mut connect(again.url()).await, CHECK_STOCK, check("XYZ-7", 40)).await.unwrap().into_inner();
    assert_eq!(response, expected);
    again.stop().await;
}

#[test]
fn a_call_says_as_much_about_itself_as_an_http_interaction() {
    let contract = inventory().grpc("a stock check", |i| {
        i.given_state("stock exists")
            .comment("asked by the checkout page")
            .comment("and by the warehouse")
            .comment_entry("ticket", "SHOP-7")
            .key("stock-check")
            .pending()
            .method(PROTO, CHECK_STOCK)
            .request(json!({ "sku": "ABC-1" }))
            .response(json!({ "available": true }))
    });
    let pact = contract.into_document();
    let read = countersign_core::format::read(&countersign_core::format::write(&pact)).unwrap();
    let call = &read.interactions[0];
    assert_eq!((call.key.as_deref(), call.pending), (Some("stock-check"), true));
    assert_eq!(call.comments["text"], json!(["asked by the checkout page", "and by the warehouse"]));
    assert_eq!(call.comments["ticket"], "SHOP-7");
    assert_eq!(call.provider_states[0].name, "stock exists");
    assert!(GrpcCall::from_interaction(&read, call).is_ok());
}

#[tokio::test]
async fn a_client_hears_what_differs() {
    let server = MockServer::start(&unknown_sku(known_sku(inventory())).into_document(), &Config::default()).unwrap();
    let mut client = connect(server.url()).await;
    let status = call(&mut client, CHECK_STOCK, check("abc", 2)).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    insta::assert_snapshot!(status.message(), @r#"inventory.v1.InventoryService/CheckStock differs from 'a stock check for a known sku (given stock exists)'; $.sku: expected text matching [A-Z]+-[0-9] like "ABC-1", but got "abc""#);

    let status = call(&mut client, "inventory.v1.InventoryService/ReleaseStock", check("ABC-1", 2)).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    insta::assert_snapshot!(status.message(), @r#"no interaction expects inventory.v1.InventoryService/ReleaseStock; the closest is 'a stock check for a known sku (given stock exists)'; path: expected "/inventory.v1.InventoryService/CheckStock", but got "/inventory.v1.InventoryService/ReleaseStock""#);
    insta::assert_snapshot!(server.report().to_string(), @r#"
    ✗ a stock check for a known sku (given stock exists)
        inventory.v1.InventoryService/CheckStock is not what was agreed:
        $.sku
          - expected text matching [A-Z]+-[0-9] like "ABC-1"
          + but got "abc"
    ✗ a sku nobody knows
        was agreed but never asked for: inventory.v1.InventoryService/CheckStock
    ? inventory.v1.InventoryService/ReleaseStock
        was asked for but never agreed on; closest is 'a stock check for a known sku (given stock exists)':
        path
          - expected "/inventory.v1.InventoryService/CheckStock"
          + but got "/inventory.v1.InventoryService/ReleaseStock"
    "#);
    server.stop().await;
}

#[tokio::test]
async fn metadata_is_agreed_on_both_ways() {
    let directory = tempfile::tempdir().unwrap();
    let inventory = inventory()
        .grpc("a check by a tenant", |i| {
            i.method(PROTO, CHECK_STOCK)
                .request(json!({ "sku": "ABC-1" }))
                .metadata("x-tenant", regex("[a-z]+", "acme"))
                .response(json!({ "available": true }))
                .metadata("x-warehouse", "w-1")
        })
        .output_dir(directory.path())
        .start()
        .await;
    let mut client = connect(inventory.url()).await;
    let mut request = check("ABC-1", 0);
    request.metadata_mut().insert("x-tenant", "globex".parse().unwrap());
    let response = call(&mut client, CHECK_STOCK, request).await.unwrap();
    assert_eq!(response.metadata().get("x-warehouse").unwrap(), "w-1");

    let mut request = check("ABC-1", 0);
    request.metadata_mut().insert("x-tenant", "007".parse().unwrap());
    let status = call(&mut client, CHECK_STOCK, request).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    let port = inventory.port();
    let error = inventory.try_finish().await.unwrap_err();
    insta::assert_snapshot!(without_port(&error.to_string(), port), @r#"
    the contract between order-service and inventory-service was not kept:
      ✓ a check by a tenant
      ✗ a check by a tenant
          inventory.v1.InventoryService/CheckStock is not what was agreed:
          metadata x-tenant
            - expected text matching [a-z]+ like "acme"
            + but got "007"
    "#);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_its_own_status() {
    let server = MockServer::start(&known_sku(inventory()).into_document(), &Config::default()).unwrap();
    let small =
        MockServer::start(&known_sku(inventory()).into_document(), &Config { max_body: 1_000, ..Config::default() });
    let small = small.unwrap();
    let mut client = connect(small.url()).await;
    let status = call(&mut client, CHECK_STOCK, check(&"A".repeat(2_000), 2)).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status}");
    small.stop().await;

    let client = http2_client();
    let post = |body: &'static [u8]| {
        let request = client.post(format!("{}/{CHECK_STOCK}", server.url()));
        async move { request.header("content-type", "application/grpc").body(body).send().await.unwrap() }
    };
    for (body, what) in
        [(&b"\0\0\0\0\x02\x0a"[..], "cut off"), (b"\0\0\0\0\x02\x0a\xff", "no message of the type"), (b"", "empty")]
    {
        let response = post(body).await;
        assert_eq!(
            (response.status().as_u16(), &response.headers()["grpc-status"]),
            (200, &"3".parse().unwrap()),
            "{what}"
        );
    }
    let response =
        client.get(format!("{}/x", server.url())).header("content-type", "application/grpc").send().await.unwrap();
    assert_eq!(response.status(), 405);
    server.stop().await;
}

#[tokio::test]
async fn a_pact_that_tells_a_stream_is_played_as_one() {
    let includes = ["tests/proto/shared".into()];
    let schema = Schema::compile(PROTO.as_ref(), &includes).unwrap();
    let method = schema.method("inventory.v1.InventoryService/WatchStock").unwrap();
    let pattern = CallPattern {
        request: json!({ "sku": "ABC-1" }),
        request_metadata: Default::default(),
        outcome: Outcome::Messages(vec![json!({ "quantity_left": 5 }), json!({ "quantity_left": 4 })]),
        response_metadata: Default::default(),
    };
    let mut pact = inventory().into_document();
    pact.interactions.push(pattern.to_interaction("stock updates", &schema, &method).unwrap());
    register(&mut pact, &schema);
    let server = MockServer::start(&pact, &Config::default()).unwrap();

    let mut client = connect(server.url()).await;
    client.ready().await.unwrap();
    let codec = tonic_prost::ProstCodec::<CheckStockRequest, CheckStockResponse>::default();
    let updates = client.server_streaming(check("ABC-1", 0), method.path().parse().unwrap(), codec).await.unwrap();
    let updates: Vec<_> = updates.into_inner().map(|update| update.unwrap().quantity_left).collect().await;
    assert_eq!(updates, [5, 4]);
    assert!(server.report().is_success());
    server.stop().await;
}

#[test]
fn misuse_is_reported_in_a_sentence() {
    let refused = |build: fn() -> Pact| {
        let panic = std::panic::catch_unwind(|| drop(build())).unwrap_err();
        panic_text(panic.as_ref())
    };
    let texts = [
        refused(|| inventory().grpc("a", |i| i.method("nowhere.proto", "a.B/C").request(()).response(()))),
        refused(|| {
            inventory().grpc("b", |i| i.method(PROTO, "inventory.v1.InventoryService/Sell").request(()).response(()))
        }),
        refused(|| {
            let requests = [json!({}), json!({})];
            inventory().grpc("c", |i| i.method(PROTO, CHECK_STOCK).requests(requests).response(json!({})))
        }),
        refused(|| {
            inventory().grpc("d", |i| i.method(PROTO, CHECK_STOCK).request(json!({ "skuu": "A" })).response(json!({})))
        }),
        refused(|| inventory().grpc("e", |i| i.method(PROTO, CHECK_STOCK).request(json!({})).status(Code::Ok, ""))),
    ];
    insta::assert_snapshot!(texts.join("\n"), @r"
    the call 'a' cannot be used: cannot read nowhere.proto: No such file or directory (os error 2)
    the call 'b' cannot be used: the service inventory.v1.InventoryService has no method 'Sell'; the methods are CheckStock, ReleaseStock, WatchStock, Restock, Negotiate
    the call 'c' cannot be used: /inventory.v1.InventoryService/CheckStock takes one request, and 2 were said
    the call 'd' cannot be used: request $: inventory.v1.CheckStockRequest has no field 'skuu', it has sku, quantity
    a call that succeeds has a message: say it with `response`
    ");
}
