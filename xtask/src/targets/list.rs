//! The targets, what their programs are built and run with, and what is asked of each crate there.

/// One target.
pub(super) struct Target {
    pub(super) name: &'static str,
    /// The C compiler, which links too, and beside it is one for C++; `None` where nothing is linked, or the linker comes
    /// with Rust.
    pub(super) compiler: Option<&'static str>,
    /// What runs its programs: a program and its arguments. `None` for programs that are only built, or that this machine
    /// runs by itself.
    pub(super) runner: Option<&'static [&'static str]>,
    /// Debian's packages that have these tools.
    pub(super) packages: &'static [&'static str],
    pub(super) goals: &'static [Goal],
}

/// What is done with one crate.
pub(super) struct Goal {
    pub(super) package: &'static str,
    pub(super) what: What,
    /// Arguments of cargo, such as features.
    pub(super) args: &'static [&'static str],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Test,
    Build,
    /// Types only: nothing is linked.
    Check,
    /// Runs a program here and there, each of which reads what the other wrote.
    Exchange,
}

const fn test(package: &'static str, args: &'static [&'static str]) -> Goal {
    Goal {
        package,
        what: What::Test,
        args,
    }
}

const fn build(package: &'static str, args: &'static [&'static str]) -> Goal {
    Goal {
        package,
        what: What::Build,
        args,
    }
}

const fn check(package: &'static str, args: &'static [&'static str]) -> Goal {
    Goal {
        package,
        what: What::Check,
        args,
    }
}

/// Another order of bytes, another width of pointers: what does not depend on the system.
const PORTABLE: &[Goal] = &[
    test("zarr-metadata", &[]),
    test("zarr-codecs", &["--all-features"]),
    test("zarr-core", &[]),
    Goal {
        package: "zarr-exchange",
        what: What::Exchange,
        args: &[],
    },
];

/// What a WASI host runs: one thread, no files of our own, no C.
const WASI: &[Goal] = &[
    build("zarr-metadata", &[]),
    build(
        "zarr",
        &["--no-default-features", "--features", "pure-rust"],
    ),
];

pub(super) const TARGETS: &[Target] = &[
    Target {
        name: "x86_64-pc-windows-gnu",
        compiler: Some("x86_64-w64-mingw32-gcc"),
        runner: Some(&["wine"]),
        packages: &["g++-mingw-w64-x86-64", "wine64", "wine"],
        goals: &[
            test("zarr-metadata", &[]),
            test("zarr-codecs", &["--all-features"]),
            test("zarr-store", &["--features", "zip-zstd,cache"]),
            test("zarr-core", &[]),
            test("zarr", &["--features", "zip,half,num-complex"]),
            // Without TLS and buckets, whose libraries are no concern of ours and take minutes.
            test(
                "zarr-cli",
                &["--no-default-features", "--features", "pure-rust"],
            ),
        ],
    },
    Target {
        name: "s390x-unknown-linux-gnu",
        compiler: Some("s390x-linux-gnu-gcc"),
        runner: Some(&["qemu-s390x", "-L", "/usr/s390x-linux-gnu"]),
        packages: &["g++-s390x-linux-gnu", "libc6-dev-s390x-cross", "qemu-user"],
        goals: PORTABLE,
    },
    Target {
        name: "aarch64-unknown-linux-gnu",
        compiler: Some("aarch64-linux-gnu-gcc"),
        runner: Some(&["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"]),
        packages: &[
            "g++-aarch64-linux-gnu",
            "libc6-dev-arm64-cross",
            "qemu-user",
        ],
        goals: PORTABLE,
    },
    Target {
        name: "i686-unknown-linux-gnu",
        compiler: Some("i686-linux-gnu-gcc"),
        // The processor runs these by itself; only the loader is in another place.
        runner: Some(&[
            "/usr/i686-linux-gnu/lib/ld-linux.so.2",
            "--library-path",
            "/usr/i686-linux-gnu/lib",
        ]),
        packages: &["g++-i686-linux-gnu", "libc6-dev-i386-cross"],
        goals: PORTABLE,
    },
    Target {
        name: "wasm32-unknown-unknown",
        compiler: None,
        runner: None,
        packages: &[],
        // What is done in a browser, `cargo xtask browser` tests.
        goals: &[
            build("zarr-metadata", &[]),
            build(
                "zarr",
                &["--no-default-features", "--features", "fetch,pure-rust"],
            ),
        ],
    },
    Target {
        name: "wasm32-wasip1",
        compiler: None,
        runner: None,
        packages: &[],
        goals: WASI,
    },
    // The C libraries would need Apple's headers.
    Target {
        name: "aarch64-apple-darwin",
        compiler: None,
        runner: None,
        packages: &[],
        goals: &[
            check("zarr-metadata", &[]),
            check("zarr-codecs", &["--no-default-features"]),
            check("zarr-store", &[]),
            check(
                "zarr-core",
                &["--no-default-features", "--features", "local"],
            ),
            check("zarr", &["--no-default-features", "--features", "local"]),
        ],
    },
];
