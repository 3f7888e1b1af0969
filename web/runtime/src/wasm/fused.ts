import { TesseraError } from '../errors.js'
import { sections, unsigned } from './module.js'

const name = [5, 0x66, 0x75, 0x73, 0x65, 0x64]
const multiply = 0xe6, add = 0xe4

/**
 * The module with relaxed SIMD: f32x4.relaxed_madd over the additions that its section `fused` names, nops over the multiplications whose products they take. Compilers drop nops.
 * @throws TesseraError MalformedModel: the section names a place where neither is.
 */
export function withRelaxedSimd(code: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const all = [...sections(code)], body = all.find(s => s.id === 10)
  const marks = all.find(s => s.id === 0 && name.every((b, i) => code[s.begin + i] === b))
  if (marks === undefined) return code
  const fused = code.slice()
  let [count, next] = unsigned(code, marks.begin + name.length)
  for (let at = 0; count > 0; count--) {
    const [distance, following] = unsigned(code, next)
    at += distance
    next = following
    const what = code[at] === 0xfd && code[at + 2] === 1 ? code[at + 1] : undefined
    if (next > marks.end || body === undefined || at < body.begin || at + 3 > body.end || (what !== multiply && what !== add)) {
      throw new TesseraError('MalformedModel', `The module of the program says that vectors are multiplied or added at ${at}, where they are not.`)
    }
    fused.set(what === multiply ? [1, 1, 1] : [0xfd, 0x85, 2], at)
  }
  return fused
}
