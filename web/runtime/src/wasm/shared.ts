import { TesseraError } from '../errors.js'
import { sections, unsigned } from './module.js'

/** The module with its imported memory declared as shared, which WebAssembly wants said in the module: the same code for one thread and for many. */
export function withSharedMemory(code: Uint8Array<ArrayBuffer>, maximumPages: number): Uint8Array<ArrayBuffer> {
  for (const { id, at, begin, end } of sections(code)) {
    if (id !== 2) continue
    const section = imports(code, begin, maximumPages)
    return concat([code.subarray(0, at), [2], leb(section.length), section, code.subarray(end)])
  }
  throw new TesseraError('MalformedModel', 'The module of the program imports no memory.')
}

function imports(code: Uint8Array, start: number, maximumPages: number): Uint8Array<ArrayBuffer> {
  const [count, first] = unsigned(code, start)
  if (count !== 1) throw new TesseraError('MalformedModel', 'The module of the program imports more than its memory.')
  const [moduleLength, moduleName] = unsigned(code, first)
  const [fieldLength, fieldName] = unsigned(code, moduleName + moduleLength)
  const kind = fieldName + fieldLength
  if (code[kind] !== 2) throw new TesseraError('MalformedModel', 'The module of the program imports something else than a memory.')
  const [minimum] = unsigned(code, kind + 2)
  // Flags 3: has a maximum, is shared.
  return concat([code.subarray(start, kind + 1), [3], leb(minimum), leb(maximumPages)])
}

function leb(value: number): number[] {
  const bytes: number[] = []
  do {
    const low = value % 128
    value = Math.floor(value / 128)
    bytes.push(value > 0 ? low | 0x80 : low)
  } while (value > 0)
  return bytes
}

function concat(parts: readonly (Uint8Array | number[])[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of parts) {
    whole.set(p, at)
    at += p.length
  }
  return whole
}
