//! Gives each image the memory of its board.

const IMAGES: [(&str, &str); 4] = [
    ("bare", "microbit"),
    ("cloud", "mps2"),
    ("embassy", "mps2"),
    ("reset", "microbit"),
];

fn main() {
    let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo runs this");
    println!("cargo::rerun-if-changed=boards");
    println!("cargo::rustc-link-arg-bins=--nmagic");
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    for (image, board) in IMAGES {
        println!("cargo::rustc-link-arg-bin={image}=-L{root}/boards/{board}");
    }
}
