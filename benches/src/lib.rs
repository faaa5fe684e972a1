//! Side-by-side measurements against the official tools and against the physical limit
