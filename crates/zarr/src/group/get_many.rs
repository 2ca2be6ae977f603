//! `Group::get_many`: opens many nodes at once.

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_core::Result;

use crate::{Group, Node};

impl Group {
    /// The nodes at these paths below this group, in the order of the paths. As many are opened at a time as the store
    /// suggests and [`Config::concurrency`](crate::Config::concurrency) allows. A group that was opened by its
    /// consolidated metadata asks the store for none of them.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let root = zarr::group(Target::Memory).wait()?;
    /// for i in 0..20 {
    ///     root.zeros(format!("band/{i}"), [4]).wait()?;
    /// }
    /// let bands = root.get_many((0..20).map(|i| format!("band/{i}"))).wait()?;
    /// assert_eq!(bands[7].path().as_str(), "band/7");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The first of them that does not exist or whose metadata cannot be read: see [`get`](Self::get).
    pub async fn get_many<P: AsRef<str>>(
        &self,
        paths: impl IntoIterator<Item = P>,
    ) -> Result<Vec<Node>> {
        let paths: Vec<String> = paths
            .into_iter()
            .map(|path| path.as_ref().to_owned())
            .collect();
        let at_once = self.store().hints().concurrency.max(1);
        let opened = stream::iter(paths).map(|path| self.get(path));
        opened.buffered(at_once).try_collect().await
    }
}
