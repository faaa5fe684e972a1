use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::stock::{Item, Stock, StockError};

/// How long a state that waits for a watcher waits before it gives up.
const WATCHER_PATIENCE: Duration = Duration::from_secs(30);

/// The situations that [`set_up`] knows.
pub const STATES: [&str; 4] =
    ["stock exists", "stock sells while it is watched", "a reservation exists", "the sku is unknown"];

/// Why a provider state could not be set up.
#[derive(Debug, Error)]
pub enum StateError {
    /// The warehouse knows no such situation.
    #[error("unknown provider state \"{0}\"")]
    Unknown(String),
    /// A parameter the state needs is missing or of the wrong kind.
    #[error("provider state \"{state}\" needs {parameter}")]
    Parameter {
        /// The state asked for.
        state: String,
        /// What it needs, in words.
        parameter: &'static str,
    },
    /// The stock refused: the parameters contradict each other.
    #[error("provider state \"{state}\": {source}")]
    Stock {
        /// The state asked for.
        state: String,
        /// What the stock said.
        source: StockError,
    },
}

/// Brings the stock into the situation a contract speaks of.
///
/// | state | parameters |
/// |---|---|
/// | `stock exists` | `sku`, `quantity` |
/// | `stock sells while it is watched` | `sku`, `quantity`, `sold` |
/// | `a reservation exists` | `sku`, `quantity` (left), `reserved`, `reservation_id` |
/// | `the sku is unknown` | `sku` |
///
/// # Errors
///
/// [`StateError`] says which state or parameter is not as it should be; the stock is then as it was, except for a
/// reservation that `quantity` and `reserved` make impossible.
pub fn set_up(stock: &Stock, state: &str, params: &Map<String, Value>) -> Result<(), StateError> {
    let params = Params { state, params };
    let known_sku = |quantity: u32| -> Result<&str, StateError> {
        let sku = params.text("sku", "a sku")?;
        stock.put(sku, Item::restocked(quantity));
        Ok(sku)
    };
    match state {
        "" => {}
        "stock exists" => {
            known_sku(params.number("quantity", "a quantity (a whole number)")?)?;
        }
        "stock sells while it is watched" => {
            let sold = params.number("sold", "how many are sold (a whole number)")?;
            let sku = known_sku(params.number("quantity", "a quantity (a whole number)")?)?;
            sell_once_watched(stock.clone(), sku.to_owned(), sold);
        }
        "a reservation exists" => {
            let id = params.text("reservation_id", "a reservation_id")?;
            let reserved = params.number("reserved", "how many are reserved (a whole number)")?;
            let left = params.number("quantity", "a quantity (a whole number)")?;
            let sku = known_sku(left.saturating_add(reserved))?;
            stock
                .reserve_as(id, sku, reserved)
                .map_err(|source| StateError::Stock { state: state.to_owned(), source })?;
        }
        "the sku is unknown" => stock.remove(params.text("sku", "a sku")?),
        unknown => return Err(StateError::Unknown(unknown.to_owned())),
    }
    Ok(())
}

/// Sells as soon as somebody watches: the only way for a watcher to be sure to see both the old and the new level.
fn sell_once_watched(stock: Stock, sku: String, sold: u32) {
    let mut watches = stock.watches();
    tokio::spawn(async move {
        let watched = async {
            while let Ok(watched) = watches.recv().await {
                if watched == sku {
                    // a contract that sells more than there is will see no change and say so
                    let _ = stock.reserve(&sku, sold);
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(WATCHER_PATIENCE, watched).await;
    });
}

struct Params<'a> {
    state: &'a str,
    params: &'a Map<String, Value>,
}

impl<'a> Params<'a> {
    fn text(&self, name: &str, what: &'static str) -> Result<&'a str, StateError> {
        self.params.get(name).and_then(Value::as_str).ok_or_else(|| self.missing(what))
    }

    fn number(&self, name: &str, what: &'static str) -> Result<u32, StateError> {
        let number = self.params.get(name).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
        number.ok_or_else(|| self.missing(what))
    }

    fn missing(&self, parameter: &'static str) -> StateError {
        StateError::Parameter { state: self.state.to_owned(), parameter }
    }
}

/// `POST /_states`, as verifiers call it: `{"action": "setup", "state": "stock exists", "params": {...}}`.
pub(crate) fn router(stock: Stock) -> Router {
    Router::new().route("/_states", post(change)).with_state(stock)
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Setup,
    Teardown,
}

#[derive(Deserialize)]
struct Change {
    #[serde(default = "setup")]
    action: Action,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    params: Option<Map<String, Value>>,
}

fn setup() -> Action {
    Action::Setup
}

async fn change(State(stock): State<Stock>, Json(change): Json<Change>) -> Response {
    // every setup replaces what it speaks of, so there is nothing to tear down
    if matches!(change.action, Action::Teardown) {
        return Json(json!({})).into_response();
    }
    let state = change.state.unwrap_or_default();
    match set_up(&stock, &state, &change.params.unwrap_or_default()) {
        Ok(()) => Json(json!({})).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error.to_string() }))).into_response(),
    }
}
