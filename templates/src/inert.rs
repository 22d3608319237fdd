//! Text that askama does not escape: the only way past its escaping.
//!
//! Such text is a constant of this crate, or JSON of untrusted values in which all that could end the surrounding
//! script element is escaped. askama escapes everything else.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

/// Text that askama writes without escaping it.
pub(crate) struct Inert(Cow<'static, str>);

impl Inert {
    /// A value as JSON without `<`, so that it can neither close its element nor open a comment.
    ///
    /// U+2028 and U+2029 are escaped, too: they would end a line if the text were read as JavaScript.
    pub(crate) fn json(value: &impl Serialize) -> Self {
        let json = serde_json::to_string(value).expect("maps have text keys and writing to memory works");
        Self(Cow::Owned(escape(json)))
    }

    /// A script, a style sheet or base64 text of this crate.
    pub(crate) fn constant(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    pub(crate) fn empty() -> Self {
        Self::constant("")
    }

    /// In bytes.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// In JSON these characters occur only inside strings, where `\u` escapes mean the same.
fn escape(json: String) -> String {
    const SPECIAL: [char; 3] = ['<', '\u{2028}', '\u{2029}'];
    if !json.contains(SPECIAL) {
        return json; // as nearly always, and it may be long
    }
    let mut out = String::with_capacity(json.len() + json.len() / 64);
    let mut rest = json.as_str();
    while let Some(at) = rest.find(SPECIAL) {
        out.push_str(&rest[..at]);
        let found = rest[at..].chars().next().expect("find gave its place");
        out.push_str(match found {
            '<' => "\\u003c",
            '\u{2028}' => "\\u2028",
            _ => "\\u2029",
        });
        rest = &rest[at + found.len_utf8()..];
    }
    out.push_str(rest);
    out
}

impl fmt::Display for Inert {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl askama::FastWritable for Inert {
    fn write_into(&self, out: &mut dyn fmt::Write, _: &dyn askama::Values) -> askama::Result<()> {
        Ok(out.write_str(&self.0)?)
    }
}

impl askama::filters::HtmlSafe for Inert {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_end_in_a_name_stays_text_and_reads_back_the_same() {
        let name = "</script><!--<script>\u{2028}\u{2029} a < b & \"c\" \\ \u{202e}";
        let inert = Inert::json(&name).to_string();
        assert!(!inert.contains(['<', '\u{2028}', '\u{2029}']), "{inert}");
        assert_eq!(serde_json::from_str::<String>(&inert).unwrap(), name);
    }
}
