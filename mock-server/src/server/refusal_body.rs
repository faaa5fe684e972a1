//! What a client reads whose request was not agreed on.

use countersign_core::render::{mismatch_json, words};
use serde_json::{Value as Json, json};

use super::{Closest, Reason, Refusal};

/// The refusal as data: the request, why, the closest interaction and what differs from it.
pub(super) fn to_json(refusal: &Refusal) -> Json {
    let closest = match &refusal.reason {
        Reason::Differs(closest) => Some(closest),
        Reason::Unknown(closest) => closest.as_ref(),
        Reason::Unreadable(_) => None,
    };
    let mut json = json!({ "error": summary(refusal), "request": refusal.request });
    if let Some(Closest { interaction, mismatches }) = closest {
        json["closest"] = json!({
            "description": interaction.description,
            "providerStates": interaction.states,
            "request": interaction.request,
            "mismatches": mismatches.iter().map(mismatch_json).collect::<Vec<_>>(),
        });
    }
    json
}

/// The refusal in a sentence, with the differences in words.
pub(super) fn to_text(refusal: &Refusal) -> String {
    let mut text = summary(refusal);
    if let Reason::Differs(closest) | Reason::Unknown(Some(closest)) = &refusal.reason {
        for mismatch in &closest.mismatches {
            let words = words(mismatch);
            text.push_str(&format!("; {}: {}, {}", words.place, words.expected, words.actual));
        }
    }
    text
}

fn summary(refusal: &Refusal) -> String {
    let request = &refusal.request;
    match &refusal.reason {
        Reason::Differs(closest) => format!("{request} differs from '{}'", closest.interaction),
        Reason::Unknown(Some(closest)) => {
            format!("no interaction expects {request}; the closest is '{}'", closest.interaction)
        }
        Reason::Unknown(None) => format!("no interaction expects {request}"),
        Reason::Unreadable(reason) => format!("{request} could not be read: {reason}"),
    }
}
