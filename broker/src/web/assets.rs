//! Files that pages are made of. They are part of the program, and a name that changes with the content lets browsers
//! keep them forever.

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

struct Asset {
    stem: &'static str,
    extension: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

macro_rules! asset {
    ($stem:literal, $extension:literal, $media_type:literal) => {
        Asset {
            stem: $stem,
            extension: $extension,
            media_type: $media_type,
            bytes: include_bytes!(concat!("static/", $stem, ".", $extension)),
        }
    };
}

const ASSETS: [Asset; 6] = [
    asset!("style", "css", "text/css; charset=utf-8"),
    asset!("views", "css", "text/css; charset=utf-8"),
    asset!("theme", "js", "text/javascript; charset=utf-8"),
    asset!("app", "js", "text/javascript; charset=utf-8"),
    asset!("network", "js", "text/javascript; charset=utf-8"),
    asset!("icon", "svg", "image/svg+xml"),
];

impl Asset {
    fn name(&self) -> String {
        format!("{}-{:016x}.{}", self.stem, fingerprint(self.bytes), self.extension)
    }
}

/// Whether a path leads to one of these files, whatever the client accepts.
pub(super) fn is_asset(path: &str) -> bool {
    path.starts_with("/static/") || ["/network.svg", "/network.dot"].contains(&path)
}

/// The name under which a file such as `style.css` is served at the moment; the name itself when there is no such file.
pub(super) fn versioned(name: &str) -> String {
    let found = ASSETS.iter().find(|asset| name.split_once('.') == Some((asset.stem, asset.extension)));
    found.map_or_else(|| name.to_owned(), Asset::name)
}

pub(super) async fn serve(Path(name): Path<String>) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name() == name) else {
        // a page from before an update asks for a file of before
        return (StatusCode::NOT_FOUND, "there is no such file; reload the page").into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    (headers, asset.bytes).into_response()
}

/// FNV-1a: tells versions of a file apart, nothing more.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
