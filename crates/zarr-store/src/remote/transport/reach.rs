//! Where requests to an address that nobody vouches for may go: over TLS to hosts that everybody can
//! reach, never into the network that this process stands in. It knows addresses of the internet only.

use std::{
    error::Error,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs},
};

use object_store::client::{HttpError, HttpRequest};
use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};

use super::errors::unfit;

/// Which hosts requests go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::remote) enum Reach {
    /// The one of the address, and those that its answers send us to.
    Anywhere,
    /// The one of the address alone: where requests are signed.
    OneHost,
    /// The same, which must be one of the public internet.
    Public,
}

/// Finds the addresses of a name, and leaves out those that are not public. Connections are made to
/// what comes of it, so no name can mean one thing when it is looked at and another when it is used.
#[derive(Debug)]
pub(super) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let find = move || (name.as_str(), 0).to_socket_addrs().map(public);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::task::spawn_blocking(find).await??;
            match found.is_empty() {
                true => Err(NotPublic.into()),
                false => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}

fn public(found: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    found.filter(|found| is_public(found.ip())).collect()
}

/// Refuses a request that is not over TLS, or to an address in numbers that is not public: no name is
/// looked up for such a one.
pub(super) fn check(request: &HttpRequest) -> Result<(), HttpError> {
    // As the client reads it, to whom 2130706433 is 127.0.0.1.
    let url = Url::parse(&request.uri().to_string()).map_err(|_| unfit("this is no URL"))?;
    if url.scheme() != "https" {
        return Err(unfit("an untrusted address has to begin with `https:`"));
    }
    let host = url.host_str().unwrap_or_default();
    let number = host.trim_start_matches('[').trim_end_matches(']');
    match number.parse() {
        Ok(address) if !is_public(address) => Err(unfit(NotPublic.to_string())),
        _ => Ok(()),
    }
}

/// The error as one that comes again however often it is tried, if a name was refused.
pub(super) fn told(error: HttpError) -> HttpError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(e) = cause {
        if e.is::<NotPublic>() {
            return unfit(NotPublic.to_string());
        }
        cause = e.source();
    }
    error
}

/// The host is not public.
#[derive(Debug, thiserror::Error)]
#[error(
    "an untrusted address leads into a private network, or to this machine; leave out `untrusted` if it may"
)]
struct NotPublic;

/// Whether an address is one of the public internet. All that IANA keeps for other ends is not: this
/// machine, private networks, links, carriers, documentation, multicast; nor is what stands for such
/// an address in another form.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., ..)
            | (100, 64..128, _)
            | (169, 254, _)
            | (172, 16..32, _)
            | (192, 168, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let low = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        // Addresses of the older kind: mapped, translated, and by way of a relay.
        [0, 0, 0, 0, 0, 0xffff, a, b] | [0x64, 0xff9b, 0, 0, 0, 0, a, b] => is_public_v4(low(a, b)),
        [0x2002, a, b, ..] => is_public_v4(low(a, b)),
        // Protocols, among them tunnels; documentation; segment routing.
        [0x2001, ..0x200, ..] | [0x2001, 0xdb8, ..] | [0x3fff, ..0x1000, ..] => false,
        // All that is given out as yet.
        [0x2000..0x4000, ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use object_store::client::HttpRequestBody;

    use super::*;

    #[test]
    fn only_the_public_internet_is_public() {
        let public = [
            "1.1.1.1",
            "52.216.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "2a00:1450::1",
            "64:ff9b::1.1.1.1",
            "::ffff:1.1.1.1",
        ];
        let private = [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.100.100.200",
            "192.0.0.192",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
            "::ffff:169.254.169.254",
            "::169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
        ];
        for (list, want) in [(&public[..], true), (&private, false)] {
            for address in list {
                assert_eq!(is_public(address.parse().unwrap()), want, "{address}");
            }
        }
    }

    #[test]
    fn requests_in_numbers_and_without_tls_are_refused() {
        let check = |uri: &str, want: bool| {
            let mut request = HttpRequest::new(HttpRequestBody::empty());
            *request.uri_mut() = uri.parse().unwrap();
            assert_eq!(check(&request).is_ok(), want, "{uri}");
        };
        check("https://example.org/x", true);
        check("https://1.1.1.1/x", true);
        check("http://example.org/x", false);
        check("https://127.0.0.1/x", false);
        check("https://2130706433/x", false);
        check("https://0x7f.1/x", false);
        check("https://[fd00:ec2::254]/latest", false);
        check("https://169.254.169.254:8443/latest", false);
    }
}
