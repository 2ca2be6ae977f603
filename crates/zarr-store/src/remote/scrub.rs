//! Texts of servers and libraries made fit to be shown: without secrets, short, and with nothing
//! that a terminal obeys. It knows texts only.

use crate::location::redact::{HIDDEN, in_each_url};

/// More of a server's words help nobody.
const LONGEST: usize = 1000;
/// Elements of an error document in which S3 repeats what was signed, and by whom.
const TELLTALE: [&str; 10] = [
    "AWSAccessKeyId",
    "SignatureProvided",
    "StringToSign",
    "StringToSignBytes",
    "CanonicalRequest",
    "CanonicalRequestBytes",
    "AuthenticationErrorDetail",
    "Token-0",
    "AccessKeyId",
    "SecretAccessKey",
];

/// `text` without the query strings and passwords of its URLs, without `secrets`, and without what
/// services repeat of a signature.
pub(super) fn scrub(text: &str, secrets: &[String]) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        text = text.replace(secret.as_str(), HIDDEN);
    }
    for name in TELLTALE {
        text = without_element(&text, name);
    }
    let is_end = |c: char| c.is_whitespace() || "\"'`<>()".contains(c);
    let text = in_each_url(&text, is_end);
    let shown: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST)
        .collect();
    shown
}

fn without_element(text: &str, name: &str) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once(&open) {
        out.push_str(before);
        out.push_str(HIDDEN);
        // An element that is cut off hides all that follows.
        rest = inside.split_once(&close).map_or("", |(_, behind)| behind);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_what_is_secret_and_keeps_what_helps() {
        let table = [
            (
                "GET https://user:pass@host/a/b?sig=abc&x=y failed",
                "GET https://host/a/b?… failed",
            ),
            ("at (http://h/a#tok) end", "at (http://h/a?…) end"),
            ("the key s3cr3t was bad", "the key … was bad"),
            (
                "<Error><AWSAccessKeyId>AKIA</AWSAccessKeyId><Code>X</Code></Error>",
                "<Error>…<Code>X</Code></Error>",
            ),
            ("<StringToSign>GET cut", "…"),
            ("bell\u{7}", "bell "),
        ];
        for (text, want) in table {
            assert_eq!(scrub(text, &["s3cr3t".to_owned()]), want);
        }
    }
}
