//! Nodes by number. Numbers are never used twice, so pages that have emptied are given back.

const PAGE: usize = 256;
/// Numbers far apart would take a page each: a hostile peer could take gigabytes with a small
/// message.
const MAX_PAGES: usize = 1 << 13;

#[derive(Debug, Clone)]
pub(super) struct Slab<T> {
    pages: Vec<Option<Page<T>>>,
    len: usize,
    used_pages: usize,
}

#[derive(Debug, Clone)]
struct Page<T> {
    used: usize,
    slots: Vec<Option<T>>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { pages: Vec::new(), len: 0, used_pages: 0 }
    }
}

impl<T> Slab<T> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Whether a value can be put here without more pages than honest numbering needs.
    pub(super) fn has_room(&self, id: u32) -> bool {
        let (page, _) = place(id);
        self.used_pages < MAX_PAGES || self.pages.get(page).is_some_and(Option::is_some)
    }

    // Asked for each node of each reading.
    #[inline(always)]
    pub(super) fn get(&self, id: u32) -> Option<&T> {
        let (page, slot) = place(id);
        self.pages.get(page)?.as_ref()?.slots.get(slot)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, id: u32) -> Option<&mut T> {
        let (page, slot) = place(id);
        self.pages.get_mut(page)?.as_mut()?.slots.get_mut(slot)?.as_mut()
    }

    /// Puts a value where none is.
    pub(super) fn insert(&mut self, id: u32, value: T) {
        let (page, slot) = place(id);
        if page >= self.pages.len() {
            self.pages.resize_with(page + 1, || None);
        }
        let Some(entry) = self.pages.get_mut(page) else { return };
        self.used_pages += usize::from(entry.is_none());
        let page = entry.get_or_insert_with(|| Page {
            used: 0,
            slots: std::iter::repeat_with(|| None).take(PAGE).collect(),
        });
        if let Some(slot) = page.slots.get_mut(slot)
            && slot.replace(value).is_none()
        {
            page.used += 1;
            self.len += 1;
        }
    }

    pub(super) fn remove(&mut self, id: u32) -> Option<T> {
        let (at, slot) = place(id);
        let page = self.pages.get_mut(at)?.as_mut()?;
        let value = page.slots.get_mut(slot)?.take()?;
        page.used -= 1;
        self.len -= 1;
        if page.used == 0 {
            self.pages[at] = None;
            self.used_pages -= 1;
        }
        Some(value)
    }
}

fn place(id: u32) -> (usize, usize) {
    (id as usize / PAGE, id as usize % PAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_there_until_taken() {
        let mut slab = Slab::default();
        for id in [1, 255, 256, 70_000] {
            slab.insert(id, id);
        }
        assert_eq!(slab.len(), 4);
        assert_eq!(slab.get(256), Some(&256));
        assert_eq!(slab.remove(70_000), Some(70_000));
        assert_eq!(slab.remove(70_000), None);
        assert_eq!(slab.get(2), None);
        assert_eq!(slab.used_pages, 2);
        assert_eq!(slab.len(), 3);
    }
}
