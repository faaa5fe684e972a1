//! `.proto` files, services and methods, messages to and from the value tree.
