use std::time::Duration;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status, Streaming};

use crate::error::InventoryError;
use crate::proto::inventory_service_client::InventoryServiceClient;
use crate::proto::{
    CheckStockRequest, CheckStockResponse, ReleaseStockRequest, ReserveStockRequest, RestockLine, StockUpdate,
    WatchStockRequest,
};

/// How long connecting may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the inventory says about a sku over gRPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockCheck {
    /// Whether the asked quantity can be had.
    pub available: bool,
    /// How many are on the shelf.
    pub quantity_left: u32,
    /// The warehouse that has them, such as `w-1`.
    pub warehouse_id: String,
}

/// The inventory service over gRPC. Clones share one connection.
#[derive(Clone, Debug)]
pub struct InventoryGrpc {
    client: InventoryServiceClient<Channel>,
}

/// The quantities of one sku as they change.
#[derive(Debug)]
pub struct StockWatch {
    updates: Streaming<StockUpdate>,
}

/// A cart whose lines are checked as they are put into it.
#[derive(Debug)]
pub struct Cart {
    lines: mpsc::Sender<CheckStockRequest>,
    answers: Streaming<CheckStockResponse>,
}

impl InventoryGrpc {
    /// Connects to the inventory at `url`, such as `http://localhost:50051`.
    ///
    /// # Errors
    ///
    /// [`InventoryError::Connection`] if nothing answers there within 5 seconds.
    pub async fn connect(url: impl Into<String>) -> Result<Self, InventoryError> {
        let url = url.into();
        let endpoint = Endpoint::from_shared(url.clone()).map_err(|_| InventoryError::Address { url })?;
        let channel = endpoint.connect_timeout(PATIENCE).connect().await?;
        Ok(Self { client: InventoryServiceClient::new(channel) })
    }

    /// Asks how much of a sku is left and whether `quantity` can be had.
    ///
    /// # Errors
    ///
    /// [`InventoryError::UnknownSku`] for an article that the inventory never had.
    pub async fn check_stock(&self, sku: &str, quantity: u32) -> Result<StockCheck, InventoryError> {
        let request = CheckStockRequest { sku: sku.to_owned(), quantity };
        let answer = self.client.clone().check_stock(request).await;
        Ok(answer.map_err(|status| about_sku("CheckStock", sku, quantity, status))?.into_inner().into())
    }

    /// Reserves `quantity` of a sku. Returns the reservation's id.
    ///
    /// # Errors
    ///
    /// [`InventoryError::UnknownSku`], or [`InventoryError::Insufficient`] when fewer are left.
    pub async fn reserve(&self, sku: &str, quantity: u32) -> Result<String, InventoryError> {
        let request = ReserveStockRequest { sku: sku.to_owned(), quantity };
        let answer = self.client.clone().reserve_stock(request).await;
        let reserved = answer.map_err(|status| about_sku("ReserveStock", sku, quantity, status))?;
        Ok(reserved.into_inner().reservation_id)
    }

    /// Gives a reservation up. Returns how many of its sku are on the shelf again.
    ///
    /// # Errors
    ///
    /// [`InventoryError::UnknownReservation`] if there is none, or it was released before.
    pub async fn release(&self, reservation_id: &str) -> Result<u32, InventoryError> {
        let request = ReleaseStockRequest { reservation_id: reservation_id.to_owned() };
        let released = self.client.clone().release_stock(request).await.map_err(|status| match status.code() {
            Code::NotFound => InventoryError::UnknownReservation { id: reservation_id.to_owned() },
            _ => InventoryError::Status { method: "ReleaseStock", status: Box::new(status) },
        })?;
        Ok(released.into_inner().quantity_left)
    }

    /// Follows a sku: its level now and every change, `max_updates` of them or, with 0, without end.
    ///
    /// # Errors
    ///
    /// [`InventoryError::UnknownSku`] for an article that the inventory never had.
    pub async fn watch(&self, sku: &str, max_updates: u32) -> Result<StockWatch, InventoryError> {
        let request = WatchStockRequest { sku: sku.to_owned(), max_updates };
        let answer = self.client.clone().watch_stock(request).await;
        let updates = answer.map_err(|status| about_sku("WatchStock", sku, 0, status))?.into_inner();
        Ok(StockWatch { updates })
    }
}

impl InventoryGrpc {
    /// Hands returned goods back: each sku with its quantity. Returns how many came in all.
    ///
    /// # Errors
    ///
    /// [`InventoryError::Status`] if the inventory refuses a line; those before it were taken.
    pub async fn restock(&self, lines: Vec<(String, u32)>) -> Result<u32, InventoryError> {
        let lines = lines.into_iter().map(|(sku, quantity)| RestockLine { sku, quantity });
        let answer = self.client.clone().restock_in_bulk(tokio_stream::iter(lines)).await;
        let failed = |status| InventoryError::Status { method: "RestockInBulk", status: Box::new(status) };
        Ok(answer.map_err(failed)?.into_inner().quantity)
    }

    /// Opens a cart whose lines are checked one by one.
    ///
    /// # Errors
    ///
    /// [`InventoryError::Status`] if the inventory does not take carts.
    pub async fn cart(&self) -> Result<Cart, InventoryError> {
        let (lines, stream) = mpsc::channel(1);
        let answer = self.client.clone().check_cart(ReceiverStream::new(stream)).await;
        let failed = |status| InventoryError::Status { method: "CheckCart", status: Box::new(status) };
        Ok(Cart { lines, answers: answer.map_err(failed)?.into_inner() })
    }
}

impl Cart {
    /// Puts a line into the cart, and says whether it can be had.
    ///
    /// # Errors
    ///
    /// [`InventoryError::UnknownSku`] for an article that the inventory never had; the cart is closed then.
    pub async fn put(&mut self, sku: &str, quantity: u32) -> Result<StockCheck, InventoryError> {
        let failed = |status| about_sku("CheckCart", sku, quantity, status);
        let closed = || failed(Status::unavailable("the inventory closed the cart"));
        self.lines.send(CheckStockRequest { sku: sku.to_owned(), quantity }).await.map_err(|_| closed())?;
        let answer = self.answers.message().await.map_err(failed)?;
        answer.map(StockCheck::from).ok_or_else(closed)
    }

    /// Closes the cart, and waits until the inventory has closed it too.
    ///
    /// # Errors
    ///
    /// [`InventoryError::Status`] if it ended in another way.
    pub async fn close(mut self) -> Result<(), InventoryError> {
        drop(self.lines);
        let failed = |status| InventoryError::Status { method: "CheckCart", status: Box::new(status) };
        while self.answers.message().await.map_err(failed)?.is_some() {}
        Ok(())
    }
}

impl From<CheckStockResponse> for StockCheck {
    fn from(check: CheckStockResponse) -> Self {
        Self { available: check.available, quantity_left: check.quantity_left, warehouse_id: check.warehouse_id }
    }
}

impl StockWatch {
    /// The next quantity; `None` when the inventory has no more to tell.
    ///
    /// # Errors
    ///
    /// [`InventoryError::Status`] if the stream breaks or an update cannot be read.
    pub async fn next(&mut self) -> Result<Option<u32>, InventoryError> {
        match self.updates.message().await {
            Ok(update) => Ok(update.map(|update| update.quantity_left)),
            Err(status) => Err(InventoryError::Status { method: "WatchStock", status: Box::new(status) }),
        }
    }
}

fn about_sku(method: &'static str, sku: &str, requested: u32, status: Status) -> InventoryError {
    match status.code() {
        Code::NotFound => InventoryError::UnknownSku { sku: sku.to_owned() },
        Code::FailedPrecondition => InventoryError::Insufficient { sku: sku.to_owned(), requested },
        _ => InventoryError::Status { method, status: Box::new(status) },
    }
}
