//! Bodies of the type `application/xml`: each fits itself, and any two can be compared.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| countersign_core_fuzz::check("application/xml", data));
