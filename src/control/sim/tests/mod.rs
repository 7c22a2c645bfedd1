//! The made-up world tested as a whole.
