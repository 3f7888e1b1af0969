import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { bytes, constant, file, floats, hash, header, program, wasm } from './programs.mjs'

const script = fileURLToPath(new URL('../dist/worker.js', import.meta.url))

/** A worker in Node, asked frame by frame. */
class Worker {
  #child = spawn(process.execPath, [script, '--serve', '1'], { stdio: ['pipe', 'pipe', 'inherit'] })
  #bytes = Buffer.alloc(0)
  #waiting

  constructor() {
    this.#child.stdout.on('data', d => {
      this.#bytes = Buffer.concat([this.#bytes, d])
      this.#waiting?.()
    })
    this.ended = new Promise(done => this.#child.on('exit', done))
  }

  send(kind, id, payload = new Uint8Array(0), pieces = 1) {
    const frame = Buffer.alloc(12 + payload.length)
    frame.writeUInt32LE(8 + payload.length, 0)
    frame.writeUInt32LE(kind, 4)
    frame.writeUInt32LE(id, 8)
    frame.set(payload, 12)
    for (let i = 0; i < pieces; i++) this.#child.stdin.write(frame.subarray(Math.floor((i * frame.length) / pieces), Math.floor(((i + 1) * frame.length) / pieces)))
  }

  async next() {
    while (this.#bytes.length < 4 || this.#bytes.length < 4 + this.#bytes.readUInt32LE(0)) await new Promise(done => { this.#waiting = done })
    const end = 4 + this.#bytes.readUInt32LE(0)
    const frame = { kind: this.#bytes.readUInt32LE(4), id: this.#bytes.readUInt32LE(8), payload: new Uint8Array(this.#bytes.subarray(12, end)) }
    this.#bytes = this.#bytes.subarray(end)
    return frame
  }

  async ask(...request) {
    this.send(...request)
    return this.next()
  }

  end() {
    this.#child.stdin.end()
    return this.ended
  }
}

const text = frame => JSON.parse(new TextDecoder().decode(frame.payload))

test('a worker says hello, loads, asks for constants, runs, reports errors, drops, and ends with its input', async () => {
  const w = new Worker()
  const hello = await w.next()
  assert.deepEqual([hello.kind, hello.id], [7, 1])
  assert.equal(text(hello).format, 3)
  assert.equal(text(hello).wasm.simd, true)
  assert.equal(text(hello).webgpu.available, false)
  assert.ok(text(hello).webnn.reason.length > 0)
  assert.deepEqual(text(await w.ask(1, 5, file(header('wasm'), wasm))), { missing: [hash] })
  assert.equal(text(await w.ask(2, 5, bytes(1, 2, 3, 4))).code, 'InvalidArgument')
  assert.equal((await w.ask(5, 5, Buffer.concat([Buffer.from(hash, 'hex'), constant]))).kind, 5)
  assert.deepEqual(text(await w.ask(1, 5)), { missing: [] })
  assert.deepEqual(floats((await w.ask(2, 5, bytes(1, 2, 3, 4), 7)).payload), [11, 22, 33, 44])
  const profile = await w.ask(4, 5, bytes(1, 2, 3, 4))
  assert.equal(profile.payload.length, 8 + 16)
  // Another program with the same constant needs nothing.
  assert.deepEqual(text(await w.ask(1, 6, file(header('wasm'), wasm))), { missing: [] })
  assert.equal(text(await w.ask(2, 6, bytes(1))).code, 'ShapeMismatch')
  assert.equal((await w.ask(3, 5)).kind, 3)
  assert.equal(text(await w.ask(2, 5, bytes(1, 2, 3, 4))).message, 'no program 5 is loaded')
  assert.deepEqual(floats((await w.ask(2, 6, bytes(0, 0, 0, 0))).payload), [10, 20, 30, 40])
  const bad = program('wasm')
  bad[4] = 77
  assert.equal(text(await w.ask(1, 9, bad)).code, 'MalformedModel')
  assert.equal(text(await w.ask(1, 9, program('webgpu'))).code, 'EngineUnavailable')
  assert.equal(text(await w.ask(42, 9)).code, 'InvalidArgument')
  assert.equal(await w.end(), 0)
})

test('several requests in one piece are answered in turn', async () => {
  const w = new Worker()
  await w.next()
  w.send(1, 1, program('wasm'))
  w.send(2, 1, bytes(1, 1, 1, 1))
  w.send(2, 1, bytes(2, 2, 2, 2))
  assert.deepEqual(text(await w.next()), { missing: [] })
  assert.deepEqual(floats((await w.next()).payload), [11, 21, 31, 41])
  assert.deepEqual(floats((await w.next()).payload), [12, 22, 32, 42])
  await w.end()
})
