//! Which calls can answer: found by their path, and by a field that tells them apart, in constant time.

use std::collections::{HashMap, HashSet};

use super::GrpcExpectation;

/// Fewer calls than this are all looked at.
const WORTH_SORTING: usize = 4;

/// All calls of a server; never changes once it is built.
#[derive(Debug, Default)]
pub(in crate::server) struct GrpcIndex {
    expectations: Vec<GrpcExpectation>,
    by_path: HashMap<String, Path>,
}

/// The calls of one path.
#[derive(Debug, Default)]
struct Path {
    all: Vec<usize>,
    sorted: Option<Sorted>,
}

/// Calls by the value of the field in which they differ most.
#[derive(Debug)]
struct Sorted {
    field: String,
    by_value: HashMap<String, Vec<usize>>,
    /// Calls that do not ask for a certain value.
    others: Vec<usize>,
}

impl GrpcIndex {
    pub(in crate::server) fn new(expectations: Vec<GrpcExpectation>) -> Self {
        let mut by_path: HashMap<String, Path> = HashMap::new();
        for (id, expectation) in expectations.iter().enumerate() {
            by_path.entry(expectation.plan.path().to_owned()).or_default().all.push(id);
        }
        for path in by_path.values_mut().filter(|path| path.all.len() >= WORTH_SORTING) {
            path.sorted = Sorted::new(&expectations, &path.all);
        }
        Self { expectations, by_path }
    }

    pub(in crate::server) fn expectations(&self) -> &[GrpcExpectation] {
        &self.expectations
    }

    /// The calls of a path such as `/inventory.v1.InventoryService/CheckStock`.
    pub(in crate::server) fn candidates(&self, path: &str) -> &[usize] {
        self.by_path.get(path).map_or(&[], |path| path.all.as_slice())
    }

    /// Those calls of a path that a message can fit, in the order of all; `None` when that has to be found out one by one.
    pub(super) fn likely(&self, path: &str, message: &[u8]) -> Option<Vec<usize>> {
        let path = self.by_path.get(path)?;
        let sorted = path.sorted.as_ref()?;
        let value = self.expectations[*path.all.first()?].plan.field_of(message, &sorted.field)?;
        let mut likely = sorted.others.clone();
        likely.extend(sorted.by_value.get(&value).into_iter().flatten());
        likely.sort_unstable();
        Some(likely)
    }
}

impl Sorted {
    fn new(expectations: &[GrpcExpectation], ids: &[usize]) -> Option<Self> {
        let mut fields: HashMap<String, HashMap<String, Vec<usize>>> = HashMap::new();
        for id in ids {
            for (field, value) in expectations[*id].plan.literals() {
                fields.entry(field.to_owned()).or_default().entry(value).or_default().push(*id);
            }
        }
        let (field, by_value) = fields.into_iter().max_by(|(a, a_values), (b, b_values)| {
            // of equally good fields always the same one
            a_values.len().cmp(&b_values.len()).then_with(|| b.cmp(a))
        })?;
        let told: HashSet<usize> = by_value.values().flatten().copied().collect();
        let others = ids.iter().copied().filter(|id| !told.contains(id)).collect();
        Some(Self { field, by_value, others })
    }
}
