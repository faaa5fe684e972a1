//! What is known of header fields by their names.

/// Fields whose value is a list with commas between its items (RFC 9110 §5.6.1), as the Pact tools take them apart; in every
/// other field a comma is part of the one value.
const LISTS: [&str; 12] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-expose-headers",
    "access-control-request-headers",
    "allow",
    "cache-control",
    "if-match",
    "if-none-match",
    "vary",
];

/// Whether a field's value is a list with commas between its items; the name is compared without regard to case.
#[must_use]
pub fn is_list_field(name: &str) -> bool {
    LISTS.iter().any(|known| name.eq_ignore_ascii_case(known))
}
