use thiserror::Error;

use crate::error::InventoryError;
use crate::grpc::InventoryGrpc;
use crate::rest::InventoryClient;

/// What a customer wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The article.
    pub sku: String,
    /// How many.
    pub quantity: u32,
}

/// An order that was placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// What the inventory holds the articles under.
    pub reservation_id: String,
    /// The city the parcel leaves from.
    pub ships_from: String,
    /// Whether the parcel must be handled with care.
    pub fragile: bool,
}

/// Why an order was not placed. Nothing is reserved then.
#[derive(Debug, Error)]
pub enum OrderError {
    /// Fewer are left than were ordered.
    #[error("only {quantity_left} of sku {sku} are left, {requested} were ordered")]
    SoldOut {
        /// The article ordered.
        sku: String,
        /// How many were ordered.
        requested: u32,
        /// How many are left.
        quantity_left: u32,
    },
    /// The inventory did not answer as it should.
    #[error(transparent)]
    Inventory(#[from] InventoryError),
}

/// Places orders.
#[derive(Clone, Debug)]
pub struct Orders {
    catalogue: InventoryClient,
    reservations: InventoryGrpc,
}

impl Orders {
    /// Checks stock through `catalogue` and reserves it through `reservations`.
    #[must_use]
    pub fn new(catalogue: InventoryClient, reservations: InventoryGrpc) -> Self {
        Self { catalogue, reservations }
    }

    /// Checks the stock, reserves it and says where the parcel leaves from.
    ///
    /// # Errors
    ///
    /// [`OrderError::SoldOut`] when fewer are left than ordered, also if somebody else was faster in between.
    pub async fn place(&self, order: &Order) -> Result<Confirmation, OrderError> {
        let level = self.catalogue.check_stock(&order.sku, order.quantity).await?;
        if !level.available {
            return Err(sold_out(order, level.quantity_left));
        }
        match self.reservations.reserve(&order.sku, order.quantity).await {
            Ok(reservation_id) => Ok(Confirmation {
                reservation_id,
                ships_from: level.warehouse.city,
                fragile: level.tags.iter().any(|tag| tag == "fragile"),
            }),
            Err(InventoryError::Insufficient { .. }) => {
                let left = self.reservations.check_stock(&order.sku, order.quantity).await?.quantity_left;
                Err(sold_out(order, left))
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn sold_out(order: &Order, quantity_left: u32) -> OrderError {
    OrderError::SoldOut { sku: order.sku.clone(), requested: order.quantity, quantity_left }
}
