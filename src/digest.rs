//! SHA-256, written in hex.
use sha2::{Digest as _, Sha256};

/// The SHA-256 of bytes, in 64 letters.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_what_other_programs_write() {
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(super::sha256("abc"), known);
    }
}
