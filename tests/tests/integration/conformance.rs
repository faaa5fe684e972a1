//! The verdict corpora: every disagreement is on the list of known gaps, and every gap on the list is still one.

use countersign_tests::conformance;
use countersign_tests::tools::require;

#[test]
fn the_corpora_agree_but_for_the_known_gaps() {
    let folder = conformance::default_folder();
    let advice = "put the conformance data there, or name its folder in COUNTERSIGN_CONFORMANCE";
    if !require(folder.is_dir(), &format!("the conformance data in {}", folder.display()), advice) {
        return;
    }
    let report = conformance::run(&folder).unwrap();
    let unlisted: Vec<_> = report.unlisted().into_iter().map(|outcome| &outcome.id).collect();
    assert!(unlisted.is_empty(), "not listed in tests/known-gaps.txt: {unlisted:#?}\n{}", report.to_text());
    let closed = report.closed_gaps();
    assert!(closed.is_empty(), "these agree by now, take them off tests/known-gaps.txt: {closed:#?}");
}
