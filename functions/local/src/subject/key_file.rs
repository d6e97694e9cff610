//! The subject keys in a file: read, made, and replaced so that a key that was destroyed is gone.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use piitrail_detect::SubjectKey;
use piitrail_flow::subject::KeyRing;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// The longest file that is read, in bytes: far more than the most keys take.
const LENGTH_MAX: u64 = 64 << 10;

/// Reads the keys.
pub(crate) fn read(path: &Path) -> Result<KeyRing, Failure> {
    let reading = |source| Failure::Read {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(reading)?;
    let mut document = Zeroizing::new(String::new());
    file.take(LENGTH_MAX)
        .read_to_string(&mut document)
        .map_err(reading)?;
    KeyRing::parse(&document).map_err(|source| Failure::SubjectKeys {
        path: path.to_owned(),
        source,
    })
}

/// A key that nobody can guess, from the system's own randomness.
pub(crate) fn random() -> Result<SubjectKey, Failure> {
    let mut secret = Zeroizing::new([0; SubjectKey::BYTES]);
    getrandom::fill(&mut *secret).map_err(Failure::Random)?;
    Ok(SubjectKey::new(secret))
}

/// Writes the keys to a new file that only its owner can read.
pub(crate) fn create(path: &Path, ring: &KeyRing) -> Result<(), Failure> {
    write_new(path, ring).map_err(|source| Failure::WriteSubjectKeys {
        path: path.to_owned(),
        source,
    })
}

/// Replaces the keys: all of them or none, whenever the power goes. What stood in the old file is
/// written over, as far as the file system lets it.
pub(crate) fn replace(path: &Path, ring: &KeyRing) -> Result<(), Failure> {
    let replacing = || {
        let mut old = OpenOptions::new().write(true).open(path)?;
        let length = old.metadata()?.len().min(LENGTH_MAX);
        let beside = beside(path);
        write_new(&beside, ring)?;
        std::fs::rename(&beside, path)?;
        // The name is another file's by now; this is the one that nobody finds any more.
        let zeros = vec![0; usize::try_from(length).unwrap_or_default()];
        old.write_all(&zeros)?;
        old.sync_all()
    };
    replacing().map_err(|source| Failure::WriteSubjectKeys {
        path: path.to_owned(),
        source,
    })
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

fn write_new(path: &Path, ring: &KeyRing) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(ring.to_document().as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use piitrail_flow::subject::Epoch;

    use super::*;

    fn ring() -> KeyRing {
        KeyRing::new(&"2026-10".parse().unwrap(), random().unwrap()).unwrap()
    }

    fn epochs(ring: &KeyRing) -> Vec<Epoch> {
        ring.keys().map(|key| key.epoch.clone()).collect()
    }

    #[test]
    fn keys_are_read_as_they_were_written_and_are_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("subject.key");
        let ring = ring();
        create(&path, &ring).unwrap();
        assert_eq!(
            read(&path).unwrap().newest().key.secret(),
            ring.newest().key.secret()
        );
        assert!(create(&path, &ring).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_them() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("subject.key");
        let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        create(&path, &ring()).unwrap();
        assert_eq!(mode(), 0o600);
        replace(&path, &ring()).unwrap();
        assert_eq!(mode(), 0o600);
    }

    #[test]
    fn a_key_that_was_shredded_is_in_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("subject.key");
        let mut ring = ring();
        create(&path, &ring).unwrap();
        // Another name for the old file, to look at it once its own is gone.
        let old = folder.path().join("old");
        std::fs::hard_link(&path, &old).unwrap();
        let before = epochs(&ring);
        ring.rotate(&"2026-11".parse().unwrap(), random().unwrap())
            .unwrap();
        ring.shred(&before[0]).unwrap();
        replace(&path, &ring).unwrap();
        assert_eq!(epochs(&read(&path).unwrap()), epochs(&ring));
        assert!(std::fs::read(&old).unwrap().iter().all(|byte| *byte == 0));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
