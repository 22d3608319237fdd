//! Room: how many more bytes of the page its tables may take for attributes.
//!
//! Takes parts of the page's data, in the order in which they may have a place. A part that does not fit takes none.

use serde::Serialize;

/// Bytes of a page's data.
pub(super) struct Room {
    left: u64,
}

impl Room {
    pub(super) fn new(bytes: u64) -> Room {
        Room { left: bytes }
    }

    /// Whether there is room for the part, which then takes it.
    pub(super) fn take(&mut self, part: &impl Serialize) -> bool {
        let json = serde_json::to_string(part).expect("strings and numbers are JSON");
        let left = self.left.checked_sub(json.len() as u64);
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }

    /// The bytes that no part has taken.
    pub(super) fn left(&self) -> u64 {
        self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_does_not_fit_takes_no_room_from_a_smaller_one() {
        let mut room = Room::new(7);
        assert!(room.take(&"ab"));
        assert!(!room.take(&"ab"));
        assert!(room.take(&"a"));
        assert_eq!(room.left(), 0);
        assert!(!room.take(&0));
    }
}
