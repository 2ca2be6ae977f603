//! The memory in which a worker decodes or encodes one block, kept from block to block.

use super::blosclz::Table;

/// A worker's memory for one block.
#[derive(Default)]
pub(super) struct BlockBuffers {
    /// A block in shuffled order.
    pub(super) block: Vec<u8>,
    /// Its planes, between bits and bytes.
    pub(super) planes: Vec<u8>,
    /// What BloscLZ has seen.
    pub(super) table: Table,
}

/// The memory of larger blocks, which are rare, is freed.
const KEPT_BYTES: usize = 16 << 20;

impl BlockBuffers {
    pub(super) fn trimmed(self) -> Self {
        if self.block.capacity().max(self.planes.capacity()) > KEPT_BYTES {
            return Self::default();
        }
        self
    }
}
