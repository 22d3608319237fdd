//! Weighing: self and total of functions that open and close.
//!
//! Takes functions in the order in which they open, each with its end. O(1) for each, however deep they are nested. The
//! total of a function inside itself counts once.

use crate::model::Weights;

/// Functions that are being weighed.
pub(super) struct Weighing {
    functions: Vec<Function>,
    /// The function and the end of each that is open, the outermost first.
    open: Vec<(usize, i128)>,
    at: i128,
    /// Where any function was open.
    total: i128,
}

#[derive(Clone, Copy, Default)]
struct Function {
    weights: Weights,
    /// How many of it are open.
    depth: u64,
    /// Where the outermost of these opened.
    since: i128,
}

impl Weighing {
    /// Of `count` functions, known by their index.
    pub(super) fn new(count: usize) -> Weighing {
        let functions = vec![Function::default(); count];
        Weighing { functions, open: Vec::new(), at: i128::MIN, total: 0 }
    }

    /// Opens a function that ends at `end`.
    pub(super) fn open(&mut self, index: usize, start: i128, end: i128) {
        self.go_to(start);
        let function = &mut self.functions[index];
        if function.depth == 0 {
            function.since = start;
        }
        function.depth += 1;
        self.open.push((index, end));
    }

    /// Closes what ends up to a place.
    pub(super) fn go_to(&mut self, to: i128) {
        while let Some((index, end)) = self.open.pop_if(|(_, end)| *end <= to) {
            self.pass(index, end);
            let (function, at) = (&mut self.functions[index], self.at);
            function.depth -= 1;
            if function.depth == 0 {
                function.weights.total += at - function.since;
            }
        }
        match self.open.last() {
            Some(&(index, _)) => self.pass(index, to),
            None => self.at = to,
        }
    }

    /// Goes on to a place while a function is the innermost one.
    fn pass(&mut self, index: usize, to: i128) {
        let length = to.saturating_sub(self.at).max(0); // less where functions cross
        self.functions[index].weights.own += length;
        self.total += length;
        self.at = self.at.max(to);
    }

    pub(super) fn total(&self) -> i128 {
        self.total
    }

    /// The weights of each function, by its index.
    pub(super) fn weights(self) -> impl Iterator<Item = Weights> {
        self.functions.into_iter().map(|function| function.weights)
    }
}
