//! Calls in which both sides stream: the server follows the agreed conversation step by step.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use countersign_core::mismatch::Mismatch;
use countersign_core::protobuf::{GrpcCall, Step};
use http::request::Parts;
use http::{HeaderMap, Response};
use http_body::{Body, Frame};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::sync::mpsc;

use super::GrpcIndex;
use super::answer::{failure_trailers, live_response};
use super::compression::Encoding;
use super::deadline::deadline;
use super::frame::Frames;
use super::requests::{missing, of_request, unexpected};
use super::service::{CANCELLED, DEADLINE_EXCEEDED, Refused, journal, mismatch_status};
use crate::server::answer_body::AnswerBody;
use crate::server::closest::Attempts;
use crate::server::http_service::received_headers;
use crate::server::journal::Reason;
use crate::server::selection::Countable as _;
use crate::server::state::State;
use crate::server::{Closest, Selection};

/// How many answers wait for a caller that reads slowly.
const AHEAD: usize = 16;

/// What happens next in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// The client's message of this number comes.
    Take(usize),
    /// The client has no more to say.
    End,
    /// The server's message of this number goes out.
    Give(usize),
}

/// The acts of a call: in the agreed order, or all requests before all responses.
pub(super) fn script(call: &GrpcCall) -> Vec<Act> {
    let (requests, responses) = (1 + call.further_requests.len(), messages(call));
    let order = call.stream.as_ref().map(|terms| terms.order.as_slice()).unwrap_or_default();
    if order.is_empty() {
        let gives = (0..responses).map(Act::Give);
        return (0..requests).map(Act::Take).chain([Act::End]).chain(gives).collect();
    }
    let (mut taken, mut given) = (0, 0);
    let mut acts: Vec<Act> = order
        .iter()
        .map(|step| match step {
            Step::Send => {
                taken += 1;
                Act::Take(taken - 1)
            }
            Step::Receive => {
                given += 1;
                Act::Give(given - 1)
            }
        })
        .collect();
    acts.extend((taken..requests).map(Act::Take));
    acts.extend((given..responses).map(Act::Give));
    acts.push(Act::End);
    acts
}

fn messages(call: &GrpcCall) -> usize {
    call.responses.iter().filter(|response| response.status.is_none()).count()
}

/// Starts the conversation; what is said in it goes out while it is said.
pub(super) fn converse(state: &State, parts: Parts, body: Incoming) -> Response<AnswerBody> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let mut conversation = Conversation::new(state, &parts, body, sender);
    let headers = conversation.headers();
    let log = Arc::clone(&state.journal);
    tokio::spawn(async move {
        let refused = match deadline(&parts.headers) {
            None => conversation.run().await,
            Some(time) => match tokio::time::timeout(time, conversation.run()).await {
                Ok(refused) => refused,
                Err(_) => Some(conversation.refused_late()),
            },
        };
        if let Some(refused) = refused {
            let (code, text) = journal(&log, &parts, refused);
            // a caller that is gone does not mind
            let _ = conversation.sender.send(Frame::trailers(failure_trailers(code, &text))).await;
        }
    });
    live_response(headers, AnswerBody::live(Channel(receiver)))
}

struct Conversation {
    calls: Arc<GrpcIndex>,
    body: Incoming,
    frames: Frames,
    sender: mpsc::Sender<Frame<Bytes>>,
    /// The calls that what came so far fits, the likeliest first; all are at the same act.
    fitting: Vec<usize>,
    attempts: Attempts,
    act: usize,
}

impl Conversation {
    fn new(state: &State, parts: &Parts, body: Incoming, sender: mpsc::Sender<Frame<Bytes>>) -> Self {
        let calls = Arc::clone(&state.grpc);
        let expectations = calls.expectations();
        let mut candidates = calls.candidates(parts.uri.path()).to_vec();
        if state.selection == Selection::UnusedFirst {
            candidates.sort_by_key(|id| expectations[*id].hits().count() > 0);
        }
        let metadata = received_headers(&parts.headers);
        let mut attempts = Attempts::default();
        let fits = |id: &usize| {
            let mismatches = expectations[*id].plan.check_metadata(&metadata);
            let fits = mismatches.is_empty();
            if !fits {
                attempts.add(*id, mismatches);
            }
            fits
        };
        let wanted = state.wanted_state(&parts.headers);
        let allowed = |id: &usize| wanted.allows(&expectations[*id].name.states);
        let fitting = candidates.into_iter().filter(allowed).filter(fits).collect();
        let frames = Frames::new(Encoding::of(&parts.headers), state.limits.size);
        Self { calls, body, frames, sender, fitting, attempts, act: 0 }
    }

    /// Callers want to see headers before they say anything.
    fn headers(&self) -> HeaderMap {
        let likeliest = self.fitting.first().map(|id| &self.calls.expectations()[*id]);
        likeliest.map(|expectation| expectation.answer.headers()).unwrap_or_default()
    }

    /// Goes through the acts; what is wrong with the call, if anything is.
    async fn run(&mut self) -> Option<Refused> {
        loop {
            let Some(&id) = self.fitting.first() else { return Some(self.refused()) };
            match self.calls.expectations()[id].script.get(self.act).copied() {
                None => {
                    let expectation = &self.calls.expectations()[id];
                    expectation.hits().add();
                    // a caller that left after the last message has all that was agreed on
                    let _ = self.sender.send(Frame::trailers(expectation.answer.trailers())).await;
                    return None;
                }
                Some(Act::Give(index)) => {
                    let message = self.calls.expectations()[id].answer.message(index);
                    self.keep(|script, act| script.get(act) == Some(&Act::Give(index)));
                    if self.sender.send(Frame::data(message)).await.is_err() {
                        return Some(self.hung_up("before it had all answers"));
                    }
                }
                Some(Act::Take(_) | Act::End) => match self.message().await {
                    Ok(message) => self.take(message.as_deref()),
                    Err(refused) => return Some(refused),
                },
            }
            self.act += 1;
        }
    }

    /// Keeps the calls that go on in this way.
    fn keep(&mut self, goes_on: impl Fn(&[Act], usize) -> bool) {
        let (calls, act) = (Arc::clone(&self.calls), self.act);
        self.fitting.retain(|id| goes_on(&calls.expectations()[*id].script, act));
    }

    /// Compares a message, or the end, with what each call expects at this act.
    fn take(&mut self, message: Option<&[u8]>) {
        let (calls, act) = (Arc::clone(&self.calls), self.act);
        let attempts = &mut self.attempts;
        self.fitting.retain(|id| {
            let expectation = &calls.expectations()[*id];
            let mismatches: Vec<Mismatch> = match (expectation.script.get(act), message) {
                (Some(Act::Take(index)), Some(message)) => {
                    let found = expectation.plan.check_message(*index, message).unwrap_or_default();
                    found.into_iter().map(|mismatch| of_request(*index, mismatch)).collect()
                }
                (Some(Act::Take(index)), None) => vec![missing(&expectation.plan, *index)],
                (Some(Act::End), None) => Vec::new(),
                (_, Some(message)) => vec![unexpected(expectation.plan.messages(), message)],
                (_, None) => vec![missing(&expectation.plan, expectation.plan.messages())],
            };
            let fits = mismatches.is_empty();
            if !fits {
                attempts.add(*id, mismatches);
            }
            fits
        });
    }

    /// The client's next message; `None` when it has no more to say.
    async fn message(&mut self) -> Result<Option<Bytes>, Refused> {
        loop {
            if let Some(message) = self.frames.next()? {
                return Ok(Some(message));
            }
            match self.body.frame().await {
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        self.frames.add(data);
                    }
                }
                Some(Err(_)) => return Err(self.hung_up("in the middle of the call")),
                None => {
                    self.frames.end()?;
                    return Ok(None);
                }
            }
        }
    }

    fn hung_up(&self, when: &str) -> Refused {
        let reason = format!("the client hung up {when}, after {} messages", self.frames.read());
        Refused { status: CANCELLED, reason: Reason::Unreadable(reason) }
    }

    fn refused_late(&self) -> Refused {
        let reason = format!("the call's deadline passed after {} messages of the client", self.frames.read());
        Refused { status: DEADLINE_EXCEEDED, reason: Reason::Unreadable(reason) }
    }

    fn refused(&mut self) -> Refused {
        match std::mem::take(&mut self.attempts).into_best() {
            None => Refused { status: super::service::UNIMPLEMENTED, reason: Reason::Unknown(None) },
            Some((id, mismatches)) => {
                let interaction = self.calls.expectations()[id].name.clone();
                let status = mismatch_status(&mismatches);
                Refused { status, reason: Reason::Differs(Closest { interaction, mismatches }) }
            }
        }
    }
}

/// A body whose frames come through a channel.
struct Channel(mpsc::Receiver<Frame<Bytes>>);

impl Body for Channel {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|frame| frame.map(Ok))
    }
}
