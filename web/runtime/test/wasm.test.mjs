import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownConstants, readProgram, TesseraError, WasmDevice } from '../dist/tessera.js'
import { bytes, constant, file, floats, hash, header, program, wasm } from './programs.mjs'

const open = threads => WasmDevice.open({ threads })
const load = (device, p = readProgram(program('wasm'))) => device.load(p, ownConstants(p))

for (const threads of [1, 3]) {
  test(`a program runs, again and again, on ${threads} threads`, async () => {
    const device = await open(threads)
    assert.equal(device.threads, threads)
    const loaded = await load(device)
    for (let i = 0; i < 5; i++) assert.deepEqual(floats((await loaded.run([bytes(i, 2, 3, 4)]))[0]), [10 + i, 22, 33, 44])
    loaded.dispose()
    device.dispose()
  })
}

test('times are given for each step', async () => {
  const device = await open(1), times = new Float64Array(1).fill(-1)
  await (await load(device)).run([bytes(1, 2, 3, 4)], { times })
  assert.ok(times[0] >= 0)
})

test('a constant is kept once, and goes with its last program', async () => {
  const device = await open(1)
  let asked = 0
  const source = { get: h => (asked++, assert.equal(h, hash), Promise.resolve(constant)) }
  const p = readProgram(file(header('wasm'), wasm))
  const [a, b] = await Promise.all([device.load(p, source), device.load(p, source)])
  assert.equal(asked, 1)
  a.dispose()
  assert.ok(device.holds(hash))
  assert.deepEqual(floats((await b.run([bytes(0, 0, 0, 0)]))[0]), [10, 20, 30, 40])
  b.dispose()
  await new Promise(done => setTimeout(done, 5))
  assert.ok(!device.holds(hash))
  const c = await device.load(p, source)
  assert.equal(asked, 2)
  assert.deepEqual(floats((await c.run([bytes(1, 1, 1, 1)]))[0]), [11, 21, 31, 41])
})

test('a constant of another size than the one held under its name is refused', async () => {
  const device = await open(1), source = { get: () => Promise.resolve(constant) }
  const a = await device.load(readProgram(file(header('wasm'), wasm)), source)
  const p = readProgram(file(header('wasm'), wasm))
  const larger = { ...p, constantTable: p.constantTable.map(c => ({ ...c, bytes: c.bytes * 2 })) }
  await assert.rejects(device.load(larger, source), { code: 'MalformedModel', message: /16 bytes; the program says 32/ })
  assert.deepEqual(floats((await a.run([bytes(0, 0, 0, 0)]))[0]), [10, 20, 30, 40])
})

test('a fault is an error, and the program stays usable', async () => {
  const loaded = await load(await open(1))
  await assert.rejects(loaded.run([bytes(1, NaN, 3, 4)]), { code: 'InvalidArgument', message: /outside its axis/ })
  assert.deepEqual(floats((await loaded.run([bytes(1, 2, 3, 4)]))[0]), [11, 22, 33, 44])
})

test('outputs are written where the caller says, or refused by name', async () => {
  const loaded = await load(await open(1)), into = [new Uint8Array(16)]
  for (let i = 0; i < 3; i++) assert.equal((await loaded.run([bytes(i, 2, 3, 4)], { into }))[0], into[0])
  assert.deepEqual(floats(into[0]), [12, 22, 33, 44])
  await assert.rejects(loaded.run([bytes(1, 2, 3, 4)], { into: [] }), { code: 'InvalidArgument', message: /memory for 0/ })
  await assert.rejects(loaded.run([bytes(1, 2, 3, 4)], { into: [new Uint8Array(8)] }), { code: 'ShapeMismatch', message: /16 bytes; memory of 8/ })
})

test('wrong inputs are refused by name', async () => {
  const loaded = await load(await open(1))
  await assert.rejects(loaded.run([]), { code: 'InvalidArgument' })
  await assert.rejects(loaded.run([bytes(1, 2, 3)]), { code: 'ShapeMismatch', message: /'x' takes Float32\[4\], 16 bytes; 12/ })
})

test('code that does not compile is refused, and gives back what it took', async () => {
  const device = await open(1)
  const broken = wasm.slice()
  broken[60] ^= 0xff
  const p = readProgram(file({ ...header('wasm') }, broken, constant))
  await assert.rejects(load(device, p), e => e instanceof TesseraError)
  assert.ok(!device.holds(hash))
})

test('memory that is not to be had is an error with what was asked; the device stays usable', async () => {
  const device = await open(1)
  const huge = readProgram(program('wasm', h => ({ ...h, memory: 2 ** 32 })))
  await assert.rejects(load(device, huge), { code: 'OutOfMemory', message: /4294967296 bytes/ })
  assert.deepEqual(floats((await (await load(device)).run([bytes(1, 2, 3, 4)]))[0]), [11, 22, 33, 44])
})

test('an aborted signal ends loading and running', async () => {
  const device = await open(1), p = readProgram(program('wasm'))
  await assert.rejects(device.load(p, ownConstants(p), { signal: AbortSignal.abort() }), { name: 'AbortError' })
  await assert.rejects((await load(device)).run([bytes(1, 2, 3, 4)], { signal: AbortSignal.abort() }), { name: 'AbortError' })
})

test('a program for WebGPU is no program for WebAssembly', async () => {
  await assert.rejects(load(await open(1), readProgram(program('webgpu'))), { code: 'InvalidArgument' })
})

test('a step clears a value', async () => {
  const clears = h => ({ ...h, steps: [h.steps[0], { clear: 1 }, h.steps[0], { clear: 3 }, { clear: 1 }, { kernel: 0, values: [1, 2, 3, 0], items: 3 }] })
  const loaded = await load(await open(1), readProgram(program('wasm', clears))), times = new Float64Array(6).fill(-1)
  for (let i = 0; i < 2; i++) assert.deepEqual(floats((await loaded.run([bytes(1, 2, 3, 4)], { times }))[0]), [10, 20, 30, 0])
  assert.ok(times.every(t => t >= 0))
})
