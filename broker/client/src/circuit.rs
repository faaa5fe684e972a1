//! Not asking again and again where nobody answers.

use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long nobody is asked after a broker could not be reached at all.
const REST: Duration = Duration::from_secs(30);

/// Remembers that a call failed in spite of all repeats, until one succeeds.
///
/// A verification or a deployment asks a broker many things one after another; when the broker is down, every one of them would
/// be repeated to the end. After the first such failure, calls are made once each while the broker answers with failures,
/// and not at all for half a minute when it cannot be reached.
#[derive(Debug, Default)]
pub(crate) struct Circuit {
    opened: Mutex<Option<Opened>>,
}

#[derive(Debug, Clone)]
struct Opened {
    at: Instant,
    reason: String,
    reachable: bool,
}

/// Whether and how often a call may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Admission {
    /// As often as the policy has it.
    Usual,
    /// Once.
    Once,
    /// Not now; says what went wrong before.
    Refused(String),
}

impl Circuit {
    pub(crate) fn admit(&self, now: Instant) -> Admission {
        match &*self.lock() {
            None => Admission::Usual,
            Some(opened) if !opened.reachable && now.duration_since(opened.at) < REST => {
                Admission::Refused(opened.reason.clone())
            }
            Some(_) => Admission::Once,
        }
    }

    /// A call failed for good; `reachable` says whether the broker answered at all.
    pub(crate) fn open(&self, now: Instant, reachable: bool, reason: String) {
        *self.lock() = Some(Opened { at: now, reason, reachable });
    }

    /// The broker answered as it should.
    pub(crate) fn close(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Opened>> {
        // what is inside is replaced as a whole, so a panic elsewhere cannot have left it half done
        self.opened.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_rests_tries_and_closes() {
        let circuit = Circuit::default();
        let start = Instant::now();
        assert_eq!(circuit.admit(start), Admission::Usual);
        circuit.open(start, false, "refused".to_owned());
        assert_eq!(circuit.admit(start + REST / 2), Admission::Refused("refused".to_owned()));
        assert_eq!(circuit.admit(start + REST), Admission::Once);
        circuit.open(start, true, "503".to_owned());
        assert_eq!(circuit.admit(start), Admission::Once);
        circuit.close();
        assert_eq!(circuit.admit(start), Admission::Usual);
    }
}
