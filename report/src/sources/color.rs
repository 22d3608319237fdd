//! The field of a colour, which also says whether a span is a wait.
//!
//! Takes a field without blanks around it. Knows no columns.

use recorder::format;

use crate::model::{Color, Kind};

/// Whether the reader chooses the colour.
pub(super) fn is_none(field: &[u8]) -> bool {
    field.is_empty() || field.eq_ignore_ascii_case(b"na")
}

/// Whether the row says that it is a point event: no recorder writes this, but the page's CSV has it.
pub(super) fn is_point(field: &[u8]) -> bool {
    field == b"point"
}

/// What the field says; [`Kind::Work`] without a colour if it is invalid.
pub(super) fn kind(field: &[u8]) -> Kind {
    if field.eq_ignore_ascii_case(b"wait") {
        return Kind::Wait;
    }
    let text = std::str::from_utf8(field).ok().filter(|text| format::is_color(text));
    Kind::Work(text.and_then(|text| Color::from_hex(&text[1..])))
}
