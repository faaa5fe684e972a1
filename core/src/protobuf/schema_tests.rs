use super::*;
use crate::pact::Pact;
use crate::protobuf::register;

/// A folder of its own with these files, removed with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let path = std::env::temp_dir().join(format!("countersign-schema-{name}-{}", std::process::id()));
        for (file, text) in files {
            let file = path.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const SHOP: &str = r#"syntax = "proto3";
package shop.v1;
import "common/money.proto";
import "google/protobuf/timestamp.proto";
service Shop { rpc Buy(Order) returns (Receipt); rpc Watch(Order) returns (stream Receipt); }
message Order { string id = 1; common.Money price = 2; }
message Receipt { google.protobuf.Timestamp at = 1; }
"#;
const MONEY: &str = "syntax = \"proto3\";\npackage common;\nmessage Money { int64 units = 1; }\n\
                     service Bank { rpc Pay(Money) returns (Money); }\n";

#[test]
fn imports_are_found_and_methods_by_all_their_names() {
    let folder = Folder::new("imports", &[("api/shop.proto", SHOP), ("include/common/money.proto", MONEY)]);
    let schema = Schema::compile(&folder.file("api/shop.proto"), &[folder.file("include")]).unwrap();
    assert_eq!(schema.proto_file(), Some(SHOP));
    for name in ["shop.v1.Shop/Buy", ".shop.v1.Shop/Buy", "/shop.v1.Shop/Buy", "Shop/Buy"] {
        let method = schema.method(name).unwrap();
        assert_eq!(method.path(), "/shop.v1.Shop/Buy", "{name}");
        assert_eq!(method.pact_name(), ".shop.v1.Shop/Buy");
        assert_eq!((method.input().full_name(), method.output().full_name()), ("shop.v1.Order", "shop.v1.Receipt"));
        assert!(!method.is_client_streaming() && !method.is_server_streaming());
    }
    assert!(schema.method("Shop/Watch").unwrap().is_server_streaming());
    let paths: Vec<_> = schema.methods().map(|method| method.path()).collect();
    assert_eq!(paths, ["/common.Bank/Pay", "/shop.v1.Shop/Buy", "/shop.v1.Shop/Watch"]);
    let again = Schema::from_descriptor_set(schema.descriptors()).unwrap();
    assert_eq!(again, schema);
}

#[test]
fn what_is_not_there_is_answered_with_what_is() {
    let folder = Folder::new("unknown", &[("shop.proto", SHOP), ("common/money.proto", MONEY)]);
    let schema = Schema::compile(&folder.file("shop.proto"), &[]).unwrap();
    for (name, message) in [
        ("shop.v1.Shop/Sell", "the service shop.v1.Shop has no method 'Sell'; the methods are Buy, Watch"),
        ("shop.v2.Shop/Buy", "there is no service 'shop.v2.Shop'; the services are common.Bank, shop.v1.Shop"),
        ("Buy", "'Buy' names no method: expected package.Service/Method"),
    ] {
        assert_eq!(schema.method(name).unwrap_err().to_string(), message);
    }
}

#[test]
fn files_that_do_not_compile_are_answered_with_the_place() {
    let wrong_import = SHOP.replace("common/money.proto", "common/mony.proto");
    let wrong_type = SHOP.replace("common.Money price", "common.Mony price");
    let wrong_syntax = SHOP.replace("string id = 1", "string id =");
    let files = [
        ("import.proto", wrong_import.as_str()),
        ("type.proto", &wrong_type),
        ("syntax.proto", &wrong_syntax),
        ("common/money.proto", MONEY),
    ];
    let folder = Folder::new("broken", &files);
    let errors: Vec<String> = ["import.proto", "type.proto", "syntax.proto", "none.proto"]
        .iter()
        .map(|name| Schema::compile(&folder.file(name), &[]).unwrap_err().to_string())
        .map(|error| error.replace(folder.0.to_str().unwrap(), "FOLDER"))
        .collect();
    insta::assert_snapshot!(errors.join("\n"), @r#"
    FOLDER/import.proto does not compile:
    import.proto:3:1: import 'common/mony.proto' not found
    FOLDER/type.proto does not compile:
    type.proto:6:32: 'common.Mony' resolves to 'common.Mony', which is not defined
    FOLDER/syntax.proto does not compile:
    syntax.proto:6:28: expected an integer, but found ';'
    cannot read FOLDER/none.proto: No such file or directory (os error 2)
    "#);
}

#[test]
fn pacts_carry_schemas_in_one_entry() {
    let folder = Folder::new("pact", &[("shop.proto", SHOP), ("common/money.proto", MONEY)]);
    let shop = Schema::compile(&folder.file("shop.proto"), &[]).unwrap();
    let money = Schema::compile(&folder.file("common/money.proto"), &[]).unwrap();
    let mut pact = Pact::new("a", "b");
    for schema in [&shop, &money, &shop] {
        register(&mut pact, schema);
    }
    let plugins = pact.metadata["plugins"].as_array().unwrap();
    assert_eq!(plugins.len(), 1);
    assert_eq!((&plugins[0]["name"], &plugins[0]["version"]), (&"protobuf".into(), &"0.6.4".into()));
    for schema in [&shop, &money] {
        let read = Schema::from_pact(&pact, schema.key()).unwrap();
        assert_eq!((&read, read.proto_file()), (schema, schema.proto_file()));
    }
    let error = Schema::from_pact(&pact, "0123").unwrap_err().to_string();
    assert!(error.starts_with("the pact carries no protobuf descriptors under the key 0123 (it has "), "{error}");
    // a further entry of the name, as files merged by others have it
    let entry = pact.metadata["plugins"][0].clone();
    pact.metadata["plugins"][0]["configuration"] = serde_json::json!({});
    pact.metadata["plugins"].as_array_mut().unwrap().push(entry);
    assert_eq!(Schema::from_pact(&pact, money.key()).unwrap(), money);
    pact.metadata["plugins"][1]["configuration"][money.key()]["protoDescriptors"] = "AAAA".into();
    let error = Schema::from_pact(&pact, money.key()).unwrap_err().to_string();
    assert!(error.contains("are damaged: their MD5 is "), "{error}");
}
