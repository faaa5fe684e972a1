//! The words of a GraphQL document (GraphQL specification of October 2021, §2.1), and what may stand between them.

use std::ops::Range;

/// White space, commas and comments mean nothing (§2.1.7).
const IGNORED: &str = r"(?:[\s,]|#[^\n\r]*[\n\r])";

/// An expression for all documents that say the same in the same words, whatever stands between them.
pub(super) fn expression(document: &str) -> String {
    let mut expression = format!("^{IGNORED}*");
    let mut before: Option<&str> = None;
    for token in tokens(document) {
        let token = &document[token];
        if let Some(before) = before {
            let needs_gap = before.ends_with(is_word) && token.starts_with(is_word);
            expression.push_str(IGNORED);
            expression.push(if needs_gap { '+' } else { '*' });
        }
        expression.push_str(&escaped(token));
        before = Some(token);
    }
    expression.push_str(&format!(r"{IGNORED}*(?:#[^\n\r]*)?$"));
    expression
}

/// Only what means something outside of brackets is escaped, in the way that all regular expressions share.
fn escaped(token: &str) -> String {
    let mut text = String::with_capacity(token.len());
    for char in token.chars() {
        if r"\.+*?()|[]{}^$".contains(char) {
            text.push('\\');
        }
        text.push(char);
    }
    text
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '-' | '+')
}

fn tokens(document: &str) -> Vec<Range<usize>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = document[at..].chars().next() {
        let rest = &document[at..];
        let length = match first {
            '#' => {
                at += rest.find(['\n', '\r']).unwrap_or(rest.len());
                continue;
            }
            ',' | '\u{feff}' => {
                at += first.len_utf8();
                continue;
            }
            first if first.is_whitespace() => {
                at += first.len_utf8();
                continue;
            }
            '"' if rest.starts_with("\"\"\"") => block_string(rest),
            '"' => string(rest),
            '.' if rest.starts_with("...") => 3,
            first if is_word(first) => {
                rest.find(|char| !is_word(char) && char != '.').map_or(rest.len(), |end| {
                    // `1...` is a number and a spread
                    rest[..end].find("..").unwrap_or(end)
                })
            }
            first => first.len_utf8(),
        };
        tokens.push(at..at + length);
        at += length;
    }
    tokens
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, char) in text.char_indices().skip(1) {
        match char {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

fn block_string(text: &str) -> usize {
    let mut from = 3;
    while let Some(end) = text[from..].find("\"\"\"") {
        let at = from + end;
        if !text[..at].ends_with('\\') {
            return at + 3;
        }
        from = at + 3;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_split_into_words() {
        for (document, words) in [
            ("{ a, b }", vec!["{", "a", "b", "}"]),
            ("query Q($n:Int!=-1.5){a(n:$n)}", "query|Q|(|$|n|:|Int|!|=|-1.5|)|{|a|(|n|:|$|n|)|}".split('|').collect()),
            ("{a # no b\n ...F}", vec!["{", "a", "...", "F", "}"]),
            (r#"{a(s:"x, \"y\" #z")}"#, vec!["{", "a", "(", "s", ":", r#""x, \"y\" #z""#, ")", "}"]),
            ("{a(s:\"\"\"b \\\"\"\" c\"\"\")}", vec!["{", "a", "(", "s", ":", "\"\"\"b \\\"\"\" c\"\"\"", ")", "}"]),
            ("[1...2]", vec!["[", "1", "...", "2", "]"]),
            ("{ \"open", vec!["{", "\"open"]),
        ] {
            let found: Vec<_> = tokens(document).into_iter().map(|token| &document[token]).collect();
            assert_eq!(found, words, "{document}");
        }
    }

    #[test]
    fn the_same_words_fit_whatever_stands_between() {
        let expression = expression("query Stock($sku: ID!) { stock(sku: $sku, of: \"a  b\") { left ...More } }");
        let rule = countersign_core::rule::Regex::new(&expression).unwrap();
        for (document, fits) in [
            ("query Stock($sku:ID!){stock(sku:$sku of:\"a  b\"){left...More}}", true),
            (
                "\n query\tStock ( $sku : ID ! ) # which\n{ stock(sku: $sku,, of: \"a  b\"){\r\nleft, ... More}} # end",
                true,
            ),
            ("queryStock($sku:ID!){stock(sku:$sku of:\"a  b\"){left...More}}", false),
            ("query Stock($sku:ID!){stock(sku:$sku of:\"a b\"){left...More}}", false),
            ("query Stock($sku:ID!){stock(sku:$sku of:\"a  b\"){left #...More\n}}", false),
            ("query Stock($sku:ID!){stock(sku:$sku of:\"a  b\"){left right...More}}", false),
        ] {
            assert_eq!(rule.is_match(document), fits, "{document}");
        }
    }
}
