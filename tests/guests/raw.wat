;; What no Rust compiler writes: recursion that leaves linear memory alone, and tables that grow.
;; `build.rs` makes four components of it: `raw`; `bare`, of which nothing runs once an answer is read;
;; `heavy`, which has 3 MiB of memory and 4,000 table elements for ballast; and `stillborn`, which
;; spins when it is instantiated.
;;
;; The first letter of the model chooses: `s`tack, `t`able, `m`emory, `nowhere` (an answer outside of
;; memory), `long` (an answer of more actions than there can be), `zeros` (an answer of many actions
;; that takes no work to make), `after` (spins once the answer is read); everything else traps. A request of more than a million bytes makes it spin while the
;; request is still being written.
(module
  (memory (export "memory") 2)
  (table $table 10 funcref)

  ;; A record `provider-info`, as the canonical ABI lays it out: texts and lists are a pointer and a
  ;; length.
  (data (i32.const 16) "raw1.0.0Tests\00")
  (data (i32.const 64)
    "\10\00\00\00\03\00\00\00"  ;; name: raw
    "\13\00\00\00\05\00\00\00"  ;; version: 1.0.0
    "\18\00\00\00\05\00\00\00"  ;; description: Tests
    "\18\00\00\00\05\00\00\00"  ;; vendor: Tests
    "\00\00\00\00\00\00\00\00\00\00\00\00"  ;; documentation: none
    "\00\00\00\00\00\00\00\00"  ;; wants: none
    "\00\00\00\00\00\00\00\00"  ;; credentials: none
    "\00\00\00\00\00\00\00\00"  ;; settings: none
    "\1d\00\00\00\01\00\00\00"  ;; operations: chat
    "\00\00\00\00\00\00\00\00") ;; features: none

  ;; `ok` of a list whose length is what a hostile guest would say.
  (data (i32.const 256) "\00\00\00\00\00\04\00\00\ff\ff\ff\0f")

  ;; `ok` of a list of 100,000 actions, each made of zeros: a `fetch` with nothing in it. They begin at
  ;; the second page, and memory that was never written to is zeros.
  (data (i32.const 280) "\00\00\00\00\00\00\01\00\a0\86\01\00")

  (func (export "llm:provider/provider@0.1.0#describe") (result i32)
    (i32.const 64))

  ;; Each piece of a request goes after the last, and nothing is ever given back.
  (global $free (mut i32) (i32.const 1024))
  (func (export "cabi_realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32)
    (result i32)
    (local $at i32)
    (if (i32.gt_u (local.get $new) (i32.const 1000000)) (then (call $spin)))
    (local.set $at
      (i32.and
        (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
    (global.set $free (i32.add (local.get $at) (local.get $new)))
    (local.get $at))

  (func $recurse (call $recurse))
  (func $spin (loop $forever (br $forever)))

  ;; As much as a limit of 4 MiB leaves room for, and one of 4 MiB with ballast does not.
  (func $grow_memory (drop (memory.grow (i32.const 32))) (unreachable))

  ;; As much as a limit of 5,000 leaves room for, and one of 5,000 with ballast does not.
  (func $grow_table (drop (table.grow $table (ref.null func) (i32.const 3000))) (unreachable))

  ;; Room for them: 50 MiB.
  (func $zeros (result i32) (drop (memory.grow (i32.const 800))) (i32.const 280))

  ;; The operation, a chat, begins with the model: pointer and length after eight bytes of case.
  (func (export "llm:provider/provider@0.1.0#start") (param $arguments i32) (result i32)
    (local $letter i32)
    (local.set $letter
      (i32.load8_u (i32.load offset=8 (local.get $arguments))))
    (if (i32.eq (local.get $letter) (i32.const 0x73)) (then (call $recurse)))
    (if (i32.eq (local.get $letter) (i32.const 0x74)) (then (call $grow_table)))
    (if (i32.eq (local.get $letter) (i32.const 0x6d)) (then (call $grow_memory)))
    (if (i32.eq (local.get $letter) (i32.const 0x6e)) (then (return (i32.const -16))))
    (if (i32.eq (local.get $letter) (i32.const 0x6c)) (then (return (i32.const 256))))
    (if (i32.eq (local.get $letter) (i32.const 0x7a)) (then (return (call $zeros))))
    (global.set $after (i32.eq (local.get $letter) (i32.const 0x61)))
    ;; Where nothing is written: `ok` of an empty list.
    (if (global.get $after) (then (return (i32.const 512))))
    (unreachable))

  (global $after (mut i32) (i32.const 0))
  (func (export "cabi_post_llm:provider/provider@0.1.0#start") (param i32)
    (if (global.get $after) (then (call $spin))))

  (func (export "llm:provider/provider@0.1.0#step") (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (unreachable)))
