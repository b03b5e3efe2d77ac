//! Output that is held back.

use std::io::{self, Read, Seek, SeekFrom, Write};

use tempfile::SpooledTempFile;

use super::mode::Stream;

/// Holds output back, in memory up to 1 MiB and beyond that in a temporary file. It keeps the order of both streams.
#[derive(Debug)]
pub(super) struct Spool {
    /// Chunks, each after a byte for its stream and four for its length.
    file: SpooledTempFile,
    /// Where the next chunk is read.
    position: u64,
    length: u64,
}

/// The bytes that are held in memory.
const MAX_MEMORY: usize = 1 << 20;

impl Spool {
    pub(super) fn new() -> Self {
        Self {
            file: SpooledTempFile::new(MAX_MEMORY),
            position: 0,
            length: 0,
        }
    }

    pub(super) fn push(&mut self, stream: Stream, chunk: &[u8]) -> io::Result<()> {
        let length = u32::try_from(chunk.len()).map_err(io::Error::other)?;
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(&[stream as u8])?;
        self.file.write_all(&length.to_le_bytes())?;
        self.file.write_all(chunk)?;
        self.length += 5 + u64::from(length);
        Ok(())
    }

    /// Takes the next chunk; `None` at the end.
    pub(super) fn pop(&mut self) -> io::Result<Option<(Stream, Vec<u8>)>> {
        if self.position == self.length {
            return Ok(None);
        }
        self.file.seek(SeekFrom::Start(self.position))?;
        let (mut stream, mut length) = ([0], [0; 4]);
        self.file.read_exact(&mut stream)?;
        self.file.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length);
        let mut chunk = vec![0; length as usize];
        self.file.read_exact(&mut chunk)?;
        self.position += 5 + u64::from(length);
        let is_stdout = stream == [Stream::Stdout as u8];
        let stream = if is_stdout {
            Stream::Stdout
        } else {
            Stream::Stderr
        };
        Ok(Some((stream, chunk)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_come_back_in_order_from_memory_and_from_disk() {
        for size in [0, 1, 100, MAX_MEMORY] {
            let mut spool = Spool::new();
            let chunk = |index: u8| vec![index; size];
            let streams = [Stream::Stdout, Stream::Stderr, Stream::Stderr];
            for (index, stream) in (0..).zip(streams) {
                spool.push(stream, &chunk(index)).expect("space");
            }
            for (index, stream) in (0..).zip(streams) {
                let popped = spool.pop().expect("a chunk");
                assert_eq!(popped, Some((stream, chunk(index))), "{size}");
            }
            assert_eq!(spool.pop().expect("the end"), None, "{size}");
        }
    }
}
