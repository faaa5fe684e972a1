//! The same doors as a careless next version would build them. Every line of it looks harmless in a review: quantities
//! become texts, and the warehouse moves (gRPC) or goes (REST). Consumers that read those fields break.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use crate::breaking::proto::inventory_service_server::InventoryService;
use crate::grpc::Grpc;
use crate::proto::inventory_service_server::InventoryService as CurrentInventoryService;
use crate::proto::{
    CheckStockRequest, ReleaseStockRequest, ReserveStockRequest, RestockLine, RestockSummary, WatchStockRequest,
};
use crate::rest::{self, Refusal, Wanted};
use crate::stock::{Item, Level, Stock};

/// What is generated from `proto/breaking/inventory.proto`.
#[allow(missing_docs, unreachable_pub, clippy::all, reason = "generated code")]
pub(crate) mod proto {
    include!(concat!(env!("OUT_DIR"), "/breaking/inventory.v1.rs"));
}

/// The REST door with its breaking change.
pub(crate) fn router(stock: Stock) -> Router {
    Router::new().route("/inventory/{sku}", get(check_stock)).merge(rest::reservations()).with_state(stock)
}

#[derive(Serialize)]
struct StockBody {
    available: bool,
    quantity_left: String,
    tags: Vec<String>,
    restocked_at: Option<String>,
}

async fn check_stock(
    State(stock): State<Stock>,
    Path(sku): Path<String>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<StockBody>, Refusal> {
    let (item, available) = rest::look_up(&stock, &sku, wanted)?;
    Ok(Json(StockBody {
        available,
        quantity_left: item.quantity_left.to_string(),
        tags: item.tags,
        restocked_at: item.restocked_at.map(|at| at.to_string()),
    }))
}

/// The gRPC door with its breaking change: does what the current one does and answers in the new messages.
pub(crate) struct BreakingGrpc {
    pub(crate) current: Grpc,
    pub(crate) stock: Stock,
}

#[tonic::async_trait]
impl InventoryService for BreakingGrpc {
    type WatchStockStream = ReceiverStream<Result<proto::StockUpdate, Status>>;

    async fn check_stock(
        &self,
        request: Request<CheckStockRequest>,
    ) -> Result<Response<proto::CheckStockResponse>, Status> {
        let request = request.into_inner();
        Ok(Response::new(stock_check(self.stock.check(&request.sku)?, request.quantity)))
    }

    async fn reserve_stock(
        &self,
        request: Request<ReserveStockRequest>,
    ) -> Result<Response<proto::ReserveStockResponse>, Status> {
        let current = self.current.reserve_stock(request).await?.into_inner();
        Ok(Response::new(proto::ReserveStockResponse {
            reservation_id: current.reservation_id,
            quantity_left: current.quantity_left.to_string(),
        }))
    }

    async fn release_stock(
        &self,
        request: Request<ReleaseStockRequest>,
    ) -> Result<Response<proto::ReleaseStockResponse>, Status> {
        let current = self.current.release_stock(request).await?.into_inner();
        Ok(Response::new(proto::ReleaseStockResponse {
            sku: current.sku,
            quantity_left: current.quantity_left.to_string(),
        }))
    }

    async fn watch_stock(
        &self,
        request: Request<WatchStockRequest>,
    ) -> Result<Response<Self::WatchStockStream>, Status> {
        let render =
            |level: Level| proto::StockUpdate { sku: level.sku, quantity_left: level.quantity_left.to_string() };
        self.current.watch(request.get_ref(), render).map(Response::new)
    }

    type CheckCartStream = ReceiverStream<Result<proto::CheckStockResponse, Status>>;

    async fn restock_in_bulk(
        &self,
        request: Request<Streaming<RestockLine>>,
    ) -> Result<Response<RestockSummary>, Status> {
        self.current.restock(request.into_inner()).await.map(Response::new)
    }

    async fn check_cart(
        &self,
        request: Request<Streaming<CheckStockRequest>>,
    ) -> Result<Response<Self::CheckCartStream>, Status> {
        Ok(Response::new(self.current.answers(request.into_inner(), stock_check)))
    }
}

fn stock_check(item: Item, quantity: u32) -> proto::CheckStockResponse {
    proto::CheckStockResponse {
        available: item.quantity_left >= quantity,
        quantity_left: item.quantity_left.to_string(),
        warehouse: Some(proto::Warehouse { id: item.warehouse.id, city: item.warehouse.city }),
    }
}
