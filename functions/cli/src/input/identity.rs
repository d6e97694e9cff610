//! Which documents are the same, where they carry no id of their own.
//!
//! A document is known by its file and the place in it. A file is known by its number in the file
//! system, the time of its last change and its size: however it is named (`a.json`, `./a.json`, a
//! link), it is one file; a file that was written to since is another file, and so is a copy. What is
//! not a file (a pipe) has no identity: each run that reads one reads something new.
//!
//! Nothing of the content is used, because what is kept of an id must not be computable from a
//! payload.

use std::fs::File;
use std::io;
use std::path::Path;

/// What a file, or one run over a pipe, is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity(String);

impl Identity {
    /// The identity of an open file; of one run where it is not a regular file.
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

    /// The identity of standard input: of the file, where it is one (`trace - < a.json`).
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

    /// What the document that begins at this byte is known by.
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
