import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { readProgram, WebGpuDevice } from '../dist/tessera.js'
import { bytes, constant, file, floats, hash, header, wgsl } from './programs.mjs'
import { fakeGpu } from './gpu.mjs'

const add = ([x, c, y, fault]) => { for (let i = 0; i < 4; i++) { y[i] = x[i] + c[i]; if (x[i] < -1000) fault[0] = 1 } }
const p = readProgram(file(header('webgpu'), wgsl))
let gpu, asked
const source = { get: h => (asked++, assert.equal(h, hash), Promise.resolve(constant)) }
beforeEach(() => {
  asked = 0
  gpu = fakeGpu(new Map([[new TextDecoder().decode(wgsl), add]]))
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true })
})
const run = async loaded => floats((await loaded.run([bytes(1, 2, 3, 4)]))[0])

test('a program runs again and again on one device', async () => {
  const device = await WebGpuDevice.open(), loaded = await device.load(p, source)
  for (let i = 0; i < 3; i++) assert.deepEqual(await run(loaded), [11, 22, 33, 44])
  assert.deepEqual([gpu.devices.length, asked, gpu.devices[0].compiled.length], [1, 1, 1])
})

test('programs of a lost device move to a new one at their next run, with their constants', async () => {
  const device = await WebGpuDevice.open(), loaded = await device.load(p, source), other = await device.load(p, source)
  assert.deepEqual(await run(loaded), [11, 22, 33, 44])
  gpu.lose()
  await gpu.devices[0].lost
  assert.ok(!device.holds(hash))
  assert.deepEqual(await run(loaded), [11, 22, 33, 44])
  assert.deepEqual(await run(other), [11, 22, 33, 44])
  // Both share the constant on the new device as they did on the old.
  assert.deepEqual([gpu.devices.length, asked], [2, 2])
  assert.ok(device.holds(hash))
  gpu.lose()
  await gpu.devices[1].lost
  assert.deepEqual(await run(loaded), [11, 22, 33, 44])
  assert.equal(gpu.devices.length, 3)
})

test('a device that is lost during a run is an error that says so; the next run has a new one', async () => {
  const device = await WebGpuDevice.open(), loaded = await device.load(p, source)
  assert.deepEqual(await run(loaded), [11, 22, 33, 44])
  const [results] = gpu.devices[0].created.filter(b => b.label === 'results')
  results.mapAsync = () => (gpu.lose('out of time'), Promise.reject(new Error('unmapped')))
  const lost = loaded.run([bytes(1, 2, 3, 4)])
  await assert.rejects(lost, { code: 'DeviceLost', message: /out of time/ })
  assert.deepEqual(await run(loaded), [11, 22, 33, 44])
  assert.equal(gpu.devices.length, 2)
})

test('a destroyed device takes nothing more; one that cannot be had again is an error, and is asked for again', async () => {
  const device = await WebGpuDevice.open(), loaded = await device.load(p, source)
  const { requestAdapter } = gpu
  gpu.lose()
  await gpu.devices[0].lost
  gpu.requestAdapter = () => Promise.resolve(null)
  await assert.rejects(run(loaded), { code: 'EngineUnavailable' })
  gpu.requestAdapter = requestAdapter
  assert.deepEqual(await run(loaded), [11, 22, 33, 44])
  device.dispose()
  await assert.rejects(run(loaded), { code: 'InvalidArgument', message: /disposed/ })
})

test('a fault, a kernel that does not compile, and wrong inputs are errors by name', async () => {
  const device = await WebGpuDevice.open(), loaded = await device.load(p, source)
  await assert.rejects(loaded.run([bytes(-2000, 2, 3, 4)]), { code: 'InvalidArgument', message: /outside its axis/ })
  assert.deepEqual(await run(loaded), [11, 22, 33, 44])
  await assert.rejects(loaded.run([bytes(1)]), { code: 'ShapeMismatch' })
  const broken = readProgram(file({ ...header('webgpu'), kernels: [{ name: 'add', at: 0, bytes: 9, group: 1 }] }, new TextEncoder().encode('no kernel'), constant))
  await assert.rejects(device.load(broken, source), { code: 'Internal', message: /'add' does not compile on a fake/ })
})

test('a step clears a value, between passes', async () => {
  const device = await WebGpuDevice.open(), own = header('webgpu')
  const loaded = await device.load(readProgram(file({ ...own, steps: [{ clear: 1 }, own.steps[0], { clear: 1 }, own.steps[0], { clear: 0 }] }, wgsl, constant)), source)
  for (let i = 0; i < 2; i++) assert.deepEqual(await run(loaded), [10, 20, 30, 40])
})
