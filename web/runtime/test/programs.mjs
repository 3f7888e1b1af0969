// Programs made by hand: y = x + c over 32-bit floats, in WebAssembly and in WGSL.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A number as unsigned LEB128. */
export const leb = n => n < 128 ? [n] : [n % 128 + 128, ...leb(Math.floor(n / 128))]
const text = t => [...leb(Buffer.byteLength(t)), ...Buffer.from(t)]
const list = (items, write) => [...leb(items.length), ...items.flatMap(write)]
const port = v => [...text(v.name), ...text(v.type), ...list(v.shape, leb), ...leb(v.value)]

/** The bytes of a header; its names are those of its kernels. */
const encode = (h, code, constants) => [
  ...text(h.target), ...leb(h.memory), ...leb(h.fault), ...leb(h.code ?? code.length), ...leb(constants ? constants.length + 1 : 0),
  ...list(h.constantTable, c => [...Buffer.from(c.hash, 'hex'), ...leb(c.at), ...leb(c.bytes)]),
  ...list(h.values, v => v.constant === undefined ? [0, ...leb(v.at), ...leb(v.bytes)] : leb(v.constant + 1)),
  ...list(h.inputs, port), ...list(h.outputs, port),
  ...list(h.kernels.map(k => k.name), text),
  ...list(h.kernels, (k, i) => [...leb(k.number ?? h.kernels.indexOf(k)), ...leb(k.at), ...leb(k.bytes), ...leb(k.group)]),
  ...list(h.steps, s => s.clear !== undefined ? [0, ...leb(s.clear)] : [...leb(s.kernel + 1), ...list(s.values, leb), ...leb(s.items)]),
]

/** A file of the format from a header and sections. */
export function file(header, code, constants, version = 3, change = h => h) {
  const pad = n => Math.ceil(n / 64) * 64
  const head = change(encode(header, code, constants)), start = pad(12 + head.length)
  const bytes = new Uint8Array(start + (constants ? pad(code.length) + constants.length : code.length))
  const view = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode('TSRA'))
  view.setInt32(4, version, true)
  view.setInt32(8, head.length, true)
  bytes.set(head, 12)
  bytes.set(code, start)
  if (constants) bytes.set(constants, start + pad(code.length))
  return bytes
}

export const constant = new Uint8Array(new Float32Array([10, 20, 30, 40]).buffer)
export const hash = createHash('sha256').update(constant).digest('hex')

/** The header of y = x + c; arena: fault word, x at 256, y at 512. */
export const header = target => ({
  target, memory: 1024, fault: 0,
  constantTable: [{ hash, at: 0, bytes: 16 }],
  values: [{ at: 0, bytes: 4 }, { at: 256, bytes: 16 }, { constant: 0 }, { at: 512, bytes: 16 }],
  inputs: [{ name: 'x', type: 'Float32', shape: [4], value: 1 }],
  outputs: [{ name: 'y', type: 'Float32', shape: [2, 2], value: 3 }],
  kernels: [{ name: 'add', at: 0, bytes: target === 'wasm' ? wasm.length : wgsl.length, group: 1 }],
  steps: [{ kernel: 0, values: [1, 2, 3, 0], items: 4 }],
})

export const section = (id, ...body) => [id, body.length, ...body]

/** k0(x, c, y, fault, first, end): for each item y = x + c; an x that is no number sets the fault word. */
const body = [
  0x03, 0x40, 0x20, 4, 0x20, 5, 0x49, 0x04, 0x40,
  0x20, 2, 0x20, 4, 0x41, 2, 0x74, 0x6a,
  0x20, 0, 0x20, 4, 0x41, 2, 0x74, 0x6a, 0x2a, 2, 0,
  0x20, 1, 0x20, 4, 0x41, 2, 0x74, 0x6a, 0x2a, 2, 0,
  0x92, 0x38, 2, 0,
  0x20, 0, 0x20, 4, 0x41, 2, 0x74, 0x6a, 0x2a, 2, 0, 0x20, 0, 0x20, 4, 0x41, 2, 0x74, 0x6a, 0x2a, 2, 0, 0x5c,
  0x04, 0x40, 0x20, 3, 0x41, 1, 0x36, 2, 0, 0x0b,
  0x20, 4, 0x41, 1, 0x6a, 0x21, 4, 0x0c, 1, 0x0b, 0x0b, 0x0b,
]
export const wasm = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0,
  ...section(1, 1, 0x60, 6, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0),
  ...section(2, 1, 3, ...Buffer.from('env'), 6, ...Buffer.from('memory'), 2, 0, 1),
  ...section(3, 1, 0),
  ...section(7, 1, 2, ...Buffer.from('k0'), 0, 0),
  ...section(10, 1, body.length + 1, 0, ...body),
])

/** k0(x, c, y, fault, first, end): y = x · x + x in one vector; and where in the module it multiplies and adds. */
export const vectors = (() => {
  const x = [0x20, 0, 0xfd, 0, 2, 0]
  const square = [0x20, 2, ...x, ...x, 0xfd, 0xe6, 1, ...x, 0xfd, 0xe4, 1, 0xfd, 0x0b, 2, 0, 0x0b]
  const module = new Uint8Array([...wasm.slice(0, wasm.length - body.length - 5), ...section(10, 1, square.length + 1, 0, ...square)])
  const multiply = module.length - square.length + 14
  return { module, multiply, add: multiply + 9 }
})()

export const wgsl = new TextEncoder().encode(`
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> c: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> fault: array<u32>;
@compute @workgroup_size(1) fn main(@builtin(global_invocation_id) at: vec3<u32>) {
  if (at.x >= 4u) { return; }
  y[at.x] = x[at.x] + c[at.x];
  if (x[at.x] < -1000.0) { fault[0] = 1u; }
}`)

export const program = (target, change = h => h) => file(change(header(target)), target === 'wasm' ? wasm : wgsl, constant)
export const bytes = (...numbers) => new Uint8Array(new Float32Array(numbers).buffer)
export const floats = b => [...new Float32Array(b.buffer, b.byteOffset, b.byteLength / 4)]

/** The program as a folder that `tessera export` might have written: model.json, a program for either target, weights; with fields and files changed as given. */
export function writeModel(path, changes = {}) {
  const own = file(header('wasm'), wasm), sha = b => createHash('sha256').update(b).digest('hex')
  const manifest = {
    version: 1, name: 'add',
    inputs: [{ name: 'x', type: 'Float32', shape: [4] }], outputs: [{ name: 'sum', type: 'Float32', shape: [2, 2] }],
    programs: ['webgpu', 'wasm'].map(target => ({ file: `${target}.tessera`, hash: sha(own), bytes: own.length, target, weights: [0] })),
    weights: [{ file: 'weights.bin', hash: sha(constant), bytes: 16 }],
  }
  const files = { 'model.json': JSON.stringify({ ...manifest, ...changes.manifest }), 'wasm.tessera': own, 'weights.bin': constant, ...changes.files }
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(path, name), bytes)
}
