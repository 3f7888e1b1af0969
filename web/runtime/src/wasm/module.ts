import { TesseraError } from '../errors.js'

/** A section of a WebAssembly module: its id, where its first byte lies, where its content begins and where that ends. */
export interface Section {
  readonly id: number
  readonly at: number
  readonly begin: number
  readonly end: number
}

/** The sections of a module, in order. */
export function* sections(code: Uint8Array): Generator<Section> {
  for (let at = 8; at < code.length; ) {
    const [length, begin] = unsigned(code, at + 1), end = begin + length
    if (end > code.length) throw truncated()
    yield { id: code[at] as number, at, begin, end }
    at = end
  }
}

/** An unsigned LEB128 number and where what follows it begins. */
export function unsigned(code: Uint8Array, at: number): [number, number] {
  let value = 0
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = code[at++]
    if (byte === undefined) break
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return [value, at]
  }
  throw truncated()
}

function truncated(): TesseraError {
  return new TesseraError('MalformedModel', 'The module of the program is truncated.')
}
