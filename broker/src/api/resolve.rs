//! From the names in a path to what they name, or 404.

use super::problem::ApiError;
use crate::domain::branch::Branch;
use crate::domain::environment::Environment;
use crate::domain::pacticipant::{Pacticipant, probable_duplicates};
use crate::domain::version::Version;
use crate::store::pacts::Pair;
use crate::store::{Conn, branches, environments, pacticipants, versions};

/// A consumer and a provider that both exist.
pub(super) struct Parties {
    pub(super) consumer: Pacticipant,
    pub(super) provider: Pacticipant,
}

impl Parties {
    pub(super) fn pair(&self) -> Pair {
        Pair { consumer: self.consumer.id, provider: self.provider.id }
    }
}

pub(super) async fn pacticipant(conn: &mut Conn, name: &str) -> Result<Pacticipant, ApiError> {
    pacticipants::find(conn, name)
        .await?
        .ok_or_else(|| ApiError::NotFound(format!("No pacticipant with name '{name}' found")))
}

pub(super) async fn provider(conn: &mut Conn, name: &str) -> Result<Pacticipant, ApiError> {
    pacticipants::find(conn, name)
        .await?
        .ok_or_else(|| ApiError::NotFound(format!("No provider with name '{name}' found")))
}

pub(super) async fn parties(conn: &mut Conn, provider_name: &str, consumer_name: &str) -> Result<Parties, ApiError> {
    let provider = provider(conn, provider_name).await?;
    let consumer = pacticipants::find(conn, consumer_name)
        .await?
        .ok_or_else(|| ApiError::NotFound(format!("No consumer with name '{consumer_name}' found")))?;
    Ok(Parties { consumer, provider })
}

pub(super) async fn version(conn: &mut Conn, name: &str, number: &str) -> Result<(Pacticipant, Version), ApiError> {
    let pacticipant = pacticipant(conn, name).await?;
    match versions::find(conn, pacticipant.id, number).await? {
        Some(version) => Ok((pacticipant, version)),
        None => Err(ApiError::NotFound(format!("No version {number} of '{name}' found"))),
    }
}

pub(super) async fn branch(conn: &mut Conn, name: &str, branch: &str) -> Result<(Pacticipant, Branch), ApiError> {
    let pacticipant = pacticipant(conn, name).await?;
    match branches::find(conn, pacticipant.id, branch).await? {
        Some(found) => Ok((pacticipant, found)),
        None => Err(ApiError::NotFound(format!("No branch '{branch}' of '{name}' found"))),
    }
}

pub(super) async fn environment(conn: &mut Conn, uuid: &str) -> Result<Environment, ApiError> {
    environments::find(conn, uuid)
        .await?
        .ok_or_else(|| ApiError::NotFound(format!("No environment with uuid '{uuid}' found")))
}

/// The names a new name is probably a misspelling of, as a message; `None` when the name is known or like no other.
pub(super) async fn misspelling(conn: &mut Conn, name: &str) -> Result<Option<String>, ApiError> {
    if pacticipants::find(conn, name).await?.is_some() {
        return Ok(None);
    }
    let known = pacticipants::names(conn).await?;
    let similar = probable_duplicates(name, known.iter().map(String::as_str));
    if similar.is_empty() {
        return Ok(None);
    }
    Ok(Some(format!(
        "{name:?} is not known yet and looks like a misspelling of {}. Use the known name; or, if this is another \
         application, create it first with: countersign create-or-update-pacticipant --name {name:?}",
        similar.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(" and ")
    )))
}
