//! Kinds of contents by the bytes they begin with.

/// A signature: the bytes at an offset, and what they are the mark of.
struct Mark(usize, &'static [u8], &'static str);

/// The more particular ones first.
const MARKS: &[Mark] = &[
    Mark(0, b"\x89PNG", "image/png"),
    Mark(0, b"\xff\xd8\xff", "image/jpeg"),
    Mark(0, b"GIF8", "image/gif"),
    Mark(8, b"WEBP", "image/webp"),
    Mark(0, b"BM", "image/bmp"),
    Mark(0, b"II*\0", "image/tiff"),
    Mark(0, b"MM\0*", "image/tiff"),
    Mark(0, b"\0\0\x01\0", "image/vnd.microsoft.icon"),
    Mark(0, b"8BPS", "image/vnd.adobe.photoshop"),
    Mark(0, b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    Mark(4, b"ftypavif", "image/avif"),
    Mark(4, b"ftyphei", "image/heif"),
    Mark(4, b"ftypmif1", "image/heif"),
    Mark(4, b"ftypM4A", "audio/mp4"),
    Mark(4, b"ftypqt", "video/quicktime"),
    Mark(4, b"ftyp", "video/mp4"),
    Mark(0, b"\x1aE\xdf\xa3", "video/webm"),
    Mark(8, b"AVI ", "video/x-msvideo"),
    Mark(0, b"FLV\x01", "video/x-flv"),
    Mark(0, b"\0\0\x01\xba", "video/mpeg"),
    Mark(8, b"WAVE", "audio/x-wav"),
    Mark(0, b"ID3", "audio/mpeg"),
    Mark(0, b"\xff\xfb", "audio/mpeg"),
    Mark(0, b"\xff\xf1", "audio/aac"),
    Mark(0, b"OggS", "audio/ogg"),
    Mark(0, b"fLaC", "audio/x-flac"),
    Mark(0, b"MThd", "audio/midi"),
    Mark(0, b"%PDF", "application/pdf"),
    Mark(0, b"%!PS", "application/postscript"),
    Mark(0, b"{\\rtf", "application/rtf"),
    Mark(30, b"mimetypeapplication/epub+zip", "application/epub+zip"),
    Mark(0, b"PK\x03\x04", "application/zip"),
    Mark(0, b"PK\x05\x06", "application/zip"),
    Mark(0, b"\x1f\x8b", "application/gzip"),
    Mark(0, b"BZh", "application/x-bzip2"),
    Mark(0, b"\xfd7zXZ\0", "application/x-xz"),
    Mark(0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    Mark(0, b"\x04\x22\x4d\x18", "application/x-lz4"),
    Mark(0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    Mark(0, b"Rar!\x1a\x07", "application/vnd.rar"),
    Mark(257, b"ustar", "application/x-tar"),
    Mark(0, b"SQLite format 3\0", "application/vnd.sqlite3"),
    Mark(0, b"\0asm", "application/wasm"),
    Mark(0, b"\x7fELF", "application/x-executable"),
    Mark(0, b"MZ\x90\0", "application/vnd.microsoft.portable-executable"),
    Mark(0, b"\xca\xfe\xba\xbe", "application/java"),
    Mark(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    Mark(0, b"wOFF", "font/woff"),
    Mark(0, b"wOF2", "font/woff2"),
    Mark(0, b"\0\x01\0\0\0", "font/ttf"),
    Mark(0, b"OTTO", "font/otf"),
    Mark(0, b"PAR1", "application/vnd.apache.parquet"),
    Mark(0, b"Obj\x01", "application/avro"),
    Mark(128, b"DICM", "application/dicom"),
    Mark(0, b"#!/", "text/x-shellscript"),
    Mark(0, b"BEGIN:VCALENDAR", "text/calendar"),
    Mark(0, b"BEGIN:VCARD", "text/vcard"),
    Mark(0, b"-----BEGIN CERTIFICATE-----", "application/x-x509-ca-cert"),
];

/// Further names of types, with the name that [`MARKS`] and text detection use.
const ALIASES: &[(&str, &str)] = &[
    ("application/x-gzip", "application/gzip"),
    ("application/x-pdf", "application/pdf"),
    ("application/x-rar-compressed", "application/vnd.rar"),
    ("application/x-sqlite3", "application/vnd.sqlite3"),
    ("application/x-zip-compressed", "application/zip"),
    ("application/x-bzip", "application/x-bzip2"),
    ("application/font-sfnt", "font/ttf"),
    ("application/font-woff", "font/woff"),
    ("audio/flac", "audio/x-flac"),
    ("audio/m4a", "audio/mp4"),
    ("audio/mp3", "audio/mpeg"),
    ("audio/wav", "audio/x-wav"),
    ("image/heic", "image/heif"),
    ("image/jpg", "image/jpeg"),
    ("image/x-icon", "image/vnd.microsoft.icon"),
    ("image/x-ms-bmp", "image/bmp"),
    ("text/xml", "application/xml"),
    ("video/avi", "video/x-msvideo"),
];

/// The type that the first bytes are the mark of, if they are one's.
pub(crate) fn marked(bytes: &[u8]) -> Option<&'static str> {
    let begins = |Mark(offset, mark, _): &&Mark| bytes.get(*offset..).is_some_and(|bytes| bytes.starts_with(mark));
    MARKS.iter().find(begins).map(|Mark(_, _, essence)| *essence)
}

/// The one name for types that have several.
pub(crate) fn canonical(essence: &str) -> &str {
    ALIASES.iter().find(|(alias, _)| *alias == essence).map_or(essence, |(_, name)| name)
}
