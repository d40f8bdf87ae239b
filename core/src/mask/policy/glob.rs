//! Globs over addresses: `*` stands for any text, everything else for itself.
//!
//! One that fits no address would be a selector in force nowhere, so those are mistakes.

/// Whether a glob fits a text.
pub(super) fn fits(glob: &str, text: &str) -> bool {
    let mut parts = glob.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or(""),
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Whether some address may fit it, all of it as browsers write them: with a scheme, a host in lower
/// case and a path, and what is beyond ASCII in other words. Brackets would be taken for choices.
pub(super) fn may_fit(glob: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && !"\"<>\\^`{}[]".contains(c);
    if !glob.chars().all(plain) {
        return false;
    }
    if glob.starts_with('*') && !glob.starts_with("*://") {
        return true;
    }
    let Some((scheme, rest)) = glob.split_once("://") else { return false };
    let host = rest.split(['/', '*']).next().unwrap_or("");
    let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c);
    let scheme = scheme == "*"
        || scheme.starts_with(|c: char| c.is_ascii_lowercase()) && scheme.chars().all(named);
    scheme
        && host.len() < rest.len()
        && !host.contains(|c: char| c.is_ascii_uppercase() || "?#".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_fit_all_of_a_text() {
        for (glob, text, is_one) in [
            ("*", "abc", true),
            ("a*c", "abc", true),
            ("a*c", "ab", false),
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("*b*", "abc", true),
            ("a*b*b", "ab", false),
            ("**c", "abc", true),
        ] {
            assert_eq!(fits(glob, text), is_one, "{glob} {text}");
        }
    }

    #[test]
    fn what_fits_no_address_is_told() {
        for glob in [
            "*",
            "*/itr*",
            "*#pan",
            "*?year=2026",
            "https://tax.example/*",
            "https://*.example/itr",
            "*://tax.example:8080/",
            "app://*",
            "*%E0%A4%95*",
            "https://a/B?c=D",
        ] {
            assert!(may_fit(glob), "{glob}");
        }
        for glob in [
            "",
            "/itr*",
            "tax.example/itr",
            "localhost:8080/*",
            "https://tax.example",
            "https://Tax.example/*",
            "HTTPS://tax.example/*",
            "*://Tax.example/*",
            "https://tax.example?a*",
            "*/my page",
            "*/कर*",
            "*/{a,b}",
            "*/[ab]",
            "*\\itr",
            "*\n",
        ] {
            assert!(!may_fit(glob), "{glob}");
        }
    }
}
