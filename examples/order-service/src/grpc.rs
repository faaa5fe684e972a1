use std::time::Duration;

use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status, Streaming};

use crate::error::InventoryError;
use crate::proto::inventory_service_client::InventoryServiceClient;
use crate::proto::{CheckStockRequest, ReleaseStockRequest, ReserveStockRequest, StockUpdate, WatchStockRequest};

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
        let check = answer.map_err(|status| about_sku("CheckStock", sku, quantity, status))?.into_inner();
        Ok(StockCheck {
            available: check.available,
            quantity_left: check.quantity_left,
            warehouse_id: check.warehouse_id,
        })
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
