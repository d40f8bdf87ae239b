//! Builds the npm package: the module, its glue and types, and the small files beside it.
//!
//! It is written beside the old one and swapped in at the end, so that a demo that is running
//! never serves half a package.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::{shell, tools, unknown};

/// What to build.
#[derive(Default)]
pub(crate) struct Options {
    /// Quick to build rather than small and fast.
    pub(crate) dev: bool,
    /// Run wasm-opt over the module and esbuild over the scripts.
    pub(crate) opt: bool,
    /// With the sealing's self-test, for tests only; written beside the package.
    pub(crate) self_test: bool,
    /// With the names of its functions, for profiles.
    pub(crate) names: bool,
    /// Where to write it instead of [`package`].
    pub(crate) out: Option<PathBuf>,
}

impl Options {
    pub(crate) fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--dev" => options.dev = true,
                "--opt" => options.opt = true,
                "--self-test" => (options.self_test, options.dev) = (true, true),
                "--out" => {
                    options.out = Some(args.next().context("--out wants a directory")?.into());
                }
                _ => return Err(unknown(arg)),
            }
        }
        Ok(options)
    }
}

/// Where the package is written.
///
/// # Errors
/// As [`shell::target`].
pub(crate) fn package() -> Result<PathBuf> {
    Ok(shell::target()?.join("npm"))
}

/// Builds the package.
///
/// # Errors
/// When a tool fails or a file of the package is missing.
pub(crate) fn run(options: &Options) -> Result<()> {
    tools::wasm_target()?;
    let wasm = compile(options)?;

    let package = match &options.out {
        Some(out) => out.clone(),
        None if options.self_test => package()?.with_file_name("npm-test"),
        None => package()?,
    };
    let fresh = package.with_extension("new");
    remove(&fresh)?;
    fs::create_dir_all(&fresh)?;
    bind(&wasm, &fresh, options)?;
    copy_files(&fresh, options)?;
    if !options.dev {
        for script in scripts(&fresh)? {
            let text = fs::read_to_string(&script)?;
            fs::write(&script, bare(&text).with_context(|| script.display().to_string())?)?;
        }
    }
    if options.opt {
        optimise(&fresh.join("saath_bg.wasm"))?;
        minify(&fresh)?;
    }
    write_manifest(&fresh)?;

    remove(&package)?;
    fs::rename(&fresh, &package)?;
    eprintln!("dist: {}", package.display());
    Ok(())
}

fn compile(options: &Options) -> Result<PathBuf> {
    let mut cargo = shell::cargo("build");
    cargo.args(["--package", "saath", "--lib", "--target", "wasm32-unknown-unknown"]);
    let profile = if options.dev {
        // The edit loop wants its own profile; it is of no use to anyone but this line.
        for setting in
            ["inherits='release'", "opt-level=1", "lto='off'", "codegen-units=16", "strip='none'"]
        {
            cargo.args(["--config", &format!("profile.quick.{setting}")]);
        }
        "quick"
    } else {
        cargo.args(["--config", &nameless_paths()?]);
        "release"
    };
    if options.self_test {
        cargo.args(["--features", "self-test"]);
    }
    shell::run(cargo.args(["--profile", profile]))?;
    Ok(shell::target()?.join("wasm32-unknown-unknown").join(profile).join("saath.wasm"))
}

/// Panic messages name source files: not with the directories of this machine.
fn nameless_paths() -> Result<String> {
    let home = match std::env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cargo"),
    };
    let mut flags = Vec::new();
    if let Ok(registries) = fs::read_dir(home.join("registry/src")) {
        for registry in registries {
            flags.push(format!("'--remap-path-prefix={}/='", registry?.path().display()));
        }
    }
    Ok(format!("target.wasm32-unknown-unknown.rustflags=[{}]", flags.join(",")))
}

fn bind(wasm: &Path, out: &Path, options: &Options) -> Result<()> {
    let mut output = Bindgen::new()
        .input_path(wasm)
        .out_name("saath")
        .web(true)?
        .typescript(true)
        .remove_name_section(!options.names)
        .remove_producers_section(true)
        // `init()` without arguments must find the .wasm beside the module.
        .omit_default_module_path(false)
        .generate_output()
        .context("wasm-bindgen")?;
    let mut renamed = Vec::new();
    if !options.dev {
        for import in output.wasm_mut().imports.iter_mut().filter(|it| is_hashed(&it.name)) {
            let short = format!("_{}", renamed.len());
            renamed.push((std::mem::replace(&mut import.name, short.clone()), short));
        }
    }
    output.emit(out)?;
    let glue = out.join("saath.js");
    let mut text = fs::read_to_string(&glue)?;
    for (long, short) in &renamed {
        text = text.replace(long, short);
    }
    fs::write(glue, text)?;
    Ok(())
}

/// Whether wasm-bindgen made the name unique with 16 hex digits: hundreds of them, in the module
/// and in the glue, which no compressor can make smaller.
fn is_hashed(name: &str) -> bool {
    name.rsplit_once('_')
        .is_some_and(|(_, hash)| hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn optimise(wasm: &Path) -> Result<()> {
    let Some(wasm_opt) = tools::wasm_opt()? else { return Ok(()) };
    let small = wasm.with_extension("opt.wasm");
    shell::run(
        Command::new(wasm_opt)
            // Higher levels make it smaller, but larger once compressed.
            .args(["-O1", "--strip-debug", "--strip-producers", "--enable-bulk-memory"])
            .args(["--enable-sign-ext", "--enable-mutable-globals", "--enable-reference-types"])
            .args(["--enable-nontrapping-float-to-int", "--enable-multivalue"])
            .arg(wasm)
            .arg("-o")
            .arg(&small),
    )?;
    fs::rename(small, wasm)?;
    Ok(())
}

fn scripts(package: &Path) -> Result<Vec<PathBuf>> {
    let files = shell::files(package)?.into_iter();
    Ok(files.filter(|file| file.extension().is_some_and(|extension| extension == "js")).collect())
}

/// Takes comments and indentation out, which are a quarter of what would be downloaded. Every comment
/// has lines of its own: what follows code is left.
fn bare(script: &str) -> Result<String> {
    let (mut out, mut in_comment, mut in_text) = (String::new(), false, false);
    for line in script.lines() {
        let code = line.trim_start();
        if in_comment || (!in_text && code.starts_with("/**")) {
            in_comment = !code.contains("*/");
        } else if in_text || !(code.is_empty() || code.starts_with("//")) {
            out.push_str(if in_text { line } else { code });
            out.push('\n');
            in_text ^= code.matches('`').count() % 2 == 1;
        }
    }
    ensure!(!in_comment && !in_text, "it does not end");
    Ok(out)
}

/// Takes long local names out of what a browser loads, too.
fn minify(package: &Path) -> Result<()> {
    let Some(esbuild) = tools::esbuild()? else { return Ok(()) };
    for script in scripts(package)? {
        let mut command = Command::new(&esbuild);
        command.args(["--minify", "--log-level=warning", "--target=es2022", "--allow-overwrite"]);
        // The only one that is not a module.
        if !script.ends_with("early.js") {
            command.arg("--format=esm");
        }
        let mut outfile = OsString::from("--outfile=");
        outfile.push(&script);
        shell::run(command.arg(&script).arg(outfile))?;
    }
    Ok(())
}

/// The files that are shipped as they are.
fn copy_files(out: &Path, options: &Options) -> Result<()> {
    let client = shell::root().join("client-wasm");
    for file in [
        client.join("loader.js"),
        client.join("early.js"),
        client.join("policy.schema.json"),
        client.join("README.md"),
        shell::root().join("LICENSE"),
    ] {
        let name = file.file_name().context("a file")?;
        match fs::copy(&file, out.join(name)) {
            // The edit loop can do without a licence.
            Err(error) if options.dev => eprintln!("dist: {}: {error}", file.display()),
            copied => drop(copied.with_context(|| file.display().to_string())?),
        }
    }
    Ok(())
}

/// package.json, with the version of the workspace.
fn write_manifest(out: &Path) -> Result<()> {
    let template = shell::root().join("client-wasm/package.json");
    let text = fs::read_to_string(&template).with_context(|| template.display().to_string())?;
    fs::write(out.join("package.json"), versioned(&text, env!("CARGO_PKG_VERSION"))?)?;
    Ok(())
}

/// Only the version changes: the order of `exports` has a meaning.
fn versioned(manifest: &str, version: &str) -> Result<String> {
    let (before, after) = manifest
        .split_once("\"version\": \"0.0.0\"")
        .context("client-wasm/package.json has no version 0.0.0 to replace")?;
    Ok(format!("{before}\"version\": \"{version}\"{after}"))
}

fn remove(dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| dir.display().to_string())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_made_unique_are_shortened() {
        assert!(is_hashed("__wbg_value_0123456789abcdef"));
        for kept in ["__wbindgen_init_externref_table", "__wbg_value_0123", "0123456789abcdef", ""]
        {
            assert!(!is_hashed(kept), "{kept}");
        }
    }

    #[test]
    fn scripts_lose_their_comments_and_nothing_else() {
        let script = "// What.\nif (a) {\n  /** Why. */\n  /**\n   * How.\n   */\n\n  b(\"//x\"); // here\n}\n";
        assert_eq!(bare(script).unwrap(), "if (a) {\nb(\"//x\"); // here\n}\n");
        let text = "const text = `three\n  // lines\n  /** of text`;\n";
        assert_eq!(bare(text).unwrap(), text);
        assert!(bare("const text = `\n").is_err());
    }

    #[test]
    fn the_manifest_is_valid_and_names_only_files_of_the_package() {
        let text = versioned(include_str!("../../client-wasm/package.json"), "1.2.3").unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(manifest["version"], "1.2.3");
        let shipped: Vec<&str> =
            manifest["files"].as_array().unwrap().iter().filter_map(|f| f.as_str()).collect();
        for export in ["./saath.wasm", "./loader", "./early", "./policy.schema.json"] {
            let file = manifest["exports"][export].as_str().unwrap().trim_start_matches("./");
            assert!(shipped.contains(&file), "{export}");
        }
        // A resolver takes the first condition that fits, and `default` fits always.
        assert!(text.find("\"types\": \"./saath.d.ts\", \"default\"").is_some());
        assert!(versioned("{}", "1.2.3").is_err());
    }
}
