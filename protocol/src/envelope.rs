//! All that the relay parses.
