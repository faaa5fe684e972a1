//! The contract model, matching, and mismatch reports of Countersign: bytes and values in, findings out

pub mod pact;
