//! A gRPC call of a pact: what is sent, and how the reply is judged.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use countersign_core::generator::Context;
use countersign_core::mismatch::{Location, Mismatch, Problem};
use countersign_core::pact::{Interaction, Pact};
use countersign_core::plan::{GrpcResponsePlan, GrpcStreamPlan, ReceivedReply, StreamEnd, StreamProgress};
use countersign_core::protobuf::{GrpcCall, GrpcMessage, Presence, Schema, StatusCode, Step};
use countersign_core::value::Value;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::http::received;
use crate::outcome::Finding;

/// A gRPC call of a pact, compiled once.
#[derive(Debug)]
pub(crate) struct GrpcCheck {
    pub(super) call: GrpcCall,
    pub(super) path: PathAndQuery,
    description: String,
    reply: ReplyPlan,
    /// What should be known of the replies so far and decides nothing.
    warnings: Mutex<Vec<String>>,
}

#[derive(Debug)]
enum ReplyPlan {
    /// The first message counts alone: a unary call, or a stream in the pact of those who know none.
    First(GrpcResponsePlan),
    Stream(GrpcStreamPlan),
}

/// What a provider said.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) status_message: String,
    pub(super) messages: Vec<Bytes>,
    pub(super) headers: HeaderMap,
    pub(super) trailers: HeaderMap,
    pub(super) end: StreamEnd,
}

/// Whether what protobuf cannot tell from a default fails a pact that does not say that it has to arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Strictness {
    #[default]
    Warn,
    Fail,
}

impl GrpcCheck {
    /// Compiles a call.
    ///
    /// # Errors
    ///
    /// Why it cannot be replayed, in words.
    pub(crate) fn compile(pact: &Pact, interaction: &Interaction) -> Result<Self, String> {
        let call = GrpcCall::from_interaction(pact, interaction).map_err(|error| error.to_string())?;
        let reply = match call.stream {
            Some(_) => GrpcStreamPlan::compile(&call).map(ReplyPlan::Stream),
            None => GrpcResponsePlan::compile(&call).map(ReplyPlan::First),
        };
        let reply = reply.map_err(|error| format!("its response is {error}"))?;
        let path = PathAndQuery::try_from(call.method.path()).map_err(|error| error.to_string())?;
        let description = interaction.description.clone();
        Ok(Self { call, path, description, reply, warnings: Mutex::default() })
    }

    /// The messages and metadata to send.
    pub(super) fn request(&self, context: &Context) -> Result<(Vec<Bytes>, HeaderMap), String> {
        let mut generated = Vec::new();
        for agreed in self.call.requests() {
            generated.push(self.generated(agreed, context)?);
        }
        let first = generated.first().map(|message| &message.metadata).into_iter().flatten();
        // the transport says itself what its contents are
        let own = first.filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
        let metadata = header_map(own.map(|(name, value)| (name.as_str(), value.as_str())))?;
        Ok((generated.into_iter().map(|message| message.bytes.clone().into()).collect(), metadata))
    }

    fn generated<'m>(&self, agreed: &'m GrpcMessage, context: &Context) -> Result<Cow<'m, GrpcMessage>, String> {
        if agreed.generators.is_empty() {
            return Ok(Cow::Borrowed(agreed));
        }
        agreed.generate(&self.call.method.input(), context).map(Cow::Owned).map_err(|error| error.to_string())
    }

    /// Who speaks when; all requests before all responses where nothing else was agreed on.
    pub(super) fn order(&self) -> Vec<Step> {
        let order = self.call.stream.as_ref().map(|terms| terms.order.clone()).unwrap_or_default();
        let sent = order.iter().filter(|step| **step == Step::Send).count();
        let rest = self.call.requests().count().saturating_sub(sent);
        order.into_iter().chain(std::iter::repeat_n(Step::Send, rest)).collect()
    }

    /// How long all of it may take, if the pact says so.
    pub(super) fn within(&self) -> Option<Duration> {
        self.call.stream.as_ref().and_then(|terms| terms.within)
    }

    /// Tells when enough has come; `None` where the end has to be seen.
    pub(super) fn progress(&self) -> Option<StreamProgress<'_>> {
        match &self.reply {
            ReplyPlan::First(_) => None,
            ReplyPlan::Stream(plan) => Some(plan.progress()),
        }
    }

    pub(super) fn check(&self, reply: &Reply, strictness: Strictness) -> Vec<Finding> {
        let received = reply.received();
        let mut found: Vec<Finding> = match &self.reply {
            ReplyPlan::First(plan) => plan.check(&received).into_iter().map(Finding::from).collect(),
            ReplyPlan::Stream(plan) => {
                let found = plan.check(&received, reply.end).into_iter();
                found.map(|found| Finding { response: found.response, ..found.mismatch.into() }).collect()
            }
        };
        if let (ReplyPlan::First(plan), [first, further @ ..]) = (&self.reply, received.messages.as_slice()) {
            if self.call.method.is_server_streaming() {
                let and_more = further.len();
                self.warn(format!("its method streams, but the pact does not tell a stream: the first message was compared, {and_more} more were not"));
            }
            let is_failure = received.status != StatusCode::OK;
            if self.call.presence == Presence::Open && !self.call.is_own && !is_failure {
                let absent = plan.absent_fields(first);
                let absent = absent
                    .into_iter()
                    .filter(|absent| !found.iter().any(|known| known.mismatch.location == absent.location));
                self.weigh(absent.collect(), strictness, &mut found);
            }
        }
        found
    }

    /// Fields that did not arrive: a failure where that was asked for, or else a warning.
    fn weigh(&self, absent: Vec<Mismatch>, strictness: Strictness, found: &mut Vec<Finding>) {
        if absent.is_empty() {
            return;
        }
        if strictness == Strictness::Fail {
            return found.extend(absent.into_iter().map(Finding::from));
        }
        let paths: Vec<String> = absent.iter().map(|mismatch| mismatch.location.to_string()).collect();
        self.warn(format!(
            "{} did not arrive and {} as the default, which satisfies the pact; the provider may no longer have {} \
             (--strict makes this a failure)",
            paths.join(", "),
            if paths.len() == 1 { "reads" } else { "read" },
            if paths.len() == 1 { "it" } else { "them" },
        ));
    }

    /// What the provider's own schema makes of the fields that the pact uses.
    pub(super) fn check_schema(&self, provided: &Schema, strictness: Strictness) -> Vec<Finding> {
        let changes = self.call.schema_changes(provided);
        if changes.is_empty() {
            return Vec::new();
        }
        let counts = self.call.presence == Presence::Required || strictness == Strictness::Fail;
        if !counts {
            for change in changes {
                let provided = change.provided.map_or_else(|| "nothing".to_owned(), |field| format!("'{field}'"));
                let (path, agreed) = (change.path, change.agreed);
                self.warn(format!("{path} is '{agreed}' in the pact's schema and {provided} in the provider's (--strict makes this a failure)"));
            }
            return Vec::new();
        }
        let mismatch = |change: countersign_core::protobuf::SchemaChange| Mismatch {
            location: Location::Body { path: change.path },
            problem: if change.provided.is_some() { Problem::NotEqual } else { Problem::Missing },
            expected: Some(Value::String(change.agreed)),
            actual: change.provided.map(Value::String),
            rule: None,
        };
        changes.into_iter().map(|change| Finding::from(mismatch(change))).collect()
    }

    fn warn(&self, text: String) {
        let text = format!("'{}' at {}: {text}", self.description, self.path);
        let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        if !warnings.contains(&text) {
            warnings.push(text);
        }
    }

    /// What should be known of the replies so far.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Reply {
    fn received(&self) -> ReceivedReply<'_> {
        ReceivedReply {
            status: self.status,
            status_message: &self.status_message,
            messages: self.messages.iter().map(|message| &**message).collect(),
            headers: received(&self.headers),
            trailers: received(&self.trailers),
        }
    }
}

/// Header fields of texts; the values of `-bin` fields are base64, in the pact as on the wire.
fn header_map<'t>(fields: impl Iterator<Item = (&'t str, &'t str)>) -> Result<HeaderMap, String> {
    let mut map = HeaderMap::new();
    for (name, value) in fields {
        let key = HeaderName::try_from(name).map_err(|_| format!("'{name}' is no metadata name"))?;
        let value = HeaderValue::try_from(value)
            .map_err(|_| format!("metadata {name} cannot carry the value '{}'", value.escape_debug()))?;
        map.append(key, value);
    }
    Ok(map)
}
