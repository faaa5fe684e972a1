//! What `${pactbroker.…}` places stand for.

use super::template::Variables;
use crate::api::Links;
use crate::domain::pact::Pact;
use crate::domain::verification::Verification;
use crate::domain::verification_context::VerificationContext;
use crate::domain::version::VersionDetails;
use crate::store::{Conn, StoreError, labels, version_details, versions};

/// What an event is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) event: &'a str,
    pub(crate) pact: &'a Pact,
    /// The verification that caused the event; on pact events the latest one, if any.
    pub(crate) verification: Option<&'a Verification>,
    /// The provider version that should verify, where the event names one.
    pub(crate) provider_version: Option<&'a str>,
}

/// The values for an event.
pub(crate) async fn variables(conn: &mut Conn, links: &Links, subject: Subject<'_>) -> Result<Variables, StoreError> {
    let Subject { event, pact, verification, provider_version } = subject;
    let consumer_details = version_details::of(conn, pact.version_id).await?;
    let provider_number = provider_version.or(verification.map(|verification| verification.provider_version.as_str()));
    let provider_details = match provider_number {
        Some(number) => match versions::find(conn, pact.provider_id, number).await? {
            Some(version) => version_details::of(conn, version.id).await?,
            None => VersionDetails::default(),
        },
        None => VersionDetails::default(),
    };
    let build_url = match verification {
        Some(verification) if event.starts_with("provider_") => verification.build_url.clone(),
        _ => versions::find(conn, pact.consumer_id, &pact.version).await?.and_then(|version| version.build_url),
    };
    let mut all_labels = labels::of(conn, &[pact.consumer_id, pact.provider_id]).await?;
    let mut labels = |id: i64| all_labels.remove(&id).unwrap_or_default().join(", ");
    let content = links.content(&pact.provider, &pact.consumer, &pact.sha);
    let context = VerificationContext { consumer_versions: vec![pact.version_id], pending: None, wip: false };
    let mut variables = Variables::new();
    let mut set = |name: &str, value: String| drop(variables.insert(name.to_owned(), value));
    set("eventName", event.to_owned());
    set("consumerName", pact.consumer.clone());
    set("providerName", pact.provider.clone());
    set("consumerVersionNumber", pact.version.clone());
    set("providerVersionNumber", provider_number.unwrap_or_default().to_owned());
    set("consumerVersionTags", tags(&consumer_details));
    set("providerVersionTags", tags(&provider_details));
    set("consumerVersionBranch", consumer_details.branch().unwrap_or_default().to_owned());
    set("providerVersionBranch", provider_details.branch().unwrap_or_default().to_owned());
    set("providerVersionDescriptions", described(&provider_details));
    set("consumerLabels", labels(pact.consumer_id));
    set("providerLabels", labels(pact.provider_id));
    set("pactUrl", format!("{content}/metadata/{}", context.encode()));
    let result = verification.map(|v| links.verification(&pact.provider, &pact.consumer, &pact.sha, v.number));
    set("verificationResultUrl", result.unwrap_or_default());
    set("buildUrl", build_url.unwrap_or_default());
    set("currentlyDeployedProviderVersionNumber", deployed(&provider_details, provider_number));
    set_statuses(&mut variables, verification.map(|verification| verification.success));
    Ok(variables)
}

/// How build servers call an outcome.
fn set_statuses(variables: &mut Variables, success: Option<bool>) {
    for (name, [good, bad, open]) in [
        ("githubVerificationStatus", ["success", "failure", "pending"]),
        ("bitbucketVerificationStatus", ["SUCCESSFUL", "FAILED", "INPROGRESS"]),
        ("azureDevOpsVerificationStatus", ["succeeded", "failed", "pending"]),
        ("gitlabVerificationStatus", ["success", "failed", "pending"]),
    ] {
        let status = match success {
            Some(true) => good,
            Some(false) => bad,
            None => open,
        };
        variables.insert(name.to_owned(), status.to_owned());
    }
}

/// Values for trying a webhook out before there is any pact.
pub(crate) fn placeholders(links: &Links, event: &str) -> Variables {
    let mut variables: Variables = [
        ("eventName", event),
        ("consumerName", "placeholder-consumer"),
        ("providerName", "placeholder-provider"),
        ("consumerVersionNumber", "0"),
        ("providerVersionNumber", "0"),
        ("consumerVersionTags", ""),
        ("providerVersionTags", ""),
        ("consumerVersionBranch", "main"),
        ("providerVersionBranch", "main"),
        ("providerVersionDescriptions", ""),
        ("consumerLabels", ""),
        ("providerLabels", ""),
        ("pactUrl", links.base()),
        ("verificationResultUrl", links.base()),
        ("buildUrl", ""),
        ("currentlyDeployedProviderVersionNumber", ""),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    set_statuses(&mut variables, None);
    variables
}

fn tags(details: &VersionDetails) -> String {
    details.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn described(details: &VersionDetails) -> String {
    let branches = details.branches.iter().filter(|b| b.latest).map(|b| format!("latest from branch {}", b.name));
    let live = details.live_in.iter().map(|live| format!("in {}", live.environment));
    branches.chain(live).collect::<Vec<_>>().join(", ")
}

fn deployed(details: &VersionDetails, number: Option<&str>) -> String {
    if details.live_in.is_empty() { String::new() } else { number.unwrap_or_default().to_owned() }
}
