//! `save`: stores arrays in memory, a single one as an array or several in a group.

use std::collections::BTreeMap;

use zarr_core::{Context, Error, ErrorKind, NodeKind, Result, hierarchy};
use zarr_metadata::{NodeMetadata, NodePath, ZarrFormat};
use zarr_store::Location;

use crate::arguments::format::{FormatArgument, format_setters};
use crate::create::Prepared;
use crate::environment::default_context;
use crate::operation::operation;
use crate::target::access::{Access, store_setters};
use crate::target::finish::finish;
use crate::{CreateArray, Data, Group, Source, Target, array, group};

/// Saves arrays in memory: a single array without a name as an array, otherwise all of them in a group.
///
/// ```
/// # use zarr::{blocking::Wait, MemoryStore};
/// # fn main() -> zarr::Result<()> {
/// let store = MemoryStore::new();
/// let (x, y) = (ndarray::array![1, 2], ndarray::array![0.5]);
/// zarr::save(store.clone()).array(&x).path("one").wait()?;
/// zarr::save(store.clone()).array(&x).named("y", y).path("two").wait()?;
///
/// let root = zarr::open_group(store).wait()?;
/// assert_eq!(root.array("one").wait()?.read::<i32>(..).wait()?, x.into_dyn());
/// assert_eq!(root.group("two").wait()?.keys().wait()?, ["arr_0", "y"]);
/// # Ok(())
/// # }
/// ```
pub fn save(store: impl Into<Target>) -> Save {
    Save {
        target: store.into(),
        path: String::new(),
        format: FormatArgument::default(),
        overwrite: false,
        context: None,
        access: Access::finished(),
        in_group: false,
        unnamed: Vec::new(),
        named: Vec::new(),
    }
}

/// Saves one array. It does the same as [`array()`], under the name that goes with [`save`] and [`load`](crate::load).
pub fn save_array(store: impl Into<Target>, data: impl Into<Source>) -> CreateArray {
    array(store, data)
}

/// Saves arrays in a group, even a single one: see [`save`].
///
/// An existing group stays: arrays with the same names are replaced, the others are added.
///
/// ```
/// # use zarr::{blocking::Wait, MemoryStore};
/// # fn main() -> zarr::Result<()> {
/// let store = MemoryStore::new();
/// zarr::save_group(store.clone()).named("x", 1).wait()?;
/// zarr::save_group(store.clone()).named("y", 2).wait()?;
/// assert_eq!(zarr::open_group(store).wait()?.keys().wait()?, ["x", "y"]);
/// # Ok(())
/// # }
/// ```
pub fn save_group(store: impl Into<Target>) -> Save {
    Save {
        in_group: true,
        ..save(store)
    }
}

/// Arrays to save: see [`save`] and [`save_group`].
#[must_use = "nothing is saved until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct Save {
    target: Target,
    path: String,
    format: FormatArgument,
    overwrite: bool,
    context: Option<Context>,
    access: Access,
    /// Whether a single array goes into a group, too.
    in_group: bool,
    unnamed: Vec<Data>,
    named: Vec<(String, Data)>,
}
store_setters!(Save, access);
format_setters!(
    /// The format; by default that of an existing group, or the context's default.
    Save, format
);

impl Save {
    /// Adds an array. In a group these arrays are called `arr_0`, `arr_1`, and so on.
    pub fn array(mut self, data: impl Into<Data>) -> Self {
        self.unnamed.push(data.into());
        self
    }

    /// Adds an array with this name in the group.
    pub fn named(mut self, name: impl Into<String>, data: impl Into<Data>) -> Self {
        self.named.push((name.into(), data.into()));
        self
    }

    /// The path of the array or the group in the store.
    pub fn path(mut self, path: impl AsRef<str>) -> Self {
        path.as_ref().clone_into(&mut self.path);
        self
    }

    /// The same as [`path`](Self::path).
    pub fn name(self, path: impl AsRef<str>) -> Self {
        self.path(path)
    }

    /// Replaces the node at this path, and everything below it. All arguments are checked before anything
    /// is deleted.
    pub fn overwrite(mut self, yes: bool) -> Self {
        self.overwrite = yes;
        self
    }

    /// Codecs, workers and limits; by default those of [`default_context`](crate::default_context()).
    pub fn context(mut self, context: &Context) -> Self {
        self.context = Some(context.clone());
        self
    }

    async fn run(mut self) -> Result<()> {
        let context = self.context.take().unwrap_or_else(default_context);
        let location = self
            .target
            .reach(&self.path, &self.access, &context)
            .await?;
        self.write(location.clone(), context).await?;
        finish(&location).await
    }

    async fn write(self, location: Location, context: Context) -> Result<()> {
        let asked = self.format.get()?;
        if !self.in_group && self.named.is_empty() && self.unnamed.len() == 1 {
            for data in self.unnamed {
                let mut create = array(location.clone(), data).overwrite(self.overwrite);
                if let Some(format) = asked {
                    create = create.zarr_format(format);
                }
                create.context(&context).await?;
            }
            return Ok(());
        }
        let overwrite = self.overwrite;
        let arrays = self.arrays()?;
        let there = match overwrite {
            true => None,
            false => group_at(&location, asked).await?,
        };
        let format = match there.or(asked) {
            Some(format) => Some(format),
            None => hierarchy::format_above(&location).await?,
        };
        let format = format.unwrap_or_else(|| context.default_format());
        let mut prepared = vec![];
        for (path, data) in arrays {
            let create = array(location.clone(), data).name(path.as_str());
            let create = create.zarr_format(format).context(&context);
            prepared.push(create.overwrite(true).prepare().await?);
        }
        if there.is_some() {
            check_replaced(&prepared).await?;
        }
        let group = group(location).zarr_format(format).overwrite(overwrite);
        let _: Group = group.context(&context).await?;
        // One after another, because each keeps all workers busy.
        for array in prepared {
            array.create().await?;
        }
        Ok(())
    }

    /// The arrays by their paths in the group.
    fn arrays(self) -> Result<BTreeMap<NodePath, Data>> {
        let numbered = self.unnamed.into_iter().enumerate();
        let numbered = numbered.map(|(i, data)| (format!("arr_{i}"), data));
        let wrong = |text: String| Err(Error::argument("named", text));
        let mut arrays = BTreeMap::new();
        for (name, data) in numbered.chain(self.named) {
            let path = NodePath::parse(&name)?;
            path.check_new()?;
            if path.is_root() {
                return wrong("an array in a group needs a name".to_owned());
            }
            if arrays.insert(path, data).is_some() {
                return wrong(format!("two arrays are called `{name}`"));
            }
        }
        if arrays.is_empty() {
            let text = "there is nothing to save; give an array with `.array(..)` or `.named(..)`";
            return Err(Error::argument("array", text));
        }
        for path in arrays.keys() {
            if let Some(above) = path.ancestors().find(|above| arrays.contains_key(above)) {
                let text = format!("`{path}` would lie in `{above}`, which is an array, too");
                return wrong(text);
            }
        }
        Ok(arrays)
    }
}
operation!(Save => ());

/// The format of the group at a location, if there is one.
async fn group_at(location: &Location, format: Option<ZarrFormat>) -> Result<Option<ZarrFormat>> {
    match hierarchy::read(location, format).await? {
        Some(NodeMetadata::Array(_)) => Err(ErrorKind::Exists {
            path: hierarchy::path_of(location)?,
            found: NodeKind::Array,
            store: location.store().to_string(),
        }
        .into()),
        found => Ok(found.map(|group| group.format())),
    }
}

/// Checks that only arrays would be replaced: a group, with everything in it, is not.
async fn check_replaced(arrays: &[Prepared]) -> Result<()> {
    for prepared in arrays {
        let (array, there) = (prepared.array(), prepared.array().chunked().location());
        if let Some(NodeMetadata::Group(_)) = hierarchy::read(there, None).await? {
            return Err(ErrorKind::Exists {
                path: array.path().clone(),
                found: NodeKind::Group,
                store: array.store().to_string(),
            }
            .into());
        }
    }
    Ok(())
}
