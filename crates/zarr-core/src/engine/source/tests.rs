//! Which bytes an object with holes has.

use super::*;

#[test]
fn fetched_parts_are_read() {
    let parts = vec![Bytes::from_static(b"cd"), Bytes::from_static(b"ab")];
    let sparse = PartialObject::new(30, None, &[20..22, 4..6], parts);
    assert_eq!(
        sparse.read(5..22).unwrap()[..],
        *b"b\0\0\0\0\0\0\0\0\0\0\0\0\0\0cd"
    );
    let mut memory = [MaybeUninit::uninit(); 8];
    assert_eq!(sparse.read_at(2, &mut memory).unwrap(), b"\0\0ab\0\0\0\0");
    assert_eq!(sparse.read_at(27, &mut memory).unwrap(), b"\0\0\0");
}
