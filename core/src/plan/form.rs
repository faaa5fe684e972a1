//! Forms: like query parameters, nothing may come that was not agreed on, not even from a provider.

use super::Unexpected;
use super::rule_tree::Cursor;
use super::walk::Walk;
use crate::mismatch::{Piece, PieceKind, Problem};
use crate::path::Place;
use crate::value::Map;

impl Walk<'_> {
    pub(super) fn compare_forms(&mut self, place: &Place<'_>, cursor: Cursor, expected: &Map, actual: &Map) {
        let before = std::mem::replace(&mut self.unexpected, Unexpected::Refused);
        for (name, values) in expected {
            match actual.get(name) {
                Some(actual) => self.member(place, cursor, name, values, actual),
                None => self.report(
                    &Place::Key(place, name),
                    Problem::MissingPiece(parameter(name)),
                    Some(values),
                    None,
                    None,
                ),
            }
        }
        for (name, values) in actual {
            if !expected.contains_key(name) {
                let problem = Problem::UnexpectedPiece(parameter(name));
                self.report(&Place::Key(place, name), problem, None, Some(values), None);
            }
        }
        self.unexpected = before;
    }
}

fn parameter(name: &str) -> Piece {
    Piece { kind: PieceKind::Parameter, name: name.to_owned() }
}
