//! Who may read: the names by which this server may be called, and the origins whose pages may read its answers.

use std::net::IpAddr;
use std::str::FromStr;

use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::http::uri::Authority;
use hyper::{Request, Uri};

/// The names and origins that the user allows.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct AccessPolicy {
    /// Another name of this server, besides localhost and the address that was connected to; * for any
    #[arg(long = "allow-host", value_name = "NAME")]
    hosts: Vec<String>,

    /// Origin of web pages that may read, such as https://viewer.example; * for any, none for no page
    #[arg(long = "allow-origin", value_name = "ORIGIN", default_value = "*")]
    origins: Vec<Origin>,
}

/// The origin of a page, as browsers send it.
#[derive(Clone, Debug, PartialEq)]
enum Origin {
    Any,
    None,
    Exactly(String),
}

impl FromStr for Origin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const WRONG: &str = "an origin is a scheme, a host and no path: https://viewer.example";
        match text {
            "*" => return Ok(Self::Any),
            "none" => return Ok(Self::None),
            _ => {}
        }
        let uri: Uri = text.parse().map_err(|_| WRONG)?;
        match (uri.scheme_str(), uri.authority(), uri.path(), uri.query()) {
            (Some(scheme), Some(host), "/", None) if !host.as_str().contains('@') => Ok(
                Self::Exactly(format!("{scheme}://{host}").to_ascii_lowercase()),
            ),
            _ => Err(WRONG),
        }
    }
}

/// Why a request is refused by its `Host`.
pub(super) enum HostError {
    /// There is not exactly one.
    Missing,
    /// It may be the name of another site, which leads here so that its page is taken for ours (DNS rebinding).
    Unknown,
}

impl AccessPolicy {
    /// Whether a request that came to the address `here` calls this server by one of its names.
    pub(super) fn check_host<B>(
        &self,
        request: &Request<B>,
        here: IpAddr,
    ) -> Result<(), HostError> {
        let mut named = request.headers().get_all(header::HOST).iter();
        let (host, more) = (named.next(), named.next());
        let host: Option<Authority> = match request.uri().authority() {
            Some(authority) => Some(authority.clone()),
            None => host.and_then(|host| host.as_bytes().try_into().ok()),
        };
        let Some(host) = host.filter(|_| more.is_none()) else {
            return Err(HostError::Missing);
        };
        let host = host.host().trim_matches(['[', ']']).to_ascii_lowercase();
        let ours = match host.parse::<IpAddr>() {
            Ok(ip) => ip.is_loopback() || ip.to_canonical() == here.to_canonical(),
            Err(_) => host == "localhost" || host.ends_with(".localhost"),
        };
        let allowed = |name: &String| name == "*" || name.eq_ignore_ascii_case(&host);
        match ours || self.hosts.iter().any(allowed) {
            true => Ok(()),
            false => Err(HostError::Unknown),
        }
    }

    /// The value of the header that tells browsers which page may read the answer.
    pub(super) fn allowed_origin(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        if self.is_open() {
            return Some(HeaderValue::from_static("*"));
        }
        let asking = headers.get(header::ORIGIN)?;
        let known = |origin: &Origin| matches!(origin, Origin::Exactly(o) if o == asking);
        self.origins.iter().any(known).then(|| asking.clone())
    }

    /// Whether all pages may read.
    pub(super) fn is_open(&self) -> bool {
        self.origins.contains(&Origin::Any)
    }

    /// Which pages may read, in words.
    pub(super) fn in_words(&self) -> String {
        let named = self.origins.iter().filter_map(|origin| match origin {
            Origin::Exactly(origin) => Some(origin.as_str()),
            _ => None,
        });
        let named: Vec<&str> = named.collect();
        match (self.is_open(), named.as_slice()) {
            (true, _) => {
                "any web page open in a browser on this machine can read the store; --allow-origin restricts which".to_owned()
            }
            (false, []) => "only its own web page can read the store".to_owned(),
            (false, named) => format!("web pages of {} can read the store", named.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(hosts: &[&str], origins: &[&str]) -> AccessPolicy {
        AccessPolicy {
            hosts: hosts.iter().map(|&host| host.to_owned()).collect(),
            origins: origins.iter().map(|o| o.parse().unwrap()).collect(),
        }
    }

    /// 200 as answered, 400 as nameless, 421 as a stranger's.
    fn called(policy: &AccessPolicy, uri: &str, hosts: &[&str], here: &str) -> u16 {
        let mut request = Request::builder().uri(uri);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        match policy.check_host(&request.body(()).unwrap(), here.parse().unwrap()) {
            Ok(()) => 200,
            Err(HostError::Missing) => 400,
            Err(HostError::Unknown) => 421,
        }
    }

    #[test]
    fn only_names_of_its_own() {
        let strict = policy(&[], &["*"]);
        for (host, here, status) in [
            ("localhost", "127.0.0.1", 200),
            ("LocalHost:8000", "127.0.0.1", 200),
            ("a.localhost:1", "127.0.0.1", 200),
            ("127.0.0.1:8000", "127.0.0.1", 200),
            ("[::1]:8000", "::1", 200),
            ("192.168.1.5:8000", "192.168.1.5", 200),
            ("192.168.1.5", "::ffff:192.168.1.5", 200),
            ("192.168.1.6", "192.168.1.5", 421),
            ("evil.example", "127.0.0.1", 421),
            ("localhost.evil.example", "127.0.0.1", 421),
            ("127.0.0.1.evil.example", "127.0.0.1", 421),
            ("notlocalhost", "127.0.0.1", 421),
            ("localhost@evil.example", "127.0.0.1", 421),
            ("", "127.0.0.1", 400),
            ("a b", "127.0.0.1", 400),
        ] {
            assert_eq!(called(&strict, "/", &[host], here), status, "{host}");
        }
        let here = "127.0.0.1";
        assert_eq!(called(&strict, "/", &[], here), 400);
        assert_eq!(called(&strict, "/", &["localhost", "localhost"], here), 400);
        // What the request is about is said in its first line, if it is said there.
        let far = "http://evil.example/";
        assert_eq!(called(&strict, far, &["localhost"], here), 421);
        let named = policy(&["Box.example"], &["*"]);
        assert_eq!(called(&named, "/", &["box.example:80"], here), 200);
        assert_eq!(called(&named, "/", &["evil.example"], here), 421);
        assert_eq!(
            called(&policy(&["*"], &["*"]), "/", &["evil.example"], here),
            200
        );
    }

    #[test]
    fn only_pages_that_were_named() {
        let asked = |policy: &AccessPolicy, origin: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ORIGIN, origin.parse().unwrap());
            let readers = policy.allowed_origin(&headers);
            readers.map(|value| value.to_str().unwrap().to_owned())
        };
        let viewer = "https://viewer.example";
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(asked(&policy(&[], &["*"]), viewer), some("*"));
        assert_eq!(asked(&policy(&[], &["none"]), viewer), None);
        let named = policy(&[], &["HTTPS://Viewer.example/", "http://b.example:81"]);
        assert_eq!(asked(&named, viewer), some(viewer));
        assert_eq!(
            asked(&named, "http://b.example:81"),
            some("http://b.example:81")
        );
        assert_eq!(asked(&named, "http://b.example"), None);
        assert_eq!(named.allowed_origin(&HeaderMap::new()), None);
        for wrong in ["", "viewer.example", "https://a/b", "https://u@a", "null"] {
            assert!(wrong.parse::<Origin>().is_err(), "{wrong}");
        }
    }
}
