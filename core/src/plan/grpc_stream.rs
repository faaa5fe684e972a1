//! Streams of responses as the verifier checks them.

use std::time::Duration;

use super::grpc::{GrpcResponsePlan, ReceivedReply, no_message, status_mismatch};
use crate::mismatch::{Location, Mismatch, Problem};
use crate::protobuf::{DecodeError, GrpcCall, Sequence, StatusCode};
use crate::value::Value;

/// The responses of a stream, ready to be compared with many.
#[derive(Debug, Clone)]
pub struct GrpcStreamPlan {
    messages: Vec<GrpcResponsePlan>,
    /// Metadata that was agreed on with a failure, and the code it ends with.
    failure: Option<GrpcResponsePlan>,
    sequence: Sequence,
    /// Whether there can be several responses, so that one of them has to be named.
    is_numbered: bool,
}

/// Why a stream was not read any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamEnd {
    /// The provider ended it.
    Ended,
    /// All that was agreed on had come.
    Enough,
    /// It was still open after this time.
    TimedOut(Duration),
}

/// A difference in a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamMismatch {
    /// Which of the agreed responses, from 1; `None` when it is about the call as a whole.
    pub response: Option<usize>,
    /// The difference.
    pub mismatch: Mismatch,
}

/// Follows a stream, to tell when enough has come.
#[derive(Debug, Clone)]
pub struct StreamProgress<'p> {
    plan: &'p GrpcStreamPlan,
    came: usize,
    fitting: usize,
}

impl GrpcStreamPlan {
    /// Compiles the responses of a call.
    ///
    /// # Errors
    ///
    /// The pact's own example is no message of the method's type.
    pub fn compile(call: &GrpcCall) -> Result<Self, DecodeError> {
        let one = |response: &_| {
            GrpcResponsePlan::compile(&GrpcCall { responses: vec![Clone::clone(response)], ..call.clone() })
        };
        let mut messages = call.responses.iter().map(one).collect::<Result<Vec<_>, _>>()?;
        let failure = messages.pop_if(|last| last.status() != StatusCode::OK);
        let sequence = call.stream.as_ref().map(|terms| terms.sequence).unwrap_or_default();
        Ok(Self { messages, failure, sequence, is_numbered: call.method.is_server_streaming() })
    }

    /// How many messages were agreed on.
    #[must_use]
    pub fn messages(&self) -> usize {
        self.messages.len()
    }

    /// Follows a stream from its beginning.
    #[must_use]
    pub fn progress(&self) -> StreamProgress<'_> {
        StreamProgress { plan: self, came: 0, fitting: 0 }
    }

    /// All differences between what was agreed and what came.
    #[must_use]
    pub fn check(&self, received: &ReceivedReply<'_>, end: StreamEnd) -> Vec<StreamMismatch> {
        let mut found = match self.sequence {
            Sequence::InOrder => self.check_in_order(received),
            Sequence::Exact | Sequence::AtLeast => self.check_one_by_one(received),
        };
        let complete =
            !found.iter().any(|found| found.response.is_some_and(|response| response <= self.messages.len()));
        found.extend(self.check_metadata(received));
        if let (Sequence::Exact, Some(message)) = (self.sequence, received.messages.get(self.messages.len())) {
            let response = Some(self.messages.len() + 1);
            found.push(StreamMismatch { response, mismatch: unexpected(message) });
        } else if complete {
            found.extend(self.check_end(received, end));
        }
        if !self.is_numbered {
            found.iter_mut().for_each(|found| found.response = None);
        }
        found
    }

    fn check_one_by_one(&self, received: &ReceivedReply<'_>) -> Vec<StreamMismatch> {
        let mut found = Vec::new();
        for (index, plan) in self.messages.iter().enumerate() {
            let response = Some(index + 1);
            let Some(message) = received.messages.get(index) else {
                let mismatch = self.missing(received, index);
                found.push(StreamMismatch { response, mismatch });
                break;
            };
            let mismatches = plan.check_message(message).into_iter();
            found.extend(mismatches.map(|mismatch| StreamMismatch { response, mismatch }));
        }
        found
    }

    /// Each agreed message is looked for behind the one before it; of what does not fit, the closest is reported.
    fn check_in_order(&self, received: &ReceivedReply<'_>) -> Vec<StreamMismatch> {
        let mut next = 0;
        for (index, plan) in self.messages.iter().enumerate() {
            let mut closest: Option<Vec<Mismatch>> = None;
            let fits = received.messages.iter().enumerate().skip(next).find(|(_, message)| {
                let mismatches = plan.check_message(message);
                let fits = mismatches.is_empty();
                if closest.as_ref().is_none_or(|known| mismatches.len() < known.len()) {
                    closest = Some(mismatches);
                }
                fits
            });
            match fits {
                Some((at, _)) => next = at + 1,
                None => {
                    let mismatches = closest.unwrap_or_else(|| vec![self.missing(received, index)]).into_iter();
                    return mismatches.map(|mismatch| StreamMismatch { response: Some(index + 1), mismatch }).collect();
                }
            }
        }
        Vec::new()
    }

    /// A message that did not come, or the failure that came instead.
    fn missing(&self, received: &ReceivedReply<'_>, index: usize) -> Mismatch {
        if received.status == StatusCode::OK {
            return no_message(self.messages[index].example());
        }
        status_mismatch(StatusCode::OK, received)
    }

    fn check_metadata(&self, received: &ReceivedReply<'_>) -> Vec<StreamMismatch> {
        let plans = self.messages.iter().chain(&self.failure);
        let found = plans.flat_map(|plan| plan.check_metadata(received));
        found.map(|mismatch| StreamMismatch { response: None, mismatch }).collect()
    }

    /// How the call ended, where that was agreed on.
    fn check_end(&self, received: &ReceivedReply<'_>, end: StreamEnd) -> Option<StreamMismatch> {
        let agreed = self.failure.as_ref().map_or(StatusCode::OK, GrpcResponsePlan::status);
        let matters = self.sequence == Sequence::Exact || self.failure.is_some();
        let mismatch = match end {
            StreamEnd::TimedOut(after) if matters => still_open(agreed, received.messages.len(), after),
            StreamEnd::Ended if received.status != agreed => status_mismatch(agreed, received),
            _ => return None,
        };
        Some(StreamMismatch { response: None, mismatch })
    }
}

impl StreamProgress<'_> {
    /// Takes the next message, and says whether no further one is of interest.
    pub fn take(&mut self, message: &[u8]) -> bool {
        self.came += 1;
        let agreed = self.plan.messages.len();
        if self.plan.sequence == Sequence::InOrder {
            let next = self.plan.messages.get(self.fitting);
            self.fitting += usize::from(next.is_some_and(|plan| plan.check_message(message).is_empty()));
        }
        match self.plan.sequence {
            // one too many is enough to know
            Sequence::Exact => self.came > agreed,
            _ if self.plan.failure.is_some() => false,
            Sequence::AtLeast => self.came >= agreed,
            Sequence::InOrder => self.fitting >= agreed,
        }
    }
}

fn unexpected(message: &[u8]) -> Mismatch {
    Mismatch {
        location: Location::Body { path: "$".to_owned() },
        problem: Problem::Unexpected,
        expected: None,
        actual: Some(Value::Bytes(message.to_vec())),
        rule: None,
    }
}

fn still_open(agreed: StatusCode, came: usize, after: Duration) -> Mismatch {
    let text = format!("a stream that was still open after {} s and {came} messages", after.as_secs_f64());
    Mismatch {
        location: Location::Metadata { key: "grpc-status".to_owned() },
        problem: Problem::NotEqual,
        expected: Some(Value::from(agreed.name())),
        actual: Some(Value::String(text)),
        rule: None,
    }
}

#[cfg(test)]
#[path = "grpc_stream_tests.rs"]
mod tests;
