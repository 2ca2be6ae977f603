//! Why a service refused, judged by its words and status, and what to do about it.

use super::service::Service;

/// What is behind a failure, where its words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// Nothing gave credentials, so that this machine's own were asked for: it is no machine of the cloud.
    NoCredentials,
    /// The service does not take those that were sent.
    WrongCredentials,
    /// 401 or 403 without a reason.
    Refused,
    NoContainer,
    /// The bucket is in another region.
    Region,
    Other,
}

/// Where the clients of S3, Google Cloud Storage and Azure ask for the credentials of a machine.
const MACHINE: [&str; 4] = [
    "/latest/api/token",
    "/latest/meta-data/",
    "/computeMetadata/",
    "/metadata/identity/",
];

/// What a container that is not there is called.
pub(super) const NO_CONTAINER: [&str; 3] =
    ["NoSuchBucket", "ContainerNotFound", "FilesystemNotFound"];

const WRONG: [&str; 9] = [
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
    "RequestTimeTooSkewed",
    "AuthorizationQueryParametersError",
    "AuthenticationFailed",
    "InvalidAuthenticationInfo",
    "authError",
];

const REGION: [&str; 4] = [
    "AuthorizationHeaderMalformed",
    "PermanentRedirect",
    "IllegalLocationConstraint",
    "incorrectly configured region",
];

impl Cause {
    pub(super) fn of(service: Service, words: &str, status: Option<u16>) -> Self {
        use Service as S;
        let says = |any: &[&str]| any.iter().any(|text| words.contains(text));
        match status {
            _ if matches!(service, S::S3 | S::Gcs | S::Azure) && says(&MACHINE) => {
                Self::NoCredentials
            }
            _ if service == S::S3 && says(&REGION) => Self::Region,
            Some(401 | 403) if says(&WRONG) => Self::WrongCredentials,
            Some(401 | 403) => Self::Refused,
            None | Some(404) if says(&NO_CONTAINER) => Self::NoContainer,
            _ => Self::Other,
        }
    }

    /// What to do about it, where that can be said.
    pub(super) fn advice(self, service: Service) -> Option<&'static str> {
        use Service as S;
        Some(match (self, service) {
            (Self::NoCredentials, S::S3) => {
                "no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the options \
                 `access_key_id` and `secret_access_key`; for public data give the option `anonymous=true`"
            }
            (Self::NoCredentials, S::Gcs) => {
                "no credentials were found: set GOOGLE_APPLICATION_CREDENTIALS, or the option `service_account`; for \
                 public data give the option `anonymous=true`"
            }
            (Self::NoCredentials, S::Azure) => {
                "no credentials were found: set AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_KEY, or the options \
                 `account_key` or `sas_key`; for public data give the option `anonymous=true`"
            }
            (Self::WrongCredentials, S::Http) => {
                "the signature in the address, or the option `authorization`, is wrong or has run out"
            }
            (Self::WrongCredentials, _) => {
                "the credentials are wrong or have run out: renew them; for public data give the option \
                 `anonymous=true`"
            }
            (Self::Refused, S::Http) => {
                "if the server wants to know who asks, give the option `authorization`; if it answers so for what is \
                 not there, give the option `missing_statuses=403`"
            }
            (Self::Refused, S::S3 | S::Gcs | S::Azure) => {
                "check who may read and write there; for public data give the option `anonymous=true`; if the service \
                 answers so for what is not there, because nobody may list it, give the option `missing_statuses=403`"
            }
            (Self::NoContainer, S::S3) => {
                "check the address, and the options `region` and `endpoint`"
            }
            (Self::NoContainer, _) => "check the address",
            (Self::Region, _) => "give the bucket's region by the option `region`, or AWS_REGION",
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What lies on a web server may have any name.
    #[test]
    fn a_path_of_a_web_server_is_no_machine_of_the_cloud() {
        let words = "GET https://h/latest/meta-data/x.zarr/zarr.json";
        assert_eq!(Cause::of(Service::Http, words, Some(500)), Cause::Other);
    }

    /// Codes as the services' documents list them.
    #[test]
    fn words_tell_the_cause() {
        for (words, status, cause) in [
            (
                "Error performing PUT http://169.254.169.254/latest/api/token in 1s",
                None,
                Cause::NoCredentials,
            ),
            (
                "GET http://metadata.google.internal/computeMetadata/v1/x",
                None,
                Cause::NoCredentials,
            ),
            (
                "GET http://169.254.169.254/metadata/identity/oauth2/token",
                Some(400),
                Cause::NoCredentials,
            ),
            (
                "<Error><Code>AccessDenied</Code></Error>",
                Some(403),
                Cause::Refused,
            ),
            ("Unauthorized", Some(401), Cause::Refused),
            (
                "<Error><Code>InvalidAccessKeyId</Code></Error>",
                Some(403),
                Cause::WrongCredentials,
            ),
            (
                "<Error><Code>NoSuchBucket</Code></Error>",
                Some(404),
                Cause::NoContainer,
            ),
            (
                "<Error><Code>NoSuchKey</Code></Error>",
                Some(404),
                Cause::Other,
            ),
            (
                "<Code>AuthorizationHeaderMalformed</Code>",
                Some(400),
                Cause::Region,
            ),
            ("Connection refused", None, Cause::Other),
        ] {
            assert_eq!(Cause::of(Service::S3, words, status), cause, "{words}");
        }
    }
}
