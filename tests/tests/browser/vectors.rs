//! The 80 vectors of masking, in a real session; `GROUP` names one folder of them to look at alone.

use anyhow::{Result, ensure};
use saath_tests::vectors::{Fixture, Oracle, Secret, Visit};
use std::collections::BTreeSet;
use std::io::Write as _;

const GROUPS: [&str; 5] = ["inputs", "text", "urls", "styles", "structure"];

#[tokio::test]
async fn nothing_that_is_masked_leaves() -> Result<()> {
    let mut fixtures = Fixture::all()?;
    let only = std::env::var("GROUP").ok();
    let is_wanted = |group: &str| only.as_ref().is_none_or(|only| group == only);
    fixtures.retain(|fixture| is_wanted(&fixture.group));
    let mut visit = Visit::start(fixtures).await?;
    for group in GROUPS.into_iter().filter(|group| is_wanted(group)) {
        visit.group(group).await?;
    }
    // Not by `print`, of which a test that passes tells nothing.
    std::io::stdout().write_all(format!("\n{}", visit.ledger.report()).as_bytes())?;
    visit.ledger.close()
}

#[test]
fn there_is_a_fixture_for_each_vector() -> Result<()> {
    let fixtures = Fixture::all()?;
    let numbers: Vec<u8> = fixtures.iter().map(|fixture| fixture.number).collect();
    assert_eq!(numbers, (1..=80).collect::<Vec<u8>>());
    let groups: BTreeSet<&str> = fixtures.iter().map(|fixture| &*fixture.group).collect();
    assert_eq!(groups, GROUPS.into());
    for fixture in &fixtures {
        let html = fixture.html();
        let secrets = fixture.secrets();
        let holds = secrets.iter().filter(|secret| html.matches(&secret.text).count() > 1).count();
        ensure!(holds > 0 || html.contains("canary") || html.contains("pan"), "{html}");
    }
    // As the office that gives them out would check it.
    assert_eq!(fixtures[0].aadhaar(), "780149136058");
    Ok(())
}

/// What others have found a leaked secret as.
#[test]
fn the_oracle_finds_every_form() -> Result<()> {
    let (canary, number) = ("CNRY42-7G4K", "784249136054");
    let secret = |text: &str| Secret { of: "42".to_owned(), text: text.to_owned() };
    let oracle = Oracle::new(&[secret(canary), secret(number), secret("CNRY42")])?;
    let wide = |order: fn(u16) -> [u8; 2]| canary.encode_utf16().flat_map(order).collect();
    let haystacks: [(&str, Vec<u8>); 22] = [
        ("as it is", b"of CNRY42-7G4KQ9XH.".into()),
        ("in lower case", b"of cnry42-7g4kq9xh.".into()),
        ("its half", b"CNRY42 and".into()),
        ("reversed", b"HX9QK4G7-24YRNC".into()),
        ("percent-encoded", b"%43%4E%52%59%34%32%2D%37%47%34%4B".into()),
        ("in an address", b"?q=CNRY42-7G4KQ9XH&x".into()),
        ("HTML, decimal", b"&#67;&#78;&#82;&#89;&#52;&#50;&#45;&#55;&#71;&#52;&#75;".into()),
        (
            "HTML, hexadecimal",
            b"&#x43;&#x4E;&#x52;&#x59;&#x34;&#x32;&#x2d;&#x37;&#x47;&#x34;&#x4b;".into(),
        ),
        ("JSON", br"\u0043\u004E\u0052\u0059\u0034\u0032\u002d\u0037\u0047\u0034\u004b".into()),
        ("CSS", br"\43 \4e \52 \59 \34 \32 \2d \37 \47 \34 \4b ".into()),
        // Of `CNRY42-7G4KQ9XH`, and of the same after one letter and after two.
        ("base64", b"Q05SWTQyLTdHNEtROVhI".into()),
        ("base64, one off", b"eENOUlk0Mi03RzRLUTlYSA==".into()),
        ("base64, two off", b"eHhDTlJZNDItN0c0S1E5WEg=".into()),
        ("hexadecimal", b"434e525934322d3747344b51".into()),
        ("UTF-16, little end first", wide(u16::to_le_bytes)),
        ("UTF-16, big end first", wide(u16::to_be_bytes)),
        ("spaced", b"C N R Y 4 2 - 7 G 4 K".into()),
        ("in pieces", b"CNRY\x07\0 42.\x107g, 4K".into()),
        ("a number in groups", b"7842 4913 6054".into()),
        ("a number in another script", "७८४२ ४९१३ ६०५४".into()),
        ("a number among letters", "7x8y4\u{200d}2 4 9 1 3 6 0 5 4".into()),
        ("full-width letters", "ＣＮＲＹ４２－７Ｇ４Ｋ".into()),
    ];
    for (form, haystack) in haystacks {
        ensure!(!oracle.search(&haystack).is_empty(), "{form} is not found");
    }
    assert_eq!(oracle.search(b"CNRY43-7G4KQ9XH, 784249136055, CNRY 42, K4G7").len(), 0);
    Ok(())
}
