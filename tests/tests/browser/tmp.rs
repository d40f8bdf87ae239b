//! tmp
use anyhow::Result;
use saath_tests::*;
use serde_json::json;
#[tokio::test]
async fn tmp() -> Result<()> {
    let demo = Demo::start()?;
    let s = Session::open().await?;
    s.start(&demo, "/itr.html").await?;
    s.show("#gross-salary").await?;
    let probe = "const b = doc.querySelector('#gross-salary').getBoundingClientRect(); const f = e => e && e.localName+'#'+e.id; const out=[];
     const look = () => f(doc.elementFromPoint(b.x+b.width/2,b.y+b.height/2));
     out.push(look()); frame.style.pointerEvents='auto'; out.push(look()); 
     out.push(doc.elementsFromPoint(b.x+b.width/2,b.y+b.height/2).map(f).join());
     out.push(doc.visibilityState, doc.readyState, b.x, b.y, frame.offsetWidth, doc.defaultView.innerWidth, doc.defaultView.innerHeight, doc.defaultView.scrollY, doc.documentElement.scrollHeight, getComputedStyle(frame).pointerEvents, doc.defaultView.getComputedStyle(doc.body).pointerEvents,doc.defaultView.getComputedStyle(doc.querySelector('#gross-salary')).pointerEvents);
     frame.style.transform='none'; out.push(look()); return out";
    eprintln!("{}", s.replica(probe).await?);
    eprintln!("{}", s.replica(probe).await?);
    eprintln!("{}", s.customer.eval("const b = document.querySelector('#gross-salary').getBoundingClientRect(); return [b.x,b.y,scrollY,innerWidth]", json!([])).await?);
    Ok(())
}
