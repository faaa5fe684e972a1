use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::stock::{Item, Stock, StockError, Warehouse};

/// The REST door: what is left of a sku, reserving some, releasing it again.
pub(crate) fn router(stock: Stock) -> Router {
    Router::new().route("/inventory/{sku}", get(check_stock)).merge(reservations()).with_state(stock)
}

/// The part of the door that looks the same in both behaviours.
pub(crate) fn reservations() -> Router<Stock> {
    Router::new()
        .route("/inventory/{sku}/reservations", post(reserve))
        .route("/inventory/{sku}/reservations/{id}", delete(release))
        .fallback(|| async { problem(StatusCode::NOT_FOUND, "no such resource") })
}

/// `?quantity=`; without it the question is about a single one.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default = "one")]
    pub(crate) quantity: u32,
}

fn one() -> u32 {
    1
}

#[derive(Serialize)]
struct StockBody {
    available: bool,
    quantity_left: u32,
    warehouse: Warehouse,
    tags: Vec<String>,
    restocked_at: Option<String>,
}

async fn check_stock(
    State(stock): State<Stock>,
    Path(sku): Path<String>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<StockBody>, Refusal> {
    let (item, available) = look_up(&stock, &sku, wanted)?;
    Ok(Json(StockBody {
        available,
        quantity_left: item.quantity_left,
        warehouse: item.warehouse,
        tags: item.tags,
        restocked_at: item.restocked_at.map(|at| at.to_string()),
    }))
}

/// The item asked about, and whether enough of it is left.
pub(crate) fn look_up(
    stock: &Stock,
    sku: &str,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<(Item, bool), Refusal> {
    let Query(wanted) = wanted.map_err(|rejection| Refusal::Malformed(rejection.body_text()))?;
    let item = stock.check(sku)?;
    let available = item.quantity_left >= wanted.quantity;
    Ok((item, available))
}

#[derive(Deserialize)]
struct ReservationWish {
    quantity: u32,
}

async fn reserve(
    State(stock): State<Stock>,
    Path(sku): Path<String>,
    wish: Result<Json<ReservationWish>, JsonRejection>,
) -> Result<Response, Refusal> {
    let Json(wish) = wish.map_err(|rejection| Refusal::Malformed(rejection.body_text()))?;
    let (reservation, quantity_left) = stock.reserve(&sku, wish.quantity)?;
    let location = format!("/inventory/{sku}/reservations/{}", reservation.id);
    let body = json!({
        "reservation_id": reservation.id,
        "sku": reservation.sku,
        "quantity": reservation.quantity,
        "quantity_left": quantity_left,
    });
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(body)).into_response())
}

async fn release(State(stock): State<Stock>, Path((sku, id)): Path<(String, String)>) -> Result<StatusCode, Refusal> {
    stock.check(&sku)?;
    // an id of another sku is as unknown under this one as an id nobody gave out
    if stock.reservation(&id).is_none_or(|reservation| reservation.sku != sku) {
        return Err(StockError::UnknownReservation { id }.into());
    }
    stock.release(&id)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a request was turned down; renders as JSON with an `error` text.
pub(crate) enum Refusal {
    Stock(StockError),
    Malformed(String),
}

impl From<StockError> for Refusal {
    fn from(error: StockError) -> Self {
        Self::Stock(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let error = match self {
            Self::Malformed(text) => return problem(StatusCode::BAD_REQUEST, &text),
            Self::Stock(error) => error,
        };
        let text = error.to_string();
        match error {
            StockError::UnknownSku { sku } => {
                (StatusCode::NOT_FOUND, Json(json!({ "error": text, "sku": sku }))).into_response()
            }
            StockError::UnknownReservation { id } => {
                (StatusCode::NOT_FOUND, Json(json!({ "error": text, "reservation_id": id }))).into_response()
            }
            StockError::Insufficient { sku, requested, quantity_left } => {
                let body = json!({ "error": text, "sku": sku, "requested": requested, "quantity_left": quantity_left });
                (StatusCode::CONFLICT, Json(body)).into_response()
            }
            StockError::NothingAsked => problem(StatusCode::UNPROCESSABLE_ENTITY, &text),
        }
    }
}

fn problem(status: StatusCode, text: &str) -> Response {
    (status, Json(json!({ "error": text }))).into_response()
}
