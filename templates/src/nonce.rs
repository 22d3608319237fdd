//! The security policy of a page, and the nonce that its scripts need.
//!
//! The nonce depends on everything that a user can put into the page, and on nothing else: the same page has the same
//! bytes.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Hashes all text that a user can put into the page. To write the nonce into a name, an attacker would have to know
/// the hash of the text that contains it. Chunks are not hashed, since base64 is not markup.
#[derive(Default)]
pub(crate) struct Markup {
    hash: Sha256,
    pub(crate) len: usize,
}

impl fmt::Write for Markup {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.hash.update(text);
        self.len += text.len();
        Ok(())
    }
}

impl Markup {
    pub(crate) fn nonce(self) -> String {
        STANDARD.encode(&self.hash.finalize()[..18])
    }
}

/// Allows no network, and only scripts with the nonce and those that they load (plotly.js, from a blob).
pub(crate) fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'unsafe-inline'; \
         img-src data: blob:; worker-src blob:; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )
}
