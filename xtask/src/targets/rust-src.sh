#!/usr/bin/env bash
# Puts the standard library's source of this toolchain's version below its sysroot, from Debian's packages. For toolchains
# that rustup cannot add components to. It needs root, curl, xz and dpkg.
set -euo pipefail
version=$(rustc --version | awk '{print $2}')
to=$(rustc --print sysroot)/lib/rustlib/src/rust
mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep '/debian/$' | sort -u | head -1)
[ -n "$mirror" ] || { echo "apt has no mirror of Debian" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for suite in trixie-backports trixie sid; do
    curl -sf --max-time 120 "${mirror}dists/$suite/main/binary-all/Packages.xz" | xz -dc >"$work/packages" ||
        curl -sf --max-time 120 "${mirror}dists/$suite/main/binary-amd64/Packages.xz" | xz -dc >"$work/packages" || continue
    deb=$(awk '/^Package: /{wanted = ($2 == "rust-src")} /^Filename: / && wanted {print $2}' "$work/packages" |
        grep "rust-src_$version" | head -1) || continue
    curl -sf --max-time 300 -o "$work/rust-src.deb" "$mirror$deb"
    dpkg -x "$work/rust-src.deb" "$work/unpacked"
    mkdir -p "$(dirname "$to")"
    rm -rf "$to"
    mv "$work/unpacked/usr/src/rustc-$version" "$to"
    exit 0
done
echo "no suite of $mirror has rust-src $version" >&2
exit 1
