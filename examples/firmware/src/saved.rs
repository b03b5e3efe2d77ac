//! A call that survives a reset, in memory of any kind.

use backoff_core::SavedCall;

/// Memory in words that survives a reset, in pages that are erased as a whole.
pub trait Memory {
    /// A word after an erasure.
    const ERASED: u32;
    /// At least two, so that one can be erased while the other holds the call.
    const PAGES: usize;
    /// Words in a page, a slot or more.
    const WORDS: usize;

    fn read(&self, word: usize) -> u32;

    /// Writes a word that is erased, or clears a bit of one that is not.
    fn write(&mut self, word: usize, value: u32);

    fn erase(&mut self, page: usize);
}

/// Words of a record: a mark, and the call.
const SLOT: usize = 1 + SavedCall::BYTES / 4;

/// The mark of a record that counts. The record of an older call, or of one that has ended, has zero there.
const LIVE: u32 = 0x5356_4443;

/// One call in a ring of slots. A reset at any moment leaves the call as it was before, or as it is afterwards.
///
/// A record is written behind the last one, its mark at the end, and then the last one is struck out. A page is erased once
/// all of its slots were used, while the call is in another page.
pub struct Saved<M>(M);

impl<M: Memory> Saved<M> {
    const PER_PAGE: usize = M::WORDS / SLOT;
    const SLOTS: usize = M::PAGES * Self::PER_PAGE;

    pub const fn new(memory: M) -> Self {
        // With two slots that both count, neither is behind the other.
        const { assert!(M::PAGES >= 2 && M::WORDS >= SLOT && Self::SLOTS >= 3) };
        Self(memory)
    }

    /// The call to resume; `None` if there is none, or it cannot be read.
    pub fn load(&self) -> Option<SavedCall> {
        self.call_in(self.live()?)
    }

    /// Keeps a call in the place of the last one. To be called when a wait begins.
    pub fn save(&mut self, call: SavedCall) {
        let old = self.settle();
        let slot = self.free_slot(old);
        for (index, word) in words(call).into_iter().enumerate() {
            self.0.write(Self::at(slot) + 1 + index, word);
        }
        self.0.write(Self::at(slot), LIVE);
        self.strike_out_all_but(slot);
    }

    /// Forgets the call. To be called when it has ended.
    pub fn erase(&mut self) {
        if let Some(slot) = self.settle() {
            self.strike_out(slot);
        }
    }

    /// The slot that counts, which is the only one from here on.
    fn settle(&mut self) -> Option<usize> {
        let live = self.live();
        self.strike_out_all_but(live.unwrap_or(Self::SLOTS));
        live
    }

    /// The slot that counts. Two of them do if a reset came before the first was struck out: then it is the second.
    fn live(&self) -> Option<usize> {
        (0..Self::SLOTS).find(|slot| self.is_live(*slot) && !self.is_live(Self::next(*slot)))
    }

    fn is_live(&self, slot: usize) -> bool {
        self.0.read(Self::at(slot)) == LIVE && self.call_in(slot).is_some()
    }

    fn call_in(&self, slot: usize) -> Option<SavedCall> {
        let mut bytes = [0; SavedCall::BYTES];
        for (index, word) in bytes.chunks_exact_mut(4).enumerate() {
            word.copy_from_slice(&self.0.read(Self::at(slot) + 1 + index).to_le_bytes());
        }
        SavedCall::from_bytes(&bytes).ok()
    }

    /// An erased slot: the first behind the live one, after an erasure where that begins a page.
    fn free_slot(&mut self, live: Option<usize>) -> usize {
        let mut slot = live.map_or(0, Self::next);
        if live.is_none() {
            // Nothing to lose: go on behind what was written last.
            slot = (0..Self::SLOTS)
                .find(|slot| self.is_erased(*slot))
                .unwrap_or(0);
        }
        while !self.is_erased(slot) {
            if slot.is_multiple_of(Self::PER_PAGE) {
                self.0.erase(slot / Self::PER_PAGE);
            } else {
                slot = Self::next(slot); // a reset came while it was written
            }
        }
        slot
    }

    fn is_erased(&self, slot: usize) -> bool {
        (0..SLOT).all(|index| self.0.read(Self::at(slot) + index) == M::ERASED)
    }

    fn strike_out_all_but(&mut self, live: usize) {
        for slot in 0..Self::SLOTS {
            if slot != live && self.0.read(Self::at(slot)) == LIVE {
                self.strike_out(slot);
            }
        }
    }

    fn strike_out(&mut self, slot: usize) {
        self.0.write(Self::at(slot), 0);
    }

    /// The first word of a slot.
    const fn at(slot: usize) -> usize {
        slot / Self::PER_PAGE * M::WORDS + slot % Self::PER_PAGE * SLOT
    }

    const fn next(slot: usize) -> usize {
        (slot + 1) % Self::SLOTS
    }
}

fn words(call: SavedCall) -> [u32; SLOT - 1] {
    let bytes = call.to_bytes();
    let mut words = bytes.chunks_exact(4);
    core::array::from_fn(|_| match words.next() {
        Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
        _ => 0,
    })
}
