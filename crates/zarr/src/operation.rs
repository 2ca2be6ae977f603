//! `operation!`: makes a builder awaitable.

use std::future::Future;
use std::pin::Pin;

use crate::Result;

/// The future of an operation: boxed, so that its type has a name, and `Send`, for any executor.
pub(crate) type Pending<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

/// Makes `$builder.await` and `$builder.wait()` run its `run` method.
macro_rules! operation {
    ($builder:ident<$life:lifetime> => $output:ty) => {
        impl<$life> IntoFuture for $builder<$life> {
            type Output = crate::Result<$output>;
            type IntoFuture = std::pin::Pin<
                Box<dyn std::future::Future<Output = crate::Result<$output>> + Send + $life>,
            >;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.run())
            }
        }
    };
    ($builder:ident $(<$($t:ident: $bound:ident),+>)? => $output:ty) => {
        impl$(<$($t: $bound + 'static),+>)? IntoFuture for $builder$(<$($t),+>)? {
            type Output = crate::Result<$output>;
            type IntoFuture = crate::operation::Pending<$output>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.run())
            }
        }
    };
}

pub(crate) use operation;
