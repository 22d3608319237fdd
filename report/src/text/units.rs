//! Figures for people: the one place where numbers get units.
//!
//! Three significant figures with a fitting unit. `templates/page/trace/units.js` does the same in the page;
//! `tests/data/shared/units.json` tests both.

/// Units of time above ns: name, length in ns, and the value from which on the next unit is used. 64.2 s are seconds
/// still, so that they compare at a glance with 51.1 s; so are 64.2 min minutes.
const UNITS: [(&str, f64, f64); 5] = [
    ("us", 1e3, 1000.0),
    ("ms", 1e6, 1000.0),
    ("s", 1e9, 120.0),
    ("min", 6e10, 120.0),
    ("h", 3.6e12, f64::INFINITY),
];

/// Powers of a thousand: prefix, value, and the value from which on the next prefix is used.
const PREFIXES: [(&str, f64, f64); 3] = [("k", 1e3, 1000.0), ("M", 1e6, 1000.0), ("G", 1e9, f64::INFINITY)];

/// A duration given in ns: `0 ns`, `1.24 us`, `12.4 ms`, `124 ms`, `64.2 s`, `2.50 min`, `1,204 h`.
pub fn duration(ns: i128) -> String {
    if ns < 1000 {
        return format!("{ns} ns");
    }
    let mut least_ns = 0.0;
    for (unit, unit_ns, limit) in UNITS {
        // If rounding moves a duration into this unit, it is 2.00 min, not 1.99.
        let value = (ns as f64).max(least_ns) / unit_ns;
        if rounded(value) < limit {
            return format!("{} {unit}", significant(value));
        }
        least_ns = limit * unit_ns;
    }
    unreachable!("hours have no limit")
}

/// Reads a duration as people write it, in ns: a number and one of the units ns, us (or µs), ms, s, min (or m), h.
/// `None` for anything else.
pub fn read_duration(text: &str) -> Option<i64> {
    let unit_at = text.find(|c: char| c.is_alphabetic())?;
    let (number, unit) = text.split_at(unit_at);
    let unit_ns = match unit {
        "ns" => 1.0,
        "\u{b5}s" | "\u{3bc}s" => 1e3, // the micro sign, and the Greek letter
        "m" => 6e10,
        _ => UNITS.iter().find(|(name, ..)| *name == unit)?.1,
    };
    let ns = (number.trim().parse::<f64>().ok()? * unit_ns).round();
    (ns.is_finite() && ns.abs() < i64::MAX as f64).then_some(ns as i64)
}

/// Reads a number of bytes as people write it: `512 MB`, `2GB`, `1.5 GiB`, `100 B`. `None` for anything else.
pub fn read_bytes(text: &str) -> Option<u64> {
    let unit_at = text.find(|c: char| c.is_alphabetic())?;
    let (number, unit) = text.split_at(unit_at);
    let power =
        |letter: &str| ["", "k", "M", "G", "T"].iter().position(|known| known.eq_ignore_ascii_case(letter));
    let prefix = unit.strip_suffix(['B', 'b'])?;
    let size = match prefix.strip_suffix('i') {
        Some(letter) if !letter.is_empty() => 1024_f64.powi(power(letter)? as i32),
        _ => 1000_f64.powi(power(prefix)? as i32),
    };
    let bytes = (number.trim().parse::<f64>().ok()? * size).round();
    (0.0..1e18).contains(&bytes).then_some(bytes as u64)
}

/// A wall time given in ns, in seconds as `time` and `cargo` print it: `0.97 s`. Below 0.1 s and from 100 s on, as
/// [`duration`] prints it.
pub fn seconds(ns: i64) -> String {
    match ns {
        100_000_000..100_000_000_000 => format!("{:.2} s", ns as f64 / 1e9),
        _ => duration(i128::from(ns)),
    }
}

/// One unit and number of decimals for several durations, so that they compare and add up as shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    unit: &'static str,
    unit_ns: u64,
    decimals: u32,
}

impl Scale {
    /// The scale that fits a duration, which is the greatest: at most three significant figures, but two decimals of
    /// seconds from 0.2 s to 100 s.
    pub(crate) fn of(ns: u64) -> Scale {
        let (unit, unit_ns) = match ns {
            0..1_000 => ("ns", 1),
            1_000..1_000_000 => ("us", 1_000),
            1_000_000..200_000_000 => ("ms", 1_000_000),
            200_000_000..120_000_000_000 => ("s", 1_000_000_000),
            120_000_000_000..7_200_000_000_000 => ("min", 60_000_000_000),
            _ => ("h", 3_600_000_000_000),
        };
        let decimals = match (unit, ns / unit_ns) {
            ("ns", _) | (_, 100..) => 0,
            ("s", _) | (_, 0..10) => 2,
            _ => 1,
        };
        Scale { unit, unit_ns, decimals }
    }

    /// The smallest duration that is shown.
    pub(crate) fn step_ns(self) -> u64 {
        self.unit_ns / 10_u64.pow(self.decimals)
    }

    /// A number of steps: `0.84 s`.
    pub(crate) fn text(self, steps: u64) -> String {
        let parts = 10_u64.pow(self.decimals);
        let whole = count(steps / parts);
        match self.decimals {
            0 => format!("{whole} {}", self.unit),
            decimals => format!("{whole}.{:0width$} {}", steps % parts, self.unit, width = decimals as usize),
        }
    }

    /// A duration, rounded to steps.
    pub(crate) fn rounded(self, ns: u64) -> String {
        let step_ns = self.step_ns();
        self.text(ns / step_ns + u64::from(ns % step_ns * 2 >= step_ns))
    }
}

/// A change as a signed part of 1 in percent: `+20.0 %`, `−3.1 %`, `0.0 %`, `+240 %`.
pub(crate) fn change(part: f64) -> String {
    format!("{} %", change_number(part))
}

/// [`change`] without its unit.
pub(crate) fn change_number(part: f64) -> String {
    let percent = part * 100.0;
    let size = percent.abs();
    let text = match size {
        size if size < 99.95 => fixed(size, 1),
        size if size < 1e6 => count(fixed(size, 0).parse().unwrap_or(u64::MAX)),
        _ => return if percent < 0.0 { "<−999,999".into() } else { ">+999,999".into() },
    };
    match percent {
        _ if text == "0.0" => text,
        percent if percent < 0.0 => format!("−{text}"),
        _ => format!("+{text}"),
    }
}

/// Three significant figures without a unit: `0.713`, `7.13`, `71.3`, `713`, `7,130`. Below a thousandth, except 0:
/// `<0.001`.
pub fn ratio(value: f64) -> String {
    match value {
        0.0 => "0".into(),
        value if value < 0.001 => "<0.001".into(),
        value => significant(value),
    }
}

/// A part of 1 in percent: `43.2 %`, `4.32 %`, `100 %`. Below a hundredth of a percent, except 0: `<0.01 %`.
pub fn percent(part: f64) -> String {
    match part * 100.0 {
        0.0 => "0 %".into(),
        percent if percent < 0.01 => "<0.01 %".into(),
        percent if percent < 0.9995 => format!("{} %", fixed(percent, 2)),
        percent => format!("{} %", significant(percent)),
    }
}

/// A counter's value in three significant figures without a unit: `0.713`, `7.13`, `17`, `1,204`. From a million on
/// and below a thousandth, with an exponent: `3.4e9`.
pub fn number(value: f64) -> String {
    let sign = if value < 0.0 { "−" } else { "" };
    let size = value.abs();
    let (mantissa, exponent) = three_figures(size);
    let text = match size {
        size if (99.95..999_999.5).contains(&size) => count(fixed(size, 0).parse().unwrap_or(u64::MAX)),
        size if size < 99.95 && (exponent >= -3 || size == 0.0) => {
            let rounded: f64 = format!("{mantissa}e{exponent}").parse().unwrap_or(size);
            rounded.to_string()
        }
        _ => format!("{mantissa}e{exponent}"),
    };
    format!("{sign}{text}")
}

/// A number of bytes, in powers of a thousand: `713 B`, `7.13 kB`, `71.3 MB`.
pub fn bytes(count: u64) -> String {
    let (value, prefix) = prefixed(count as f64);
    format!("{value} {prefix}B")
}

/// A number per second, in powers of a thousand: `713 rows/s`, `7.13 k rows/s`, `71.3 M rows/s`.
pub fn per_second(number: f64, noun: &str) -> String {
    match prefixed(number) {
        (value, "") => format!("{value} {noun}/s"),
        (value, prefix) => format!("{value} {prefix} {noun}/s"),
    }
}

/// A rate: `61.3/s`.
pub fn rate(per_second: f64) -> String {
    format!("{}/s", ratio(per_second))
}

/// A value of 0 or more in three significant figures, and the prefix for its power of a thousand. Values below a
/// thousand are whole numbers.
fn prefixed(value: f64) -> (String, &'static str) {
    if value < 999.5 {
        return (fixed(value, 0), "");
    }
    for (prefix, size, limit) in PREFIXES {
        let scaled = (value / size).max(1.0);
        if rounded(scaled) < limit {
            return (significant(scaled), prefix);
        }
    }
    unreachable!("the last one has no limit")
}

/// An integer with thousands separators: `1,204`.
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 lane`, `2 lanes`, `2 processes`.
pub fn counted(number: u64, noun: &str) -> String {
    let ending = match noun {
        _ if number == 1 => "",
        noun if noun.ends_with('s') => "es",
        _ => "s",
    };
    format!("{} {noun}{ending}", count(number))
}

/// `value` rounded to three significant figures.
fn rounded(value: f64) -> f64 {
    if value >= 99.95 { value.round() } else { significant(value).parse().unwrap_or(value) }
}

fn significant(value: f64) -> String {
    // At these thresholds rounding adds a digit before the point.
    match value {
        value if value >= 99.95 => count(fixed(value, 0).parse().unwrap_or(u64::MAX)),
        value if value >= 9.995 => fixed(value, 1),
        value if value >= 0.9995 => fixed(value, 2),
        value => fixed(value, 3),
    }
}

/// A number of 0 or more as a mantissa of at most three digits and a power of ten. Rounds ties up, as [`fixed`] does.
fn three_figures(size: f64) -> (String, i32) {
    // More digits of a double do not matter here: in these a tie is a 5 followed by zeros.
    let exact = format!("{size:.40e}");
    let is_tie = exact.split('e').next().is_some_and(|digits| digits[4..].trim_end_matches('0') == "5");
    let rounded = format!("{:.2e}", if is_tie { size.next_up() } else { size });
    let (mantissa, exponent) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    (mantissa.to_owned(), exponent.parse().unwrap_or(0))
}

/// `value` with this number of decimals. Rounds ties up, as JavaScript does; Rust's own formatting rounds them to the
/// even digit. Only a binary fraction can be a tie.
fn fixed(value: f64, decimals: u8) -> String {
    let scale = 10_f64.powi(decimals.into());
    let is_tie = (value * f64::from(2_u32 << decimals)).fract() == 0.0 && (value * scale).fract() == 0.5;
    let value = if is_tie { (value * scale).ceil() / scale } else { value };
    format!("{value:.0$}", usize::from(decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_those_of_the_page() {
        let cases: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/data/shared/units.json")).unwrap();
        let check = |kind: &str, format: &dyn Fn(f64) -> String| {
            let cases = cases[kind].as_array().unwrap();
            assert!(!cases.is_empty());
            for case in cases {
                assert_eq!(format(case[0].as_f64().unwrap()), case[1], "{kind} of {}", case[0]);
            }
        };
        check("duration", &|ns| duration(ns as i128));
        check("ratio", &ratio);
        check("percent", &percent);
        check("count", &|number| count(number as u64));
        check("number", &number);
    }

    #[test]
    fn lengths_are_read_in_any_unit() {
        let texts =
            ["16ms", "33.3 ms", "1.5us", "2 \u{b5}s", "2\u{3bc}s", "7ns", "0.1s", "2min", "2m", "1h", "-5s"];
        let expected = [
            16_000_000,
            33_300_000,
            1500,
            2000,
            2000,
            7,
            100_000_000,
            120_000_000_000,
            120_000_000_000,
            3_600_000_000_000,
            -5_000_000_000,
        ]
        .map(Some);
        assert_eq!(texts.map(read_duration), expected);
        assert_eq!(
            ["", "16", "ms", "16 MS", "1day", "infs", "1e300h", "NaN s"].map(read_duration),
            [None; 8]
        );
    }

    #[test]
    fn sizes_are_read_in_any_unit() {
        let texts = ["512 MB", "2GB", "1.5 GiB", "100 B", "7 kB", "7KB"];
        let expected = [512_000_000, 2_000_000_000, 1_610_612_736, 100, 7000, 7000].map(Some);
        assert_eq!(texts.map(read_bytes), expected);
        assert_eq!(
            ["", "512", "MB", "-1 MB", "1 iB", "1 Mbit", "1e3 MB", "nan MB"].map(read_bytes),
            [None; 8]
        );
    }

    #[test]
    fn the_terminals_wall_time_is_in_seconds() {
        assert_eq!(seconds(970_596_000), "0.97 s");
        assert_eq!(seconds(83_412_000_000), "83.41 s");
        assert_eq!(seconds(12_345_678), "12.3 ms");
        assert_eq!(seconds(28_800_000_000_000), "8.00 h");
    }

    #[test]
    fn bytes_and_rates_are_in_powers_of_a_thousand() {
        let texts = [0, 999, 1000, 7_130, 999_499, 999_500, 71_300_000, 1_204_000_000_000].map(bytes);
        assert_eq!(texts, ["0 B", "999 B", "1.00 kB", "7.13 kB", "999 kB", "1.00 MB", "71.3 MB", "1,204 GB"]);
        let texts = [0.4, 713.0, 999.7, 1_634_000.0].map(|number| per_second(number, "rows"));
        assert_eq!(texts, ["0 rows/s", "713 rows/s", "1.00 k rows/s", "1.63 M rows/s"]);
    }

    #[test]
    fn durations_of_one_scale_have_one_unit_and_add_up() {
        let scale = |ns: u64, step_ns: u64| {
            let scale = Scale::of(ns);
            assert_eq!(scale.step_ns(), step_ns);
            scale.rounded(ns)
        };
        assert_eq!(scale(0, 1), "0 ns");
        assert_eq!(scale(999, 1), "999 ns");
        assert_eq!(scale(1_234, 10), "1.23 us");
        assert_eq!(scale(42_150_000, 100_000), "42.2 ms");
        assert_eq!(scale(840_000_000, 10_000_000), "0.84 s");
        assert_eq!(scale(83_415_000_000, 10_000_000), "83.42 s");
        assert_eq!(scale(119_600_000_000, 1_000_000_000), "120 s");
        assert_eq!(scale(150_000_000_000, 600_000_000), "2.50 min");
        assert_eq!(scale(7_200_000_000_000 * 600, 3_600_000_000_000), "1,200 h");
        assert_eq!(Scale::of(4_000_000_000).rounded(4_999_999), "0.00 s");
        assert_eq!(Scale::of(42_100_000).text(1), "0.1 ms");
    }

    #[test]
    fn a_change_has_a_sign_unless_it_is_none() {
        let texts = [0.2, -0.031, 0.0, -0.0004, 2.4, -1.0, 99.0, 1e9, f64::INFINITY].map(change);
        let expected = ["+20.0 %", "−3.1 %", "0.0 %", "0.0 %", "+240 %", "−100 %", "+9,900 %"];
        assert_eq!(texts[..7], expected);
        assert_eq!(texts[7..], [">+999,999 %"; 2]);
    }

    #[test]
    fn nouns_follow_their_number() {
        assert_eq!(counted(1, "process"), "1 process");
        assert_eq!(counted(0, "process"), "0 processes");
        assert_eq!(counted(1204, "span"), "1,204 spans");
    }
}
