//! Who talks to whom, as tables for drawing.

use std::collections::{BTreeSet, VecDeque};

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use super::problem::{ApiError, ApiResult};
use super::query::Query;
use super::resolve;
use crate::app::AppState;
use crate::domain::field_problem::FieldProblem;
use crate::store::integrations::{self, Integration};

/// Every integration.
pub(super) async fn relationships(State(app): State<AppState>) -> ApiResult {
    let mut conn = app.store.read().await?;
    let (found, _) = integrations::list(&mut conn, None, None).await?;
    Ok(table(found.iter()))
}

/// The integrations a pacticipant is tied to, directly or by way of others.
pub(super) async fn group(State(app): State<AppState>, Path(name): Path<String>, query: Query) -> ApiResult {
    let name = name.strip_suffix(".csv").unwrap_or(&name);
    let most = match query.text("maxPacticipants").map(str::parse::<usize>) {
        None => app.settings.rules.network_max_pacticipants,
        Some(Ok(most)) if most > 0 => most,
        Some(_) => {
            return Err(ApiError::Invalid(vec![FieldProblem::invalid(
                "maxPacticipants",
                "must be a whole number, 1 or more",
            )]));
        }
    };
    let mut conn = app.store.read().await?;
    resolve::pacticipant(&mut conn, name).await?;
    let (all, _) = integrations::list(&mut conn, None, None).await?;
    let members = neighbours(&all, name, most);
    let within =
        all.iter().filter(|one| members.contains(one.consumer.as_str()) && members.contains(one.provider.as_str()));
    Ok(table(within))
}

/// The pacticipants nearest to one, at most so many.
fn neighbours<'a>(all: &'a [Integration], start: &'a str, most: usize) -> BTreeSet<&'a str> {
    let mut members = BTreeSet::from([start]);
    let mut queue = VecDeque::from([start]);
    while let Some(name) = queue.pop_front() {
        for one in all {
            let other = match (one.consumer.as_str(), one.provider.as_str()) {
                (consumer, provider) if consumer == name => provider,
                (consumer, provider) if provider == name => consumer,
                _ => continue,
            };
            if members.len() < most && members.insert(other) {
                queue.push_back(other);
            }
        }
    }
    members
}

fn table<'a>(found: impl Iterator<Item = &'a Integration>) -> Response {
    let mut csv = "source,target,weight\n".to_owned();
    for integration in found {
        csv.push_str(&format!("{},{},1\n", cell(&integration.consumer), cell(&integration.provider)));
    }
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/csv;charset=utf-8"))], csv).into_response()
}

/// A text as a cell: quoted where it must be, and never a formula.
fn cell(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_who_can_be_reached() {
        let one = |consumer: &str, provider: &str| Integration {
            consumer_id: 0,
            consumer: consumer.to_owned(),
            provider_id: 0,
            provider: provider.to_owned(),
            created_at: 0,
            contract_data_updated_at: 0,
        };
        let all = [one("a", "b"), one("b", "c"), one("d", "c"), one("x", "y"), one("s", "s")];
        assert_eq!(neighbours(&all, "a", 150), BTreeSet::from(["a", "b", "c", "d"]));
        assert_eq!(neighbours(&all, "a", 2), BTreeSet::from(["a", "b"]));
        assert_eq!(neighbours(&all, "s", 150), BTreeSet::from(["s"]));
    }

    #[test]
    fn cells_are_plain_text() {
        assert_eq!(cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(cell("=1+1"), "'=1+1");
    }
}
