//! `UpdateProtocol`: what was read, on what condition to write, when to give up. It makes no calls; the two faces of
//! `update` carry out what it decides.

use std::fmt::Display;

use crate::{Conditions, Found, Key, Op, PutMode, Result, StoreError, StoreErrorKind, Version};

/// Who else may write the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Writers {
    /// Anybody: needs a store that writes conditionally.
    #[default]
    Several,
    /// Nobody but this process, and nobody writes a whole value of this key at the same time, as the caller promises.
    /// Works on every store.
    Alone,
}

/// How a commit ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "after a conflict nothing was written: read and merge again"]
pub enum Commit {
    /// It is written, or deleted, as this version.
    Done(Option<Version>),
    /// Somebody else wrote first and nothing was done: read and merge again.
    Conflict,
}

/// How many rounds may be lost in a row. With the lock of this process held, a round is lost only
/// to a whole write or to another process.
pub(super) const MAX_ROUNDS: u32 = 16;

pub(super) fn update_error(
    store: &(impl Display + ?Sized),
    key: &Key,
    kind: StoreErrorKind,
) -> StoreError {
    StoreError::new(Op::Update, store, key, kind)
}

/// What this round read.
#[derive(Debug, Clone)]
enum Observed {
    Nothing,
    Absent,
    Version(Version),
}

/// On what condition to write.
#[derive(Debug)]
pub(super) enum Precondition<'a> {
    None,
    Absent,
    Version(&'a Version),
}

impl Precondition<'_> {
    pub(super) fn put_mode(&self) -> PutMode {
        match self {
            Precondition::None => PutMode::Overwrite,
            Precondition::Absent => PutMode::Create,
            Precondition::Version(version) => PutMode::Update((*version).clone()),
        }
    }

    pub(super) fn version(&self) -> Option<&Version> {
        match self {
            Precondition::Version(version) => Some(version),
            Precondition::None | Precondition::Absent => None,
        }
    }
}

/// The protocol: what was read, what may be written, when to give up.
#[derive(Debug)]
pub(super) struct UpdateProtocol {
    writers: Writers,
    conditions: Conditions,
    seen: Observed,
    lost: u32,
}

impl UpdateProtocol {
    pub(super) fn new(conditions: Conditions, writers: Writers) -> Result<Self, StoreErrorKind> {
        if writers == Writers::Several && !(conditions.create && conditions.update) {
            return Err(StoreErrorKind::Unsupported(
                "changing part of a value needs conditional writes, which this store does not have; \
                 write whole chunks, or say that nobody else writes at the same time",
            ));
        }
        Ok(UpdateProtocol {
            writers,
            conditions,
            seen: Observed::Nothing,
            lost: 0,
        })
    }

    pub(super) fn can_delete(&self) -> bool {
        self.writers == Writers::Alone || self.conditions.delete
    }

    /// The version that further reads of this round must have.
    pub(super) fn same(&self) -> Option<&Version> {
        match &self.seen {
            Observed::Version(version) => Some(version),
            Observed::Nothing | Observed::Absent => None,
        }
    }

    /// What a round's first read found: nothing, or a value of some version.
    pub(super) fn begin(&mut self, found: Option<Option<Version>>) -> Result<(), StoreErrorKind> {
        self.seen = match (found, self.writers) {
            (None, _) => Observed::Absent,
            (Some(Some(version)), _) => Observed::Version(version),
            (Some(None), Writers::Alone) => Observed::Nothing,
            (Some(None), Writers::Several) => {
                return Err(StoreErrorKind::Unsupported(
                    "changing part of a value needs its version, which this store did not give; \
                     write whole chunks, or say that nobody else writes at the same time",
                ));
            }
        };
        Ok(())
    }

    /// Takes note of one of a round's reads.
    pub(super) fn noted<T>(
        &mut self,
        answer: Result<Option<Found<T>>>,
        store: &(impl Display + ?Sized),
        key: &Key,
    ) -> Result<Option<Found<T>>> {
        let changed = match (&answer, &self.seen) {
            (Err(e), _) => e.is_conflict(),
            (Ok(_), Observed::Nothing) => false,
            (Ok(Some(_)), Observed::Absent) | (Ok(None), Observed::Version(_)) => true,
            (Ok(Some(found)), Observed::Version(version)) => {
                found.version.as_ref() != Some(version)
            }
            (Ok(None), Observed::Absent) => false,
        };
        if changed {
            self.lose(store, key)?;
            return Err(update_error(store, key, StoreErrorKind::Conflict));
        }
        if let Ok(found) = &answer {
            self.begin(found.as_ref().map(|found| found.version.clone()))
                .map_err(|kind| update_error(store, key, kind))?;
        }
        answer
    }

    pub(super) fn precondition(&self) -> Precondition<'_> {
        match (&self.seen, self.writers) {
            (Observed::Nothing, _) | (_, Writers::Alone) => Precondition::None,
            (Observed::Absent, Writers::Several) => Precondition::Absent,
            (Observed::Version(version), Writers::Several) => Precondition::Version(version),
        }
    }

    pub(super) fn settle(
        &mut self,
        answer: Result<Option<Version>>,
        store: &(impl Display + ?Sized),
        key: &Key,
    ) -> Result<Commit> {
        match answer {
            Ok(version) => {
                self.lost = 0;
                self.seen = Observed::Nothing;
                Ok(Commit::Done(version))
            }
            Err(e)
                if matches!(
                    e.kind,
                    StoreErrorKind::Conflict | StoreErrorKind::AlreadyExists
                ) =>
            {
                self.lose(store, key)?;
                Ok(Commit::Conflict)
            }
            Err(e) => Err(e),
        }
    }

    /// Counts a lost round and forgets what it read.
    pub(super) fn lose(&mut self, store: &(impl Display + ?Sized), key: &Key) -> Result<()> {
        self.seen = Observed::Nothing;
        self.lost += 1;
        if self.lost >= MAX_ROUNDS {
            return Err(update_error(
                store,
                key,
                StoreErrorKind::Contended { tries: self.lost },
            ));
        }
        Ok(())
    }
}
