//! When two paths of requests are the same.

use std::borrow::Cow;

/// The path in the one spelling that all equal paths share (RFC 3986 §6.2.2): `%41` becomes `A`, `%2f` becomes `%2F`, and
/// what had to be escaped on its way, such as a blank, stands for itself. Escapes of characters that mean something in a
/// path (`%2F`, `%3F`, `%25` and so on) stay, so `/a%2Fb` is another path than `/a/b`.
#[must_use]
pub fn canonical_path(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let bytes = path.as_bytes();
    let mut canonical = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match escaped(&bytes[at..]) {
            Some(byte) if is_reserved(byte) => {
                canonical.extend_from_slice(format!("%{byte:02X}").as_bytes());
                at += 3;
            }
            Some(byte) => {
                canonical.push(byte);
                at += 3;
            }
            None => {
                canonical.push(bytes[at]);
                at += 1;
            }
        }
    }
    match String::from_utf8(canonical) {
        Ok(canonical) => Cow::Owned(canonical),
        // escapes that are no UTF-8 stay as they came
        Err(_) => Cow::Borrowed(path),
    }
}

/// The byte that `%XX` at the beginning stands for.
fn escaped(bytes: &[u8]) -> Option<u8> {
    let &[b'%', high, low, ..] = bytes else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// Reserved characters (RFC 3986 §2.2), the percent sign, and control characters.
fn is_reserved(byte: u8) -> bool {
    byte.is_ascii_control() || b"%:/?#[]@!$&'()*+,;=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_that_mean_nothing_go() {
        for (path, canonical) in [
            ("/items/7", "/items/7"),
            ("/%69tems/%37", "/items/7"),
            ("/a%20b", "/a b"),
            ("/caf%c3%a9", "/café"),
            ("/a%2fb", "/a%2Fb"),
            ("/a%3Fb%25", "/a%3Fb%25"),
            ("/100%", "/100%"),
            ("/%zz%4", "/%zz%4"),
            ("/%ff", "/%ff"),
            ("/%00", "/%00"),
        ] {
            assert_eq!(canonical_path(path), canonical, "{path}");
        }
    }
}
