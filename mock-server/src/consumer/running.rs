//! The provider that a test talks to, in an async and a blocking flavour.

use std::future::{Future, ready};
use std::path::PathBuf;

use super::guard::{ContractError, Guard};
use crate::report::Report;

macro_rules! common {
    ($type:ident) => {
        impl $type {
            pub(super) fn new(guard: Guard) -> Self {
                Self { guard }
            }

            /// The address to give to a client, such as `http://127.0.0.1:49152`, or with `https` if the contract was said
            /// with [`tls`](crate::Pact::tls); REST and gRPC answer there.
            #[must_use]
            pub fn url(&self) -> String {
                self.guard.server.url()
            }

            /// The certificate that clients have to trust, as PEM, when the contract was said with
            /// [`tls`](crate::Pact::tls).
            #[must_use]
            pub fn certificate_pem(&self) -> Option<&str> {
                self.guard.server.certificate_pem()
            }

            /// The port of [`url`](Self::url).
            #[must_use]
            pub fn port(&self) -> u16 {
                self.guard.server.port()
            }

            /// How the conversation went so far.
            #[must_use]
            pub fn report(&self) -> Report {
                self.guard.server.report()
            }
        }
    };
}

/// A server that plays the provider until it is finished.
///
/// Dropped without [`finish`](Self::finish), it finishes by itself: it panics if the contract was not kept, and writes the
/// pact file otherwise. It stays quiet when the thread is panicking already, so that the test's own failure is heard.
#[derive(Debug)]
#[must_use = "the contract is verified at once when this is dropped"]
pub struct MockProvider {
    guard: Guard,
}

common!(MockProvider);

impl MockProvider {
    /// Verifies that every interaction was exercised as agreed and nothing else was asked for, and adds the contract to
    /// its pact file.
    ///
    /// # Panics
    ///
    /// With a report of what differs, or with what kept the file from being written, such as another test that records
    /// something different under the same description and provider states.
    #[track_caller]
    pub fn finish(mut self) -> impl Future<Output = ()> + Send {
        // done before the future is polled, because only here a panic can name the test's line
        self.guard.finish();
        ready(())
    }

    /// As [`finish`](Self::finish), but returns where the pact file is, or what went wrong.
    pub fn try_finish(mut self) -> impl Future<Output = Result<PathBuf, ContractError>> + Send {
        ready(self.guard.try_finish())
    }
}

/// As [`MockProvider`], for tests without an async runtime.
#[derive(Debug)]
#[must_use = "the contract is verified at once when this is dropped"]
pub struct BlockingProvider {
    guard: Guard,
}

common!(BlockingProvider);

impl BlockingProvider {
    /// Verifies that every interaction was exercised as agreed and nothing else was asked for, and adds the contract to
    /// its pact file.
    ///
    /// # Panics
    ///
    /// As [`MockProvider::finish`].
    #[track_caller]
    pub fn finish(mut self) {
        self.guard.finish();
    }

    /// As [`finish`](Self::finish), but returns where the pact file is.
    ///
    /// # Errors
    ///
    /// The contract was not kept, or the file could not be written.
    pub fn try_finish(mut self) -> Result<PathBuf, ContractError> {
        self.guard.try_finish()
    }
}
