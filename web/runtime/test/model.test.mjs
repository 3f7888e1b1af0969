import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Model } from '../dist/tessera.js'
import { constant, file, header, wasm, writeModel } from './programs.mjs'

const folders = []
after(() => folders.forEach(f => rmSync(f, { recursive: true })))

/** A folder as `tessera export` writes it, with files changed as given. */
function folder(changes) {
  const path = mkdtempSync(join(tmpdir(), 'model-'))
  folders.push(path)
  writeModel(path, changes)
  return path
}
const address = path => pathToFileURL(path + '/')

test('a folder is loaded and run by names; what could not be had is told', async () => {
  const progress = []
  const m = await Model.load(address(folder()), { threads: 1, onProgress: f => progress.push(f) })
  assert.equal(m.target, 'wasm')
  assert.match(m.refused[0].reason, /navigator.gpu/)
  assert.deepEqual(m.inputs, [{ name: 'x', type: 'Float32', shape: [4] }])
  for (const x of [[1, 2, 3, 4], new Float32Array([1, 2, 3, 4]), { type: 'Float32', shape: [4], data: new Float32Array([1, 2, 3, 4]) }]) {
    const { sum } = await m.run({ x })
    assert.deepEqual([sum.type, sum.shape, [...sum.data]], ['Float32', [2, 2], [11, 22, 33, 44]])
  }
  assert.equal(progress.at(-1), 1)
  assert.ok(progress.every((f, i) => i === 0 || f >= progress[i - 1]))
  m.dispose()
})

test('a target asked for is never replaced by another', () => assert.rejects(Model.load(address(folder()), { target: 'webgpu' }), { code: 'EngineUnavailable' }))

test('wrong inputs are refused by name', async () => {
  const m = await Model.load(address(folder()), { threads: 1 })
  const first = await m.run({ x: [1, 2, 3, 4] }), second = await m.run({ x: [5, 6, 7, 8] }, { into: first })
  assert.equal(second.sum.data.buffer, first.sum.data.buffer)
  assert.deepEqual(second.sum.data, (await m.run({ x: [5, 6, 7, 8] })).sum.data)
  await assert.rejects(m.run({ x: [1, 2, 3, 4] }, { into: {} }), { code: 'InvalidArgument', message: /output 'sum'/ })
  await assert.rejects(m.run({}), { code: 'InvalidArgument', message: /'x' is missing/ })
  await assert.rejects(m.run({ y: [1] }), { code: 'InvalidArgument', message: /no input 'y'/ })
  await assert.rejects(m.run({ x: [1] }), { code: 'ShapeMismatch' })
  await assert.rejects(m.run({ x: new Float64Array(4) }), { code: 'TypeMismatch' })
  await assert.rejects(m.run({ x: { type: 'Float32', shape: [2, 2], data: new Float32Array(4) } }), { code: 'ShapeMismatch' })
})

test('damaged folders are refused', async () => {
  const refused = (changes, why) => assert.rejects(Model.load(address(folder(changes)), { target: 'wasm' }), e => e.code === 'MalformedModel' && why.test(e.message))
  await refused({ files: { 'weights.bin': constant.slice(0, 12) } }, /12 bytes, not 16/)
  await refused({ files: { 'weights.bin': new Uint8Array(16) } }, /SHA-256/)
  await refused({ files: { 'wasm.tessera': file(header('wasm'), wasm, undefined, 4) } }, /SHA-256/)
  await refused({ files: { 'model.json': '{' } }, /no JSON/)
  await refused({ manifest: { version: 2 } }, /version 2/)
  await refused({ manifest: { weights: [] } }, /file of weights/)
  await assert.rejects(Model.load(pathToFileURL('/nowhere/')), e => e.code === 'ENOENT' || e.code === 'InvalidArgument')
})

test('over http: weights are kept by their hash, missing files are named, an abort ends the download', async () => {
  const path = folder(), asked = []
  const server = createServer((q, r) => {
    asked.push(q.url)
    if (q.url === '/hang/model.json') return
    try { r.end(readFileSync(join(path, q.url))) } catch { r.writeHead(404).end() }
  }).listen(0, '127.0.0.1')
  await new Promise(done => server.once('listening', done))
  const base = `http://127.0.0.1:${server.address().port}/`
  const kept = new Map(), cache = { get: h => Promise.resolve(kept.get(h)), put: (h, b) => Promise.resolve(void kept.set(h, b)) }
  try {
    for (let i = 0; i < 2; i++) (await Model.load(base, { target: 'wasm', threads: 1, cache })).dispose()
    assert.equal(asked.filter(u => u === '/weights.bin').length, 1)
    await assert.rejects(Model.load(base + 'none/'), { code: 'InvalidArgument', message: /404/ })
    await assert.rejects(Model.load(base + 'hang/', { signal: AbortSignal.timeout(100) }), { name: 'TimeoutError' })
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
