import { byteLength, isElementType } from '../types.js'
import { Fields, malformed } from './fields.js'
import { formatVersion, type Binding, type Constant, type Kernel, type Port, type Program, type Range, type Step } from './format.js'

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
  if (length < 2 || length > file.byteLength - fixed) throw malformed('its header ends beyond the file')
  const start = Math.ceil((fixed + length) / 64) * 64
  const program = readHeader(parse(file.subarray(fixed, fixed + length)), file, start)
  check(program)
  return program
}

function parse(bytes: Uint8Array): Fields {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw malformed('its header is no JSON')
  }
  return new Fields(value, 'the header')
}

function readHeader(h: Fields, file: Uint8Array<ArrayBuffer>, start: number): Program {
  const target = h.text('target')
  if (target !== 'wasm' && target !== 'webgpu') throw malformed(`it is for '${target}', which this runtime does not run`)
  const constantTable = h.list('constantTable').map((c, i) => constant(new Fields(c, `constant ${i}`)))
  return {
    target,
    constantTable,
    memory: h.natural('memory'),
    fault: h.natural('fault'),
    code: section(h.object('code'), file, start),
    constants: h.has('constants') ? section(h.object('constants'), file, start) : undefined,
    values: h.list('values').map((v, i) => binding(new Fields(v, `value ${i}`), constantTable)),
    inputs: h.list('inputs').map((v, i) => port(new Fields(v, `input ${i}`))),
    outputs: h.list('outputs').map((v, i) => port(new Fields(v, `output ${i}`))),
    kernels: h.list('kernels').map((v, i) => kernel(new Fields(v, `kernel ${i}`))),
    steps: h.list('steps').map((v, i) => step(new Fields(v, `step ${i}`))),
  }
}

function section(s: Fields, file: Uint8Array<ArrayBuffer>, start: number): Uint8Array<ArrayBuffer> {
  const at = s.natural('at'), bytes = s.natural('bytes')
  if (!inside(start, 0, file.byteLength) || !inside(at, bytes, file.byteLength - start)) throw malformed('a section ends beyond the file')
  return file.subarray(start + at, start + at + bytes)
}

function constant(c: Fields): Constant {
  const hash = c.text('hash')
  if (!/^[0-9a-f]{64}$/.test(hash)) throw malformed(`'${hash.slice(0, 80)}' is no SHA-256 in hexadecimal`)
  return { hash, at: c.natural('at'), bytes: c.natural('bytes') }
}

function binding(v: Fields, constants: readonly Constant[]): Binding {
  if (!v.has('constant')) return { constant: undefined, at: v.natural('at'), bytes: v.natural('bytes') }
  const number = v.natural('constant'), c = constants[number]
  if (c === undefined) throw malformed(`there is no constant ${number}`)
  return { constant: number, at: 0, bytes: c.bytes }
}

function port(v: Fields): Port {
  const type = v.text('type')
  if (!isElementType(type)) throw malformed(`there is no element type '${type}'`)
  return { name: v.text('name'), type, shape: v.naturals('shape'), value: v.natural('value') }
}

function kernel(k: Fields): Kernel {
  return { name: k.text('name'), at: k.natural('at'), bytes: k.natural('bytes'), group: k.natural('group') }
}

function step(s: Fields): Step {
  return { kernel: s.natural('kernel'), values: s.naturals('values'), items: s.natural('items') }
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
    if (s.kernel >= p.kernels.length || s.values.some(v => v >= p.values.length)) throw malformed('a step names a kernel or value that it has not')
    if (s.items > 2 ** 31 - 1) throw malformed(`a step has ${s.items} items, more than 32 bits count`)
    if ((buffers.get(s.kernel) ?? s.values.length) !== s.values.length) throw malformed('two steps give one kernel different numbers of buffers')
    buffers.set(s.kernel, s.values.length)
  }
}
