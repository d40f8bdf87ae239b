//! Frames that no honest peer sends: refused with `InvalidFrame`, and the module lives on.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::viewer;

/// In the viewer: `inflated(frame)` gives a frame whose bytes are in plain, `tries(frame)` says how
/// a fresh replica takes it.
const TOOLS: &str = "
const inflated = async frame => {
  if (frame[0] === 0) return frame;
  const stream = new Blob([frame.slice(1)]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const plain = new Uint8Array(await new Response(stream).arrayBuffer());
  return new Uint8Array([0, ...plain]);
};
const tries = (frames, replica = viewer.fresh()) => {
  try {
    for (const frame of frames) replica.apply(frame);
    return { replica, said: 'fine' };
  } catch (error) {
    return { replica, said: `${error.name}: ${error.message}` };
  }
};
const bytes = text => new TextEncoder().encode(text);
const swapped = (frame, from, to) => {
  const a = bytes(from), b = bytes(to), out = frame.slice();
  let count = 0;
  for (let i = 0; i + a.length <= out.length; i++)
    if (a.every((byte, j) => out[i + j] === byte)) { out.set(b, i); count++; }
  if (!count || a.length !== b.length) throw new Error(`${from} is not in the frame`);
  return out;
};
// A stream of random numbers that is the same in each run.
let seed = 20260731;
const random = below => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor(seed / 4294967296 * below);
};";

#[tokio::test]
async fn noise_is_refused() -> Result<()> {
    let body = "
        const odd = new Set();
        const replica = viewer.fresh();
        for (let i = 0; i < 1000; i++) {
          const noise = Uint8Array.from({ length: random(400) }, () => random(256));
          if (i % 2 && noise.length) noise[0] = i % 4 === 1 ? 0 : 1;
          const { said } = tries([noise], replica);
          if (!said.startsWith('InvalidFrame: ') && said !== 'fine') odd.add(said);
        }
        const { said } = tries(viewer.frames, replica);
        return { odd: [...odd], said, title: replica.document.title }";
    let seen = run(body).await?;
    assert_eq!(seen, json!({ "odd": [], "said": "fine", "title": "Text and attributes" }));
    Ok(())
}

/// A bit, a cut, a piece twice: whatever still decodes is checked against the hash of the tree. Of a
/// picture's bytes nobody knows which are right, but they are no more than a picture.
#[tokio::test]
async fn what_was_changed_on_the_way_is_refused() -> Result<()> {
    let body = "
        // Pictures and fonts come after the page.
        for (let before = 0; before !== viewer.frames.length;) {
          before = viewer.frames.length;
          await new Promise(done => setTimeout(done, 300));
        }
        const whole = await Promise.all(viewer.frames.map(inflated));
        const odd = new Set();
        let refused = 0, active = 0;
        const rounds = 200;
        for (let i = 0; i < rounds; i++) {
          const frames = whole.map(frame => frame.slice());
          const at = random(frames.length), frame = frames[at];
          const spot = random(frame.length);
          if (i % 3 === 0) frame[spot] ^= 1 << random(8);
          else if (i % 3 === 1) frames[at] = frame.slice(0, spot);
          else frames[at] = Uint8Array.from([...frame.slice(0, spot), ...frame.slice(random(spot + 1))]);
          const { said, replica } = tries(frames);
          if (said.startsWith('InvalidFrame: ')) refused++;
          else if (said !== 'fine') odd.add(said);
          const live = (doc) => {
            active += doc.querySelectorAll('script, object, embed, [onclick], iframe:is([src], [srcdoc])').length;
            for (const { contentDocument } of doc.querySelectorAll('iframe')) if (contentDocument) live(contentDocument);
          };
          live(replica.document);
          replica.free();
        }
        const { said } = tries(viewer.frames);
        return { odd: [...odd], active, said, refused: refused / rounds }";
    for name in ["tree/text", "frames/nested", "frames/srcdoc", "media/fitted", "assets/fonts"] {
        let seen = run_on(&format!("fidelity/{name}"), body).await?;
        ensure!(
            seen["odd"] == json!([]) && seen["active"] == 0 && seen["said"] == "fine",
            "{name}: {seen}"
        );
        ensure!(seen["refused"].as_f64() > Some(0.6), "{name}: {seen}");
    }
    Ok(())
}

/// What decodes and would run: names outside the allow-lists have no way in.
#[tokio::test]
async fn forged_batches_are_refused() -> Result<()> {
    let body = "
        const whole = await Promise.all(viewer.frames.map(inflated));
        const said = {};
        for (const [from, to] of [
          ['strong', 'script'], ['strike', 'object'], ['section', 'sectio%'], ['custom-card', 'custom card'],
          ['height', 'onload'], ['target', 'onblur'], ['headers', 'onclick'], ['bgcolor', 'onpaste'],
        ]) {
          const result = tries(whole.map(frame => { try { return swapped(frame, from, to) } catch { return frame } }));
          said[to] = result.said;
          if (result.replica.document.querySelector('script, object, [onload], [onblur], [onclick], [onpaste]'))
            said[to] += ' and is there';
        }
        // The frames as they are, and a harmless swap of the same kind, which the hash tells.
        said.honest = tries(whole).said;
        said.words = tries(whole.map(frame => { try { return swapped(frame, 'Forged', 'FORGED') } catch { return frame } })).said;
        return said";
    let seen = run_on("forge", body).await?;
    for (name, said) in seen.as_object().into_iter().flatten() {
        match name.as_str() {
            "honest" => assert_eq!(said, "fine"),
            "words" => assert_eq!(
                said,
                "InvalidFrame: the frame cannot be applied: a frame before it is missing"
            ),
            _ => assert_eq!(
                said, "InvalidFrame: the frame cannot be applied: it holds what a replica must not",
                "{name}"
            ),
        }
    }
    Ok(())
}

/// A frame is a thing that a replica may hold. One that was forged has no address, and runs nothing.
#[tokio::test]
async fn a_forged_frame_is_empty_and_sealed() -> Result<()> {
    let body = "
        const whole = await Promise.all(viewer.frames.map(inflated));
        const forged = whole.map(frame => { try { return swapped(frame, 'strike', 'iframe') } catch { return frame } });
        const { said, replica } = tries(forged);
        const frame = replica.document.querySelector('iframe');
        const script = frame.contentDocument.createElement('script');
        script.text = 'top.ran = true';
        frame.contentDocument.documentElement.append(script);
        return { said, attributes: frame.getAttributeNames(), ran: window.ran ?? false }";
    let seen = run_on("forge", body).await?;
    let said = "InvalidFrame: the frame cannot be applied: a frame before it is missing";
    assert_eq!(seen, json!({ "said": said, "attributes": [], "ran": false }));
    Ok(())
}

/// A frame that grows beyond all bounds when it is unpacked.
#[tokio::test]
async fn a_bomb_does_not_go_off() -> Result<()> {
    let body = "
        const zeros = new Blob([new Uint8Array(64 << 20)]).stream();
        const packed = zeros.pipeThrough(new CompressionStream('deflate-raw'));
        const bomb = new Uint8Array([1, ...new Uint8Array(await new Response(packed).arrayBuffer())]);
        const { said, replica } = tries([bomb]);
        return [bomb.length < 100000, said, tries(viewer.frames, replica).said]";
    let seen = run(body).await?;
    ensure!(seen[0] == true && seen[2] == "fine", "{seen}");
    ensure!(seen[1].as_str().is_some_and(|said| said.starts_with("InvalidFrame: ")), "{seen}");
    Ok(())
}

async fn run(body: &str) -> Result<Value> {
    run_on("fidelity/tree/text", body).await
}

async fn run_on(name: &str, body: &str) -> Result<Value> {
    let (_pages, page) = viewer::start("hostile", name, "").await?;
    page.eval_async(&format!("{TOOLS} {body}"), Value::Null).await
}
