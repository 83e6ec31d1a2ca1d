//! Comparing secrets in constant time: over their digests, so that neither content nor length shows.

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

/// The digest of a secret; the secret itself is not kept.
pub(super) struct Digest([u8; 32]);

impl Digest {
    pub(super) fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }

    /// Whether `candidate` is the secret.
    pub(super) fn matches(&self, candidate: &str) -> bool {
        self.0.ct_eq(&Self::of(candidate).0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secret_itself_matches() {
        let digest = Digest::of("correct horse");
        assert!(digest.matches("correct horse"));
        for wrong in ["", "correct hors", "correct horse ", "Correct horse"] {
            assert!(!digest.matches(wrong), "{wrong:?}");
        }
    }
}
