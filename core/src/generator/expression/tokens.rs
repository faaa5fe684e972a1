//! The words of an expression.

/// A word and where it begins, counted in characters from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) word: Word,
    pub(super) at: usize,
}

/// What an expression is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// Letters and apostrophes, in lower case.
    Name(String),
    /// Digits.
    Number(String),
    /// `+`, `-`, `@`, or a character that means nothing.
    Mark(char),
}

/// Takes an expression apart; blanks only separate.
pub(super) fn tokens(expression: &str) -> Vec<Token> {
    let chars: Vec<char> = expression.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&char) = chars.get(at) {
        let run = |of: fn(char) -> bool| chars[at..].iter().copied().take_while(|char| of(*char)).collect::<String>();
        let (word, length) = if char.is_whitespace() {
            at += 1;
            continue;
        } else if char.is_ascii_digit() {
            let digits = run(|char| char.is_ascii_digit());
            let length = digits.len();
            (Word::Number(digits), length)
        } else if is_letter(char) {
            let name = run(is_letter);
            let length = name.len();
            (Word::Name(name.to_ascii_lowercase()), length)
        } else {
            (Word::Mark(char), 1)
        };
        tokens.push(Token { word, at: at + 1 });
        at += length;
    }
    tokens
}

fn is_letter(char: char) -> bool {
    char.is_ascii_alphabetic() || char == '\''
}
