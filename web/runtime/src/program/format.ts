import type { ElementType } from '../types.js'

/** The version of the format that this library reads; see docs/program-format.md. */
export const formatVersion = 3

export type Target = 'wasm' | 'webgpu'

/** A part of a section or of the arena. */
export interface Range {
  readonly at: number
  readonly bytes: number
}

/** A constant; `at` counts from the start of the constants. */
export interface Constant extends Range {
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly hash: string
}

/** What kernels are bound to: a range of the arena, or all of a constant. */
export interface Binding extends Range {
  readonly constant: number | undefined
}

/** What goes in or comes out. */
export interface Port {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly number[]
  /** Number of its binding. */
  readonly value: number
}

export interface Kernel extends Range {
  readonly name: string
  /** Items of a workgroup. */
  readonly group: number
}

export interface Step {
  /** undefined: the one value is filled with zeros. */
  readonly kernel: number | undefined
  readonly values: readonly number[]
  /** Work items. */
  readonly items: number
}

/** A graph compiled for one kind of device and one set of shapes. */
export interface Program {
  readonly target: Target
  /** Bytes of the arena. */
  readonly memory: number
  /** Offset in the arena of a 32-bit word: not 0 after a run in which an index lay outside its axis. */
  readonly fault: number
  readonly constantTable: readonly Constant[]
  readonly values: readonly Binding[]
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  readonly kernels: readonly Kernel[]
  readonly steps: readonly Step[]
  readonly code: Uint8Array<ArrayBuffer>
  /** Bytes of all constants; undefined in a program whose constants lie elsewhere and are found by their hashes. */
  readonly constants: Uint8Array<ArrayBuffer> | undefined
}
