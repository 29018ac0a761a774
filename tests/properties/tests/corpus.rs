//! The checks, on what fuzzing begins with and on what it has found.

use std::fs;
use std::path::Path;

use threadpass_properties::CHECKS;

#[test]
fn what_fuzzing_knows_holds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    for (name, check) in CHECKS {
        let mut files = 0;
        for file in fs::read_dir(corpus.join(name)).unwrap() {
            check(&fs::read(file.unwrap().path()).unwrap());
            files += 1;
        }
        assert!(files >= 3, "{name} has {files} files");
    }
    let folders = fs::read_dir(corpus).unwrap().count();
    assert_eq!(folders, CHECKS.len(), "every folder of the corpus is some check's");
}
