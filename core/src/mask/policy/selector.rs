//! Selectors that mean what they say: the browser's own parser judges them, but it forgives some
//! mistakes, and a part of a selector that is left out in silence is a part of the page that is shown.

use super::mistake::Why;
use cssparser::{ParseError, Parser, Token};

/// What no selector holds, to see whether one ends where its text ends.
const AFTER: &str = ",saath-after";
/// How deep brackets may be.
const DEEPEST: usize = 32;

/// Whether a selector does for a policy; `parses` asks the browser whether it knows one.
pub(super) fn check(selector: &str, parses: &mut dyn FnMut(&str) -> bool) -> Result<(), Why> {
    if selector.trim().is_empty() {
        return Err(Why::NoSelector);
    }
    // It is put into a list with others: what it leaves open would swallow them.
    if !ends(selector) {
        return Err(Why::Open);
    }
    let arguments = walk(&mut Parser::new(selector), 0)?;
    if !parses(selector) {
        return Err(Why::Selector);
    }
    // A list that forgives leaves out what the browser does not know; alone it does not.
    let known = |argument: &String| !argument.trim().is_empty() && parses(argument);
    if arguments.iter().all(known) { Ok(()) } else { Err(Why::Argument) }
}

/// Whether nothing is open at its end: no bracket, quote, comment or escape.
fn ends(selector: &str) -> bool {
    let text = format!("{selector}{AFTER}");
    let mut parser = Parser::new(&text);
    let mut last = [None, None];
    while let Ok(token) = parser.next() {
        let mark = match token {
            Token::Comma => Some(","),
            Token::Ident(name) if **name == AFTER[1..] => Some(""),
            _ => None,
        };
        last = [last[1], mark];
    }
    last == [Some(","), Some("")]
}

/// The arguments of all lists that forgive, however deep.
fn walk(parser: &mut Parser<'_>, depth: usize) -> Result<Vec<String>, Why> {
    if depth > DEEPEST {
        return Err(Why::TooDeep);
    }
    let mut arguments = vec![];
    let mut colons = 0;
    loop {
        let Ok(token) = parser.next_including_whitespace().cloned() else { return Ok(arguments) };
        let pseudo = std::mem::replace(&mut colons, 0);
        let name = match &token {
            Token::Colon if pseudo == 1 => return Err(Why::PseudoElement),
            Token::Colon => {
                colons = 1;
                continue;
            }
            Token::Delim('&') => return Err(Why::Scope),
            Token::Ident(name) | Token::Function(name) if pseudo == 1 => name.to_ascii_lowercase(),
            _ => String::new(),
        };
        match name.as_str() {
            "before" | "after" | "first-line" | "first-letter" => return Err(Why::PseudoElement),
            "scope" => return Err(Why::Scope),
            _ => {}
        }
        let before = match name.as_str() {
            "is" | "where" | "matches" | "any" | "-webkit-any" | "-moz-any" => Some(""),
            // What it holds is looked for from somewhere on. It has forgiven in some engines.
            "has" => Some("* "),
            _ => None,
        };
        match token {
            Token::Function(_) | Token::ParenthesisBlock | Token::SquareBracketBlock => {
                arguments.extend(nested(parser, before, depth + 1)?);
            }
            // The browser says what it thinks of them.
            Token::CurlyBracketBlock => return Ok(arguments),
            _ => {}
        }
    }
}

/// The arguments in a bracket, and its own if it is such a list: `forgives` comes before each.
fn nested(
    parser: &mut Parser<'_>,
    forgives: Option<&str>,
    depth: usize,
) -> Result<Vec<String>, Why> {
    let mut why = Ok(vec![]);
    let _ = parser.parse_nested_block(|parser| -> Result<(), ParseError<()>> {
        let mut arguments = vec![];
        if let Some(before) = forgives {
            let start = parser.state();
            let all = parser.parse_comma_separated(|parser| {
                let from = parser.position();
                while parser.next().is_ok() {}
                Ok::<_, ParseError<()>>(format!("{before}{}", parser.slice_from(from)))
            });
            arguments = all.unwrap_or_default();
            // An empty one is none for a parser of lists.
            if arguments.is_empty() {
                arguments.push(String::new());
            }
            parser.reset(&start);
        }
        why = walk(parser, depth).map(|inner| {
            arguments.extend(inner);
            arguments
        });
        Ok(())
    });
    why
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: [&str; 6] = [":is(", ":IS(", ":\\69s(", ":where(", ":-webkit-any(", ":has("];

    /// Forgives as browsers do, whatever stands in the brackets of some lists.
    fn browser(selector: &str) -> bool {
        let (mut outside, mut forgiving) = (String::new(), 0);
        for (at, c) in selector.char_indices() {
            let opens = LISTS.iter().any(|list| selector[..=at].ends_with(list));
            match c {
                '(' if opens || forgiving > 0 => forgiving += 1,
                ')' if forgiving > 0 => forgiving -= 1,
                c if forgiving == 0 => outside.push(c),
                _ => {}
            }
        }
        let count = |c| outside.matches(c).count();
        !outside.trim().is_empty()
            && !outside.contains(['}'])
            && !outside.contains("bogus")
            && count('(') == count(')')
    }

    #[test]
    fn selectors_that_say_what_they_mean() {
        for selector in [
            ".a",
            " a, b > c ",
            "*",
            ":is(.a, .b)",
            ":not(.a):where(#b, [c=\"),(\"])",
            ".a:is(:is(.b), .c)",
            "[data-x='&']",
            "a /* with a comment */ b",
            ".a\\,b",
            ":host(.a) .b",
            "form:has(> .a, .b)",
            "li:nth-child(2n + 1 of .a)",
            "*|a",
        ] {
            assert_eq!(check(selector, &mut browser), Ok(()), "{selector}");
        }
    }

    #[test]
    fn what_browsers_leave_out_in_silence_is_a_mistake() {
        for (selector, why) in [
            (" ", Why::NoSelector),
            ("a, }", Why::Selector),
            (".bogus", Why::Selector),
            (":is(.a, :bogus)", Why::Argument),
            (":is(.a, )", Why::Argument),
            (":is()", Why::Argument),
            (".x:not(:is(.a, :bogus))", Why::Argument),
            (".x:where(.a, :is(.b, :bogus))", Why::Argument),
            (".x:-webkit-any(:bogus)", Why::Argument),
            (".x:has(:bogus)", Why::Argument),
            (".x:\\69s(.a, :bogus)", Why::Argument),
            (".x:IS(:bogus)", Why::Argument),
            (":is(.a", Why::Open),
            ("[a", Why::Open),
            (".a/*", Why::Open),
            (".a\\", Why::Open),
            ("[a='b", Why::Open),
            (".a)", Why::Selector),
            (".a::before", Why::PseudoElement),
            (".a:AFTER", Why::PseudoElement),
            (":is(.a, .b::slotted(c))", Why::PseudoElement),
            (":scope > .a", Why::Scope),
            (":not(:scope .a)", Why::Scope),
            ("& .a", Why::Scope),
        ] {
            assert_eq!(check(selector, &mut browser), Err(why), "{selector}");
        }
        let deep = format!("{}a{}", ":not(".repeat(10_000), ")".repeat(10_000));
        assert_eq!(check(&deep, &mut |_| true), Err(Why::TooDeep));
    }

    /// What each bracket of a list says is asked about alone.
    #[test]
    fn each_argument_is_asked_about() {
        let mut asked = vec![];
        let selector = ".a:is(.b, .c:where(.d)):has(> .e, .f):not(.g)";
        let all = check(selector, &mut |text| {
            asked.push(text.trim().to_owned());
            true
        });
        assert_eq!(all, Ok(()));
        assert_eq!(asked, [selector, ".b", ".c:where(.d)", ".d", "* > .e", "* .f"]);
    }
}
