//! Simulated comparisons with fixed seeds: how often the verdicts are wrong, and how often they find a change.
//!
//! `blocks` has sides made one after the other, `pairs` sides that took turns, `sequential` pairs until all is decided.
//! `docs/comparing.md` has the figures and the commands that print them.

mod blocks;
mod pairs;
mod sequential;
