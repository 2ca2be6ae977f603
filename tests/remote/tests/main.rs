//! Remote stores against real servers on loopback. Each module is one group of promises.
