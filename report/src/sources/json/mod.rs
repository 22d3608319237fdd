//! JSON: a text of any length, walked from its beginning to its end in bounded memory.
//!
//! `walk` follows the structure and gives one value at a time, such as an event. `members` takes such a value apart
//! and `number` reads its times, without floats. Neither recurses, whatever is nested. Tolerates what writers of
//! traces do: values that are cut, arrays without an end, commas before an end or none between values, NUL bytes,
//! NaN. Only `kind` knows what formats contain.

mod beginning;
mod kind;
mod members;
mod number;
mod walk;

pub(super) use kind::{Kind, kind};
pub(super) use members::{as_text, members, members_by_bytes, text, with_words_quoted};
pub(super) use number::{decimal, decimal_wide, whole};
pub(super) use walk::{Value, Walk};
