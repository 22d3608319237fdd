//! Bytes for the page's scripts: base64 text in an inert script element.
//!
//! Takes a complete gzip stream and writes it into the page piece by piece, without a second copy as text. Base64
//! cannot end an element, so it needs no escaping.

use std::fmt;

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;

/// A complete gzip stream: columns of numbers for the page's scripts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chunk(pub Vec<u8>);

impl Chunk {
    /// Length of its base64 text in bytes.
    pub(crate) fn text_len(&self) -> usize {
        self.0.len().div_ceil(3) * 4
    }
}

impl fmt::Display for Chunk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        Base64Display::new(&self.0, &STANDARD).fmt(formatter)
    }
}

impl askama::FastWritable for Chunk {
    fn write_into(&self, out: &mut dyn fmt::Write, _: &dyn askama::Values) -> askama::Result<()> {
        Ok(write!(out, "{self}")?)
    }
}

impl askama::filters::HtmlSafe for Chunk {}
