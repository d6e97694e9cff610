//! The file with the subject keys: reading, creating and replacing it. A key that was destroyed is also
//! overwritten in the old file.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use piitrail_detect::SubjectKey;
use piitrail_flow::subject::KeyRing;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// The largest file that is read, in bytes: far more than the largest number of keys needs.
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

/// A key from the random number generator of the operating system.
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

/// Replaces the keys atomically, even if the machine loses power. The old file is overwritten, as far as
/// the file system allows it, and so is a new file that an interrupted call left behind.
pub(crate) fn replace(path: &Path, ring: &KeyRing) -> Result<(), Failure> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Failure::WriteSubjectKeys { path, source }
    };
    let mut old = OpenOptions::new()
        .write(true)
        .open(path)
        .map_err(failed(path))?;
    let beside = beside(path);
    // Held until the end: another process finds the file locked and does not take it for a leftover.
    let _new = write_beside(&beside, ring).map_err(failed(&beside))?;
    std::fs::rename(&beside, path).map_err(failed(path))?;
    // The path now leads to the new file; this is the old one, which has no path any more.
    wipe(&mut old).map_err(failed(path))
}

/// Writes the new keys to a file beside the old one, over a leftover if there is one.
fn write_beside(path: &Path, ring: &KeyRing) -> io::Result<File> {
    let mut file = match owners_file(OpenOptions::new().create_new(true), path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            // Never through a link: this program makes none, and it may lead anywhere.
            if !std::fs::symlink_metadata(path)?.is_file() {
                return Err(error);
            }
            owners_file(&mut OpenOptions::new(), path)?
        }
        opened => opened?,
    };
    file.try_lock()?;
    if !is_at(&file, path)? {
        // The process that held the lock has just finished, and this is the key file now.
        return Err(io::ErrorKind::ResourceBusy.into());
    }
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    wipe(&mut file)?;
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(ring.to_document().as_bytes())?;
    file.sync_all()?;
    Ok(file)
}

/// Whether the path still leads to this file.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let (opened, named) = (file.metadata()?, std::fs::metadata(path)?);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        Ok((opened.dev(), opened.ino()) == (named.dev(), named.ino()))
    }
    #[cfg(not(unix))]
    Ok(opened.len() == named.len())
}

/// Overwrites the content of a file with zeros.
fn wipe(file: &mut File) -> io::Result<()> {
    let length = file.metadata()?.len().min(LENGTH_MAX);
    let zeros = vec![0; usize::try_from(length).unwrap_or_default()];
    file.write_all(&zeros)?;
    file.sync_all()
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

fn write_new(path: &Path, ring: &KeyRing) -> io::Result<()> {
    let mut file = owners_file(OpenOptions::new().create_new(true), path)?;
    file.write_all(ring.to_document().as_bytes())?;
    file.sync_all()
}

/// Opens a file for writing. If it is created, only its owner can read it.
fn owners_file(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
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
    fn what_a_crash_left_beside_the_keys_is_written_over_and_blocks_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("subject.key");
        create(&path, &ring()).unwrap();
        let left = beside(&path);
        // Another name for it, to look at it once it has become the file.
        let witness = folder.path().join("witness");
        std::fs::write(&left, "#".repeat(4_000)).unwrap();
        std::fs::hard_link(&left, &witness).unwrap();
        let ring = ring();
        replace(&path, &ring).unwrap();
        assert_eq!(epochs(&read(&path).unwrap()), epochs(&ring));
        assert!(!std::fs::read_to_string(&witness).unwrap().contains('#'));
        assert!(!left.exists());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn keys_that_another_is_replacing_are_left_to_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("subject.key");
        let before = ring();
        create(&path, &before).unwrap();
        let theirs = write_beside(&beside(&path), &ring()).unwrap();
        let refused = replace(&path, &ring()).unwrap_err();
        assert!(refused.to_string().contains("subject.key.new"), "{refused}");
        assert_eq!(epochs(&read(&path).unwrap()), epochs(&before));
        drop(theirs);
        replace(&path, &ring()).unwrap();
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
