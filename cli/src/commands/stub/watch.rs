//! Noticing that pact files change.

use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

/// How long files have to rest before they are read: a pact may be written in several steps.
const REST: Duration = Duration::from_millis(100);

/// Tells of changes as long as it lives.
pub(super) struct Watcher {
    changes: mpsc::Receiver<()>,
    _watcher: RecommendedWatcher,
}

impl Watcher {
    /// Watches files and folders. A file is watched by its folder, because many programs replace files instead of writing
    /// into them.
    pub(super) fn over(files: &[PathBuf], folders: &[PathBuf]) -> notify::Result<Self> {
        let (sender, changes) = mpsc::channel(1);
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // reading a file is no change of it
            let changed = event.is_ok_and(|event| !matches!(event.kind, EventKind::Access(_)));
            if changed {
                // when one message waits already, it speaks for this change too
                let _ = sender.try_send(());
            }
        })?;
        for folder in folders {
            watcher.watch(folder, RecursiveMode::Recursive)?;
        }
        for file in files {
            let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            watcher.watch(folder, RecursiveMode::NonRecursive)?;
        }
        Ok(Self { changes, _watcher: watcher })
    }

    /// Returns when something has changed and rests again.
    pub(super) async fn changed(&mut self) {
        if self.changes.recv().await.is_none() {
            // there is nobody left to tell of changes
            std::future::pending::<()>().await;
        }
        while tokio::time::timeout(REST, self.changes.recv()).await.is_ok_and(|more| more.is_some()) {}
    }
}
