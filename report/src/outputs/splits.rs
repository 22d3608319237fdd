//! Splits on the page: the parts of its tasks by the values of an attribute. Computes no statistic.

use templates::{Part, SplitRow};

use super::brief::cut;
use super::room::Room;
use crate::analysis::{Split, TaskStatistics, Value};

/// Those for which there is room, the first ones first, and the number of the others. `may_lack` tells whether the
/// attributes of some spans are not known.
pub(super) fn data(splits: &[Split], may_lack: bool, room: &mut Room) -> (Vec<templates::Split>, u64) {
    let data: Vec<_> =
        splits.iter().map(|split| of(split, may_lack)).filter(|split| room.take(split)).collect();
    let others = (splits.len() - data.len()) as u64;
    (data, others)
}

fn of(split: &Split, may_lack: bool) -> templates::Split {
    let mut data = templates::Split {
        task: split.row as u32,
        name: split.name.clone(),
        values: split.values.map(|values| values as u64),
        more_than: split.values.is_none().then_some(split.most as u64),
        by_total: split.by_total,
        rows: Vec::new(),
        others: None,
        without: None,
        may_lack,
    };
    for (value, figures) in &split.parts {
        let figures = part(figures);
        let row = SplitRow { value: None, cut: false, from: None, to: None, figures };
        match value {
            Value::Text(text) => {
                let (value, cut) = cut(text);
                data.rows.push(SplitRow { value: Some(value), cut, ..row });
            }
            Value::Range(range) => {
                data.rows.push(SplitRow { from: Some(range.from), to: Some(range.to), ..row });
            }
            Value::Others(_) | Value::Any => data.others = Some(figures),
            Value::Without => data.without = Some(figures),
        }
    }
    data
}

/// The figures of a task or of a part of one.
pub(super) fn part(of: &TaskStatistics) -> Part {
    let durations = of.durations;
    Part {
        count: of.count,
        unfinished: of.unfinished,
        total_ns: of.total_ns,
        self_ns: of.self_ns,
        mean_ns: durations.map(|durations| durations.mean_ns),
        median_ns: durations.map(|durations| durations.median_ns),
        p95_ns: durations.map(|durations| durations.p95_ns),
        max_ns: durations.map(|durations| durations.max_ns),
        exact_quantiles: durations.is_none_or(|durations| durations.exact),
    }
}
