//! Spellings of regular expressions that pacts carry and the engine does not know, put into its own.
//!
//! The tools in use compile expressions with Oniguruma, and clients on the JVM write Java's; where the two differ, what only
//! one of them knows is taken from that one, and Oniguruma decides the rest.

/// Classes in brackets (`[:alpha:]`), and what they contain beyond ASCII.
const BRACKETS: [(&str, &str); 7] = [
    ("alpha", r"\p{Alphabetic}"),
    ("digit", r"\p{Nd}"),
    ("alnum", r"\p{Alphabetic}\p{Nd}"),
    ("upper", r"\p{Uppercase}"),
    ("lower", r"\p{Lowercase}"),
    ("space", r"\s"),
    ("word", r"\w"),
];

/// Classes by property (`\p{XDigit}`) that are spelled otherwise here; the names in lower case.
const PROPERTIES: [(&str, &str); 8] = [
    ("xdigit", "0-9A-Fa-f"),
    ("javaalphabetic", r"\p{Alphabetic}"),
    ("javadigit", r"\p{Nd}"),
    ("javaletter", r"\p{L}"),
    ("javaletterordigit", r"\p{L}\p{Nd}"),
    ("javalowercase", r"\p{Lowercase}"),
    ("javauppercase", r"\p{Uppercase}"),
    ("javawhitespace", r"\s"),
];

/// One grapheme, simplified: a character with its marks.
const GRAPHEME: &str = r"(?>\r\n|\P{M}\p{M}*)";

/// The expression in the engine's spelling.
///
/// # Errors
///
/// Names a spelling that neither Oniguruma nor Java knows.
pub(super) fn translate(pattern: &str) -> Result<String, String> {
    let mut text = String::with_capacity(pattern.len());
    let mut rest = pattern;
    let mut brackets = 0_usize;
    while let Some(first) = rest.chars().next() {
        let (taken, written) = match first {
            '\\' => escape(rest, brackets > 0),
            '[' if brackets > 0 => bracket_class(rest),
            '(' if brackets == 0 => group(rest)?,
            _ => None,
        }
        .unwrap_or_else(|| (first.len_utf8(), first.to_string()));
        // a class in brackets comes and goes as a whole
        if taken == 1 {
            match first {
                '[' => brackets += 1,
                ']' => brackets = brackets.saturating_sub(1),
                _ => {}
            }
        }
        text.push_str(&written);
        rest = &rest[taken..];
    }
    Ok(text)
}

/// How many bytes were read, and what they become.
type Piece = Option<(usize, String)>;

fn escape(rest: &str, in_class: bool) -> Piece {
    let mut chars = rest[1..].chars();
    let escaped = chars.next()?;
    let octal = |most: usize| rest[1..].bytes().take(most).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    match escaped {
        'X' if !in_class => Some((2, GRAPHEME.to_owned())),
        'p' | 'P' => property(rest, escaped == 'P', in_class),
        '0' => {
            let digits = octal(3);
            Some((1 + digits, character(&rest[1..=digits])?))
        }
        '1'..='3' if octal(3) == 3 => Some((4, character(&rest[1..4])?)),
        _ => Some((1 + escaped.len_utf8(), rest[..1 + escaped.len_utf8()].to_owned())),
    }
}

/// The character of an octal code.
fn character(octal: &str) -> Option<String> {
    u32::from_str_radix(octal, 8).ok().map(|code| format!("\\x{{{code:x}}}"))
}

/// `\p{name}`, `\P{name}`, `\p{^name}`
fn property(rest: &str, negated: bool, in_class: bool) -> Piece {
    let name = rest[2..].strip_prefix('{')?.split_once('}')?.0;
    let (plain, negated) = match name.strip_prefix('^') {
        Some(plain) => (plain, !negated),
        None => (name, negated),
    };
    let lower = plain.to_ascii_lowercase();
    let (_, members) = PROPERTIES.iter().find(|(known, _)| *known == lower)?;
    let written = match (negated, in_class) {
        (false, true) => (*members).to_owned(),
        (false, false) => format!("[{members}]"),
        (true, _) => format!("[^{members}]"),
    };
    Some((name.len() + 4, written))
}

/// `[:name:]`, `[:^name:]`
fn bracket_class(rest: &str) -> Piece {
    let name = rest.strip_prefix("[:")?.split_once(":]")?.0;
    let (plain, negated) = match name.strip_prefix('^') {
        Some(plain) => (plain, true),
        None => (name, false),
    };
    let known = BRACKETS.iter().find(|(known, _)| *known == plain).map(|(_, members)| *members);
    let written = match known {
        Some(members) if negated => format!("[^{members}]"),
        Some(members) => members.to_owned(),
        None => format!("[:{name}:]"),
    };
    Some((name.len() + 4, written))
}

/// Flags: with `m` the dot takes line breaks too, as with Java's `s`. `^` and `$` always stand at line breaks.
fn group(rest: &str) -> Result<Piece, String> {
    if ["(?P<", "(?P=", "(?P>"].iter().any(|start| rest.starts_with(start)) {
        return Err("(?P is Python's spelling: a group is named (?<name>…), and meant by \\k<name>".to_owned());
    }
    let Some(flags) = rest.strip_prefix("(?") else { return Ok(None) };
    let length = flags.bytes().take_while(|byte| byte.is_ascii_alphabetic() || *byte == b'-').count();
    let is_flags = length > 0 && flags[length..].starts_with([':', ')']);
    Ok(is_flags.then(|| (length + 2, format!("(?{}", flags[..length].replace('m', "s")))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_become_the_engines() {
        for (pattern, written) in [
            (r"^\d+$", r"^\d+$"),
            (r"\\p{XDigit}\[(?:m)", r"\\p{XDigit}\[(?:m)"),
            (r"[[:alpha:]\p{XDigit}]", r"[\p{Alphabetic}0-9A-Fa-f]"),
            (r"[[:^word:]-]", r"[[^\w]-]"),
            (r"[[:cntrl:]]", r"[[:cntrl:]]"),
            (r"\p{XDigit}\P{javaLowerCase}\p{^XDigit}", r"[0-9A-Fa-f][^\p{Lowercase}][^0-9A-Fa-f]"),
            (r"\p{L}\pL", r"\p{L}\pL"),
            (r"\0\012\141\1", r"\x{0}\x{a}\x{61}\1"),
            (r"(?im)a(?m:.)(?-m)(?<m>m)", r"(?is)a(?s:.)(?-s)(?<m>m)"),
            (r"[(?m)\X]", r"[(?m)\X]"),
            ("é[[é]ü]\\é", "é[[é]ü]\\é"),
            ("\\", "\\"),
            ("[[:alpha", "[[:alpha"),
            (r"\p{XDigit", r"\p{XDigit"),
        ] {
            assert_eq!(translate(pattern).as_deref(), Ok(written), "{pattern}");
        }
        assert!(translate("(?P<y>a)").is_err());
    }
}
