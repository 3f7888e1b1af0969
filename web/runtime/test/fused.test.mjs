import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownConstants, readProgram, WasmDevice } from '../dist/tessera.js'
import { bytes, file, floats, header, section, vectors } from './programs.mjs'

const load = async code => {
  const device = await WasmDevice.open({ threads: 1 })
  const p = readProgram(file({ ...header('wasm'), kernels: [{ name: 'square', at: 0, bytes: code.length, group: 1 }] }, code, new Uint8Array(16)))
  return device.load(p, ownConstants(p))
}
const fused = places => new Uint8Array([...vectors.module, ...section(0, 5, ...Buffer.from('fused'), places.length, ...places.map((p, i) => p - (i === 0 ? 0 : places[i - 1])))])
const { validate, compile } = WebAssembly
const with_ = async (relaxed, work) => {
  const compiled = []
  WebAssembly.validate = () => relaxed
  WebAssembly.compile = code => (compiled.push(code), compile(relaxed && !validate(code) ? vectors.module : code))
  try {
    await work(compiled)
  } finally {
    Object.assign(WebAssembly, { validate, compile })
  }
}
const madd = code => [...code.keys()].filter(i => code[i] === 0xfd && code[i + 1] === 0x85 && code[i + 2] === 2)

test('a host with relaxed vectors compiles them, at the places that the module names; another compiles the module as it is', async () => {
  const code = fused([vectors.multiply, vectors.add])
  await with_(false, async compiled => {
    assert.deepEqual(floats((await (await load(code)).run([bytes(1, 2, 3, 4)]))[0]), [2, 6, 12, 20])
    assert.deepEqual(compiled, [code])
  })
  await with_(true, async compiled => {
    assert.deepEqual(floats((await (await load(code)).run([bytes(1, 2, 3, 4)]))[0]), [2, 6, 12, 20])
    assert.deepEqual(madd(compiled[0]), [vectors.add])
    assert.deepEqual([...compiled[0].slice(vectors.multiply, vectors.multiply + 3)], [1, 1, 1])
    assert.deepEqual(compiled[0].length, code.length)
  })
})

test('places where nothing is multiplied or added are refused, whatever the host has', async () => {
  const wrong = [[vectors.multiply + 1, vectors.add], [vectors.multiply, vectors.add + 1], [3], [127]]
  for (const relaxed of [false, true]) {
    for (const places of wrong) await with_(relaxed, () => assert.rejects(load(fused(places)), { code: 'MalformedModel', message: /where they are not/ }))
  }
  const cut = fused([vectors.multiply, vectors.add])
  cut[cut.length - 3] = 3
  await assert.rejects(load(cut), { code: 'MalformedModel' })
})
