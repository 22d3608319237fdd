//! Any bytes as folded stacks: what `fuzz::check` says must hold.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| fuzz::check_alone("x.folded", input));
