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
                Some(actual) => {
                    let start = self.found.len();
                    self.member(place, cursor, name, values, actual);
                    self.within(start, &Piece::new(PieceKind::Parameter, name));
                }
                None => {
                    let problem = Problem::MissingPiece(Piece::new(PieceKind::Parameter, name));
                    self.report(&Place::Key(place, name), problem, Some(values), None, None);
                }
            }
        }
        for (name, values) in actual {
            if !expected.contains_key(name) {
                let problem = Problem::UnexpectedPiece(Piece::new(PieceKind::Parameter, name));
                self.report(&Place::Key(place, name), problem, None, Some(values), None);
            }
        }
        self.unexpected = before;
    }
}
