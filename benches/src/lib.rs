//! Benches beside the peers.
