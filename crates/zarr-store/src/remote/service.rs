//! `Service`: what each service can do, and how it names the writing of a value. It makes no request.

use object_store::UpdateVersion;

use crate::{Conditions, Version, http_rules::is_weak};

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Service {
    S3,
    Gcs,
    Azure,
    Http,
    /// A client that was handed to us.
    Given,
}

impl Service {
    /// The service of a URL scheme.
    pub(super) fn of(scheme: &str) -> Option<Service> {
        Some(match scheme {
            "s3" | "s3a" => Service::S3,
            "gs" | "gcs" => Service::Gcs,
            "az" | "azure" | "adl" | "abfs" | "abfss" => Service::Azure,
            "http" | "https" => Service::Http,
            _ => return None,
        })
    }

    /// Which conditional writes its clients make. None deletes on a condition.
    pub(super) fn conditions(self) -> Conditions {
        let both = matches!(self, Service::S3 | Service::Gcs | Service::Azure);
        Conditions {
            create: both,
            update: both,
            delete: false,
        }
    }

    /// Whether "the last n bytes" is a question it understands.
    pub(super) fn knows_suffixes(self) -> bool {
        self != Service::Azure
    }

    /// Whether it copies a value before it answers. Azure may answer first, and then the source must not be deleted
    /// yet, which its client does not tell.
    pub(super) fn copies(self) -> bool {
        !matches!(self, Service::Azure | Service::Http)
    }

    /// Whether every value has a tag; an answer without one is then no value.
    pub(super) fn tags_all(self) -> bool {
        matches!(self, Service::S3 | Service::Gcs | Service::Azure)
    }

    /// What identifies a writing: the tag, and where conditions are made on another number, that too.
    /// A weak tag identifies none.
    pub(super) fn version(self, tag: Option<&str>, number: Option<&str>) -> Option<Version> {
        let tag = tag.filter(|tag| !is_weak(tag));
        match (self, tag, number) {
            (Service::Gcs, Some(tag), Some(number)) => {
                Some(format!("{number} {tag}").as_str().into())
            }
            (Service::Gcs, ..) | (_, None, _) => None,
            (_, Some(tag), _) => Some(tag.into()),
        }
    }

    /// What identifies a writing where only its date and size do. Answers are compared by it; nobody can
    /// be asked for it.
    pub(super) fn dated_version(date: &str, size: u64) -> Version {
        format!("W/{size} {date}").as_str().into()
    }

    /// Whether a version is such a one.
    pub(super) fn is_dated(version: &Version) -> bool {
        version.tag().is_some_and(is_weak)
    }

    /// The same as the client wants it for a conditional request.
    pub(super) fn parts(self, version: &Version) -> UpdateVersion {
        let text = version.tag().unwrap_or_default();
        match (self, text.split_once(' ')) {
            _ if is_weak(text) => UpdateVersion {
                e_tag: None,
                version: None,
            },
            (Service::Gcs, Some((number, tag))) => UpdateVersion {
                e_tag: Some(tag.to_owned()),
                version: Some(number.to_owned()),
            },
            _ => UpdateVersion {
                e_tag: Some(text.to_owned()),
                version: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_hold_what_conditions_need() {
        let version = Service::Gcs.version(Some("\"e\""), Some("17")).unwrap();
        let parts = Service::Gcs.parts(&version);
        assert_eq!(
            (parts.e_tag.as_deref(), parts.version.as_deref()),
            (Some("\"e\""), Some("17"))
        );
        let version = Service::S3.version(Some("\"a b\""), None).unwrap();
        assert_eq!(
            Service::S3.parts(&version).e_tag.as_deref(),
            Some("\"a b\"")
        );
        assert!(Service::Http.version(None, None).is_none());
        assert!(Service::Http.version(Some("W/\"e\""), None).is_none());
        let dated = Service::dated_version("Mon, 23 Nov 2026 00:00:00 GMT", 9);
        assert!(Service::is_dated(&dated));
        assert_eq!(Service::Http.parts(&dated).e_tag, None);
    }
}
