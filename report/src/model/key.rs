//! Keys of spans: a task of a group, and whether it works or waits.
//!
//! Names and keys are interned and only ever appended, so ids stay valid. Ids depend on the order of interning alone,
//! never on a hash.

use std::fmt;
use std::sync::Arc;

use hashbrown::HashMap;

/// Index into the [`Keys`] that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(u32);

impl KeyId {
    /// The index, counted from 0 in the order of interning.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A task of a group, and whether it works or waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Id of the group's name, for [`Keys::name`].
    pub group: u32,
    /// Id of the task's name, for [`Keys::name`].
    pub task: u32,
    /// Whether its spans work or wait.
    pub kind: Kind,
}

impl Key {
    /// The user's colour, if there is one. A wait and a point event have none.
    pub fn color(&self) -> Option<Color> {
        match self.kind {
            Kind::Work(color) => color,
            Kind::Wait | Kind::Point => None,
        }
    }

    /// Whether its spans are declared waits.
    pub fn is_wait(&self) -> bool {
        self.kind == Kind::Wait
    }

    /// Whether its rows are point events and not spans.
    pub fn is_point(&self) -> bool {
        self.kind == Kind::Point
    }
}

/// What a row says of itself: that it works, perhaps in a colour of the user's, that it waits, or that it is no span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It works, or does not say that it waits.
    Work(Option<Color>),
    /// A declared wait: time of its lane, but no work.
    Wait,
    /// A point event of its source, which has a moment and no duration. It belongs to no task.
    Point,
}

impl From<Option<Color>> for Kind {
    fn from(color: Option<Color>) -> Kind {
        Kind::Work(color)
    }
}

/// As the `color` field of a record: `wait`, `#rrggbb` or nothing; a point event, which no record file has, as `point`.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Work(None) => Ok(()),
            Kind::Work(Some(color)) => color.fmt(f),
            Kind::Wait => f.write_str("wait"),
            Kind::Point => f.write_str("point"),
        }
    }
}

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Color(pub [u8; 3]);

impl Color {
    /// Reads `rrggbb` in hexadecimal digits of any case.
    pub(crate) fn from_hex(digits: &str) -> Option<Color> {
        let is_hex = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let value = is_hex.then(|| u32::from_str_radix(digits, 16).ok())??;
        let [_, red, green, blue] = value.to_be_bytes();
        Some(Color([red, green, blue]))
    }
}

/// As `#rrggbb`.
impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Color([red, green, blue]) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// Interned names and keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    names: Vec<Arc<str>>,
    name_ids: HashMap<Arc<str>, u32>,
    keys: Vec<Key>,
    key_ids: HashMap<Key, KeyId>,
}

impl Keys {
    /// The name with this id.
    ///
    /// # Panics
    ///
    /// May panic when the id comes from other `Keys`.
    pub fn name(&self, id: u32) -> &str {
        &self.names[id as usize]
    }

    /// All keys; a [`KeyId`] is an index into them.
    pub fn all(&self) -> &[Key] {
        &self.keys
    }

    /// The ids of all keys, in the order of interning.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = KeyId> + use<> {
        (0..self.keys.len() as u32).map(KeyId)
    }

    /// The key with this id.
    ///
    /// # Panics
    ///
    /// May panic when the id comes from other `Keys`.
    pub fn key(&self, id: KeyId) -> Key {
        self.keys[id.index()]
    }

    /// Whether any of them is of point events.
    pub(crate) fn has_points(&self) -> bool {
        self.keys.iter().any(Key::is_point)
    }

    /// The id of a key. Interns the key if it is new.
    pub(crate) fn intern(&mut self, group: &str, task: &str, kind: impl Into<Kind>) -> KeyId {
        let key = Key { group: self.intern_name(group), task: self.intern_name(task), kind: kind.into() };
        let next = KeyId(u32::try_from(self.keys.len()).expect("more than 2^32 keys exceed any memory"));
        *self.key_ids.entry(key).or_insert_with(|| {
            self.keys.push(key);
            next
        })
    }

    /// The id here for a key of `other`. Interns the key if it is new.
    pub(super) fn copy(&mut self, other: &Keys, id: KeyId) -> KeyId {
        let key = other.key(id);
        self.intern(other.name(key.group), other.name(key.task), key.kind)
    }

    /// The same keys with those as declared waits that `is_wait` accepts, given by group and task, and the new id of
    /// each. Keys of point events stay what they are. Keys that become equal become one. `None` if nothing changes.
    pub(super) fn with_waits(&self, is_wait: impl Fn(&str, &str) -> bool) -> Option<(Keys, Vec<KeyId>)> {
        let mut declared = Keys::default();
        let renamed = (self.keys.iter())
            .map(|key| {
                let (group, task) = (self.name(key.group), self.name(key.task));
                let becomes_wait = key.kind != Kind::Point && is_wait(group, task);
                declared.intern(group, task, if becomes_wait { Kind::Wait } else { key.kind })
            })
            .collect();
        (declared.keys != self.keys).then_some((declared, renamed))
    }

    /// The id here for a key of `other`; `None` when these keys do not contain it.
    pub(crate) fn find(&self, other: &Keys, id: KeyId) -> Option<KeyId> {
        let key = other.key(id);
        let name = |id| self.name_ids.get(other.name(id)).copied();
        self.key_ids.get(&Key { group: name(key.group)?, task: name(key.task)?, kind: key.kind }).copied()
    }

    fn intern_name(&mut self, name: &str) -> u32 {
        if let Some(&id) = self.name_ids.get(name) {
            return id;
        }
        let id = u32::try_from(self.names.len()).expect("more than 2^32 names exceed any memory");
        let name: Arc<str> = name.into();
        self.names.push(Arc::clone(&name));
        self.name_ids.insert(name, id);
        id
    }
}
