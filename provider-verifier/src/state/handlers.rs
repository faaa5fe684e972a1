//! State handlers in the test's own process.

use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use countersign_core::pact::{Attributes, ProviderState};
use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::Action;
use super::call::{StateCall, StateError, StateValues};
use crate::provider::panic_text;

type Handler<'a> = Box<dyn Fn(StateCall) -> BoxFuture<'a, Result<Attributes, String>> + Send + Sync + 'a>;

/// Handlers by state name.
#[derive(Default)]
pub(crate) struct Handlers<'a> {
    setup: BTreeMap<String, Handler<'a>>,
    teardown: BTreeMap<String, Handler<'a>>,
}

impl<'a> Handlers<'a> {
    pub(crate) fn add<F, R, V>(&mut self, action: Action, name: String, handler: F)
    where
        F: Fn(StateCall) -> R + Send + Sync + 'a,
        R: Future<Output = Result<V, StateError>> + Send + 'a,
        V: StateValues,
    {
        let boxed: Handler<'a> = Box::new(move |call| {
            handler(call).map(|result| result.and_then(StateValues::into_values).map_err(StateError::into_text)).boxed()
        });
        match action {
            Action::Setup => self.setup.insert(name, boxed),
            Action::Teardown => self.teardown.insert(name, boxed),
        };
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.setup.is_empty()
    }

    fn of(&self, action: Action) -> &BTreeMap<String, Handler<'a>> {
        match action {
            Action::Setup => &self.setup,
            Action::Teardown => &self.teardown,
        }
    }

    pub(super) fn has(&self, action: Action, name: &str) -> bool {
        self.of(action).contains_key(name)
    }

    /// Calls the handler of a state. A handler that panics has failed, and the other interactions go on.
    pub(super) async fn call(&self, action: Action, state: &ProviderState) -> Result<Attributes, String> {
        let Some(handler) = self.of(action).get(&state.name) else { return Ok(Attributes::new()) };
        let handled = AssertUnwindSafe(async { handler(StateCall::new(state)).await }).catch_unwind().await;
        handled.unwrap_or_else(|panic| Err(format!("the handler panicked: {}", panic_text(&*panic))))
    }

    /// Says that a state has no handler, and which have.
    pub(super) fn unknown(&self, name: &str) -> String {
        let known: Vec<_> = self.setup.keys().map(|known| format!("'{known}'")).collect();
        format!("no handler has this name; there are handlers for {}. Add .state(\"{name}\", …)", known.join(", "))
    }
}
