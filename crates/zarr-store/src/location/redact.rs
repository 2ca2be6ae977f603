//! What may be shown of an address: not its query, which may hold a signature, nor a user name or password.

/// What stands in place of a secret.
pub(crate) const HIDDEN: &str = "…";

/// What may be shown of an address: all but names and passwords before its host, and its query, which
/// may be a signature. What is no URL stays as it is.
///
/// ```
/// use zarr_store::without_secrets;
/// let signed = "https://me:secret@host/x.zip?sig=abc|zip:a/b";
/// assert_eq!(without_secrets(signed), "https://host/x.zip?…|zip:a/b");
/// assert_eq!(without_secrets("data/a.zarr"), "data/a.zarr");
/// ```
#[must_use]
pub fn without_secrets(address: &str) -> String {
    in_each_url(address, |_| false)
}

/// A text with what may be shown of the URLs in it, each of which goes up to where `ends` says.
pub(crate) fn in_each_url(text: &str, ends: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("://") {
        let (url, behind) = behind.split_at(behind.find(&ends).unwrap_or(behind.len()));
        // An archive in it, and the place in that.
        let (url, layer) = url.split_at(url.rfind("|zip:").unwrap_or(url.len()));
        let (place, query) = url.split_at(url.find(['?', '#']).unwrap_or(url.len()));
        out.extend([before, "://", of_nobody(place)]);
        if !query.is_empty() {
            out.extend(["?", HIDDEN]);
        }
        out.push_str(layer);
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// A host and path without who asks. A password with a slash in it is no part of a URL, and is hidden
/// all the same: what stands behind the colon is no port then.
fn of_nobody(place: &str) -> &str {
    let authority = place.split('/').next().unwrap_or_default();
    let port = authority.rsplit_once(':').map_or("", |(_, port)| port);
    let is_host = port.bytes().all(|b| b.is_ascii_digit()) || authority.ends_with(']');
    let end = if is_host {
        authority.len()
    } else {
        place.len()
    };
    let who = place.get(..end).and_then(|part| part.rfind('@'));
    who.and_then(|at| place.get(at + 1..)).unwrap_or(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_places_stay() {
        let table = [
            ("s3://b/x/y.zarr", "s3://b/x/y.zarr"),
            ("https://h:8080/a@b", "https://h:8080/a@b"),
            ("https://[::1]:80/a", "https://[::1]:80/a"),
            ("https://u:pw@h/x", "https://h/x"),
            ("https://token@h/x", "https://h/x"),
            ("https://u:p/w@h/x", "https://h/x"),
            ("https://u:p@w@h/x", "https://h/x"),
            ("https://h/x?sig=a'b c", "https://h/x?…"),
            ("https://h/x#tok", "https://h/x?…"),
            (
                "https://h/x.zip?sig=a|b|zip:c/d",
                "https://h/x.zip?…|zip:c/d",
            ),
            ("https://h/x?to=https://u:pw@i/", "https://h/x?…"),
            (
                "zip::https://u:pw@h/x?sig=a|zip:",
                "zip::https://h/x?…|zip:",
            ),
            ("x.zip::a/b", "x.zip::a/b"),
            ("a@b?c", "a@b?c"),
        ];
        for (address, want) in table {
            assert_eq!(without_secrets(address), want);
        }
    }
}
