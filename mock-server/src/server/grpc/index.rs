//! Which calls can answer: found by their path in constant time.

use std::collections::HashMap;

use super::GrpcExpectation;

/// All calls of a server; never changes once it is built.
#[derive(Debug, Default)]
pub(in crate::server) struct GrpcIndex {
    expectations: Vec<GrpcExpectation>,
    by_path: HashMap<String, Vec<usize>>,
}

impl GrpcIndex {
    pub(in crate::server) fn new(expectations: Vec<GrpcExpectation>) -> Self {
        let mut by_path: HashMap<String, Vec<usize>> = HashMap::new();
        for (id, expectation) in expectations.iter().enumerate() {
            by_path.entry(expectation.plan.path().to_owned()).or_default().push(id);
        }
        Self { expectations, by_path }
    }

    pub(in crate::server) fn expectations(&self) -> &[GrpcExpectation] {
        &self.expectations
    }

    /// The calls of a path such as `/inventory.v1.InventoryService/CheckStock`.
    pub(super) fn candidates(&self, path: &str) -> &[usize] {
        self.by_path.get(path).map_or(&[], Vec::as_slice)
    }
}
