// Modules of one function: i32.const 0, i32x4.splat, drop; with i32x4.relaxed_trunc_f32x4_s before the drop.
const simd = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11]
const relaxed = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 12, 1, 10, 0, 65, 0, 253, 15, 253, 129, 2, 26, 11]

/** 128-bit vectors. */
export function hasSimd(): boolean {
  return validates(simd)
}

/** Vectors whose rounding the processor chooses. */
export function hasRelaxedSimd(): boolean {
  return validates(relaxed)
}

function validates(code: readonly number[]): boolean {
  return typeof WebAssembly !== 'undefined' && WebAssembly.validate(new Uint8Array(code))
}
