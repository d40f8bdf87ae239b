//! End to end in real browsers.
