//! The web UI: one file per page.

use axum::Router;

use crate::app::AppState;

/// The pages. A GET that prefers HTML is offered to these first; one they do not know goes to the API.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
}
