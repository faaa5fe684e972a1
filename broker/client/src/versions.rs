//! Versions of an application, their branches and tags.

use serde_json::{Value, json};

use crate::hal::encode;
use crate::{BrokerClient, Error, Resource};

/// A version as the broker knows it.
#[derive(Debug, Clone)]
pub struct PacticipantVersion {
    /// Its number.
    pub number: String,
    /// The branches it is on.
    pub branches: Vec<BranchMembership>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Where its build can be looked at.
    pub build_url: Option<String>,
    /// The environments it is or was deployed or released to.
    pub places: Vec<PlaceInEnvironment>,
    /// The broker's document.
    pub resource: Resource,
}

/// A version's place on a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchMembership {
    /// The branch's name.
    pub name: String,
    /// Whether the version is the branch's newest.
    pub latest: bool,
}

/// An environment a version was brought to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceInEnvironment {
    /// The environment's name.
    pub environment: String,
    /// Whether it was released, rather than deployed.
    pub released: bool,
    /// Whether it is deployed, or released and supported, now.
    pub current: bool,
}

impl BrokerClient {
    pub(crate) async fn version_resource(&self, pacticipant: &str, number: &str) -> Result<Resource, Error> {
        let values = [("pacticipant", pacticipant), ("version", number)];
        let url = self.index_target("pb:pacticipant-version", &values).await?;
        self.get(url).await.map_err(|error| error.looking_for(format!("version {number} of `{pacticipant}`")))
    }

    /// The version with this number.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn version(&self, pacticipant: &str, number: &str) -> Result<PacticipantVersion, Error> {
        self.version_resource(pacticipant, number).await.map(PacticipantVersion::from_resource)
    }

    /// The newest version, or the newest with a tag.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn latest_version(&self, pacticipant: &str, tag: Option<&str>) -> Result<PacticipantVersion, Error> {
        let (rel, what) = match tag {
            Some(tag) => ("pb:latest-tagged-version", format!("a version of `{pacticipant}` tagged `{tag}`")),
            None => ("pb:latest-version", format!("a version of `{pacticipant}`")),
        };
        let url = self.index_target(rel, &[("pacticipant", pacticipant), ("tag", tag.unwrap_or_default())]).await?;
        let found = self.get(url).await.map_err(|error| error.looking_for(what))?;
        Ok(PacticipantVersion::from_resource(found))
    }

    /// Creates a version, or leaves it as it is.
    ///
    /// # Errors
    /// Whatever the broker answers.
    pub async fn create_version(&self, pacticipant: &str, number: &str) -> Result<Resource, Error> {
        let values = [("pacticipant", pacticipant), ("version", number)];
        self.put(self.index_target("pb:pacticipant-version", &values).await?, json!({})).await
    }

    /// Puts a version on a branch, creating both as needed.
    ///
    /// # Errors
    /// Whatever the broker answers.
    pub async fn add_to_branch(&self, pacticipant: &str, number: &str, branch: &str) -> Result<Resource, Error> {
        let values = [("pacticipant", pacticipant), ("version", number), ("branch", branch)];
        self.put(self.index_target("pb:pacticipant-branch-version", &values).await?, json!({})).await
    }

    /// Tags a version, creating it if there is none.
    ///
    /// # Errors
    /// Whatever the broker answers.
    pub async fn tag_version(&self, pacticipant: &str, number: &str, tag: &str) -> Result<Resource, Error> {
        let values = [("pacticipant", pacticipant), ("version", number), ("tag", tag)];
        self.put(self.index_target("pb:pacticipant-version-tag", &values).await?, json!({})).await
    }

    /// Takes a tag off a version.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the version does not have it.
    pub async fn untag_version(&self, pacticipant: &str, number: &str, tag: &str) -> Result<(), Error> {
        let values = [("pacticipant", pacticipant), ("version", number), ("tag", tag)];
        let url = self.index_target("pb:pacticipant-version-tag", &values).await?;
        let what = format!("tag `{tag}` on version {number} of `{pacticipant}`");
        self.delete(url).await.map_err(|error| error.looking_for(what))
    }

    /// Deletes a branch; its versions stay.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such branch.
    pub async fn delete_branch(&self, pacticipant: &str, branch: &str) -> Result<(), Error> {
        let values = [("pacticipant", pacticipant), ("branch", branch)];
        let url = self.index_target("pb:pacticipant-branch", &values).await?;
        self.delete(url).await.map_err(|error| error.looking_for(format!("branch `{branch}` of `{pacticipant}`")))
    }

    /// The versions of an application that were brought to an environment, newest first.
    ///
    /// # Errors
    /// [`Error::UnknownEnvironment`], or [`Error::NotFound`] when there is no such application.
    pub async fn versions_in_environment(
        &self,
        pacticipant: &str,
        environment: &str,
    ) -> Result<Vec<PacticipantVersion>, Error> {
        let uuid = self.environment_named(environment).await?.uuid;
        // no link leads here
        let path = format!("pacticipants/{}/environments/{}/versions", encode(pacticipant), encode(&uuid));
        let list = self.get(self.below_base(&path)?).await;
        let list = list.map_err(|error| error.looking_for(format!("pacticipant `{pacticipant}`")))?;
        Ok(list.embedded("versions").into_iter().map(PacticipantVersion::from_resource).collect())
    }
}

impl PacticipantVersion {
    fn from_resource(resource: Resource) -> Self {
        let branches = resource.embedded("branchVersions");
        let branches = branches
            .iter()
            .filter_map(|branch| Some(BranchMembership { name: branch.text("name")?, latest: branch.flag("latest") }));
        let mut places = places(&resource, "pb:deployed-environments", "currently_deployed", false);
        places.extend(self::places(&resource, "pb:released-environments", "currently_supported", true));
        Self {
            number: resource.text("number").unwrap_or_default(),
            branches: branches.collect(),
            tags: resource.embedded("tags").iter().filter_map(|tag| tag.text("name")).collect(),
            build_url: resource.text("buildUrl"),
            places,
            resource,
        }
    }
}

fn places(version: &Resource, rel: &str, current: &str, released: bool) -> Vec<PlaceInEnvironment> {
    let links = version.body().pointer("/_links").and_then(|links| links.get(rel)).and_then(Value::as_array);
    let places = links.into_iter().flatten().filter_map(|link| {
        let environment = link.get("name").and_then(Value::as_str)?.to_owned();
        Some(PlaceInEnvironment { environment, released, current: link.get(current) == Some(&Value::Bool(true)) })
    });
    places.collect()
}
