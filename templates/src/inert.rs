//! Text that may stand in the page as it is: the only way past askama's escaping.
//!
//! Takes JSON of untrusted values and escapes what could end or upset the script element that holds it, or
//! takes a constant of this crate. Whatever else enters the page is escaped by askama.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

/// Text that askama writes without escaping it.
pub(crate) struct Inert(Cow<'static, str>);

impl Inert {
    /// A value as JSON in which no `<` is left, so that it can neither close its element nor open a comment.
    ///
    /// U+2028 and U+2029 go too: they end a line of JavaScript, should the text ever be read as such.
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

/// In JSON these characters occur inside strings only, where `\u` escapes mean the same.
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
