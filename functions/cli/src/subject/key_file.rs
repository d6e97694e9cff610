//! Reads, creates and replaces the file with the subject keys. A destroyed key is overwritten in
//! the old file as well.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use piitrail_detect::SubjectKey;
use piitrail_flow::subject::{KeyRing, KeyRingError};
use same_file::Handle;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::input::bounded;
use crate::output;

/// Reads the keys. Prints a note if other users can read the file.
pub(crate) fn read(path: &Path) -> Result<KeyRing, Failure> {
    let file = File::open(path).map_err(unreadable(path))?;
    parse(&file, path)
}

fn parse(file: &File, path: &Path) -> Result<KeyRing, Failure> {
    warn_of_others(file, path).map_err(unreadable(path))?;
    let document = bounded::read(file, bounded::KEYS_MAX).map_err(unreadable(path))?;
    KeyRing::parse(&document).map_err(|source| refused(path, source))
}

#[cfg(unix)]
fn warn_of_others(file: &File, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
        writeln!(
            output::stderr(),
            "note: others on this machine can read or change the subject keys in {0}; `chmod 600 {0}` keeps them \
             to yourself",
            path.display()
        )?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn warn_of_others(_: &File, _: &Path) -> io::Result<()> {
    Ok(())
}

/// Changes the keys: reads them, applies `change`, and replaces the file. A second process that
/// changes them at the same time waits for the first and then changes its result.
pub(crate) fn change(
    path: &Path,
    change: impl FnOnce(&mut KeyRing) -> Result<(), Failure>,
) -> Result<KeyRing, Failure> {
    // A symbolic link stays in place; the file that it leads to is replaced.
    let path = path.canonicalize().map_err(unreadable(path))?;
    let old = lock(&path).map_err(unwritable(&path))?;
    let mut ring = parse(&old, &path)?;
    change(&mut ring)?;
    replace(&path, old, &ring)?;
    Ok(ring)
}

/// Opens the file and locks it against other processes that change it.
fn lock(path: &Path) -> io::Result<File> {
    loop {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        file.lock()?;
        // The process that held the lock before may have replaced the file.
        if Handle::from_file(file.try_clone()?)? == Handle::from_path(path)? {
            return Ok(file);
        }
    }
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> Failure {
    let path = path.to_owned();
    move |source| Failure::Read { path, source }
}

fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> Failure {
    let path = path.to_owned();
    move |source| Failure::WriteSubjectKeys { path, source }
}

/// Returns the failure for keys that cannot be used, or for a change that is refused.
pub(super) fn refused(path: &Path, source: KeyRingError) -> Failure {
    Failure::SubjectKeys {
        path: path.to_owned(),
        source,
    }
}

/// Creates a key with the random number generator of the operating system.
pub(crate) fn random() -> Result<SubjectKey, Failure> {
    let mut secret = Zeroizing::new([0; SubjectKey::BYTES]);
    getrandom::fill(&mut *secret).map_err(Failure::Random)?;
    Ok(SubjectKey::new(secret))
}

/// Writes the keys to a new file that only its owner can read. A file that exists is not replaced.
pub(crate) fn create(path: &Path, ring: &KeyRing) -> Result<(), Failure> {
    write_new(path, ring).map_err(|source| {
        if source.kind() == io::ErrorKind::AlreadyExists && path.is_file() {
            Failure::SubjectKeysExist(path.to_owned())
        } else {
            unwritable(path)(source)
        }
    })
}

/// Replaces the keys atomically, even if the power fails. The content of the old file is
/// overwritten, as far as the file system allows, and so is a file that an interrupted replacement
/// left behind.
fn replace(path: &Path, mut old: File, ring: &KeyRing) -> Result<(), Failure> {
    let beside = beside(path);
    write_beside(&beside, ring).map_err(unwritable(&beside))?;
    std::fs::rename(&beside, path).map_err(unwritable(path))?;
    // The path leads to the new file by now; nobody finds the old one.
    wipe(&mut old).map_err(unwritable(path))
}

/// Writes the keys to a temporary file beside the old one, over whatever was left there.
fn write_beside(path: &Path, ring: &KeyRing) -> io::Result<()> {
    let mut file = match owners_file(OpenOptions::new().create_new(true), path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            // A symbolic link is refused, because it may lead anywhere.
            if !std::fs::symlink_metadata(path)?.is_file() {
                return Err(error);
            }
            owners_file(&mut OpenOptions::new(), path)?
        }
        opened => opened?,
    };
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    wipe(&mut file)?;
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(ring.to_document().as_bytes())?;
    file.sync_all()
}

/// Overwrites the content of a file with zeros.
fn wipe(file: &mut File) -> io::Result<()> {
    let length = file.metadata()?.len().min(bounded::KEYS_MAX);
    file.rewind()?;
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

/// Opens a file for writing. A new file can be read by its owner only.
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

    fn rotate(path: &Path, name: &str) {
        let add = |ring: &mut KeyRing| {
            ring.rotate(&name.parse().unwrap(), random()?)
                .map_err(|source| refused(path, source))
        };
        change(path, add).unwrap();
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
        let refused = create(&path, &self::ring()).unwrap_err();
        assert!(
            refused.to_string().contains("subject key rotate"),
            "{refused}"
        );
        assert_eq!(
            read(&path).unwrap().newest().key.secret(),
            ring.newest().key.secret()
        );
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
        rotate(&path, "2026-11");
        assert_eq!(mode(), 0o600);
    }

    #[test]
    fn what_a_crash_left_beside_the_keys_is_written_over_and_blocks_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("subject.key");
        create(&path, &ring()).unwrap();
        let left = beside(&path);
        // A hard link to the temporary file, so that the test can read it after it was renamed.
        let witness = folder.path().join("witness");
        std::fs::write(&left, "#".repeat(4_000)).unwrap();
        std::fs::hard_link(&left, &witness).unwrap();
        rotate(&path, "2026-11");
        assert_eq!(epochs(&read(&path).unwrap()).len(), 2);
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
    fn of_keys_that_are_rotated_at_the_same_time_none_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("subject.key");
        create(&path, &ring()).unwrap();
        std::thread::scope(|threads| {
            for number in 0..16 {
                let path = &path;
                threads.spawn(move || rotate(path, &format!("epoch-{number}")));
            }
        });
        assert_eq!(epochs(&read(&path).unwrap()).len(), 17);
    }

    #[cfg(unix)]
    #[test]
    fn keys_behind_a_link_are_replaced_where_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (
            folder.path().join("real.key"),
            folder.path().join("link.key"),
        );
        create(&path, &ring()).unwrap();
        std::os::unix::fs::symlink("real.key", &link).unwrap();
        rotate(&link, "2026-11");
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        for path in [&path, &link] {
            assert_eq!(epochs(&read(path).unwrap()).len(), 2);
        }
    }

    #[test]
    fn a_key_that_was_shredded_is_in_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("subject.key");
        let mut ring = ring();
        create(&path, &ring).unwrap();
        // A hard link to the old file, so that the test can read it after it was replaced.
        let old = folder.path().join("old");
        std::fs::hard_link(&path, &old).unwrap();
        let before = epochs(&ring);
        ring.rotate(&"2026-11".parse().unwrap(), random().unwrap())
            .unwrap();
        ring.shred(&before[0]).unwrap();
        replace(&path, lock(&path).unwrap(), &ring).unwrap();
        assert_eq!(epochs(&read(&path).unwrap()), epochs(&ring));
        assert!(std::fs::read(&old).unwrap().iter().all(|byte| *byte == 0));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
