//! The customer's page as a source of pages: the mirror and the capture, turn by turn.

use crate::assets::{Assets, Event};
use crate::browser::{document, now, window, within};
use crate::customer::guests::{self, Guests};
use crate::customer::{hands, perform};
use crate::dom::{Mirror, native};
use crate::error::Error;
use crate::frames::as_element;
use crate::scrollbars::Scrollbars;
use crate::sights::Chosen;
use saath_core::assets::Flow;
use saath_core::capture::Capture;
use saath_core::mask::{Access, Policy};
use saath_core::message::action::{Act, Action, ActionResult, Outcome};
use saath_core::message::annotation::Annotate;
use saath_core::message::page::{Page, View};
use saath_core::node::NodeId;
use saath_core::session::{Grant, Millis};
use saath_core::tree::Digest;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, MouseEvent, Node};

/// Observes the page for as long as it lives.
#[must_use]
pub(crate) struct Source {
    pub(crate) document: Document,
    pub(crate) mirror: Mirror,
    pub(crate) capture: Capture,
    pub(crate) assets: Assets,
    /// The address that the selectors in force are for.
    address: String,
    /// When the page has had its share of the time since the last turn.
    rest: Millis,
    /// Whether it was said that a part of the page is left out.
    told: bool,
    scrollbars: Scrollbars,
    guests: Option<Guests>,
    /// What a guest's page came to, to follow the page's own.
    after: Option<Page>,
    /// What the customer hides and shows.
    pub(crate) chosen: Chosen,
}

/// How many new nodes are read in a turn: it shall not be felt on the page.
const NODES_A_TURN: u32 = 2_000;
/// For each millisecond of a turn the page has so many for itself.
const REST: u64 = 2;
/// The longest rest, in milliseconds.
const LONGEST_REST: u64 = 250;

/// The page could not be read this time; the reason is on its console.
#[derive(Debug)]
pub(crate) struct Broken;

impl Source {
    /// `wake` is called when something may have changed, `tell` when an asset was read; both must
    /// only note it. `halt` is called before the page stops to wait for the customer, and must tell
    /// it before it returns.
    pub(crate) fn new(
        policy: Policy,
        flow: Flow,
        wake: impl FnMut() + 'static,
        halt: impl FnMut() + 'static,
        tell: Rc<dyn Fn(Event)>,
    ) -> Result<Self, Error> {
        let document = document().ok_or(Error::Unsupported("there is no document"))?;
        let mirror = Mirror::new(&document, wake, halt);
        let url = native::address(&document);
        let policy = match mirror.select(&policy.selectors(&url)) {
            Ok(()) => policy,
            Err(error) => {
                // Each of them was found to parse; the marks of the page itself always do.
                let text = "saath: everything is masked, as its marks cannot be found:";
                web_sys::console::error_2(&text.into(), &error);
                let _ = mirror.select(&Policy::mask_all().selectors(&url));
                Policy::mask_all()
            }
        };
        mirror.find_scrolled();
        let capture = Capture::new(policy);
        mirror.ask(capture.asked());
        let (assets, scrollbars) = (Assets::new(&mirror, flow, tell), Scrollbars::default());
        let rest = Millis(0);
        Ok(Self {
            document,
            mirror,
            capture,
            assets,
            address: url,
            rest,
            told: false,
            scrollbars,
            guests: None,
            after: None,
            chosen: Chosen::default(),
        })
    }

    /// Notes what may have changed. Whether there is anything to read.
    pub(crate) fn is_dirty(&mut self) -> Result<bool, Broken> {
        self.follow_address()?;
        let mut dirt = self.mirror.dirt().map_err(|error| self.fail(&error))?;
        if self.mirror.is_replaced() {
            self.restart();
            dirt.clear();
        }
        self.capture.dirt.note_words(&dirt);
        if let Some(guests) = &mut self.guests {
            guests.place(&self.mirror, &mut self.capture);
        }
        Ok(self.capture.is_due())
    }

    /// Whether the page should be left alone for now: a busy page must not become a slow one.
    pub(crate) fn rests(&self) -> bool {
        now() < self.rest
    }

    /// Whether the last turn left something for the next.
    pub(crate) fn is_behind(&self) -> bool {
        let waiting = self.guests.as_ref().is_some_and(Guests::is_waiting);
        waiting || self.after.is_some() || self.mirror.is_behind() || self.capture.is_due()
    }

    /// Reads what is dirty, or a part of it; the page to send, if anything differs.
    ///
    /// # Errors
    /// [`Broken`] if the page cannot be read. Trying again starts from nothing.
    pub(crate) fn turn(&mut self) -> Result<Option<Page>, Broken> {
        let start = now();
        let page = self.read();
        self.withdraw_unless(self.is_behind());
        let end = now();
        self.rest = end.plus((end.since(start) * REST).min(LONGEST_REST));
        page
    }

    /// Takes back what the page does not name now, though it may name it again when it is read: for
    /// a page around this one, which forgets it, too.
    pub(crate) fn withdraw(&mut self) {
        self.withdraw_unless(false);
    }

    fn withdraw_unless(&mut self, is_behind: bool) {
        let gone = self.capture.take_withdrawn(is_behind);
        if !gone.is_empty() {
            self.assets.withdraw(&gone);
            if let Some(guests) = &mut self.guests {
                guests.withdraw(&gone);
            }
        }
    }

    fn read(&mut self) -> Result<Option<Page>, Broken> {
        if let Some(page) = self.after.take() {
            return Ok(Some(page));
        }
        let page = self.read_own()?;
        // By a mark that was not read yet a guest could be shown that is masked.
        if self.capture.is_due() || self.capture.is_fresh() || self.mirror.is_behind() {
            return Ok(page);
        }
        let guests = self.guests.as_mut();
        let guest = guests.and_then(|guests| guests.take(&self.mirror, &mut self.capture));
        Ok(match page {
            None => guest,
            page => {
                self.after = guest;
                page
            }
        })
    }

    fn read_own(&mut self) -> Result<Option<Page>, Broken> {
        // A mark that changes its meaning on the way makes one more turn.
        for _ in 0..4 {
            if !self.is_dirty()? {
                return Ok(None);
            }
            let request = self.capture.dirt.take();
            let reading =
                self.mirror.read(&request, NODES_A_TURN).map_err(|error| self.fail(&error))?;
            let turn = self
                .capture
                .turn_on(&reading, &self.mirror)
                .map_err(|error| self.fail(&error.to_string().into()))?;
            self.mirror.forget(&turn.gone);
            self.mirror.ask(self.capture.asked());
            self.mirror.read_again(self.capture.take_due_attributes());
            if let Some(guests) = &self.guests {
                guests.ask(&mut self.capture);
            }
            if turn.left_out && !std::mem::replace(&mut self.told, true) {
                let text = "saath: the page is too large or too deep, a part of it is not shown";
                web_sys::console::warn_1(&text.into());
            }
            if turn.page.is_some() || self.mirror.is_behind() {
                return Ok(turn.page);
            }
        }
        Ok(None)
    }

    /// From now on frames of other origins may take part.
    pub(crate) fn invite(&mut self, guests: Guests) {
        self.guests = Some(guests);
    }

    /// Something has happened to one that does.
    pub(crate) fn guest(&mut self, event: guests::Event) {
        if let Some(guests) = &mut self.guests {
            guests.happened(event, &mut self.capture);
        }
    }

    /// Passes an action on if what it is done to is a guest's, and says whether that went well.
    pub(crate) fn pass_on(&mut self, grant: &Grant, act: &Act) -> Option<Result<(), Outcome>> {
        let (seat, own, frame) = self.capture.guest(act.action.target())?;
        let Some((id, frame)) = frame.and_then(|frame| Some((frame, self.element(frame)?))) else {
            return Some(Err(Outcome::Gone));
        };
        // Scrolling is looking.
        let access = match act.action {
            Action::Scroll { .. } => None,
            _ => hands::refusal(self.capture.guest_access(id)),
        };
        let may = access.map_or_else(|| perform::reach_frame(&act.action, &frame), Err);
        Some(may.and_then(|()| {
            let guests = self.guests.as_mut().ok_or(Outcome::Gone)?;
            let act = Act { serial: act.serial, action: act.action.clone().on(own) };
            guests.act(seat, grant, act)
        }))
    }

    /// What became of what was passed on, since the last call.
    pub(crate) fn guests_answers(&mut self) -> Vec<ActionResult> {
        self.guests.as_mut().map(Guests::take_answers).unwrap_or_default()
    }

    /// Has guests show what is on them; what is left for the page to show.
    pub(crate) fn mark_guests(&mut self, annotate: Annotate, name: &str) -> Option<Annotate> {
        match &mut self.guests {
            Some(guests) => guests.mark(&self.capture, annotate, name),
            None => Some(annotate),
        }
    }

    /// Begins to read the pictures and fonts that pages named. Not before the page is on its way:
    /// what it looks like comes first.
    pub(crate) fn read_assets(&mut self) {
        self.assets.found(&self.mirror, self.capture.take_found());
    }

    /// Whether there is something of pictures and fonts to tell or to send.
    pub(crate) fn has_assets(&self) -> bool {
        !self.assets.is_idle() || self.guests.as_ref().is_some_and(Guests::has_assets)
    }

    /// Whether it may leave now: by a mark that was not read yet it may be somebody's that is masked.
    pub(crate) fn may_send_assets(&mut self) -> bool {
        if self.is_behind() || !matches!(self.is_dirty(), Ok(false)) {
            return false;
        }
        if let Some(guests) = &mut self.guests {
            for (number, asset) in guests.take_assets(&self.capture) {
                self.assets.of_guest(number, &asset);
            }
        }
        true
    }

    /// Selectors can be for some addresses only, and scripts change the address without a load.
    fn follow_address(&mut self) -> Result<(), Broken> {
        let address = native::address(&self.document);
        if address != self.address {
            self.address = address;
            self.select().map_err(|error| self.fail(&error))?;
        }
        Ok(())
    }

    /// The marks of the page, of the policy at this address, and of the customer.
    pub(crate) fn select(&self) -> Result<(), JsValue> {
        let mut selectors = self.capture.policy().selectors(&self.address);
        for hidden in &self.chosen.hides {
            selectors.mask.push(',');
            selectors.mask.push_str(hidden);
        }
        self.mirror.select(&selectors)
    }

    fn fail(&mut self, error: &JsValue) -> Broken {
        web_sys::console::error_2(&"saath: the page could not be read:".into(), error);
        self.restart();
        Broken
    }

    /// The next page is the whole page.
    pub(crate) fn restart(&mut self) {
        self.after = None;
        self.mirror.reset();
        self.capture.restart();
    }

    /// The next page is what the replica has otherwise.
    pub(crate) fn repair(&mut self, other: &Digest) {
        self.after = None;
        self.capture.repair(other);
        if self.capture.is_fresh() {
            self.mirror.reset();
        }
    }

    /// The element of a number; for a text node its parent, for a document its root.
    pub(crate) fn element(&self, id: NodeId) -> Option<Element> {
        let node = self.mirror.node(id)?;
        match native::node_type(&node) {
            Node::DOCUMENT_NODE => native::document_element(node.unchecked_ref()),
            Node::ELEMENT_NODE => as_element(node),
            _ => node.parent_element(),
        }
    }

    /// `pointed` hears of the customer's pointer over the documents of frames.
    pub(crate) fn on_pointer(&mut self, pointed: impl FnMut(MouseEvent) + 'static) {
        self.mirror.on_pointer(pointed);
    }

    /// How often the document was opened anew: what listens to it has to begin again then.
    pub(crate) fn openings(&self) -> u32 {
        self.mirror.openings()
    }

    /// What the agent may do with an element. One that was never sent is not for the agent.
    pub(crate) fn access(&self, element: &Element) -> Access {
        self.mirror.id(element).map_or(Access::Masked, |id| self.capture.access(id))
    }

    /// Size, title and address of the page, masked. While anything of the page is unread, title and
    /// address are those of `told`: how they are masked now is not known.
    pub(crate) fn view(&mut self, told: Option<&View>) -> View {
        let view = self.measure();
        if !self.is_dirty().unwrap_or(true) {
            return view;
        }
        let (title, url) =
            told.map_or_else(Default::default, |told| (told.title.clone(), told.url.clone()));
        View { title, url, ..view }
    }

    fn measure(&self) -> View {
        let window = window();
        let pixels = |value: Option<JsValue>| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            value.and_then(|value| value.as_f64()).map_or(0, |value| value.min(1e6) as u32)
        };
        let url = window
            .as_ref()
            .and_then(|window| {
                let location = window.location();
                Some(format!("{}{}", location.origin().ok()?, location.pathname().ok()?))
            })
            .unwrap_or_default();
        let root = native::document_element(&self.document).and_then(|root| self.mirror.id(&root));
        let title = native::title_element(&self.document);
        let title = title.map_or(root, |title| self.mirror.id(&title));
        let scale = window.as_ref().map_or(1.0, web_sys::Window::device_pixel_ratio);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let scale = (within(scale, 0.1, 100.0) * 1000.0) as u32;
        let overlay =
            window.as_ref().is_some_and(|window| self.scrollbars.overlay(window, &self.document));
        View {
            width: pixels(window.as_ref().and_then(|window| window.inner_width().ok())),
            height: pixels(window.as_ref().and_then(|window| window.inner_height().ok())),
            scale,
            title: self.capture.mask_text(title, &native::title(&self.document)),
            url: self.capture.mask_text(root, &url),
            hidden: native::hidden(&self.document),
            overlay_scrollbars: overlay,
            waiting: self.mirror.waiting(),
            visual: self.mirror.visual(),
        }
    }

    /// `told` in the size that the window has by now, if that is another: what comes next is laid out
    /// in it, and what is scrolled to may not be there in the size before.
    pub(crate) fn resized(&self, told: &View) -> Option<View> {
        let View { width, height, scale, visual, .. } = self.measure();
        let resized = View { width, height, scale, visual, ..told.clone() };
        (resized != *told).then_some(resized)
    }
}
