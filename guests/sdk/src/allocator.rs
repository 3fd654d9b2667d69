//! The allocator of a component: an arena in the initial memory, then the usual allocator.
//!
//! Most exchanges are short and their instance is thrown away, so most blocks need not be found
//! again: they are cut from an arena. Longer exchanges go on with the allocator of the standard
//! library, which begins by growing the memory. That costs the host a change of page protections on
//! the way in and another on the way out: more than everything else that a short exchange does.
//!
//! An instance may serve one exchange after the other. Between two of them nothing lives, unless the
//! provider keeps it, and the arena begins anew: it knows how many of its blocks live and nothing else of
//! them. A provider that keeps something goes on with the heap once the arena is full, which takes back
//! what is given up.

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

struct Arena {
    memory: UnsafeCell<[u8; SIZE]>,
    /// Bytes handed out.
    used: Cell<usize>,
    /// Blocks handed out and not given up.
    live: Cell<usize>,
}

#[global_allocator]
static ARENA: Arena = Arena {
    memory: UnsafeCell::new([0; SIZE]),
    used: Cell::new(0),
    live: Cell::new(0),
};

// SAFETY: a component has one thread.
unsafe impl Sync for Arena {}

impl Arena {
    fn base(&self) -> usize {
        self.memory.get() as usize
    }

    fn holds(&self, pointer: *mut u8) -> bool {
        (pointer as usize).wrapping_sub(self.base()) < SIZE
    }

    /// Whether this block was handed out last, so that it can grow or be taken back.
    fn is_last(&self, pointer: *mut u8, size: usize) -> bool {
        (pointer as usize).wrapping_sub(self.base()) + size == self.used.get()
    }
}

// SAFETY: blocks of the arena do not overlap, since `used` only moves past what was handed out, or
// back over a block that is given up, or over all of them when none lives; all others are the heap's.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = (self.base() + self.used.get()).next_multiple_of(layout.align());
        let offset = start - self.base();
        match offset.checked_add(layout.size()) {
            Some(end) if end <= SIZE => {
                self.used.set(end);
                self.live.set(self.live.get() + 1);
                start as *mut u8
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
        self.live.set(self.live.get() - 1);
        if self.live.get() == 0 {
            self.used.set(0);
        } else if self.is_last(pointer, layout.size()) {
            self.used.set(self.used.get() - layout.size());
        }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !self.holds(pointer) {
            // SAFETY: not ours, so the heap's.
            return unsafe { System.realloc(pointer, layout, size) };
        }
        let start = pointer as usize - self.base();
        if self.is_last(pointer, layout.size()) && start + size <= SIZE {
            self.used.set(start + size);
            return pointer;
        }
        if size <= layout.size() {
            return pointer;
        }
        // SAFETY: the old block has at least `layout.size()` bytes, the new one at least as many; after
        // that nobody has it any more.
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
