//! can-i-deploy: asking the matrix whether versions go together.

use std::time::Duration;

use serde_json::Value;
use url::Url;

use crate::notice::{Notice, notices_in};
use crate::{BrokerClient, Error, Resource};

/// The question: may these versions go where they are meant to go?
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MatrixQuery {
    /// The versions asked about; at least one.
    pub selectors: Vec<MatrixSelector>,
    /// What they have to get on with. Without a target, several selectors are compared with each other, and a single
    /// one with the latest version of everything it is integrated with.
    pub target: Option<Target>,
    /// What does not count.
    pub ignored: Vec<Ignored>,
    /// The most rows to answer with. Default: the broker's.
    pub limit: Option<u32>,
}

/// An application and which of its versions is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixSelector {
    /// The application's name.
    pub pacticipant: String,
    /// Which version of it.
    pub version: VersionChoice,
}

/// Which version of an application is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VersionChoice {
    /// Any of them.
    Any,
    /// The one with this number.
    Number(String),
    /// The newest one.
    Latest,
    /// The newest one with this tag.
    LatestTagged(String),
    /// Every one with this tag.
    Tagged(String),
    /// The newest one of this branch.
    Branch(String),
    /// The newest one of the main branch.
    MainBranch,
}

/// What the selected versions have to get on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Everything deployed or released in this environment.
    Environment(String),
    /// The newest versions with this tag.
    Tag(String),
    /// The newest versions of the main branches.
    MainBranch,
}

/// An application whose missing or failed verifications do not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// The application's name.
    pub pacticipant: String,
    /// Only this version of it. Default: all.
    pub version: Option<String>,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Whether it may be deployed; `None` when a verification is missing, which means "not yet".
    pub deployable: Option<bool>,
    /// The broker's reasons in one text.
    pub reason: String,
    /// Rows whose verification succeeded.
    pub success: u64,
    /// Rows whose verification failed.
    pub failed: u64,
    /// Rows and required integrations without a verification.
    pub unknown: u64,
    /// The broker's reasons one by one.
    pub notices: Vec<Notice>,
    /// The version pairs looked at.
    pub rows: Vec<MatrixRow>,
    /// The broker's answer as received.
    pub document: Value,
}

/// A consumer version, a provider version and whether they go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixRow {
    /// The consumer's name.
    pub consumer: String,
    /// The consumer's version number.
    pub consumer_version: Option<String>,
    /// The provider's name.
    pub provider: String,
    /// The provider's version number; `None` when no selected version verified the pact.
    pub provider_version: Option<String>,
    /// Whether the verification succeeded; `None` when there is none.
    pub success: Option<bool>,
    /// When it was verified, as the broker writes it.
    pub verified_at: Option<String>,
    /// Where the result can be looked at.
    pub result_url: Option<String>,
    /// Whether the row does not count.
    pub ignored: bool,
}

/// How long to wait for verifications that are still missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Polling {
    /// How often to ask again.
    pub times: u32,
    /// How long to wait before each time.
    pub interval: Duration,
}

impl BrokerClient {
    /// Asks whether the selected versions go together with each other or with what is at the target.
    ///
    /// # Errors
    /// [`Error::Refused`] when the broker does not accept the question, for example because it knows no such
    /// application or environment. "No" is not an error.
    pub async fn can_i_deploy(&self, query: &MatrixQuery) -> Result<Verdict, Error> {
        let mut url = self.below_base("matrix")?;
        query.write_to(&mut url);
        Ok(Verdict::from_resource(self.get(url).await?))
    }

    /// Asks like [`can_i_deploy`](Self::can_i_deploy), and again while verifications are missing. `waiting` is told
    /// how many times are left before each pause.
    ///
    /// # Errors
    /// As for [`can_i_deploy`](Self::can_i_deploy).
    pub async fn can_i_deploy_once_known(
        &self,
        query: &MatrixQuery,
        polling: Polling,
        mut waiting: impl FnMut(&Verdict, u32),
    ) -> Result<Verdict, Error> {
        let mut verdict = self.can_i_deploy(query).await?;
        for left in (1..=polling.times).rev() {
            if verdict.unknown == 0 {
                break;
            }
            waiting(&verdict, left);
            tokio::time::sleep(polling.interval).await;
            verdict = self.can_i_deploy(query).await?;
        }
        Ok(verdict)
    }
}

impl MatrixQuery {
    fn write_to(&self, url: &mut Url) {
        let mut pairs = url.query_pairs_mut();
        for selector in &self.selectors {
            pairs.append_pair("q[][pacticipant]", &selector.pacticipant);
            for (key, value) in selector.version.pairs() {
                pairs.append_pair(key, value);
            }
        }
        for ignored in &self.ignored {
            pairs.append_pair("ignore[][pacticipant]", &ignored.pacticipant);
            if let Some(version) = &ignored.version {
                pairs.append_pair("ignore[][version]", version);
            }
        }
        pairs.append_pair("latestby", self.latest_by());
        match &self.target {
            Some(Target::Environment(name)) => {
                pairs.append_pair("environment", name);
            }
            Some(Target::Tag(tag)) => {
                pairs.append_pair("tag", tag).append_pair("latest", "true");
            }
            Some(Target::MainBranch) => {
                pairs.append_pair("mainBranch", "true").append_pair("latest", "true");
            }
            None if self.selectors.len() < 2 => {
                pairs.append_pair("latest", "true");
            }
            None => {}
        }
        if let Some(limit) = self.limit {
            pairs.append_pair("limit", &limit.to_string());
        }
    }

    /// Several versions of one provider may live side by side in an environment, and each of them counts.
    fn latest_by(&self) -> &'static str {
        let each_provider_version = self.selectors.len() > 1 || matches!(self.target, Some(Target::Environment(_)));
        if each_provider_version { "cvpv" } else { "cvp" }
    }
}

impl VersionChoice {
    fn pairs(&self) -> Vec<(&'static str, &str)> {
        const LATEST: (&str, &str) = ("q[][latest]", "true");
        match self {
            Self::Any => vec![],
            Self::Number(number) => vec![("q[][version]", number)],
            Self::Latest => vec![LATEST],
            Self::LatestTagged(tag) => vec![LATEST, ("q[][tag]", tag)],
            Self::Tagged(tag) => vec![("q[][tag]", tag)],
            // without `latest`, every version the branch ever had would have to pass
            Self::Branch(branch) => vec![LATEST, ("q[][branch]", branch)],
            Self::MainBranch => vec![LATEST, ("q[][mainBranch]", "true")],
        }
    }
}

impl Verdict {
    fn from_resource(answer: Resource) -> Self {
        let summary = answer.body().get("summary");
        let count = |key: &str| summary.and_then(|all| all.get(key)).and_then(Value::as_u64).unwrap_or(0);
        let rows = answer.body().get("matrix").and_then(Value::as_array);
        Self {
            deployable: summary.and_then(|all| all.get("deployable")).and_then(Value::as_bool),
            reason: answer.text_at("/summary/reason").unwrap_or_default(),
            success: count("success"),
            failed: count("failed"),
            unknown: count("unknown"),
            notices: notices_in(answer.body()),
            rows: rows.into_iter().flatten().map(MatrixRow::from_value).collect(),
            document: answer.into_body(),
        }
    }
}

impl MatrixRow {
    fn from_value(row: &Value) -> Self {
        let text = |pointer: &str| row.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        Self {
            consumer: text("/consumer/name").unwrap_or_default(),
            consumer_version: text("/consumer/version/number"),
            provider: text("/provider/name").unwrap_or_default(),
            provider_version: text("/provider/version/number"),
            success: row.pointer("/verificationResult/success").and_then(Value::as_bool),
            verified_at: text("/verificationResult/verifiedAt"),
            result_url: text("/verificationResult/_links/self/href"),
            ignored: row.get("ignored").and_then(Value::as_bool).unwrap_or(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &MatrixQuery, expected: &str) {
        let mut url = Url::parse("http://b/matrix").unwrap();
        query.write_to(&mut url);
        let query = percent_encoding::percent_decode_str(url.query().unwrap()).decode_utf8().unwrap().into_owned();
        assert_eq!(query, expected);
    }

    fn one(version: VersionChoice, target: Option<Target>) -> MatrixQuery {
        let selectors = vec![MatrixSelector { pacticipant: "Foo".to_owned(), version }];
        MatrixQuery { selectors, target, ..MatrixQuery::default() }
    }

    #[test]
    fn queries() {
        let number = || VersionChoice::Number("1".to_owned());
        let prod = || Some(Target::Environment("prod".to_owned()));
        check(&one(number(), prod()), "q[][pacticipant]=Foo&q[][version]=1&latestby=cvpv&environment=prod");
        check(&one(number(), None), "q[][pacticipant]=Foo&q[][version]=1&latestby=cvp&latest=true");
        check(
            &one(VersionChoice::LatestTagged("t".to_owned()), Some(Target::Tag("prod".to_owned()))),
            "q[][pacticipant]=Foo&q[][latest]=true&q[][tag]=t&latestby=cvp&tag=prod&latest=true",
        );
        check(
            &one(VersionChoice::MainBranch, Some(Target::MainBranch)),
            "q[][pacticipant]=Foo&q[][latest]=true&q[][mainBranch]=true&latestby=cvp&mainBranch=true&latest=true",
        );
        let mut several = one(number(), prod());
        several.ignored = vec![
            Ignored { pacticipant: "A b".to_owned(), version: None },
            Ignored { pacticipant: "C".to_owned(), version: Some("2".to_owned()) },
        ];
        several.limit = Some(5);
        check(
            &several,
            "q[][pacticipant]=Foo&q[][version]=1&ignore[][pacticipant]=A+b&ignore[][pacticipant]=C&ignore[][version]=2\
             &latestby=cvpv&environment=prod&limit=5",
        );
    }
}
