//! A proxy that harms what passes through it.
