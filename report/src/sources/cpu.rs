//! CPU times of spans, among their attributes.
//!
//! An attribute `cpu` whose value is a duration with a unit, such as `81233ns` or `1.5 ms`, is the CPU time of its
//! span. A recorder writes it in ns. Any other value of that name is an attribute like others, such as the number of a
//! CPU. A CPU time that the span cannot have had is left out and counted.

use crate::model::Rows;
use crate::text::units;

/// The attribute's name.
const NAME: &str = "cpu";

/// How much longer than its span a CPU time may be, for the errors of two clocks: this, and a hundredth of the span.
const ERROR_NS: i64 = 100_000;

/// A recorder reads the two clocks of a span one after the other, and works meanwhile: so much may lack in a CPU time
/// that is all of the span. Where a reading took 0.37 us, 0.38 us lacked.
const BETWEEN_CLOCKS_NS: i64 = 1_000;

/// Stands for a negative CPU time: no span is as long.
const IMPOSSIBLE: i64 = i64::MAX;

/// The CPU time that an attribute says, if it is one; see [`read`].
pub(super) fn read_of(name: &str, value: &str) -> Option<i64> {
    Some(value).filter(|_| name == NAME).and_then(read)
}

/// The CPU time that a value says, in ns; more than any span has if it is negative. The units are those of
/// [`units::read_duration`].
fn read(value: &str) -> Option<i64> {
    let digits = value.strip_suffix("ns").filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let ns = digits.and_then(|digits| digits.parse().ok()).or_else(|| units::read_duration(value))?;
    Some(if ns < 0 { IMPOSSIBLE } else { ns })
}

/// Gives a row an attribute, or its CPU time. The last of several counts.
pub(super) fn attach(rows: &mut Rows, index: usize, name: &str, value: &str) {
    match read_of(name, value) {
        Some(ns) => rows.set_cpu(index, ns),
        None => rows.attach(index, name, value),
    }
}

/// Gives a row what a column says. As in the names of all columns, the case does not matter.
pub(super) fn attach_column(rows: &mut Rows, index: usize, name: &str, value: &str) {
    let is_cpu_time = name.eq_ignore_ascii_case(NAME) && read(value).is_some();
    attach(rows, index, if is_cpu_time { NAME } else { name }, value);
}

/// Whether a span of this duration, `None` if it is unfinished, can have had a CPU time.
fn is_possible(duration_ns: Option<i64>, cpu_ns: i64) -> bool {
    duration_ns.is_some_and(|ns| cpu_ns <= ns.saturating_add(ns / 100).saturating_add(ERROR_NS))
}

/// The CPU time of a span of this duration, `None` if it cannot have had it. It is all of the time if it is most of it
/// and hardly any lacks, so that spans of a few us do not seem to have waited.
pub(super) fn mended(duration_ns: Option<i64>, cpu_ns: i64) -> Option<i64> {
    let duration_ns = duration_ns.filter(|_| is_possible(duration_ns, cpu_ns))?;
    let lacks_hardly_any =
        (duration_ns - BETWEEN_CLOCKS_NS..duration_ns).contains(&cpu_ns) && 2 * cpu_ns >= duration_ns;
    Some(if lacks_hardly_any { duration_ns } else { cpu_ns })
}

/// Mends the CPU times of rows. The problem, if there are some that a row cannot have had.
pub(super) fn mend(rows: &mut Rows) -> Option<String> {
    problem(rows.mend_cpu(|span, cpu_ns| mended(span.duration_ns(), cpu_ns)))
}

/// The problem of a file in which this many CPU times are left out.
pub(super) fn problem(count: u64) -> Option<String> {
    let spans = |count| units::counted(count, "span");
    let message = "negative, more than 1 % + 100 us longer than the span, or of an unfinished span";
    (count > 0).then(|| format!("CPU time of {} left out: {message}", spans(count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_with_a_unit_is_a_cpu_time_and_another_value_is_not() {
        for (value, ns) in [
            ("81233ns", 81_233),
            ("0ns", 0),
            ("9223372036854775807ns", i64::MAX),
            ("1.5 ms", 1_500_000),
            ("1.5ms", 1_500_000),
            ("2 s", 2_000_000_000),
            ("12us", 12_000),
            ("12\u{b5}s", 12_000),
            ("1.5 \u{3bc}s", 1_500),
            ("-5ns", IMPOSSIBLE),
            ("-1 s", IMPOSSIBLE),
        ] {
            assert_eq!(read(value), Some(ns), "{value}");
        }
        for value in ["", "3", "0", "cpu3", "ns", "1.5", "81233 n", "1e30ns", "amd64", "12 MB", "3 cores"] {
            assert_eq!(read(value), None, "{value}");
        }
    }

    #[test]
    fn a_span_has_as_much_cpu_time_as_it_lasts_but_for_the_errors_of_clocks() {
        let limit = 1_010_100_000;
        assert!(is_possible(Some(1_000_000_000), limit) && !is_possible(Some(1_000_000_000), limit + 1));
        assert!(is_possible(Some(0), 100_000) && !is_possible(Some(0), 100_001));
        assert!(is_possible(Some(i64::MAX - 1), i64::MAX) && !is_possible(None, 0));
    }

    #[test]
    fn a_span_that_only_reads_its_clocks_besides_is_all_on_a_cpu() {
        let of = |duration_ns, all: &[i64]| -> Vec<i64> {
            all.iter().map(|&cpu_ns| mended(Some(duration_ns), cpu_ns).unwrap()).collect()
        };
        assert_eq!(of(3_000, &[1_999, 2_000, 2_620, 3_000, 3_100]), [1_999, 3_000, 3_000, 3_000, 3_100]);
        assert_eq!(of(900, &[0, 449, 450]), [0, 449, 900]);
    }

    #[test]
    fn a_column_with_cpu_times_may_be_named_in_any_case() {
        let mut rows = Rows::new();
        let key = rows.keys.intern("g", "a", None);
        rows.push(0, Some(1_000_000), key);
        attach_column(&mut rows, 0, "CPU", "core 3");
        attach_column(&mut rows, 0, "Cpu", "8us");
        attach(&mut rows, 0, "CPU", "9us");
        assert_eq!(mend(&mut rows), None);
        let (_, spans) = rows.sorted();
        assert_eq!(spans.cpu_ns(0), Some(8000));
        assert_eq!(
            spans.attributes().of(0).collect::<Vec<_>>(),
            [("CPU", "9us")],
            "an attribute has its own name"
        );
    }

    #[test]
    fn of_one_row_the_last_cpu_time_counts_and_impossible_ones_are_counted() {
        let mut rows = Rows::new();
        let key = rows.keys.intern("g", "a", None);
        for (start, end) in [(0, Some(1_000_000)), (0, Some(1_000_000)), (0, None), (5, Some(6))] {
            rows.push(start, end, key);
        }
        let given = [
            (0, "7ns"),
            (0, "8us"),
            (0, "core 3"),
            (1, "8us"),
            (1, "-1ns"),
            (2, "1us"),
            (3, "1ms"),
            (3, "2ns"),
        ];
        given.iter().for_each(|&(row, value)| attach(&mut rows, row, NAME, value));
        let told = "CPU time of 2 spans left out: negative, more than 1 % + 100 us longer than the span, or of an \
                    unfinished span";
        assert_eq!(mend(&mut rows).unwrap(), told);
        assert_eq!(mend(&mut rows), None);
        let (_, spans) = rows.sorted();
        let cpu: Vec<_> = (0..4).map(|index| (spans.at(index).start.ns(), spans.cpu_ns(index))).collect();
        assert_eq!(cpu, [(0, None), (0, Some(8000)), (0, None), (5, Some(2))]);
        let others: Vec<_> = spans.attributes().of(1).collect();
        assert_eq!(others, [("cpu", "core 3")], "it says which, not how long");
    }
}
