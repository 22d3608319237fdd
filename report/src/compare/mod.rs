//! Comparisons: two sides of runs, read and compared.
//!
//! Takes names of runs, directories and files; gives the figures of their runs and what changed between the sides.

mod side;
