//! Saying which consumer versions' pacts a provider wants to verify.

use serde::{Deserialize, Serialize};

/// One consumer version selector; several are united. What is not set is not sent; a name that is not known here is refused,
/// since a selector with a typing error would bring other pacts than were meant.
///
/// ```
/// use countersign_broker_client::ConsumerVersionSelector;
///
/// let selector = ConsumerVersionSelector::branch("feat/x").or_branch("main").for_consumer("order-service");
/// assert_eq!(
///     serde_json::to_string(&selector).unwrap(),
///     r#"{"branch":"feat/x","fallbackBranch":"main","consumer":"order-service"}"#
/// );
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ConsumerVersionSelector {
    /// The head of each consumer's main branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main_branch: Option<bool>,
    /// The head of this branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The head of the branch called like the provider's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matching_branch: Option<bool>,
    /// The branch to take when [`branch`](Self::branch) brings nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_branch: Option<String>,
    /// Versions with this tag: all of them, or with [`latest`](Self::latest) the newest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The newest only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest: Option<bool>,
    /// The tag to take when [`tag`](Self::tag) brings nothing; needs `latest`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_tag: Option<String>,
    /// Versions deployed now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployed: Option<bool>,
    /// Versions released and still supported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released: Option<bool>,
    /// Versions deployed, or released and still supported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployed_or_released: Option<bool>,
    /// The environment that `deployed` and `released` are about. Default: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The consumer this is about. Default: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumer: Option<String>,
}

impl ConsumerVersionSelector {
    /// The head of each consumer's main branch.
    #[must_use]
    pub fn main_branch() -> Self {
        Self { main_branch: Some(true), ..Self::default() }
    }

    /// The head of branch `name`.
    #[must_use]
    pub fn branch(name: impl Into<String>) -> Self {
        Self { branch: Some(name.into()), ..Self::default() }
    }

    /// The head of the branch called like the provider's.
    #[must_use]
    pub fn matching_branch() -> Self {
        Self { matching_branch: Some(true), ..Self::default() }
    }

    /// Each consumer's newest version.
    #[must_use]
    pub fn latest() -> Self {
        Self { latest: Some(true), ..Self::default() }
    }

    /// The newest version tagged `tag`.
    #[must_use]
    pub fn latest_tagged(tag: impl Into<String>) -> Self {
        Self { tag: Some(tag.into()), latest: Some(true), ..Self::default() }
    }

    /// Everything deployed, or released and still supported, in any environment.
    #[must_use]
    pub fn deployed_or_released() -> Self {
        Self { deployed_or_released: Some(true), ..Self::default() }
    }

    /// Everything deployed now, in any environment.
    #[must_use]
    pub fn deployed() -> Self {
        Self { deployed: Some(true), ..Self::default() }
    }

    /// Restricts deployed and released versions to one environment.
    #[must_use]
    pub fn in_environment(mut self, name: impl Into<String>) -> Self {
        self.environment = Some(name.into());
        self
    }

    /// Names the branch to take when the selected one brings nothing.
    #[must_use]
    pub fn or_branch(mut self, name: impl Into<String>) -> Self {
        self.fallback_branch = Some(name.into());
        self
    }

    /// Restricts the selector to one consumer.
    #[must_use]
    pub fn for_consumer(mut self, name: impl Into<String>) -> Self {
        self.consumer = Some(name.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_and_written_alike() {
        for text in [
            r#"{"mainBranch":true}"#,
            r#"{"matchingBranch":true}"#,
            r#"{"tag":"prod","latest":true,"fallbackTag":"main"}"#,
            r#"{"deployedOrReleased":true,"environment":"production","consumer":"web"}"#,
            r#"{"deployed":true}"#,
            r#"{"released":true}"#,
            "{}",
        ] {
            let selector: ConsumerVersionSelector = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&selector).unwrap(), text);
        }
        assert!(serde_json::from_str::<ConsumerVersionSelector>(r#"{"mainbranch":true}"#).is_err());
    }
}
