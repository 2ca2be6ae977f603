//! Tests that need the whole library; nothing to use.
