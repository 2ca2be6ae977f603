//! Mutants of given inputs, the same ones in every run. Knows nothing of what the bytes mean.

/// A small generator of random numbers (xorshift64*), seeded by a name.
pub(crate) struct Random(u64);

/// Values at the edges of what formats store.
const EDGES: [u64; 8] = [
    0,
    1,
    0x7f,
    0xff,
    0x7fff_ffff,
    0xffff_ffff,
    i64::MAX as u64,
    u64::MAX,
];

impl Random {
    pub(crate) fn new(name: &str) -> Self {
        let fold = |state: u64, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(name.bytes().fold(0xcbf2_9ce4_8422_2325, fold) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// One of the inputs with one to eight changes.
    pub(crate) fn mutant(&mut self, inputs: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = inputs
            .get(self.below(inputs.len()))
            .cloned()
            .unwrap_or_default();
        for _ in 0..=self.below(8) {
            self.change(&mut bytes, inputs);
        }
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, inputs: &[Vec<u8>]) {
        let at = self.below(bytes.len() + 1);
        let end = at + self.below((bytes.len() - at).min(32) + 1);
        let with: Vec<u8> = match self.below(8) {
            0 => vec![],
            1 => vec![self.next() as u8],
            2 => EDGES[self.below(8)].to_le_bytes()[..1 << self.below(4)].to_vec(),
            3 => bytes.get(at..end).unwrap_or_default().repeat(2),
            4 => (EDGES[self.below(8)]).to_string().into_bytes(),
            5 => bytes
                .get(at)
                .map(|byte| byte ^ 1 << self.below(8))
                .into_iter()
                .collect(),
            6 => {
                let other = &inputs[self.below(inputs.len())];
                let from = self.below(other.len() + 1);
                other[from..(from + self.below(64)).min(other.len())].to_vec()
            }
            _ => {
                bytes.truncate(at);
                return;
            }
        };
        bytes.splice(at..end, with);
    }
}
