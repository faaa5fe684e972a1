//! What this service expects of the inventory service.
