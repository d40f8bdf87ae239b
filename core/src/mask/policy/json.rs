//! JSON with places: engines name a mistake each in words of its own, few of them its line, and none
//! a key that is there twice.

use super::mistake::{Expected, Why};

/// How deep a text may be: a policy is four deep.
const DEEPEST: usize = 16;

/// What stands in a policy: as JSON, or as the object of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Where it begins, in bytes of the text; 0 where there is none.
    pub at: usize,
    /// What it is.
    pub kind: Kind,
}

/// As much of JSON as a policy is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Word(String),
    /// A list.
    List(Vec<Value>),
    /// Keys and their values, as they are written.
    Object(Vec<Member>),
    /// What no policy has: a number, `true`, `null`, and all that is no JSON.
    Other,
}

/// One key of an object, with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Where the key begins.
    pub at: usize,
    /// The key.
    pub key: String,
    /// What it is set to.
    pub value: Value,
}

/// Reads a text that is one JSON value, by the letter of RFC 8259. An error has the place where the
/// text stops being one.
pub(super) fn parse(text: &str) -> Result<Value, (usize, Why)> {
    let mut parser = Parser { text, at: 0 };
    parser.space();
    let value = parser.value(0)?;
    parser.space();
    if parser.at < text.len() { Err(parser.expected(Expected::End)) } else { Ok(value) }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

type Parsed<T> = Result<T, (usize, Why)>;

impl Parser<'_> {
    fn value(&mut self, depth: usize) -> Parsed<Value> {
        let at = self.at;
        if depth > DEEPEST {
            return Err((at, Why::TooDeep));
        }
        let kind = match self.peek() {
            Some(b'"') => Kind::Word(self.word()?),
            Some(b'[') => Kind::List(self.list(depth)?),
            Some(b'{') => Kind::Object(self.object(depth)?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ if ["true", "false", "null"].iter().any(|name| self.takes(name)) => Kind::Other,
            _ => return Err(self.expected(Expected::Value)),
        };
        Ok(Value { at, kind })
    }

    fn list(&mut self, depth: usize) -> Parsed<Vec<Value>> {
        let mut values = vec![];
        self.open();
        if self.takes("]") {
            return Ok(values);
        }
        loop {
            values.push(self.value(depth + 1)?);
            if self.closes("]", Expected::CommaOrBracket)? {
                return Ok(values);
            }
        }
    }

    fn object(&mut self, depth: usize) -> Parsed<Vec<Member>> {
        let mut members = vec![];
        self.open();
        if self.takes("}") {
            return Ok(members);
        }
        loop {
            let at = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.expected(Expected::Key));
            }
            let key = self.word()?;
            self.space();
            if !self.takes(":") {
                return Err(self.expected(Expected::Colon));
            }
            self.space();
            let value = self.value(depth + 1)?;
            members.push(Member { at, key, value });
            if self.closes("}", Expected::CommaOrBrace)? {
                return Ok(members);
            }
        }
    }

    fn open(&mut self) {
        self.at += 1;
        self.space();
    }

    /// Whether the list or object ends here, rather than going on after a comma.
    fn closes(&mut self, end: &str, expected: Expected) -> Parsed<bool> {
        self.space();
        let comma = self.takes(",");
        self.space();
        if comma {
            Ok(false)
        } else if self.takes(end) {
            Ok(true)
        } else {
            Err(self.expected(expected))
        }
    }

    fn word(&mut self) -> Parsed<String> {
        let mut word = String::new();
        self.at += 1;
        loop {
            let rest = self.rest();
            let Some(c) = rest.chars().next().filter(|c| *c >= ' ') else {
                return Err(self.expected(Expected::Quote));
            };
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(word),
                '\\' => word.push(self.escaped()?),
                c => word.push(c),
            }
        }
    }

    fn escaped(&mut self) -> Parsed<char> {
        let start = self.at - 1;
        let c = match self.peek() {
            Some(c @ (b'"' | b'\\' | b'/')) => c.into(),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let first = self.hex();
                let pair = first.filter(|unit| (0xd800..0xdc00).contains(unit));
                let code = match pair {
                    Some(high) if self.takes("\\u") => self
                        .hex()
                        .and_then(|low| low.checked_sub(0xdc00))
                        .filter(|low| *low < 0x400)
                        .map(|low| 0x10000 + ((high - 0xd800) << 10) + low),
                    _ => first,
                };
                // Half a character is none.
                return code
                    .and_then(char::from_u32)
                    .ok_or((start, Why::NotJson(Expected::Escape)));
            }
            _ => return Err((start, Why::NotJson(Expected::Escape))),
        };
        self.at += 1;
        Ok(c)
    }

    fn hex(&mut self) -> Option<u32> {
        let digits =
            self.rest().get(..4).filter(|four| four.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let code = u32::from_str_radix(digits, 16).ok();
        self.at += 4;
        code
    }

    fn number(&mut self) -> Parsed<Kind> {
        self.takes("-");
        if !self.takes("0") {
            self.digits()?;
        }
        if self.takes(".") {
            self.digits()?;
        }
        if self.takes("e") || self.takes("E") {
            let _ = self.takes("+") || self.takes("-");
            self.digits()?;
        }
        Ok(Kind::Other)
    }

    fn digits(&mut self) -> Parsed<()> {
        let count = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        self.at += count;
        if count == 0 { Err(self.expected(Expected::Value)) } else { Ok(()) }
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    fn takes(&mut self, what: &str) -> bool {
        let there = self.rest().starts_with(what);
        self.at += if there { what.len() } else { 0 };
        there
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn expected(&self, expected: Expected) -> (usize, Why) {
        (self.at, Why::NotJson(expected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Option<usize> {
        parse(text).err().map(|(at, _)| at)
    }

    #[test]
    fn json_is_read_with_its_places() {
        let value = parse(" { \"a\" : [ \"b\", 1 ] } ").unwrap();
        let Kind::Object(members) = value.kind else { panic!() };
        assert_eq!((value.at, members[0].at, members[0].key.as_str()), (1, 3, "a"));
        let Kind::List(list) = &members[0].value.kind else { panic!() };
        assert_eq!(list[0], Value { at: 11, kind: Kind::Word("b".into()) });
        assert_eq!(list[1], Value { at: 16, kind: Kind::Other });
    }

    #[test]
    fn what_json_is_passes() {
        for text in
            ["{}", "[]", "[[]]", "0", "-1.5e+3", "10", "true", "null", "\t\r\n\"\"", "[0,1]"]
        {
            assert_eq!(place(text), None, "{text}");
        }
        for (text, word) in [
            (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r#""\u00e9\u0915""#, "éक"),
            (r#""\ud83d\ude00""#, "😀"),
            ("\"😀\u{7f}\"", "😀\u{7f}"),
        ] {
            assert_eq!(parse(text).unwrap().kind, Kind::Word(word.into()), "{text}");
        }
    }

    #[test]
    fn what_it_is_not_is_told_where_it_begins() {
        for (text, at) in [
            ("", 0),
            (" x", 1),
            ("{} x", 3),
            ("[1,]", 3),
            ("[1 2]", 3),
            ("[1", 2),
            ("{\"a\":1,}", 7),
            ("{a:1}", 1),
            ("{\"a\" 1}", 5),
            ("{\"a\":1", 6),
            ("'a'", 0),
            ("\"a", 2),
            ("\"a\nb\"", 2),
            (r#""a\x""#, 2),
            (r#""\u12g4""#, 1),
            (r#""\ud83d""#, 1),
            (r#""\ude00""#, 1),
            (r#""\ud83d\u0041""#, 1),
            ("01", 1),
            ("-", 1),
            ("1.", 2),
            ("1e", 2),
            ("+1", 0),
            ("NaN", 0),
            ("// a\n1", 0),
            ("\u{a0}1", 0),
            ("\u{feff}1", 0),
        ] {
            assert_eq!(place(text), Some(at), "{text}");
        }
    }

    #[test]
    fn depth_has_an_end() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(DEEPEST)).is_ok());
        assert_eq!(parse(&nested(100_000)), Err((DEEPEST + 1, Why::TooDeep)));
    }
}
