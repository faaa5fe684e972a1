use std::time::Duration;

use reqwest::{Response, StatusCode, Url};
use serde::Deserialize;
use serde_json::json;

use crate::error::InventoryError;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How much of an unexpected body an error shows, in characters.
const SHOWN: usize = 500;

/// What the inventory says about a sku.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct StockLevel {
    /// Whether the asked quantity can be had.
    pub available: bool,
    /// How many are on the shelf.
    pub quantity_left: u32,
    /// Where they are.
    pub warehouse: Warehouse,
    /// What to know when handling it.
    pub tags: Vec<String>,
    /// When it was last restocked (RFC 3339), if it ever was.
    pub restocked_at: Option<String>,
}

/// A place that keeps stock.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Warehouse {
    /// Short name, such as `w-1`.
    pub id: String,
    /// The city it stands in.
    pub city: String,
}

/// The inventory service over REST.
#[derive(Clone, Debug)]
pub struct InventoryClient {
    base_url: String,
    http: reqwest::Client,
}

#[derive(Deserialize)]
struct Reserved {
    reservation_id: String,
}

impl InventoryClient {
    /// A client of the inventory at `base_url`, such as `http://localhost:8080`. Nothing is called yet.
    #[must_use]
    pub fn new(base_url: impl Into<String>) -> Self {
        // an error says that the process has a provider already
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .build()
            .expect("a client with nothing but a time limit can be built once TLS has a provider");
        Self { base_url: base_url.into(), http }
    }

    /// Asks how much of a sku is left and whether `quantity` can be had.
    ///
    /// # Errors
    ///
    /// [`InventoryError::UnknownSku`] for an article that the inventory never had.
    pub async fn check_stock(&self, sku: &str, quantity: u32) -> Result<StockLevel, InventoryError> {
        let url = self.url(&["inventory", sku])?;
        let response = self.http.get(url).query(&[("quantity", quantity)]).send().await?;
        match response.status() {
            StatusCode::OK => Ok(response.json().await?),
            StatusCode::NOT_FOUND => Err(InventoryError::UnknownSku { sku: sku.to_owned() }),
            _ => Err(unexpected("GET", response).await),
        }
    }

    /// Reserves `quantity` of a sku. Returns the reservation's id.
    ///
    /// # Errors
    ///
    /// [`InventoryError::UnknownSku`], or [`InventoryError::Insufficient`] when fewer are left.
    pub async fn reserve(&self, sku: &str, quantity: u32) -> Result<String, InventoryError> {
        let url = self.url(&["inventory", sku, "reservations"])?;
        let response = self.http.post(url).json(&json!({ "quantity": quantity })).send().await?;
        match response.status() {
            StatusCode::CREATED => Ok(response.json::<Reserved>().await?.reservation_id),
            StatusCode::NOT_FOUND => Err(InventoryError::UnknownSku { sku: sku.to_owned() }),
            StatusCode::CONFLICT => Err(InventoryError::Insufficient { sku: sku.to_owned(), requested: quantity }),
            _ => Err(unexpected("POST", response).await),
        }
    }

    /// Gives a reservation up.
    ///
    /// # Errors
    ///
    /// [`InventoryError::UnknownReservation`] if there is none, or it was released before.
    pub async fn release(&self, sku: &str, reservation_id: &str) -> Result<(), InventoryError> {
        let url = self.url(&["inventory", sku, "reservations", reservation_id])?;
        let response = self.http.delete(url).send().await?;
        match response.status() {
            StatusCode::NO_CONTENT => Ok(()),
            StatusCode::NOT_FOUND => Err(InventoryError::UnknownReservation { id: reservation_id.to_owned() }),
            _ => Err(unexpected("DELETE", response).await),
        }
    }

    fn url(&self, path: &[&str]) -> Result<Url, InventoryError> {
        let address = || InventoryError::Address { url: self.base_url.clone() };
        let mut url = Url::parse(&self.base_url).map_err(|_| address())?;
        url.path_segments_mut().map_err(|()| address())?.pop_if_empty().extend(path);
        Ok(url)
    }
}

async fn unexpected(method: &'static str, response: Response) -> InventoryError {
    let (url, status) = (response.url().to_string(), response.status().as_u16());
    let body = response.text().await.unwrap_or_default().chars().take(SHOWN).collect();
    InventoryError::UnexpectedStatus { method, url, status, body }
}
