;; Folds a message forwards: each 16 bytes from $at up to $end are added (XOR) to those $a, $b and $c bytes later.
;; If x^(8c) = x^(8(c-a)) + x^(8(c-b)) + 1 modulo a CRC's polynomial, the bytes from $end on then have the remainder of the
;; whole message. $end - $at is a positive multiple of 16; 16 <= $a < $b < $c; memory extends to $end + $c.
(module
  (memory (export "memory") 2)
  (func (export "fold") (param $at i32) (param $end i32) (param $a i32) (param $b i32) (param $c i32)
    (local $bytes v128)
    (local $to i32)
    loop
      local.get $at
      v128.load
      local.set $bytes

      local.get $at
      local.get $a
      i32.add
      local.tee $to
      local.get $to
      v128.load
      local.get $bytes
      v128.xor
      v128.store

      local.get $at
      local.get $b
      i32.add
      local.tee $to
      local.get $to
      v128.load
      local.get $bytes
      v128.xor
      v128.store

      local.get $at
      local.get $c
      i32.add
      local.tee $to
      local.get $to
      v128.load
      local.get $bytes
      v128.xor
      v128.store

      local.get $at
      i32.const 16
      i32.add
      local.tee $at
      local.get $end
      i32.lt_u
      br_if 0
    end))
