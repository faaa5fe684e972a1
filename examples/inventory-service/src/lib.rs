//! Example provider: a small warehouse over REST (axum) and gRPC (tonic)
