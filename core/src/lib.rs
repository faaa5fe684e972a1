//! The contract model, matching, and mismatch reports of Countersign: bytes and values in, findings out.
//!
//! This crate opens no sockets, reads no clock and knows no database. A pact file becomes a [`pact::Pact`], an interaction
//! becomes a checked [`plan`], and a plan compares any number of real requests or responses with what was agreed.
//!
//! ```
//! use countersign_core::plan::{ReceivedResponse, ResponsePlan};
//! use countersign_core::{format, render};
//!
//! let pact = format::read(br#"{
//!     "consumer": {"name": "shop"}, "provider": {"name": "stock"},
//!     "interactions": [{
//!         "description": "a stock check",
//!         "request": {"method": "GET", "path": "/stock/7"},
//!         "response": {"status": 200, "headers": {"Content-Type": "application/json"}, "body": {"left": 5},
//!             "matchingRules": {"body": {"$.left": {"matchers": [{"match": "integer"}]}}}}
//!     }],
//!     "metadata": {"pactSpecification": {"version": "3.0.0"}}
//! }"#)?;
//! let interaction = pact.interactions[0].http().expect("it is an HTTP interaction");
//! let plan = ResponsePlan::compile(&interaction.response);
//!
//! let received = ReceivedResponse {
//!     status: 200,
//!     headers: vec![("content-type".into(), "application/json".into())],
//!     body: br#"{"left": "4"}"#,
//! };
//! let mismatches = plan.check(&received);
//! assert_eq!(render::words(&mismatches[0]).to_string(), "$.left\n  - expected an integer like 5\n  + but got \"4\" (a string)");
//! # Ok::<(), format::FormatError>(())
//! ```
//!
//! # The modules
//!
//! | module | what it knows |
//! |---|---|
//! | [`pact`] | the document: interactions of all kinds, bodies, provider states, merging, the content digest |
//! | [`format`](mod@format) | pact files of specification versions 1 to 4 to and from the document |
//! | [`path`] | path expressions and places in a body |
//! | [`value`] | the one value tree that rules are matched on |
//! | [`content`] | kinds of bodies: bytes to the value tree |
//! | [`rule`] | the matching rules, one file each |
//! | [`generator`] | values made at the moment of use |
//! | [`pattern`] | example values with matchers inside |
//! | [`plan`] | an interaction compiled once, checked against any number of requests or responses |
//! | [`mismatch`] | typed findings |
//! | [`protobuf`] | `.proto` files, services and methods, messages to and from the value tree |
//! | [`render`] | findings as words and as data |
//! | [`lint`](mod@lint) | what is wrong or dubious in a pact file by itself |

pub mod content;
pub mod format;
pub mod generator;
pub mod lint;
pub mod mismatch;
pub mod pact;
pub mod path;
pub mod pattern;
pub mod plan;
pub mod protobuf;
pub mod render;
pub mod rule;
pub mod value;
