//! Pictures on their way to the agent: once a session, the next time not at all, after the page and
//! never in front of it.

use anyhow::{Context, Result, ensure};
use saath_tests::{Demo, Engine, Page, Pages, Session, until, until_eq};
use serde_json::{Value, json};

/// The largest picture of the portal's page of help.
const BANNER: f64 = 59_052.0;

/// What has come to the console through its socket, in bytes.
const COUNT: &str = "
    window.came = 0;
    window.WebSocket = class extends WebSocket {
      constructor(...args) {
        super(...args);
        this.addEventListener('message', ({ data }) => { window.came += data.byteLength ?? data.size; });
      }
    }";

/// Whether the banner and the pattern behind the foot are there.
const SHOWN: &str = "
    const banner = doc.querySelector('.banner'), foot = doc.querySelector('.foot');
    return Boolean(banner?.src.startsWith('blob:') && banner.complete && banner.naturalWidth === 1280
      && getComputedStyle(foot).backgroundImage.includes('blob:'))";

/// From the first page to a replica with its pictures: how much came.
async fn pictured(session: &Session, demo: &Demo, customer: &str) -> Result<f64> {
    session.customer.goto(&format!("{}/help.html", demo.portal)).await?;
    session.customer.eval(customer, json!([])).await?;
    session.press_help().await;
    let pin = session.pin().await.digits();
    session.open_console(demo, &demo.token("meera").await?).await?;
    session.agent.eval(COUNT, json!([])).await?;
    session.type_pin(&pin).await?;
    session.prompt().await;
    session.allow().await;
    session.until_live().await;
    until_eq("the pictures", json!(true), async || session.replica(SHOWN).await).await;
    came(session).await
}

async fn came(session: &Session) -> Result<f64> {
    session.agent.eval("return window.came", json!([])).await?.as_f64().context("a count")
}

async fn stop(session: &Session) -> Result<()> {
    session.stop().await?;
    session.until_ended().await;
    Ok(())
}

/// What the console keeps: how many copies, and their bytes.
async fn kept(session: &Session) -> Result<(u64, u64)> {
    let body = "
        const opening = indexedDB.open('saath-assets');
        await new Promise((done) => { opening.onsuccess = done; });
        const asking = opening.result.transaction('uses').objectStore('uses').getAll();
        await new Promise((done) => { asking.onsuccess = done; });
        opening.result.close();
        return [asking.result.length, asking.result.reduce((sum, { size }) => sum + size, 0)]";
    let kept = session.agent.eval_async(body, Value::Null).await?;
    let number = |i: usize| kept[i].as_u64().context("a number");
    Ok((number(0)?, number(1)?))
}

#[tokio::test]
async fn a_picture_is_sent_once_and_the_next_session_sends_none() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    let first = pictured(&session, &demo, "").await?;
    ensure!(first > BANNER, "{first} bytes");

    // On the page after this one it has another number, and is the same.
    session.customer.goto(&format!("{}/help.html?again", demo.portal)).await?;
    until("the next page", async || {
        let url = session.agent.text("#page-url").await?;
        let live = session.agent.text("#state").await? == "Live";
        ensure!(live && session.replica(SHOWN).await? == true, "{url}");
        ensure!(came(&session).await? > first, "it did not come");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    let more = came(&session).await? - first;
    ensure!(more < BANNER / 2.0, "{more} bytes for the same page again");
    stop(&session).await?;

    let second = pictured(&session, &demo, "").await?;
    ensure!(second < first - BANNER, "{second} bytes after {first}");
    stop(&session).await?;

    session.open_console(&demo, &demo.token("meera").await?).await?;
    until("the button", async || session.agent.click("#forget").await).await;
    let said = async || session.agent.text("#forget").await;
    until_eq("an answer", "Deleted".to_owned(), said).await;
    assert_eq!(kept(&session).await?, (0, 0));
    let third = pictured(&session, &demo, "").await?;
    ensure!(third > BANNER, "{third} bytes after all was forgotten");
    stop(&session).await
}

/// What a portal gives to one person only is not kept by the console.
#[tokio::test]
async fn what_is_private_is_not_kept() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    let private = "
        const fetched = window.fetch;
        window.fetch = async (...args) => {
          const answer = await fetched(...args);
          if (!/hills|weave/.test(answer.url)) return answer;
          const caching = answer.url.includes('hills') ? 'private, max-age=60' : 'no-store';
          return new Response(await answer.blob(), { headers: { 'cache-control': caching } });
        }";
    pictured(&session, &demo, private).await?;
    stop(&session).await?;
    assert_eq!(kept(&session).await?.0, 0);
    let again = pictured(&session, &demo, "").await?;
    ensure!(again > BANNER, "{again} bytes");
    until("two copies", async || {
        let (count, _) = kept(&session).await?;
        ensure!(count == 2, "{count}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    stop(&session).await
}

/// There is room for 64 MiB; what was not used for the longest time goes.
#[tokio::test]
async fn what_the_console_keeps_is_bounded() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    pictured(&session, &demo, "").await?;
    stop(&session).await?;
    // As if from sessions long ago: more than there is room for by the banner.
    let fill = "
        const opening = indexedDB.open('saath-assets');
        await new Promise((done) => { opening.onsuccess = done; });
        const doing = opening.result.transaction(['blobs', 'uses'], 'readwrite');
        doing.objectStore('blobs').clear();
        doing.objectStore('uses').clear();
        for (let i = 0; i < 64; i++) {
          doing.objectStore('blobs').put(new Blob([new Uint8Array(1 << 20)]), `old ${i}`);
          doing.objectStore('uses').put({ key: `old ${i}`, size: 1 << 20, used: i });
        }
        await new Promise((done) => { doing.oncomplete = done; });
        opening.result.close()";
    session.agent.eval_async(fill, Value::Null).await?;
    pictured(&session, &demo, "").await?;
    let oldest = "
        const opening = indexedDB.open('saath-assets');
        await new Promise((done) => { opening.onsuccess = done; });
        const asking = opening.result.transaction('blobs').objectStore('blobs').getAllKeys();
        await new Promise((done) => { asking.onsuccess = done; });
        opening.result.close();
        return [asking.result.includes('old 0'), asking.result.includes('old 1'), asking.result.length]";
    until_eq("the oldest to go", json!([false, true, 65]), async || {
        session.agent.eval_async(oldest, Value::Null).await
    })
    .await;
    let (_, bytes) = kept(&session).await?;
    ensure!(bytes <= 64 << 20, "{bytes} bytes");
    stop(&session).await
}

/// What an earlier version of the client has checked may not be what this one would let pass.
#[tokio::test]
async fn what_an_earlier_version_kept_is_gone() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    let earlier = "
        const opening = indexedDB.open('saath-assets', 1);
        opening.onupgradeneeded = () => {
          opening.result.createObjectStore('blobs').put(new Blob(['<svg/>']), 'old');
          const uses = opening.result.createObjectStore('uses', { keyPath: 'key' });
          uses.createIndex('used', 'used');
          uses.put({ key: 'old', size: 6, used: 1 });
        };
        await new Promise((done) => { opening.onsuccess = done; });
        opening.result.close()";
    session.agent.goto(&demo.console).await?;
    session.agent.eval_async(earlier, Value::Null).await?;
    assert_eq!(kept(&session).await?, (1, 6));
    pictured(&session, &demo, "").await?;
    until("the two of the page", async || {
        let (count, bytes) = kept(&session).await?;
        ensure!(count == 2 && bytes > 6, "{count}, {bytes} bytes");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    let old = "
        const opening = indexedDB.open('saath-assets');
        await new Promise((done) => { opening.onsuccess = done; });
        const asking = opening.result.transaction('blobs').objectStore('blobs').count('old');
        await new Promise((done) => { asking.onsuccess = done; });
        opening.result.close();
        return asking.result";
    assert_eq!(session.agent.eval_async(old, Value::Null).await?, json!(0));
    stop(&session).await
}

/// From when the PIN is typed the agent's browser asks nobody for anything but the relay.
#[tokio::test]
async fn the_agents_browser_requests_nothing() -> Result<()> {
    let demo = Demo::start()?;
    let engine = Engine::from_env()?;
    let (customer, agent) =
        tokio::try_join!(Page::start(engine, "customer"), Page::tapped(engine, "agent"))?;
    let session = Session { customer, agent };
    // All that loads by itself where it stands in a page.
    let rich = "
        const style = new CSSStyleSheet();
        style.replaceSync(`@font-face { font-family: Own; src: url(/own.woff2) } h1 { font-family: Own, serif;
          cursor: url(/weave.svg), auto; list-style: url('/weave.svg') } h1::before { content: url(/weave.svg?before) }
          :root { --later: url(/weave.svg?later) } p { background: var(--later); mask: url(/weave.svg?mask) }`);
        document.adoptedStyleSheets = [style];
        document.querySelector('main').insertAdjacentHTML('beforeend', `<video poster=\"/hills.webp?poster\" controls></video>
          <img srcset=\"/hills.webp?set 2x\" alt=\"\"><picture><source srcset=\"/hills.webp?source\"><img src=\"/no.png\" alt=\"\"></picture>
          <iframe src=\"/returns.html\"></iframe><iframe srcdoc=\"<img src='/hills.webp?inside'>\"></iframe>
          <object data=\"/weave.svg?object\"></object><embed src=\"/weave.svg?embed\"><input type=\"image\" src=\"/weave.svg?input\">
          <svg><image href=\"/hills.webp?image\"/><use href=\"/weave.svg#sign\"/><filter><feImage href=\"/weave.svg?filter\"/></filter></svg>
          <link rel=\"stylesheet\" href=\"/portal.css?late\"><a href=\"/index.html\" ping=\"/ping\">away</a>`);
        // Parts of drawings stand in the document: what such a one asks for, the document asks for.
        const drawn = (words) => `<svg xmlns=\"http://www.w3.org/2000/svg\"><path id=\"a\" d=\"M0 0h9v9z\" ${words}/></svg>`;
        const asks = (name) => `image-set('${location.origin}/weave.svg?${name}' 1x)`;
        const drawings = { plain: drawn(''), asking: drawn(`style=\"mask-image: ${asks('mask')}\" cursor=\"${asks('cursor')}, auto\"`) };
        const { fetch } = window;
        window.fetch = (url, options) => {
          const drawing = drawings[new URL(url, location).search.slice(1)];
          if (!drawing) return fetch(url, options);
          return Promise.resolve(new Response(new Blob([drawing], { type: 'image/svg+xml' })));
        };
        document.querySelector('main').insertAdjacentHTML('beforeend', `<svg>
          <use href=\"/weave.svg?asking#a\"/><use id=\"plain\" href=\"/weave.svg?plain#a\"/></svg>`)";
    let refusals = "
        window.refused = [];
        document.addEventListener('securitypolicyviolation', (event) => window.refused.push(event.blockedURI))";
    session.customer.goto(&format!("{}/help.html", demo.portal)).await?;
    session.customer.eval(rich, json!([])).await?;
    session.press_help().await;
    let pin = session.pin().await.digits();
    session.open_console(&demo, &demo.token("meera").await?).await?;
    let complete = "return document.readyState === 'complete'
        && performance.getEntriesByType('resource').some(({ name }) => name.endsWith('_bg.wasm'))";
    until_eq("all of the console", json!(true), async || {
        session.agent.eval(complete, json!([])).await
    })
    .await;
    session.agent.eval(refusals, json!([])).await?;
    let loaded = "return performance.getEntriesByType('resource').length";
    let before = session.agent.eval(loaded, json!([])).await?;
    session.agent.requests().await?;
    session.type_pin(&pin).await?;
    session.prompt().await;
    session.allow().await;
    session.until_live().await;
    until_eq("the pictures", json!(true), async || session.replica(SHOWN).await).await;
    // The last ones of all that was added.
    let last = "return ['image', '#plain'].every((name) => doc.querySelector(name)?.href.baseVal.startsWith('blob:'))";
    until_eq("the drawings", json!(true), async || session.replica(last).await).await;
    // What comes after all of them, so that what they asked for would be asked by then.
    let late = "document.querySelector('main').insertAdjacentHTML('beforeend', '<img id=\"late\" src=\"/hills.webp?late\" alt=\"\">')";
    session.customer.eval(late, json!([])).await?;
    let shown = "const late = doc.getElementById('late'); return Boolean(late?.naturalWidth && late.src.startsWith('blob:'))";
    until_eq("the late picture", json!(true), async || session.replica(shown).await).await;

    let asked = session.agent.requests().await?;
    let own = |url: &&String| !["data:", "blob:", &demo.relay].iter().any(|s| url.starts_with(s));
    let others: Vec<_> = asked.iter().filter(own).collect();
    ensure!(others.is_empty(), "{others:#?}");
    if engine == Engine::Chromium {
        ensure!(asked.contains(&demo.relay), "the tap is deaf: {asked:?}");
        ensure!(asked.iter().any(|url| url.starts_with("blob:")), "the tap is deaf: {asked:?}");
    }
    // What every engine tells.
    let after = session.agent.eval(loaded, json!([])).await?;
    // An address that is none is noted, too.
    let inside = "
        const names = doc.defaultView.performance.getEntriesByType('resource').map(({ name }) => name);
        return names.filter((name) => name && !/^(data|blob):/.test(name))";
    assert_eq!((after, session.replica(inside).await?), (before, json!([])));
    assert_eq!(session.agent.eval("return window.refused", json!([])).await?, json!([]));
    stop(&session).await
}

/// Ten pictures of noise, half of them far below, and a clock that ticks.
const LOADED: &str = "
    const host = document.createElement('div');
    host.dataset.saathShow = '';
    host.style.cssText = 'position: absolute; inset: 0 0 auto; background: white; z-index: 9';
    const clock = document.createElement('p');
    clock.id = 'clock';
    host.append(clock);
    const canvas = new OffscreenCanvas(900, 900), context = canvas.getContext('2d');
    const noise = context.createImageData(900, 900);
    const made = [];
    for (let i = 0; i < 10; i++) {
      for (let at = 0; at < noise.data.length; at += 65536) crypto.getRandomValues(noise.data.subarray(at, at + 65536));
      for (let at = 3; at < noise.data.length; at += 4) noise.data[at] = 255;
      context.putImageData(noise, 0, 0);
      made.push(URL.createObjectURL(await canvas.convertToBlob()));
    }
    await Promise.all(made.map((url, i) => {
      const image = new Image(), far = i % 2 === 0;
      image.id = `${far ? 'far' : 'near'}-${i}`;
      image.style.cssText = far ? 'position: absolute; top: 5000px; width: 400px' : 'width: 200px; height: 200px';
      host.append(image);
      image.src = url;
      return image.decode();
    }));
    // All at once: of those that are known the most visible goes first.
    document.body.append(host);
    const start = Date.now();
    const tick = () => { clock.textContent = `tick ${Date.now() - start}`; };
    setInterval(tick, 50)";

/// What is seen first is sent first, and what changes on the page does not wait behind it.
#[tokio::test]
async fn pages_go_before_pictures_and_the_most_visible_first() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    session.start(&demo, "/help.html").await?;
    let watch = "
        window.seen = [];
        new MutationObserver((records) => {
          for (const { target, type, attributeName } of records) {
            if (attributeName === 'src' && /^(far|near)/.test(target.id) && target.src.startsWith('blob:')) window.seen.push(target.id);
            const text = type === 'characterData' ? target.parentNode : target;
            if (text?.id === 'clock') window.seen.push('tick');
          }
        }).observe(doc, { subtree: true, childList: true, characterData: true, attributes: true })";
    session.replica(watch).await?;
    session.customer.eval_async(LOADED, Value::Null).await?;
    let seen = until("all pictures", async || {
        let seen = session.agent.eval("return window.seen", json!([])).await?;
        let seen: Vec<String> = serde_json::from_value(seen)?;
        let pictures = seen.iter().filter(|id| *id != "tick").count();
        ensure!(pictures == 10, "{pictures}");
        Ok::<_, anyhow::Error>(seen)
    })
    .await;
    let pictures: Vec<&String> = seen.iter().filter(|id| *id != "tick").collect();
    let near = |ids: &[&String]| ids.iter().filter(|id| id.starts_with("near")).count();
    ensure!(near(&pictures[..5]) == 5, "{pictures:?}");
    // The page went on between them: at least once between most of them.
    let mut between = vec![0];
    for id in &seen {
        match (id.as_str(), between.last_mut()) {
            ("tick", Some(count)) => *count += 1,
            _ => between.push(0),
        }
    }
    let waited = between[1..10].iter().filter(|&&ticks| ticks == 0).count();
    ensure!(waited <= 3, "{seen:?}");
    stop(&session).await
}

/// What the page may show and not read is a box, and the console says how many there are.
#[tokio::test]
async fn what_cannot_be_had_is_counted() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    session.start(&demo, "/help.html").await?;
    let said = async || session.agent.text("#missing").await;
    assert_eq!(said().await?, "");
    // Nothing but an image could be painted where the portal's policy forbids to fetch.
    let unreadable = "
        const box = document.createElement('div');
        box.dataset.saathShow = '';
        box.style.background = `url(${URL.createObjectURL(new Blob(['<svg xmlns=\"http://www.w3.org/2000/svg\"/>'], { type: 'image/svg+xml' }))})`;
        document.querySelector('main').append(box)";
    session.customer.eval(unreadable, json!([])).await?;
    until_eq("the count", "1 picture missing".to_owned(), said).await;
    session.customer.eval(unreadable, json!([])).await?;
    until_eq("the count", "2 pictures missing".to_owned(), said).await;
    stop(&session).await
}

/// 500 pictures of 4 MB: what is seen comes, as much as the budget allows; the rest are boxes of the
/// same size.
#[tokio::test]
async fn five_hundred_large_pictures_stay_within_the_budget() -> Result<()> {
    let pages = Pages::start().await?;
    let page = Page::start(Engine::from_env()?, "record").await?;
    let viewer = format!("{}/viewer.html?page=/pictures.html&styles=no", pages.origin);
    page.goto(&viewer).await?;
    page.eval_async("await viewer.ready", Value::Null).await?;
    let shown = "
        viewer.flush();
        const images = [...viewer.document().images];
        const come = images.map(({ src }, i) => src.startsWith('blob:') ? i : -1).filter((i) => i >= 0);
        const boxes = images.filter(({ src }) => decodeURIComponent(src).includes('>picture<')).length;
        return { come, boxes, bytes: viewer.bytes(),
          alike: images.every(({ width, height }) => width === 40 && height === 30) }";
    let loaded =
        "return [...viewer.page().document.images].filter(({ complete }) => complete).length";
    for all in [100, 200, 300, 400, 500] {
        until(&format!("{all} to be loaded"), async || {
            let loaded = page.eval(loaded, json!([])).await?;
            ensure!(loaded.as_u64() >= Some(all), "{loaded}");
            Ok::<_, anyhow::Error>(())
        })
        .await;
    }
    let shown = until("all to have come or to be boxes", async || {
        let shown = page.eval(shown, json!([])).await?;
        let come = shown["come"].as_array().map_or(0, Vec::len) as u64;
        ensure!(come + shown["boxes"].as_u64().unwrap_or(0) == 500, "{shown}");
        Ok::<_, anyhow::Error>(shown)
    })
    .await;
    let come: Vec<u64> = serde_json::from_value(shown["come"].clone())?;
    // 16 of 4 MiB would be the budget, if they were nothing but noise.
    ensure!((12..=16).contains(&come.len()), "{shown}");
    ensure!(shown["alike"] == true, "{shown}");
    let seen = "return [...viewer.page().document.images].flatMap((image, i) => {
        const { top, bottom } = image.getBoundingClientRect();
        return bottom > 0 && top < viewer.page().innerHeight ? [i] : [];
      })";
    let seen: Vec<u64> = serde_json::from_value(page.eval(seen, json!([])).await?)?;
    ensure!(seen.len() < 400 && come.iter().all(|i| seen.contains(i)), "{come:?} of {seen:?}");
    Ok(())
}
