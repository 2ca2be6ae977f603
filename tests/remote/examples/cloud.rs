//! Arrays in a bucket: here of an S3 server in this very process, elsewhere of any service.
//!
//! `cargo run -p zarr-remote-tests --example cloud`

use ndarray::Array2;
use zarr::{Context, sel};
use zarr_remote_tests::s3::{ACCESS, BUCKET, S3, SECRET};

#[tokio::main]
pub(crate) async fn main() -> zarr::Result<()> {
    let server = S3::new();
    let endpoint = server.url();
    // For S3 itself the region is enough: who you are comes from the environment.
    let options = [
        ("endpoint", endpoint.as_str()),
        ("allow_http", "true"),
        ("region", "us-east-1"),
        ("access_key_id", ACCESS),
        ("secret_access_key", SECRET),
    ];
    let place = format!("s3://{BUCKET}/demo.zarr");

    // No more than this is on its way at once, whatever is read.
    let context = Context::builder().memory(64 << 20).build();
    let root = zarr::group(place.as_str())
        .storage_options(options)
        .context(&context)
        .await?;
    let data = Array2::from_shape_fn((1000, 1000), |(i, j)| (i * j) as f32);
    let array = zarr::array(&root, &data)
        .name("product")
        .chunks([100, 100])
        .shards([500, 500])
        .context(&context)
        .await?;
    // Of a shard only its index and the chunks in question are fetched.
    let window = array.read::<f32>(sel![40..60, 0..;100]).await?;
    assert_eq!(window[[0, 1]], 40.0 * 100.0);

    zarr::consolidate_metadata(&root).await?;
    let again = zarr::open_consolidated(place.as_str())
        .storage_options(options)
        .context(&context)
        .await?;
    let tree = again.tree().await?;
    println!(
        "{tree}{}",
        again.array("product").await?.info_complete().await?
    );
    Ok(())
}
