//! Recording which version was deployed where.

use serde_json::{Value, json};

use crate::transport::Repeat;
use crate::{BrokerClient, Error, Resource};

/// A version that is, or was, deployed to an environment.
#[derive(Debug, Clone)]
pub struct DeployedVersion {
    /// The version number; empty when the broker does not say.
    pub version: String,
    /// The instance of the application, where there are several.
    pub application_instance: Option<String>,
    /// Whether it is deployed now.
    pub currently_deployed: bool,
    /// The broker's document.
    pub resource: Resource,
}

impl BrokerClient {
    /// Records that a version was deployed to an environment, in place of what was deployed there before.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the version does not exist, [`Error::UnknownEnvironment`] when the environment does
    /// not.
    pub async fn record_deployment(
        &self,
        pacticipant: &str,
        version: &str,
        environment: &str,
        application_instance: Option<&str>,
    ) -> Result<DeployedVersion, Error> {
        let resource = self.version_resource(pacticipant, version).await?;
        let url = recording_link(&resource, "pb:record-deployment", environment)?;
        // `target` is what older brokers call the instance
        let body = application_instance
            .map_or_else(|| json!({}), |name| json!({ "applicationInstance": name, "target": name }));
        // recording a deployment that is recorded already changes nothing
        let recorded = self.post(url, body, Repeat::Safe).await?;
        let mut deployed = DeployedVersion::from_resource(recorded);
        if deployed.version.is_empty() {
            version.clone_into(&mut deployed.version);
        }
        if deployed.application_instance.is_none() {
            deployed.application_instance = application_instance.map(str::to_owned);
        }
        Ok(deployed)
    }

    /// The versions of an application that are deployed to an environment now, of every instance.
    ///
    /// # Errors
    /// [`Error::UnknownEnvironment`] when there is no such environment.
    pub async fn currently_deployed(
        &self,
        pacticipant: &str,
        environment: &str,
    ) -> Result<Vec<DeployedVersion>, Error> {
        let rel = "pb:currently-deployed-deployed-versions";
        let mut url = self.environment_target(environment, rel).await?;
        url.query_pairs_mut().append_pair("pacticipant", pacticipant);
        let list = self.get(url).await?;
        Ok(list.embedded("deployedVersions").into_iter().map(DeployedVersion::from_resource).collect())
    }

    /// Records that an application (of this instance, `None` being the one without a name) is gone from an
    /// environment. Answers with what was deployed.
    ///
    /// # Errors
    /// [`Error::UnknownEnvironment`], or [`Error::NothingRecorded`] when nothing of it is deployed there.
    pub async fn record_undeployment(
        &self,
        pacticipant: &str,
        environment: &str,
        application_instance: Option<&str>,
    ) -> Result<Vec<DeployedVersion>, Error> {
        let all = self.currently_deployed(pacticipant, environment).await?;
        let (gone, others): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|deployed| deployed.application_instance.as_deref() == application_instance);
        if gone.is_empty() {
            return Err(nothing_deployed(pacticipant, environment, application_instance, &others));
        }
        let mut undeployed = Vec::new();
        for deployed in gone {
            let url = deployed.resource.target("self", &[])?;
            let updated = self.patch(url, json!({ "currentlyDeployed": false })).await?;
            undeployed.push(DeployedVersion { currently_deployed: false, resource: updated, ..deployed });
        }
        Ok(undeployed)
    }
}

/// The link of relation `rel` named after the environment.
pub(crate) fn recording_link(version: &Resource, rel: &str, environment: &str) -> Result<url::Url, Error> {
    let links = version.links(rel);
    let link = links.iter().find(|link| link.name.as_deref() == Some(environment));
    match link {
        Some(link) => version.resolve(&link.href).ok_or_else(|| version.missing(rel)),
        None => Err(Error::UnknownEnvironment {
            name: environment.to_owned(),
            known: links.into_iter().filter_map(|link| link.name).collect(),
        }),
    }
}

fn nothing_deployed(pacticipant: &str, environment: &str, instance: Option<&str>, others: &[DeployedVersion]) -> Error {
    let instance_words = instance.map(|name| format!(" as instance `{name}`")).unwrap_or_default();
    let mut what = format!("`{pacticipant}` is not recorded as deployed to `{environment}`{instance_words}");
    if !others.is_empty() {
        let names: Vec<_> = others
            .iter()
            .map(|other| match &other.application_instance {
                Some(name) => format!("instance `{name}`"),
                None => "one without an instance name".to_owned(),
            })
            .collect();
        what = format!("{what}, but there is {}", names.join(", "));
    }
    Error::NothingRecorded { what }
}

impl DeployedVersion {
    fn from_resource(resource: Resource) -> Self {
        let instance = resource.text("applicationInstance").or_else(|| resource.text("target"));
        Self {
            version: resource.text_at("/_embedded/version/number").unwrap_or_default(),
            application_instance: instance,
            currently_deployed: resource.body().get("currentlyDeployed").and_then(Value::as_bool).unwrap_or(true),
            resource,
        }
    }
}
