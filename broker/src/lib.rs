//! The Countersign broker: stores contracts per version, answers can-i-deploy, serves the web UI
