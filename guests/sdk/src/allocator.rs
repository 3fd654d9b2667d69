//! The allocator of a component: an arena in the initial memory, then the usual allocator.
//!
//! Most exchanges are short and their instance is thrown away, so most blocks need not be found
//! again: they are cut from an arena. Longer exchanges go on with the allocator of the standard
//! library, which begins by growing the memory. That costs the host a change of page protections on
//! the way in and another on the way out: more than everything else that a short exchange does.
//!
//! The arena is cut into segments of a page, each of which knows how many of its blocks live. What lies behind
//! the last segment with a living block is free, so the arena shrinks as well as it grows: a stream takes its
//! chunks in the same page or two, one after the other, and between two exchanges all of it is free again.
//! A page that is not touched costs nobody anything: not the guest, whose caches it leaves alone, nor the host,
//! which gives an instance its pages one by one and takes back those that were written.

#![expect(
    unsafe_code,
    reason = "an allocator is unsafe by its trait; inside the sandbox it can harm its own guest only"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, UnsafeCell};

/// Enough for a question of a few pages and its answer. A larger one would cost every call, because
/// the host looks through all of an instance's memory when it resets it, and every open stream,
/// which in time touches all of it.
const SIZE: usize = 64 << 10;

/// As large as a page of the host's, and enough for a chunk and what comes of it.
const SEGMENT: usize = 4 << 10;

struct Arena {
    memory: UnsafeCell<[u8; SIZE]>,
    /// Bytes handed out, from the beginning to the end of the last block.
    used: Cell<usize>,
    /// Blocks that live in each segment; one that lies in several counts in all of them.
    live: [Cell<u16>; SIZE / SEGMENT],
}

#[cfg(target_family = "wasm")]
#[global_allocator]
static ARENA: Arena = Arena::new();

// SAFETY: a component has one thread.
unsafe impl Sync for Arena {}

impl Arena {
    const fn new() -> Self {
        Arena {
            memory: UnsafeCell::new([0; SIZE]),
            used: Cell::new(0),
            live: [const { Cell::new(0) }; SIZE / SEGMENT],
        }
    }

    fn base(&self) -> usize {
        self.memory.get() as usize
    }

    fn holds(&self, pointer: *mut u8) -> bool {
        (pointer as usize).wrapping_sub(self.base()) < SIZE
    }

    /// Whether this block was handed out last, so that it can grow or be taken back.
    fn is_last(&self, start: usize, size: usize) -> bool {
        start + size == self.used.get()
    }

    /// Counts a block, or one less, in the segments in which it lies.
    fn count(&self, start: usize, size: usize, change: impl Fn(u16) -> u16) {
        let (first, last) = (start / SEGMENT, (start + size - 1) / SEGMENT);
        for live in &self.live[first..=last] {
            live.set(change(live.get()));
        }
    }

    /// Gives up what lies behind the last block that lives.
    fn shrink(&self) {
        while let Some(last) = self.used.get().checked_sub(1) {
            let segment = last / SEGMENT;
            if self.live[segment].get() > 0 {
                break;
            }
            self.used.set(segment * SEGMENT);
        }
    }
}

// SAFETY: blocks of the arena do not overlap, since `used` only moves past what was handed out, back over a
// block that is given up, or back over segments in which no block lives; all others are the heap's.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let pointer = (self.base() + self.used.get()).next_multiple_of(layout.align());
        let start = pointer - self.base();
        match start.checked_add(layout.size()) {
            Some(end) if end <= SIZE => {
                self.used.set(end);
                self.count(start, layout.size(), |live| live + 1);
                pointer as *mut u8
            }
            // SAFETY: the caller's promise is handed on.
            _ => unsafe { System.alloc(layout) },
        }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if !self.holds(pointer) {
            // SAFETY: not ours, so the heap's.
            unsafe { System.dealloc(pointer, layout) };
            return;
        }
        let (start, size) = (pointer as usize - self.base(), layout.size());
        self.count(start, size, |live| live - 1);
        if self.is_last(start, size) {
            self.used.set(start);
        }
        self.shrink();
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !self.holds(pointer) {
            // SAFETY: not ours, so the heap's.
            return unsafe { System.realloc(pointer, layout, size) };
        }
        let start = pointer as usize - self.base();
        let is_last = self.is_last(start, layout.size());
        if size <= layout.size() || (is_last && start + size <= SIZE) {
            self.count(start, layout.size(), |live| live - 1);
            self.count(start, size, |live| live + 1);
            if is_last {
                self.used.set(start + size);
            }
            return pointer;
        }
        // SAFETY: the old block has `layout.size()` bytes, the new one more; after that nobody has the old
        // one any more.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                moved.copy_from_nonoverlapping(pointer, layout.size());
                self.dealloc(pointer, layout);
            }
            moved
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block, and the byte that it is full of.
    struct Block {
        pointer: *mut u8,
        layout: Layout,
        byte: u8,
    }

    impl Block {
        fn new(arena: &Arena, size: usize, align: usize, byte: u8) -> Self {
            let layout = Layout::from_size_align(size, align).expect("a layout");
            // SAFETY: the size is not zero, and the block has it.
            let pointer = unsafe { arena.alloc(layout) };
            assert_eq!(pointer as usize % align, 0);
            let block = Block {
                pointer,
                layout,
                byte,
            };
            block.fill();
            block
        }

        fn fill(&self) {
            // SAFETY: it has so many bytes.
            unsafe { self.pointer.write_bytes(self.byte, self.layout.size()) };
        }

        fn check(&self, size: usize) {
            // SAFETY: it has at least so many bytes, all of them written.
            let bytes = unsafe { std::slice::from_raw_parts(self.pointer, size) };
            assert!(bytes.iter().all(|byte| *byte == self.byte));
        }

        fn resize(&mut self, arena: &Arena, size: usize) {
            let kept = self.layout.size().min(size);
            // SAFETY: it is a block of this arena with this layout.
            self.pointer = unsafe { arena.realloc(self.pointer, self.layout, size) };
            self.layout = Layout::from_size_align(size, self.layout.align()).expect("a layout");
            self.check(kept);
            self.fill();
        }

        fn free(self, arena: &Arena) {
            self.check(self.layout.size());
            // SAFETY: it is a block of this arena with this layout, and nobody has it after this.
            unsafe { arena.dealloc(self.pointer, self.layout) };
        }
    }

    #[test]
    fn blocks_do_not_overlap_and_all_of_it_is_free_in_the_end() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..200 {
            let arena = Box::new(Arena::new());
            let mut blocks: Vec<Block> = Vec::new();
            for _ in 0..400 {
                let size = 1 << random.usize(0..14);
                let size = random.usize(1..=size);
                match random.u8(0..5) {
                    0 | 1 => {
                        let align = 1 << random.usize(0..5);
                        blocks.push(Block::new(&arena, size, align, random.u8(..)));
                    }
                    2 if !blocks.is_empty() => {
                        let index = random.usize(..blocks.len());
                        blocks[index].resize(&arena, size);
                    }
                    _ if !blocks.is_empty() => {
                        let index = random.usize(..blocks.len());
                        blocks.swap_remove(index).free(&arena);
                    }
                    _ => {}
                }
            }
            for block in blocks {
                block.free(&arena);
            }
            assert_eq!(arena.used.get(), 0);
        }
    }

    #[test]
    fn a_stream_goes_on_in_the_same_page() {
        let arena = Box::new(Arena::new());
        let kept = Block::new(&arena, 3_000, 8, 1);
        for _ in 0..1_000 {
            let chunk = Block::new(&arena, 700, 1, 2);
            let event = Block::new(&arena, 300, 8, 3);
            chunk.free(&arena);
            event.free(&arena);
        }
        assert!(arena.used.get() <= 2 * SEGMENT, "{}", arena.used.get());
        kept.free(&arena);
    }
}
