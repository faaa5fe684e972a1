//! Keeping webhook secrets unreadable in the database.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};

use crate::config::Database;

/// What secrets are encrypted with.
#[derive(Clone)]
pub(crate) struct Keyring {
    key: Option<[u8; 32]>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring").field("usable", &self.key.is_some()).finish()
    }
}

/// The database's name with `.key` after it.
pub(crate) fn key_file(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".key");
    PathBuf::from(name)
}

impl Keyring {
    /// The configured key; else one of this database's own, in a file beside it that only its owner reads.
    ///
    /// # Errors
    ///
    /// The file cannot be read or made, or the system has no random numbers.
    pub(crate) fn open(configured: Option<&str>, database: &Database) -> Result<Self, String> {
        let key = match (configured, database) {
            (Some(text), _) => Some(Sha256::digest(text.as_bytes()).into()),
            (None, Database::Memory) => Some(random()?),
            (None, Database::File(file)) => Some(of_file(&key_file(file))?),
            (None, Database::Postgres(_)) => None,
        };
        Ok(Self { key })
    }

    /// Encrypts a text, or says why it cannot be kept.
    pub(crate) fn seal(&self, text: &str) -> Result<String, String> {
        let Some(key) = &self.key else {
            return Err(
                "cannot be kept: set PACT_BROKER_SECRETS_KEY (--secrets-key) to the same value on every broker"
                    .to_owned(),
            );
        };
        let mut nonce = [0u8; 24];
        getrandom::fill(&mut nonce).map_err(|error| format!("cannot be kept: {error}"))?;
        let cipher = XChaCha20Poly1305::new(&Key::from(*key));
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), text.as_bytes())
            .map_err(|error| format!("cannot be kept: {error}"))?;
        Ok(STANDARD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Decrypts a text; `None` when it was encrypted with another key.
    pub(crate) fn open_sealed(&self, sealed: &str) -> Option<String> {
        let bytes = STANDARD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(24)?;
        let nonce: [u8; 24] = nonce.try_into().ok()?;
        let cipher = XChaCha20Poly1305::new(&Key::from(self.key?));
        String::from_utf8(cipher.decrypt(&XNonce::from(nonce), sealed).ok()?).ok()
    }
}

fn random() -> Result<[u8; 32], String> {
    let mut key = [0u8; 32];
    getrandom::fill(&mut key).map_err(|error| error.to_string())?;
    Ok(key)
}

fn of_file(file: &Path) -> Result<[u8; 32], String> {
    let place = file.display();
    match std::fs::read(file) {
        Ok(bytes) => bytes.try_into().map_err(|_| format!("{place} is not a key of this broker")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => create(file),
        Err(error) => Err(format!("{place} cannot be read: {error}")),
    }
}

fn create(file: &Path) -> Result<[u8; 32], String> {
    use std::io::Write as _;
    let key = random()?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = match options.open(file) {
        Ok(opened) => opened,
        // another process was faster
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return of_file(file),
        Err(error) => return Err(format!("{} cannot be made: {error}", file.display())),
    };
    let written = opened.write_all(&key).and_then(|()| opened.sync_all());
    written.map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_the_same_key_only() {
        let one = Keyring::open(Some("one"), &Database::Memory).unwrap();
        let other = Keyring::open(Some("other"), &Database::Memory).unwrap();
        let sealed = one.seal("a secret").unwrap();
        assert!(!sealed.contains("secret"));
        assert_ne!(sealed, one.seal("a secret").unwrap());
        assert_eq!(one.open_sealed(&sealed).as_deref(), Some("a secret"));
        assert_eq!(other.open_sealed(&sealed), None);
        assert_eq!(one.open_sealed("nonsense"), None);
    }

    #[test]
    fn a_file_keeps_its_key_and_a_server_needs_one() {
        let directory = tempfile::tempdir().unwrap();
        let database = Database::File(directory.path().join("b.sqlite"));
        let sealed = Keyring::open(None, &database).unwrap().seal("x").unwrap();
        assert_eq!(Keyring::open(None, &database).unwrap().open_sealed(&sealed).as_deref(), Some("x"));
        let server = Database::Postgres("postgres://x".to_owned());
        assert!(Keyring::open(None, &server).unwrap().seal("x").unwrap_err().contains("PACT_BROKER_SECRETS_KEY"));
    }
}
