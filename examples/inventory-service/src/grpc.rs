use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use crate::proto::inventory_service_server::InventoryService;
use crate::proto::{
    CheckStockRequest, CheckStockResponse, ReleaseStockRequest, ReleaseStockResponse, ReserveStockRequest,
    ReserveStockResponse, RestockLine, RestockSummary, StockUpdate, WatchStockRequest,
};
use crate::stock::{Item, Level, Stock, StockError, Watch};

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

    /// Puts a delivery on the shelf line by line; the lines before a refused one stay there.
    pub(crate) async fn restock(&self, mut lines: Streaming<RestockLine>) -> Result<RestockSummary, Status> {
        let mut summary = RestockSummary::default();
        while let Some(line) = lines.message().await? {
            self.stock.restock(&line.sku, line.quantity)?;
            summary.lines += 1;
            summary.quantity = summary.quantity.saturating_add(line.quantity);
        }
        Ok(summary)
    }

    /// Answers each line of a cart, in the form `render` gives it, until the caller has no more or the service stops.
    pub(crate) fn answers<T: Send + 'static>(
        &self,
        mut lines: Streaming<CheckStockRequest>,
        render: fn(Item, u32) -> T,
    ) -> ReceiverStream<Result<T, Status>> {
        let (answers, stream) = mpsc::channel(UPDATES_AHEAD);
        let (stock, mut stopping) = (self.stock.clone(), self.stopping.clone());
        tokio::spawn(async move {
            loop {
                let line = tokio::select! {
                    line = lines.message() => line,
                    _ = stopping.wait_for(|stopping| *stopping) => return,
                };
                let answer = match line {
                    Ok(Some(line)) => {
                        stock.check(&line.sku).map(|item| render(item, line.quantity)).map_err(Status::from)
                    }
                    Ok(None) => return,
                    Err(status) => Err(status),
                };
                let is_last = answer.is_err();
                if answers.send(answer).await.is_err() || is_last {
                    return;
                }
            }
        });
        ReceiverStream::new(stream)
    }
}

/// What is said of an item of which a quantity is wanted.
fn stock_check(item: Item, quantity: u32) -> CheckStockResponse {
    CheckStockResponse {
        available: item.quantity_left >= quantity,
        quantity_left: item.quantity_left,
        warehouse_id: item.warehouse.id,
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
        Ok(Response::new(stock_check(self.stock.check(&request.sku)?, request.quantity)))
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

    type CheckCartStream = ReceiverStream<Result<CheckStockResponse, Status>>;

    async fn restock_in_bulk(
        &self,
        request: Request<Streaming<RestockLine>>,
    ) -> Result<Response<RestockSummary>, Status> {
        self.restock(request.into_inner()).await.map(Response::new)
    }

    async fn check_cart(
        &self,
        request: Request<Streaming<CheckStockRequest>>,
    ) -> Result<Response<Self::CheckCartStream>, Status> {
        Ok(Response::new(self.answers(request.into_inner(), stock_check)))
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
