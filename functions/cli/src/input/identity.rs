//! Gives ids to documents that carry none, so that a document that is traced twice is counted once.
//!
//! The id of a document is the identity of its file and its offset in the file. The identity of a
//! file is its inode number (its path on systems without inodes), its modification time and its
//! size. So a file under another name (`a.json`, `./a.json`, a link) is the same file, and a copy
//! or a file that was written to since is another one. A pipe has no identity of its own: it gets a
//! random one in each run.
//!
//! The id does not depend on the content, because what is stored of an id must not be computable
//! from a payload.

use std::fs::File;
use std::io;
use std::path::Path;

/// The identity of a file, or of one run that reads a pipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity(String);

impl Identity {
    /// Returns the identity of an open file. If it is not a regular file, the identity is random.
    pub(super) fn of_file(file: &File, path: &Path) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Self::of_one_run();
        }
        #[cfg(unix)]
        let place = {
            let _ = path;
            std::os::unix::fs::MetadataExt::ino(&metadata)
        };
        #[cfg(not(unix))]
        let place = path.canonicalize()?.display().to_string();
        let changed = metadata
            .modified()?
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Ok(Self(format!(
            "file:{place}:{}:{}",
            changed.as_nanos(),
            metadata.len()
        )))
    }

    /// Returns the identity of standard input. If a file was redirected to it (`trace - < a.json`),
    /// that is the identity of the file.
    pub(super) fn of_standard_input() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use std::os::fd::AsFd as _;
            let file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
            Self::of_file(&file, Path::new("-"))
        }
        #[cfg(not(unix))]
        Self::of_one_run()
    }

    fn of_one_run() -> io::Result<Self> {
        let mut number = [0; 16];
        getrandom::fill(&mut number).map_err(io::Error::from)?;
        Ok(Self(format!("stream:{:032x}", u128::from_ne_bytes(number))))
    }

    /// Returns the id of the document that begins at this offset.
    pub(super) fn of_document(&self, offset: u64) -> String {
        format!("{}:{offset}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(path: &Path) -> Identity {
        Identity::of_file(&File::open(path).unwrap(), path).unwrap()
    }

    #[test]
    fn a_file_is_one_by_whatever_name_and_another_once_it_is_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, "{}").unwrap();
        let first = identity(&path);
        assert_eq!(identity(&folder.path().join("./a.json")), first);
        #[cfg(unix)]
        {
            let link = folder.path().join("link.json");
            std::os::unix::fs::symlink(&path, &link).unwrap();
            assert_eq!(identity(&link), first);
        }
        std::fs::write(&path, "{ }").unwrap();
        assert_ne!(identity(&path), first);
        let copy = folder.path().join("copy.json");
        std::fs::copy(&path, &copy).unwrap();
        assert_ne!(identity(&copy), identity(&path));
    }

    #[test]
    fn two_runs_over_a_pipe_are_two() {
        assert_ne!(
            Identity::of_one_run().unwrap(),
            Identity::of_one_run().unwrap()
        );
    }
}
