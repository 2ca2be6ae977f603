//! Decodes raw Snappy, which frames from before Blosc had LZ4 may contain. It is never written.
//! Format: google/snappy, `format_description.txt`.

/// Decodes `src` into the front of `dst` and returns how many bytes that made.
///
/// # Errors
/// Says what is wrong where `src` is damaged or does not fit.
pub(super) fn decode(src: &[u8], dst: &mut [u8]) -> Result<usize, &'static str> {
    let (len, mut src) = varint(src).ok_or("the length is cut off")?;
    let dst = usize::try_from(len)
        .ok()
        .and_then(|len| dst.get_mut(..len))
        .ok_or("more bytes than can come")?;
    let mut at = 0_usize;
    while let Some((&tag, rest)) = src.split_first() {
        let (len, distance, rest) = element(tag, rest).ok_or("an element is cut off")?;
        let Some(end) = at.checked_add(len).filter(|&end| end <= dst.len()) else {
            return Err("more bytes than the length says");
        };
        src = match distance {
            None => {
                let (literal, rest) = rest.split_at_checked(len).ok_or("a literal is cut off")?;
                dst[at..end].copy_from_slice(literal);
                rest
            }
            Some(distance) if distance == 0 || distance > at => {
                return Err("a copy from before the beginning");
            }
            Some(distance) => {
                super::blosclz::repeat(dst, at, distance, len);
                rest
            }
        };
        at = end;
    }
    if at == dst.len() {
        Ok(at)
    } else {
        Err("fewer bytes than the length says")
    }
}

/// An element's length, how far back it copies from if it is no literal, and what follows.
fn element(tag: u8, src: &[u8]) -> Option<(usize, Option<usize>, &[u8])> {
    let top = usize::from(tag >> 2);
    Some(match tag & 3 {
        0 if top < 60 => (top + 1, None, src),
        0 => {
            let (len, rest) = number(src, top - 59)?;
            (len.saturating_add(1), None, rest)
        }
        1 => {
            let (low, rest) = number(src, 1)?;
            ((top & 7) + 4, Some((top >> 3) << 8 | low), rest)
        }
        2 => {
            let (distance, rest) = number(src, 2)?;
            (top + 1, Some(distance), rest)
        }
        _ => {
            let (distance, rest) = number(src, 4)?;
            (top + 1, Some(distance), rest)
        }
    })
}

/// A little-endian number of one to four bytes.
fn number(src: &[u8], bytes: usize) -> Option<(usize, &[u8])> {
    let (front, rest) = src.split_at_checked(bytes)?;
    let number = front
        .iter()
        .rev()
        .fold(0, |number, &byte| number << 8 | u64::from(byte));
    Some((usize::try_from(number).ok()?, rest))
}

/// A number of at most 32 bits, seven of them per byte, the lowest first.
fn varint(src: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0;
    for (i, &byte) in src.iter().enumerate().take(5) {
        number |= u64::from(byte & 127) << (7 * i);
        if byte < 128 {
            return Some((number, src.get(i + 1..)?));
        }
    }
    None
}
