//! A dictionary: distinct texts, in one piece of memory.
//!
//! Gives each text an id: its rank in the order in which texts came first. So ids never depend on a hash.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Distinct texts. Costs about 20 bytes for each, and those of the text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dictionary {
    /// All texts, in the order of their ids.
    all: String,
    /// Where each text ends.
    ends: Vec<usize>,
    ids: HashTable<Known>,
    hasher: DefaultHashBuilder,
}

/// A text in the table. With its hash there, the table grows without a look at the texts.
#[derive(Debug, Clone, Copy)]
struct Known {
    hash: u32,
    id: u32,
}

impl Known {
    /// The hash for the table, which looks at the highest bits and at the lowest ones.
    fn spread(&self) -> u64 {
        u64::from(self.hash) << 32 | u64::from(self.hash)
    }
}

impl Dictionary {
    /// With room for so many texts, so that the table is never built again.
    pub(crate) fn with_capacity(texts: usize) -> Dictionary {
        Dictionary { ids: HashTable::with_capacity(texts), ..Dictionary::default() }
    }

    /// Number of texts.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Gives back the memory that only further texts need. The next one takes it again.
    pub(crate) fn shrink(&mut self) {
        self.all.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.ids = HashTable::new();
    }

    /// The id of a text, which is added if it is new.
    pub(crate) fn id(&mut self, text: &str) -> u32 {
        if self.ids.len() < self.ends.len() {
            let shrunk = std::mem::take(self);
            shrunk.iter().for_each(|text| _ = self.id(text));
        }
        let Dictionary { all, ends, ids, hasher } = self;
        let hash = hasher.hash_one(text) as u32;
        let id = u32::try_from(ends.len()).expect("more than 2^32 texts exceed any memory");
        let new = Known { hash, id };
        if let Some(known) =
            ids.find(new.spread(), |known| known.hash == hash && of(all, ends, known.id) == text)
        {
            return known.id;
        }
        ids.insert_unique(new.spread(), new, Known::spread);
        all.push_str(text);
        ends.push(all.len());
        id
    }

    /// The text with this id.
    ///
    /// # Panics
    ///
    /// When the id is not one of this dictionary.
    pub(crate) fn text(&self, id: u32) -> &str {
        of(&self.all, &self.ends, id)
    }

    /// All texts, in the order of their ids.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.ends.len() as u32).map(|id| self.text(id))
    }

    /// All texts, one after another.
    pub(crate) fn joined(&self) -> &str {
        &self.all
    }

    /// All texts, one after another, without the memory of the rest.
    pub(crate) fn into_joined(self) -> String {
        self.all
    }
}

/// Their hashes differ from one to the other.
impl PartialEq for Dictionary {
    fn eq(&self, other: &Dictionary) -> bool {
        (&self.all, &self.ends) == (&other.all, &other.ends)
    }
}

impl Eq for Dictionary {}

fn of<'a>(all: &'a str, ends: &[usize], id: u32) -> &'a str {
    let start = id.checked_sub(1).map_or(0, |before| ends[before as usize]);
    &all[start..ends[id as usize]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_id_and_ids_are_in_the_order_of_the_first_use() {
        let mut dictionary = Dictionary::default();
        let ids = ["b", "", "a", "b", "", "ab"].map(|text| dictionary.id(text));
        assert_eq!(ids, [0, 1, 2, 0, 1, 3]);
        assert_eq!(dictionary.iter().collect::<Vec<_>>(), ["b", "", "a", "ab"]);
        assert_eq!((dictionary.joined(), dictionary.len(), dictionary.text(3)), ("baab", 4, "ab"));
        let whole = dictionary.clone();
        dictionary.shrink();
        assert_eq!(dictionary, whole);
        assert_eq!(["c", "a", "ab"].map(|text| dictionary.id(text)), [4, 2, 3]);
    }
}
