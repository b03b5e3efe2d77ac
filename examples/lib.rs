//! One runnable file per use; see the README of the workspace.
