//! The reader's verdict on each policy of the table that a JSON Schema validator judges, too
//! (`cargo xtask test schema`).

use saath_core::mask::Policy;

const TABLE: &str = include_str!("../../tests/policies.txt");

#[test]
fn the_reader_says_what_the_table_says() {
    let rows = TABLE.trim().split("\n\n").skip(1);
    let mut count = 0;
    for row in rows {
        let (verdict, json) = row.split_once('\n').unwrap();
        let read = Policy::parse(json, |_| true);
        let said = match &read {
            Ok(_) => "good".to_owned(),
            Err(error) => format!("bad {}", error.path).trim_end().to_owned(),
        };
        assert_eq!(said, verdict, "{json}: {read:?}");
        count += 1;
    }
    assert!(count > 40, "{count}");
}

#[test]
fn the_demo_portals_policy_is_one() {
    let policy = Policy::parse(include_str!("../../www/portal/saath-policy.json"), |_| true);
    assert_eq!(policy.map(|policy| policy.redacted_views.len()), Ok(9));
}
