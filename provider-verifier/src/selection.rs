//! Which interactions a verifier is asked to replay.

use serde_json::Value as Json;

use crate::filter::{Filter, pattern};
use crate::{Verifier, VerifyError};

/// # Choosing interactions
impl Verifier<'_> {
    /// Replays only interactions whose description this regular expression finds. Default: all.
    pub fn only_described(mut self, regex: &str) -> Self {
        self.change_filter(|filter| {
            filter.description = Some(pattern("description", regex)?);
            Ok(())
        });
        self
    }

    /// Replays only interactions with a state that this regular expression finds. Default: all.
    pub fn only_in_state(mut self, regex: &str) -> Self {
        self.change_filter(|filter| {
            filter.state = Some(pattern("state", regex)?);
            Ok(())
        });
        self
    }

    /// Replays only interactions without provider states; together with [`only_in_state`](Self::only_in_state), those as well.
    pub fn only_without_state(mut self) -> Self {
        self.change_filter(|filter| {
            filter.no_state = true;
            Ok(())
        });
        self
    }

    /// Replays only pacts with this consumer, or another one named so. Default: all.
    pub fn only_consumer(mut self, name: impl Into<String>) -> Self {
        self.change_filter(|filter| {
            filter.consumers.push(name.into());
            Ok(())
        });
        self
    }

    /// Replays only what failed according to an earlier [JSON report](crate::report::json()). Default: all.
    pub fn only_failed_in(mut self, report: &Json) -> Self {
        let lists = ["errors", "pendingErrors"].map(|list| report.get(list).and_then(Json::as_array));
        let failed = lists.into_iter().flatten().flatten();
        let titles = failed.filter_map(|error| error.get("interaction")?.as_str().map(str::to_owned)).collect();
        self.change_filter(|filter| {
            filter.titles = Some(titles);
            Ok(())
        });
        self
    }

    fn change_filter(&mut self, change: impl FnOnce(&mut Filter) -> Result<(), VerifyError>) {
        if let Ok(filter) = &mut self.filter
            && let Err(error) = change(filter)
        {
            self.filter = Err(error);
        }
    }
}
