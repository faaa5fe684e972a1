//! The consumer's side of Countersign: a DSL for expectations and a mock server that plays the provider over REST and gRPC
