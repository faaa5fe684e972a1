//! Pacticipants: the applications that take part in contracts.

use serde_json::{Map, Value};

use crate::transport::Repeat;
use crate::{BrokerClient, Error, Resource};

/// An application as the broker knows it.
#[derive(Debug, Clone)]
pub struct Pacticipant {
    /// Its name.
    pub name: String,
    /// What people chose about it.
    pub details: PacticipantDetails,
    /// Its labels.
    pub labels: Vec<String>,
    /// The number of its newest version.
    pub latest_version: Option<String>,
    /// The broker's document.
    pub resource: Resource,
}

/// What people choose about an application; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PacticipantDetails {
    /// Name for people.
    pub display_name: Option<String>,
    /// The branch that counts as the main line of development.
    pub main_branch: Option<String>,
    /// Where the source is.
    pub repository_url: Option<String>,
}

impl BrokerClient {
    /// The application called `name`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn pacticipant(&self, name: &str) -> Result<Pacticipant, Error> {
        let url = self.index_target("pb:pacticipant", &[("pacticipant", name)]).await?;
        let found = self.get(url).await.map_err(|error| error.looking_for(format!("pacticipant `{name}`")))?;
        Ok(Pacticipant::from_resource(found))
    }

    /// All applications.
    ///
    /// # Errors
    /// When the broker cannot be asked.
    pub async fn pacticipants(&self) -> Result<Vec<Pacticipant>, Error> {
        let list = self.get(self.index_target("pb:pacticipants", &[]).await?).await?;
        Ok(list.embedded("pacticipants").into_iter().map(Pacticipant::from_resource).collect())
    }

    /// Creates an application.
    ///
    /// # Errors
    /// [`Error::Conflict`] or [`Error::Refused`] when the name is taken or too like another.
    pub async fn create_pacticipant(&self, name: &str, details: &PacticipantDetails) -> Result<Pacticipant, Error> {
        let url = self.index_target("pb:pacticipants", &[]).await?;
        let mut body = details.to_map();
        body.insert("name".to_owned(), Value::from(name));
        Ok(Pacticipant::from_resource(self.post(url, Value::Object(body), Repeat::OnlyUnseen).await?))
    }

    /// Creates an application, or changes what is given of one that exists.
    ///
    /// # Errors
    /// [`Error::Refused`] when a value is not valid.
    pub async fn create_or_update_pacticipant(
        &self,
        name: &str,
        details: &PacticipantDetails,
    ) -> Result<Pacticipant, Error> {
        match self.pacticipant(name).await {
            Ok(existing) => {
                let url = existing.resource.target("self", &[])?;
                Ok(Pacticipant::from_resource(self.patch(url, Value::Object(details.to_map())).await?))
            }
            Err(error) if error.is_not_found() => self.create_pacticipant(name, details).await,
            Err(error) => Err(error),
        }
    }
}

impl PacticipantDetails {
    fn to_map(&self) -> Map<String, Value> {
        let chosen = [
            ("displayName", &self.display_name),
            ("mainBranch", &self.main_branch),
            ("repositoryUrl", &self.repository_url),
        ];
        let given =
            chosen.into_iter().filter_map(|(key, value)| Some((key.to_owned(), Value::from(value.as_deref()?))));
        given.collect()
    }
}

impl Pacticipant {
    fn from_resource(resource: Resource) -> Self {
        let latest = ["/_embedded/latestVersion/number", "/_embedded/latest-version/number"];
        Self {
            name: resource.text("name").unwrap_or_default(),
            details: PacticipantDetails {
                display_name: resource.text("displayName"),
                main_branch: resource.text("mainBranch"),
                repository_url: resource.text("repositoryUrl"),
            },
            labels: resource.embedded("labels").iter().filter_map(|label| label.text("name")).collect(),
            latest_version: latest.into_iter().find_map(|pointer| resource.text_at(pointer)),
            resource,
        }
    }
}
