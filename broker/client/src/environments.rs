//! Environments: the places versions are deployed or released to.

use serde_json::{Value, json};
use url::Url;

use crate::transport::Repeat;
use crate::{BrokerClient, Error, Resource};

/// An environment as the broker knows it.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The broker's identifier.
    pub uuid: String,
    /// Everything people chose about it.
    pub details: EnvironmentDetails,
    /// When it was created, as the broker writes it.
    pub created_at: Option<String>,
    /// The environment's document with its links.
    pub resource: Resource,
}

/// What people choose about an environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnvironmentDetails {
    /// Unique name without spaces, as used in commands.
    pub name: String,
    /// Name for people.
    pub display_name: Option<String>,
    /// Whether it is a production environment.
    pub production: bool,
    /// Who looks after it.
    pub contacts: Vec<Contact>,
}

/// A person or team who looks after an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Their name.
    pub name: String,
    /// Ways to reach them, for example `emailAddress`.
    pub details: Value,
}

impl BrokerClient {
    /// All environments.
    ///
    /// # Errors
    /// When the broker cannot be asked.
    pub async fn environments(&self) -> Result<Vec<Environment>, Error> {
        let list = self.get(self.index_target("pb:environments", &[]).await?).await?;
        list.embedded("environments").into_iter().map(Environment::from_resource).collect()
    }

    /// The environment with this identifier.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn environment(&self, uuid: &str) -> Result<Environment, Error> {
        let url = self.environment_url(uuid).await?;
        let found = self.get(url).await.map_err(|error| error.looking_for(described(uuid)))?;
        Environment::from_resource(found)
    }

    /// The environment called `name`.
    ///
    /// # Errors
    /// [`Error::UnknownEnvironment`] naming those there are.
    pub async fn environment_named(&self, name: &str) -> Result<Environment, Error> {
        let mut all = self.environments().await?;
        match all.iter().position(|environment| environment.details.name == name) {
            Some(position) => Ok(all.swap_remove(position)),
            None => {
                let known = all.into_iter().map(|environment| environment.details.name).collect();
                Err(Error::UnknownEnvironment { name: name.to_owned(), known })
            }
        }
    }

    /// Creates an environment.
    ///
    /// # Errors
    /// [`Error::Refused`] when the name is taken or not valid.
    pub async fn create_environment(&self, details: &EnvironmentDetails) -> Result<Environment, Error> {
        let url = self.index_target("pb:environments", &[]).await?;
        Environment::from_resource(self.post(url, details.to_json(), Repeat::OnlyUnseen).await?)
    }

    /// Replaces everything people chose about an environment.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none with this identifier, [`Error::Refused`] when the name is taken.
    pub async fn update_environment(&self, uuid: &str, details: &EnvironmentDetails) -> Result<Environment, Error> {
        let url = self.environment_url(uuid).await?;
        let updated = self.put(url, details.to_json()).await.map_err(|error| error.looking_for(described(uuid)))?;
        Environment::from_resource(updated)
    }

    /// Deletes an environment and what is recorded as deployed or released to it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none with this identifier.
    pub async fn delete_environment(&self, uuid: &str) -> Result<(), Error> {
        let url = self.environment_url(uuid).await?;
        self.delete(url).await.map_err(|error| error.looking_for(described(uuid)))
    }

    /// Where relation `rel` of the environment called `name` leads; lists may leave out links that the environment's
    /// own document has.
    pub(crate) async fn environment_target(&self, name: &str, rel: &str) -> Result<Url, Error> {
        let listed = self.environment_named(name).await?.resource;
        if listed.link(rel).is_some() {
            return listed.target(rel, &[]);
        }
        self.get(listed.target("self", &[])?).await?.target(rel, &[])
    }

    async fn environment_url(&self, uuid: &str) -> Result<Url, Error> {
        self.index_target("pb:environment", &[("uuid", uuid)]).await
    }
}

fn described(uuid: &str) -> String {
    format!("environment {uuid}")
}

impl Environment {
    fn from_resource(resource: Resource) -> Result<Self, Error> {
        let required = |key: &str| {
            resource.text(key).ok_or_else(|| Error::UnexpectedDocument {
                url: resource.url().to_string(),
                reason: format!("an environment has no `{key}`"),
            })
        };
        let (uuid, name) = (required("uuid")?, required("name")?);
        let contacts = resource.body().get("contacts").and_then(Value::as_array);
        let details = EnvironmentDetails {
            name,
            display_name: resource.text("displayName"),
            production: resource.flag("production"),
            contacts: contacts.into_iter().flatten().filter_map(Contact::from_value).collect(),
        };
        Ok(Self { uuid, details, created_at: resource.text("createdAt"), resource })
    }
}

impl EnvironmentDetails {
    fn to_json(&self) -> Value {
        let contacts: Vec<_> =
            self.contacts.iter().map(|contact| json!({ "name": contact.name, "details": contact.details })).collect();
        let mut body = json!({ "name": self.name, "production": self.production });
        if let Some(display_name) = &self.display_name {
            body["displayName"] = json!(display_name);
        }
        if !contacts.is_empty() {
            body["contacts"] = json!(contacts);
        }
        body
    }
}

impl Contact {
    fn from_value(value: &Value) -> Option<Self> {
        let name = value.get("name").and_then(Value::as_str)?.to_owned();
        Some(Self { name, details: value.get("details").cloned().unwrap_or_else(|| json!({})) })
    }
}
