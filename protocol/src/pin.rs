//! The help PIN.
