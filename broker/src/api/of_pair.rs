//! What a path below `/pacts/provider/{provider}/consumer/{consumer}` is about.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use super::problem::ApiError;
use super::resolve::{self, Parties};
use crate::app::AppState;
use crate::domain::pact::Pact;
use crate::store::Tx;
use crate::store::pacts::{self, Pair};

/// The consumer and provider a path names, which exist, and a transaction to read about them.
pub(super) struct OfPair {
    pub(super) conn: Tx,
    pub(super) parties: Parties,
    pub(super) pair: Pair,
    pub(super) names: Names,
}

/// The variable segments of a path, decoded.
pub(super) struct Names(Vec<(String, String)>);

impl Names {
    /// The segment the route calls `name`; empty when it has none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
}

impl OfPair {
    /// The pact of the consumer version the path names.
    pub(super) async fn pact(&mut self) -> Result<Pact, ApiError> {
        let found = pacts::of_version(&mut self.conn, self.pair, self.names.get("number")).await?;
        found.ok_or_else(ApiError::nothing_here)
    }
}

impl FromRequestParts<AppState> for OfPair {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, ApiError> {
        let names = match RawPathParams::from_request_parts(parts, app).await {
            Ok(params) => params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            Err(rejection) => return Err(ApiError::Unusable(format!("the path is not usable: {rejection}"))),
        };
        let names = Names(names);
        let mut conn = app.store.read().await?;
        let parties = resolve::parties(&mut conn, names.get("provider"), names.get("consumer")).await?;
        let pair = parties.pair();
        Ok(Self { conn, parties, pair, names })
    }
}
