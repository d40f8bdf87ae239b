//! What no script can do: keys and the mouse of the customer, what the agent does, dialogs of the
//! browser's own, other tabs, STOP.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::ledger::{Phase, Piece, Tap};
use super::visit::Visit;
use crate::{LAPTOP, until};

/// A pointer that is nowhere, as PROTOCOL.md has it: `Pointer`, -1, -1, not pressed.
const GONE: [u8; 4] = [5, 1, 1, 0];

impl Visit {
    /// What is done by hand on this page, besides what its fixtures do.
    pub(super) async fn by_hand(&mut self, page: &str) -> Result<()> {
        match page {
            "inputs" => {
                self.type_it().await?;
                self.press_the_keypad().await
            }
            "structure" => {
                self.have_it_ask().await?;
                self.let_the_agent_type().await
            }
            "background" => self.look_elsewhere().await,
            _ => Ok(()),
        }
    }

    fn has(&self, number: u8) -> bool {
        self.fixtures.iter().any(|fixture| fixture.number == number)
    }

    /// 22: real keys.
    async fn type_it(&self) -> Result<()> {
        let Some(fixture) = self.fixtures.iter().find(|fixture| fixture.number == 22) else {
            return Ok(());
        };
        for field in ["#v22 input", "#v22 textarea", "#v22 [contenteditable]"] {
            self.session.customer.type_into(field, &fixture.canary()).await?;
        }
        Ok(())
    }

    /// 24: the mouse goes from key to key; where it is must be told outside of the mask, and not in it.
    async fn press_the_keypad(&mut self) -> Result<()> {
        if !self.has(24) {
            return Ok(());
        }
        self.session.customer.click("[data-control] p").await?;
        ensure!(
            !self.pointers().await?.is_empty(),
            "no pointer is told outside of the mask either"
        );
        let keys = "[...document.querySelectorAll('#v24-keys button')]";
        let count = self.session.customer.eval(&format!("return {keys}.length"), json!([])).await?;
        for key in 1..=count.as_u64().context("keys")? {
            self.session.customer.click(&format!("#v24-keys button:nth-of-type({key})")).await?;
        }
        let told = self.pointers().await?;
        if !told.is_empty() {
            self.ledger.told(24, Phase::Mutation, &format!("where the pointer is: {told:?}"));
        }
        // Pressed and pointed at while it is looked at, too.
        self.check("inputs", Phase::Mutation).await
    }

    /// Where the customer's pointer was told to be, until now.
    async fn pointers(&mut self) -> Result<Vec<Vec<u8>>> {
        self.settle("inputs").await?;
        let pieces = self.taps.of_page(&self.session, &self.vectors).await?;
        let is_told = |piece: &&Piece| {
            piece.tap == Tap::Seal
                && piece.what == "a message"
                && piece.bytes.first() == GONE.first()
                && piece.bytes != GONE
        };
        let told = pieces.iter().filter(is_told).map(|piece| piece.bytes.clone()).collect();
        self.taps.put_by(pieces);
        Ok(told)
    }

    /// 69: what the browser asks in a dialog of its own; the agent is told that it asks.
    async fn have_it_ask(&mut self) -> Result<()> {
        if !self.has(69) {
            return Ok(());
        }
        self.session.customer.eval("setTimeout(kit.asks)", json!([])).await?;
        for asked in ["alert", "confirm", "prompt"] {
            until(&format!("the agent to be told of the {asked}"), async || {
                let told = "return !document.querySelector('#waiting').hidden";
                ensure!(self.session.agent.eval(told, json!([])).await? == true, "nothing");
                Ok::<_, anyhow::Error>(())
            })
            .await;
            let pieces = self.taps.of_replica(&self.session, "").await?;
            self.taps.put_by(pieces);
            until(&format!("the {asked}"), async || self.session.customer.dismiss().await).await;
        }
        until("the page to go on", async || {
            let told = "return document.querySelector('#waiting').hidden";
            ensure!(self.session.agent.eval(told, json!([])).await? == true, "it waits");
            Ok::<_, anyhow::Error>(())
        })
        .await;
        Ok(())
    }

    /// 72: an agent who may act types into what is masked, and is told that it cannot be done.
    async fn let_the_agent_type(&self) -> Result<()> {
        let Some(fixture) = self.fixtures.iter().find(|fixture| fixture.number == 72) else {
            return Ok(());
        };
        let session = &self.session;
        session.ask_to_act().await?;
        for field in ["#v72-field", "#v72-secret"] {
            session.agent_clicks(field).await?;
            session.agent.keys(&fixture.canary()).await?;
            until("the console to say that it is masked", async || {
                let says = session.agent.text("#toasts").await?;
                ensure!(says.to_lowercase().contains("mask"), "{says}");
                Ok::<_, anyhow::Error>(())
            })
            .await;
            let value = session.customer.value(field).await?;
            ensure!(value.is_empty(), "the agent has typed into {field}: {value}");
        }
        Ok(())
    }

    /// 76: nothing of the page in sight for a while, and another page, from which the customer comes back.
    async fn look_elsewhere(&mut self) -> Result<()> {
        let customer = &self.session.customer;
        customer.driver.send("window/minimize", Some(json!({}))).await?;
        until("the agent to be told that the customer is elsewhere", async || {
            let told = "return !document.querySelector('#away').hidden";
            ensure!(self.session.agent.eval(told, json!([])).await? == true, "not told");
            Ok::<_, anyhow::Error>(())
        })
        .await;
        customer.resize(LAPTOP).await?;
        customer.driver.client.set_window_rect(0, 0, 1300, 900).await?;
        self.settle("background").await?;
        let back = self.address("background");
        let pieces = self.taps.of_page(&self.session, &self.vectors).await?;
        self.taps.put_by(pieces);
        // One engine keeps the page, the other loads it anew: as the fixture says. It may drop what it
        // keeps at any time, so it has some more than one try.
        let engine = self.session.customer.engine().name();
        let anew = self.fixtures.iter().any(|it| it.number == 76 && it.partly_in(engine).is_some());
        let mut kept = None;
        for _ in 0..4 {
            self.go_to("/vectors/page/elsewhere/").await?;
            self.go_to("back").await?;
            let here = self.session.customer.url().await?;
            ensure!(here.ends_with(&back), "{here} is not {back}");
            let came_back = "return kit.cameBack === true";
            let is_kept = self.session.customer.eval(came_back, json!([])).await? == true;
            kept = Some(is_kept);
            if is_kept != anew {
                break;
            }
        }
        ensure!(kept != Some(anew), "kept: {kept:?}, and the fixture says otherwise");
        Ok(())
    }

    /// 75: STOP is pressed, and then everything is on the page in plain words.
    pub(super) async fn stop(&mut self, page: &str) -> Result<()> {
        self.session.stop().await?;
        self.session.until_ended().await;
        let pieces = self.taps.of_page(&self.session, &self.vectors).await?;
        self.taps.put_by(pieces);
        let shown = "
            kit.over();
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            // As long as a sheet, or a value, is compared in.
            await new Promise((done) => setTimeout(done, 1500));
            return kit.take().plains.length";
        let sealed = self.session.customer.eval_async(shown, Value::Null).await?;
        ensure!(sealed == 0, "{sealed} records after STOP");
        let pieces = self.taps.drain(&self.session, &self.vectors, &self.demo, "").await?;
        self.ledger.enter(page, Phase::Toggle, &pieces);
        self.taps.forget();
        Ok(())
    }
}
