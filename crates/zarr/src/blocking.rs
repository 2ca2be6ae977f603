//! Blocking use: one trait instead of a second API.

/// `.wait()` for everything that can be `.await`ed. Needs no runtime, and may be called on any
/// thread: the call parks for the pool or the network, and small work runs on the caller itself.
///
/// ```
/// use zarr::blocking::Wait;
/// # fn main() -> zarr::Result<()> {
/// let group = zarr::create_group(zarr::Target::Memory).wait()?;
/// # let _ = group;
/// # Ok(())
/// # }
/// ```
pub trait Wait: IntoFuture + Sized {
    /// Does it, and returns when it is done.
    fn wait(self) -> Self::Output {
        zarr_store::runtime::wait(self.into_future())
    }
}

impl<F: IntoFuture> Wait for F {}
