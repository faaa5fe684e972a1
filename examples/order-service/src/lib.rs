//! Example consumer: places orders after checking stock over REST and gRPC
