//! What can go wrong between a client and a broker, in words that help.

use std::time::Duration;

/// Why a call to the broker failed.
///
/// `Display` says what happened and where; [`hint`](Self::hint) says what to do about it, and
/// [`messages`](Self::messages) repeats what the broker itself had to say.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No base URL was given at all.
    #[error("no broker was named")]
    NoBaseUrl,
    /// The base URL is not an address a client can use.
    #[error("`{url}` is not a usable broker address: {reason}")]
    InvalidBaseUrl {
        /// What was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A header, credential, retry count or certificate cannot be used as given.
    #[error("{what} cannot be used: {reason}")]
    InvalidSetting {
        /// Which setting.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No connection came about.
    #[error("could not reach the broker at {url}: {reason}")]
    Unreachable {
        /// The address that was tried.
        url: String,
        /// Why it failed, for example "connection refused".
        reason: String,
        /// The broker's address, when one of its links led to this other one.
        linked_from: Option<String>,
    },
    /// The encrypted connection could not be set up.
    #[error("could not set up an encrypted connection to {url}: {reason}")]
    Tls {
        /// The address that was tried.
        url: String,
        /// What TLS complained about.
        reason: String,
    },
    /// The broker did not answer an earlier call in spite of all repeats, so it was not asked again so soon.
    #[error("{url} was not asked: {reason}")]
    GivenUp {
        /// The address that would have been asked.
        url: String,
        /// What happened to the earlier call.
        reason: String,
    },
    /// The broker took longer than the client's timeout.
    #[error("no answer from {url} within {} s", after.as_secs_f64())]
    Timeout {
        /// The address that was asked.
        url: String,
        /// The client's timeout.
        after: Duration,
    },
    /// The connection broke before the answer was complete.
    #[error("the connection to {url} broke: {reason}")]
    Interrupted {
        /// The address that was asked.
        url: String,
        /// What broke.
        reason: String,
    },
    /// The broker wants (other) credentials: 401 or 403.
    #[error("{url} answered {status}: {credentials}")]
    Unauthorized {
        /// The address that was asked.
        url: String,
        /// 401 or 403.
        status: u16,
        /// What the client sent.
        credentials: Credentials,
    },
    /// What was asked for does not exist: 404.
    #[error("{what} was not found at {url}{}", list(messages))]
    NotFound {
        /// The address that was asked.
        url: String,
        /// What was looked for, in words.
        what: String,
        /// The broker's own words.
        messages: Vec<String>,
    },
    /// The request contradicts what the broker holds: 409.
    #[error("{url} answered 409, the request conflicts with what the broker holds{}", list(messages))]
    Conflict {
        /// The address that was asked.
        url: String,
        /// The broker's own words.
        messages: Vec<String>,
    },
    /// The broker refused the request as such: another 4xx.
    #[error("{url} answered {status}, the broker refused the request{}", list(messages))]
    Refused {
        /// The address that was asked.
        url: String,
        /// The status code.
        status: u16,
        /// The broker's own words.
        messages: Vec<String>,
    },
    /// The broker failed: 5xx, 408 or 429, after all repeats.
    #[error("{url} answered {status}{}{}", tries(*attempts), list(messages))]
    Failing {
        /// The address that was asked.
        url: String,
        /// The last status code.
        status: u16,
        /// How often it was asked.
        attempts: u32,
        /// The broker's own words.
        messages: Vec<String>,
    },
    /// The answer is not a broker's: a web page, or text where a document was expected.
    #[error("{url} does not answer like a Pact Broker: {reason}")]
    NotABroker {
        /// The address that was asked.
        url: String,
        /// What came instead.
        reason: String,
    },
    /// A document lacks a link the call needs.
    #[error("the document at {url} has no link `{rel}`")]
    MissingLink {
        /// Where the document came from.
        url: String,
        /// The link's relation.
        rel: String,
    },
    /// A document lacks something the call needs, or has it in a form no broker uses.
    #[error("the document at {url} is not as expected: {reason}")]
    UnexpectedDocument {
        /// Where the document came from.
        url: String,
        /// What is missing or different.
        reason: String,
    },
    /// No environment of this name exists.
    #[error("no environment is called `{name}`; {}", known_environments(known))]
    UnknownEnvironment {
        /// The name looked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// Nothing of the application is recorded where the call wants to end it.
    #[error("{what}")]
    NothingRecorded {
        /// What was looked for and what there is instead, in words.
        what: String,
    },
}

impl Error {
    /// What the reader can do about it, when there is something to say beyond the error itself.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoBaseUrl => "name it with --broker-base-url or PACT_BROKER_BASE_URL",
            Self::InvalidBaseUrl { .. } => {
                "give an http:// or https:// address with --broker-base-url or PACT_BROKER_BASE_URL"
            }
            Self::Unreachable { linked_from: Some(base), .. } => {
                return Some(format!(
                    "a link of the broker at {base} leads there; set the broker's own base URL to the address its \
                     clients use"
                ));
            }
            Self::Unreachable { .. } | Self::GivenUp { .. } => {
                "check that it is running (`countersign broker` starts one) and that --broker-base-url or \
                 PACT_BROKER_BASE_URL names it"
            }
            Self::Tls { reason, .. } if reason.contains("another host name") => {
                "use the host name the certificate is for, in --broker-base-url and in the broker's own base URL, which \
                 its links start with"
            }
            Self::Tls { reason, .. } if speaks_no_tls(reason) => "nothing there speaks TLS: try http:// instead",
            Self::Tls { .. } => {
                "name the certificate authority's PEM file with --ssl-certificate or SSL_CERT_FILE; \
                 --skip-ssl-verification gives up checking who answers"
            }
            Self::Timeout { .. } => "the broker may be overloaded, or its database may not answer; see its log",
            Self::Interrupted { .. } => {
                "a proxy in between may have closed the connection; see its log and the broker's"
            }
            Self::Unauthorized { status: 401, .. } => {
                "set PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD"
            }
            Self::Unauthorized { .. } => {
                "use credentials that are allowed to do this; read-only ones are not enough to write"
            }
            Self::Failing { .. } => "the broker's log says more",
            Self::NotABroker { .. } => {
                "check --broker-base-url or PACT_BROKER_BASE_URL, including the path a proxy serves the broker under"
            }
            Self::MissingLink { .. } => "this broker may be too old to offer it",
            Self::UnknownEnvironment { .. } => "create it with `countersign create-environment`",
            _ => return None,
        };
        Some(hint.to_owned())
    }

    /// What the broker itself said, when it said anything.
    #[must_use]
    pub fn messages(&self) -> &[String] {
        match self {
            Self::NotFound { messages, .. }
            | Self::Conflict { messages, .. }
            | Self::Refused { messages, .. }
            | Self::Failing { messages, .. } => messages,
            _ => &[],
        }
    }

    /// The same error, a "not found" naming what was looked for.
    pub(crate) fn looking_for(self, what: impl Into<String>) -> Self {
        match self {
            Self::NotFound { url, messages, .. } => Self::NotFound { url, what: what.into(), messages },
            other => other,
        }
    }

    /// Whether the broker said that the thing asked for does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }
}

/// Which credentials a client sends with each request; never their value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credentials {
    /// None.
    None,
    /// A user name and password.
    Basic,
    /// A bearer token.
    Bearer,
    /// A custom `Authorization` header.
    Custom,
}

impl std::fmt::Display for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "it wants credentials and none were sent",
            Self::Basic => "it does not accept the user name and password",
            Self::Bearer => "it does not accept the bearer token",
            Self::Custom => "it does not accept the Authorization header",
        })
    }
}

/// rustls reports plain text answering a handshake as a corrupt message.
fn speaks_no_tls(reason: &str) -> bool {
    reason.contains("corrupt message") || reason.contains("InvalidContentType")
}

/// The broker's words below the error, one dash per message.
fn list(messages: &[String]) -> String {
    let paragraphs = messages.iter().map(|message| {
        let lines: Vec<_> = message.trim().lines().map(str::trim_end).collect();
        format!("\n  - {}", lines.join("\n    ").replace("\n    \n", "\n\n"))
    });
    paragraphs.collect()
}

fn tries(attempts: u32) -> String {
    if attempts > 1 { format!(", {attempts} times") } else { String::new() }
}

fn known_environments(known: &[String]) -> String {
    if known.is_empty() { "there are none yet".to_owned() } else { format!("there are: {}", known.join(", ")) }
}
