//! Example values with matchers inside: integration JSON and matching-rule definition expressions.
