//! The mock servers that run.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_core::pact::Pact;
use indexmap::IndexMap;

use crate::server::MockServer;

/// A running mock server with the pact it plays.
#[derive(Debug)]
pub(super) struct Playing {
    pub(super) id: String,
    pub(super) pact: Pact,
    pub(super) server: MockServer,
}

/// All running mock servers in the order they were created, found by id or port.
#[derive(Debug, Default)]
pub(super) struct Registry(Mutex<IndexMap<String, Arc<Playing>>>);

impl Registry {
    /// Gives the server an id and keeps it.
    pub(super) fn add(&self, pact: Pact, server: MockServer) -> Arc<Playing> {
        let mut servers = self.lock();
        let id = loop {
            let id = format!("{:08X}", fastrand::u32(..));
            if !servers.contains_key(&id) {
                break id;
            }
        };
        let playing = Arc::new(Playing { id: id.clone(), pact, server });
        servers.insert(id, Arc::clone(&playing));
        playing
    }

    /// By its id, in whatever case, or by its port.
    pub(super) fn find(&self, name: &str) -> Option<Arc<Playing>> {
        self.lock().values().find(|playing| is_called(playing, name)).cloned()
    }

    pub(super) fn remove(&self, name: &str) -> Option<Arc<Playing>> {
        let mut servers = self.lock();
        let index = servers.values().position(|playing| is_called(playing, name))?;
        servers.shift_remove_index(index).map(|(_, playing)| playing)
    }

    pub(super) fn all(&self) -> Vec<Arc<Playing>> {
        self.lock().values().cloned().collect()
    }

    /// Takes all out.
    pub(super) fn drain(&self) -> Vec<Arc<Playing>> {
        self.lock().drain(..).map(|(_, playing)| playing).collect()
    }

    fn lock(&self) -> MutexGuard<'_, IndexMap<String, Arc<Playing>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_called(playing: &Playing, name: &str) -> bool {
    playing.id.eq_ignore_ascii_case(name) || name.parse() == Ok(playing.server.port())
}
