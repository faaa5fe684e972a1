//! The provider's side of Countersign: replays pacts against a real provider and reports what differs
