import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { act, createElement } from 'react'
import { create } from 'react-test-renderer'
import { useModel } from '../dist/react.js'
import { writeModel } from './programs.mjs'

globalThis.IS_REACT_ACT_ENVIRONMENT = true
const folders = []
let first, second
before(() => [first, second] = [1, 2].map(() => {
  const path = mkdtempSync(join(tmpdir(), 'react-'))
  folders.push(path)
  writeModel(path)
  return pathToFileURL(path + '/').href
}))
after(() => folders.forEach(f => rmSync(f, { recursive: true })))

/** A component that shows how far its model is; every state that it was rendered with. */
function component() {
  const states = []
  return { states, Show: ({ address, ...options }) => (states.push(useModel(address, options)), states.at(-1).status) }
}

const options = { target: 'wasm', threads: 1 }
const until = async (what, tree) => { for (let i = 0; i < 500 && !what(); i++) await act(() => new Promise(done => setTimeout(done, 5))); assert.ok(what(), `it stays ${tree.toJSON()}`) }

test('a component sees its model load, runs it, and takes another with another address; what it had is disposed', async () => {
  const { states, Show } = component()
  let tree
  await act(() => { tree = create(createElement(Show, { address: first, ...options })) })
  assert.equal(states[0].status, 'loading')
  await until(() => tree.toJSON() === 'ready', tree)
  const { model } = states.at(-1)
  assert.deepEqual([...(await model.run({ x: [1, 2, 3, 4] })).sum.data], [11, 22, 33, 44])
  await act(() => tree.update(createElement(Show, { address: first, ...options })))
  assert.equal(states.at(-1).model, model)
  await act(() => tree.update(createElement(Show, { address: second, ...options })))
  await until(() => states.at(-1).model !== undefined && states.at(-1).model !== model, tree)
  await assert.rejects(model.run({ x: [1, 2, 3, 4] }), { message: /disposed/ })
  const other = states.at(-1).model
  await act(() => tree.unmount())
  await assert.rejects(other.run({ x: [1, 2, 3, 4] }), { message: /disposed/ })
})

test('a component that goes while its model loads leaves nothing behind; one that fails is told why', async () => {
  const gone = component(), wrong = component()
  let tree
  await act(() => { tree = create(createElement(gone.Show, { address: first, ...options })) })
  await act(() => tree.unmount())
  const seen = gone.states.length
  await act(() => new Promise(done => setTimeout(done, 200)))
  assert.equal(gone.states.length, seen)
  await act(() => { tree = create(createElement(wrong.Show, { address: 'file:///nowhere/', ...options })) })
  await until(() => tree.toJSON() === 'failed', tree)
  assert.match(String(wrong.states.at(-1).error.code), /ENOENT|InvalidArgument/)
})
