use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use crate::proto::inventory_service_server::InventoryService;
use crate::proto::{
    CheckStockRequest, CheckStockResponse, ReleaseStockRequest, ReleaseStockResponse, ReserveStockRequest,
    ReserveStockResponse, StockUpdate, WatchStockRequest,
};
use crate::stock::{Level, Stock, StockError, Watch};

/// How many updates wait for a caller that reads slowly before the stock's own buffer takes over.
const UPDATES_AHEAD: usize = 16;

/// The gRPC door onto the stock.
#[derive(Clone)]
pub(crate) struct Grpc {
    stock: Stock,
    /// Turns true when the service stops: open streams end, so that stopping does not wait for watchers.
    stopping: watch::Receiver<bool>,
}

impl Grpc {
    pub(crate) fn new(stock: Stock, stopping: watch::Receiver<bool>) -> Self {
        Self { stock, stopping }
    }

    /// Begins a watch and sends its updates, in the form `render` gives them, until the caller leaves, `max_updates`
    /// are sent or the service stops.
    pub(crate) fn watch<T: Send + 'static>(
        &self,
        request: &WatchStockRequest,
        render: fn(Level) -> T,
    ) -> Result<ReceiverStream<Result<T, Status>>, Status> {
        let watch = self.stock.watch(&request.sku)?;
        let (updates, stream) = mpsc::channel(UPDATES_AHEAD);
        let remaining = (request.max_updates > 0).then_some(request.max_updates);
        tokio::spawn(forward(watch, remaining, updates, render, self.stopping.clone()));
        Ok(ReceiverStream::new(stream))
    }
}

async fn forward<T>(
    mut watch: Watch,
    mut remaining: Option<u32>,
    updates: mpsc::Sender<Result<T, Status>>,
    render: fn(Level) -> T,
    mut stopping: watch::Receiver<bool>,
) {
    let mut level = watch.now.clone();
    loop {
        if updates.send(Ok(render(level))).await.is_err() {
            return;
        }
        remaining = remaining.map(|updates| updates - 1);
        if remaining == Some(0) {
            return;
        }
        level = tokio::select! {
            changed = watch.changed() => match changed {
                Some(level) => level,
                None => return,
            },
            () = updates.closed() => return,
            _ = stopping.wait_for(|stopping| *stopping) => return,
        };
    }
}

#[tonic::async_trait]
impl InventoryService for Grpc {
    type WatchStockStream = ReceiverStream<Result<StockUpdate, Status>>;

    async fn check_stock(&self, request: Request<CheckStockRequest>) -> Result<Response<CheckStockResponse>, Status> {
        let request = request.into_inner();
        let item = self.stock.check(&request.sku)?;
        Ok(Response::new(CheckStockResponse {
            available: item.quantity_left >= request.quantity,
            quantity_left: item.quantity_left,
            warehouse_id: item.warehouse.id,
        }))
    }

    async fn reserve_stock(
        &self,
        request: Request<ReserveStockRequest>,
    ) -> Result<Response<ReserveStockResponse>, Status> {
        let request = request.into_inner();
        let (reservation, quantity_left) = self.stock.reserve(&request.sku, request.quantity)?;
        Ok(Response::new(ReserveStockResponse { reservation_id: reservation.id, quantity_left }))
    }

    async fn release_stock(
        &self,
        request: Request<ReleaseStockRequest>,
    ) -> Result<Response<ReleaseStockResponse>, Status> {
        let level = self.stock.release(&request.into_inner().reservation_id)?;
        Ok(Response::new(ReleaseStockResponse { sku: level.sku, quantity_left: level.quantity_left }))
    }

    async fn watch_stock(
        &self,
        request: Request<WatchStockRequest>,
    ) -> Result<Response<Self::WatchStockStream>, Status> {
        let render = |level: Level| StockUpdate { sku: level.sku, quantity_left: level.quantity_left };
        self.watch(request.get_ref(), render).map(Response::new)
    }
}

impl From<StockError> for Status {
    fn from(error: StockError) -> Self {
        let text = error.to_string();
        match error {
            StockError::UnknownSku { .. } | StockError::UnknownReservation { .. } => Self::not_found(text),
            StockError::Insufficient { .. } => Self::failed_precondition(text),
            StockError::NothingAsked => Self::invalid_argument(text),
        }
    }
}
