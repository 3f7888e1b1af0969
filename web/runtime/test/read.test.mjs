import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readProgram } from '../dist/tessera.js'
import { constant, file, header, program, wasm } from './programs.mjs'

const refused = (bytes, why) => assert.throws(() => readProgram(bytes), e => e.code === 'MalformedModel' && why.test(e.message))

test('a whole program is read', () => {
  const p = readProgram(program('wasm'))
  assert.equal(p.target, 'wasm')
  assert.deepEqual(p.outputs[0].shape, [2, 2])
  assert.equal(p.values[2].bytes, 16)
  assert.equal(p.constants.byteLength, 16)
})

test('constants may lie elsewhere', () => assert.equal(readProgram(file(header('wasm'), wasm)).constants, undefined))

test('every truncation is refused', () => {
  const whole = program('wasm')
  for (let n = 0; n < whole.length; n++) assert.throws(() => readProgram(whole.slice(0, n)), e => e.code === 'MalformedModel', `${n} bytes`)
})

test('what is something else is refused', () => {
  refused(new TextEncoder().encode('not a program at all'), /TSRA/)
  refused(file(header('wasm'), wasm, undefined, 2), /format 2.*format 3/)
  refused(file(header('wasm'), wasm, undefined, 99), /format 99/)
  refused(program('cuda'), /'cuda'/)
})

const change = (name, value) => h => ({ ...h, [name]: value })
const cases = {
  'a value outside the arena': [change('values', [{ at: 0, bytes: 4 }, { at: 1016, bytes: 16 }, { constant: 0 }, { at: 512, bytes: 16 }]), /value 1 lies outside/],
  'a fault word outside': [change('fault', 1024), /fault word/],
  'a constant that is not there': [change('values', [{ constant: 1 }]), /no constant 1/],
  'a constant outside its section': [h => ({ ...h, constantTable: [{ ...h.constantTable[0], at: 8 }] }), /constant lies outside/],
  'an input in a constant': [h => ({ ...h, inputs: [{ ...h.inputs[0], value: 2 }] }), /written to a constant/],
  'an output of other size': [h => ({ ...h, outputs: [{ ...h.outputs[0], shape: [5] }] }), /20 bytes/],
  'an output of no value': [h => ({ ...h, outputs: [{ ...h.outputs[0], value: 9 }] }), /value that it has not/],
  'an unknown type': [h => ({ ...h, inputs: [{ ...h.inputs[0], type: 'toString' }] }), /no element type/],
  'a kernel outside the code': [h => ({ ...h, kernels: [{ ...h.kernels[0], bytes: 10_000 }] }), /outside its code/],
  'empty workgroups': [h => ({ ...h, kernels: [{ ...h.kernels[0], group: 0 }] }), /workgroups of 0/],
  'a step of no kernel': [h => ({ ...h, steps: [{ ...h.steps[0], kernel: 1 }] }), /kernel or value/],
  'a kernel of no name': [h => ({ ...h, kernels: [{ ...h.kernels[0], number: 1 }] }), /no name 1/],
  'code beyond the file': [change('code', 10_000), /section ends beyond/],
  'more items than 32 bits count': [h => ({ ...h, steps: [{ ...h.steps[0], items: 2 ** 31 }] }), /more than 32 bits/],
  'a number above 2⁵³': [change('memory', 2 ** 53), /above 2/],
  'clearing a constant': [h => ({ ...h, steps: [{ clear: 2 }] }), /clear a constant/],
  'clearing no value': [h => ({ ...h, steps: [{ clear: 4 }] }), /kernel or value/],
  'a step of no value': [h => ({ ...h, steps: [{ ...h.steps[0], values: [0, 99] }] }), /kernel or value/],
}
for (const [name, [edit, why]] of Object.entries(cases)) test(`${name} is refused`, () => refused(program('wasm', edit), why))

const bent = (name, edit, why) => test(`${name} is refused`, () => refused(file(header('wasm'), wasm, constant, 3, edit), why))
bent('a header that goes on', h => [...h, 0], /goes on/)
bent('a header that ends early', h => h.slice(0, -1), /ends in the middle/)
bent('a number without an end', h => [...h.slice(0, 5), ...Array(9).fill(128), ...h.slice(5)], /without an end/)
bent('a list longer than the header', h => [...h.slice(0, -8), 255, 255, 3], /longer than itself/)
bent('a text that is no UTF-8', h => h.map((b, i) => i === 2 ? 255 : b), /UTF-8/)

test('random damage of the header never does anything but be refused or read', () => {
  const whole = program('wasm')
  for (let i = 0; i < 3000; i++) {
    const damaged = whole.slice()
    damaged[(i * 7919) % 192] = (i * 31) & 255
    try {
      readProgram(damaged)
    } catch (e) {
      assert.equal(e.code, 'MalformedModel', `${i}: ${e.stack}`)
    }
  }
})
