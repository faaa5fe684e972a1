//! Requests as a user wants to change them before they are sent.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::Request;

use crate::state::StateError;

type Change<'a> = dyn Fn(Request<Bytes>) -> BoxFuture<'a, Result<Request<Bytes>, String>> + Send + Sync + 'a;

/// Changes every request to the provider.
#[derive(Clone)]
pub(crate) struct RequestFilter<'a>(Arc<Change<'a>>);

impl<'a> RequestFilter<'a> {
    pub(crate) fn new<F, R>(change: F) -> Self
    where
        F: Fn(Request<Bytes>) -> R + Send + Sync + 'a,
        R: Future<Output = Result<Request<Bytes>, StateError>> + Send + 'a,
    {
        Self(Arc::new(move |request| change(request).map(|changed| changed.map_err(StateError::into_text)).boxed()))
    }

    /// # Errors
    ///
    /// Why the request is not to be sent, in words.
    pub(crate) async fn apply(&self, request: Request<Bytes>) -> Result<Request<Bytes>, String> {
        let changed = AssertUnwindSafe(async { (self.0)(request).await }).catch_unwind().await;
        match changed {
            Ok(changed) => changed.map_err(|reason| format!("the request filter refused the request: {reason}")),
            Err(panic) => Err(format!("the request filter panicked: {}", super::panic_text(&*panic))),
        }
    }
}
