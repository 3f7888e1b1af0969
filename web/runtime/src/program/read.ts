import { byteLength, isElementType } from '../types.js'
import { malformed } from './fields.js'
import { formatVersion, type Binding, type Constant, type Port, type Program, type Range, type Step } from './format.js'
import { Header } from './header.js'

const fixed = 12
const magic = 0x54535241

/**
 * Reads a program. Every offset is checked here, before anything is allocated or launched.
 * @throws TesseraError MalformedModel: not a program, of another version, truncated, or with offsets that lie outside.
 */
export function readProgram(file: Uint8Array<ArrayBuffer>): Program {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  if (file.byteLength < fixed || view.getUint32(0, false) !== magic) throw malformed('the first bytes are not TSRA')
  const version = view.getInt32(4, true), length = view.getInt32(8, true)
  if (version !== formatVersion) throw malformed(`it is of format ${version}; this reader knows format ${formatVersion}`)
  if (length < 0 || length > file.byteLength - fixed) throw malformed('its header ends beyond the file')
  const program = readHeader(new Header(file.subarray(fixed, fixed + length)), file, padded(fixed + length))
  check(program)
  return program
}

function readHeader(h: Header, file: Uint8Array<ArrayBuffer>, start: number): Program {
  const target = h.text()
  if (target !== 'wasm' && target !== 'webgpu') throw malformed(`it is for '${target}', which this runtime does not run`)
  const memory = h.natural(), fault = h.natural(), code = h.natural(), constants = h.natural()
  const constantTable = h.list(() => ({ hash: hexadecimal(h.bytes(32)), at: h.natural(), bytes: h.natural() }))
  const values = h.list(() => binding(h, constantTable))
  const inputs = h.list(() => port(h)), outputs = h.list(() => port(h))
  const names = h.list(() => h.text())
  const kernels = h.list(() => ({ name: name(names, h.natural()), at: h.natural(), bytes: h.natural(), group: h.natural() }))
  const steps = h.list(() => step(h))
  if (!h.isAtEnd) throw malformed('its header goes on behind its steps')
  return {
    target, memory, fault, constantTable, values, inputs, outputs, kernels, steps,
    code: section(file, start, code),
    constants: constants === 0 ? undefined : section(file, start + padded(code), constants - 1),
  }
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 64) * 64
}

function section(file: Uint8Array<ArrayBuffer>, at: number, bytes: number): Uint8Array<ArrayBuffer> {
  if (!inside(at, bytes, file.byteLength)) throw malformed('a section ends beyond the file')
  return file.subarray(at, at + bytes)
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('')
}

function binding(h: Header, constants: readonly Constant[]): Binding {
  const number = h.natural()
  if (number === 0) return { constant: undefined, at: h.natural(), bytes: h.natural() }
  const c = constants[number - 1]
  if (c === undefined) throw malformed(`there is no constant ${number - 1}`)
  return { constant: number - 1, at: 0, bytes: c.bytes }
}

function port(h: Header): Port {
  const name = h.text(), type = h.text()
  if (!isElementType(type)) throw malformed(`there is no element type '${type}'`)
  return { name, type, shape: h.list(() => h.natural()), value: h.natural() }
}

function name(names: readonly string[], number: number): string {
  const found = names[number]
  if (found === undefined) throw malformed(`there is no name ${number}`)
  return found
}

function step(h: Header): Step {
  const kernel = h.natural()
  return kernel === 0 ? { kernel: undefined, values: [h.natural()], items: 0 } : { kernel: kernel - 1, values: h.list(() => h.natural()), items: h.natural() }
}

function inside(at: number, bytes: number, whole: number): boolean {
  return at <= whole && bytes <= whole - at
}

function check(p: Program): void {
  const within = (r: Range, whole: number) => inside(r.at, r.bytes, whole)
  // Arena and fault word are addressed with 32 bits on every target.
  if (p.memory > 2 ** 32) throw malformed(`its memory of ${p.memory} bytes is more than 32 bits address`)
  if (p.fault % 4 !== 0 || !inside(p.fault, 4, p.memory)) throw malformed('its fault word lies outside its arena')
  for (const c of p.constantTable) {
    if (p.constants !== undefined && !within(c, p.constants.byteLength)) throw malformed('a constant lies outside its section')
  }
  p.values.forEach((v, i) => {
    if (v.constant !== undefined) return
    if (!within(v, p.memory)) throw malformed(`value ${i} lies outside its arena`)
    if (p.target === 'webgpu' && v.at % 256 !== 0) throw malformed(`value ${i} does not begin at a multiple of 256`)
  })
  for (const v of [...p.inputs, ...p.outputs]) {
    const value = p.values[v.value]
    if (value === undefined) throw malformed(`'${v.name}' names a value that it has not`)
    const bytes = byteLength(v.type, v.shape)
    if (bytes !== value.bytes) throw malformed(`'${v.name}' takes ${bytes} bytes, not those of its value`)
  }
  for (const v of p.inputs) {
    if (p.values[v.value]?.constant !== undefined) throw malformed(`the input '${v.name}' would be written to a constant`)
  }
  for (const k of p.kernels) {
    if (!within(k, p.code.byteLength)) throw malformed(`kernel '${k.name}' lies outside its code`)
    if (k.group < 1) throw malformed(`kernel '${k.name}' has workgroups of ${k.group} items`)
  }
  const buffers = new Map<number, number>()
  for (const s of p.steps) {
    if ((s.kernel ?? -1) >= p.kernels.length || s.values.some(v => v >= p.values.length)) throw malformed('a step names a kernel or value that it has not')
    if (s.kernel === undefined) {
      if (p.values[s.values[0] as number]?.constant !== undefined) throw malformed('a step would clear a constant')
      continue
    }
    if (s.items > 2 ** 31 - 1) throw malformed(`a step has ${s.items} items, more than 32 bits count`)
    if ((buffers.get(s.kernel) ?? s.values.length) !== s.values.length) throw malformed('two steps give one kernel different numbers of buffers')
    buffers.set(s.kernel, s.values.length)
  }
}
