//! Decisions out of the fuzzer's bytes, a byte each, so that a byte that changes changes one decision.
use arbitrary::{Arbitrary as _, Unstructured};
use rand::RngCore;

pub struct Bytes<'a>(Unstructured<'a>);

impl<'a> Bytes<'a> {
    pub fn of(bytes: &'a [u8]) -> Self {
        Bytes(Unstructured::new(bytes))
    }

    /// Zero where there are no more: then the first of each choice is taken, and drawing ends soon.
    fn next(&mut self) -> u8 {
        u8::arbitrary(&mut self.0).unwrap_or_default()
    }
}

impl RngCore for Bytes<'_> {
    fn next_u32(&mut self) -> u32 {
        u32::from_ne_bytes([self.next(); 4])
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_ne_bytes([self.next(); 8])
    }

    fn fill_bytes(&mut self, all: &mut [u8]) {
        all.fill_with(|| self.next());
    }
}
