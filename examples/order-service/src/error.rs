use thiserror::Error;

/// Why the inventory service could not help.
#[derive(Debug, Error)]
pub enum InventoryError {
    /// The inventory does not know the article.
    #[error("the inventory does not know sku {sku}")]
    UnknownSku {
        /// The article asked for.
        sku: String,
    },
    /// The inventory does not know the reservation, or it was released before.
    #[error("the inventory does not know reservation {id}")]
    UnknownReservation {
        /// The reservation asked for.
        id: String,
    },
    /// Fewer are left than were asked for; nothing was reserved.
    #[error("fewer than {requested} of sku {sku} are left")]
    Insufficient {
        /// The article asked for.
        sku: String,
        /// How many were asked for.
        requested: u32,
    },
    /// An answer over REST that the API does not speak of.
    #[error("the inventory answered {method} {url} with status {status}: {body}")]
    UnexpectedStatus {
        /// The request's method.
        method: &'static str,
        /// The address called.
        url: String,
        /// The HTTP status.
        status: u16,
        /// The start of the body.
        body: String,
    },
    /// The inventory's address is not one.
    #[error("\"{url}\" is not an address of an inventory service")]
    Address {
        /// The address as given.
        url: String,
    },
    /// The call did not get through, or its answer could not be read.
    #[error("calling the inventory over REST failed")]
    Rest(#[from] reqwest::Error),
    /// No gRPC connection.
    #[error("connecting to the inventory over gRPC failed")]
    Connection(#[from] tonic::transport::Error),
    /// A gRPC status that the API does not speak of.
    #[error("the inventory's {method} failed: {status}")]
    Status {
        /// The method called.
        method: &'static str,
        /// What came back.
        status: Box<tonic::Status>,
    },
}
