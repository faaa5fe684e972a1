//! The whole story end to end: conformance corpora, the official Pact tools, a real browser
