//! A child process that was forked draws other numbers than its parent. Without the harness, whose threads a child lacks.

#[cfg(unix)]
fn main() {
    use std::io::{Read, Write, pipe};

    use fork::{Fork, fork, waitpid};

    let _ = draw(); // both processes have the generator that this seeds
    let (mut reader, mut writer) = pipe().expect("a pipe");
    match fork().expect("a child") {
        Fork::Child => {
            let sent = writer.write_all(&draw());
            std::process::exit(i32::from(sent.is_err()));
        }
        Fork::Parent(child) => {
            drop(writer);
            let mut theirs = [0; 32];
            reader.read_exact(&mut theirs).expect("what the child drew");
            waitpid(child).expect("the end of the child");
            assert_ne!(draw(), theirs);
        }
    }
}

#[cfg(not(unix))]
fn main() {}

/// Eight random words.
#[cfg(unix)]
fn draw() -> [u8; 32] {
    use backoff_std::{Runtime, Thread};

    let mut words = [0; 32];
    for word in words.chunks_exact_mut(4) {
        word.copy_from_slice(&Thread.random().to_le_bytes());
    }
    words
}
