import { describe, TesseraError } from '../errors.js'
import { Fields } from '../program/fields.js'
import type { Target } from '../program/format.js'
import { isElementType, type ElementType } from '../types.js'

/** A named input or output of a model. */
export interface Spec {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly number[]
}

/** A file of the folder, and the SHA-256 of its bytes. */
export interface ModelFile {
  readonly file: string
  readonly hash: string
  readonly bytes: number
}

/** What `model.json` of an exported folder says. */
export interface Manifest {
  readonly name: string
  readonly inputs: readonly Spec[]
  readonly outputs: readonly Spec[]
  /** In the order in which they are to be tried. */
  readonly programs: readonly (ModelFile & { readonly target: Target })[]
  readonly weights: readonly ModelFile[]
  /** Where each constant lies: number of the file of weights, offset, bytes. */
  readonly constants: ReadonlyMap<string, { readonly file: number; readonly at: number; readonly bytes: number }>
}

export const manifestVersion = 1

/** @throws TesseraError MalformedModel */
export function readManifest(text: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (e) {
    throw new TesseraError('MalformedModel', `The model's model.json is no JSON: ${describe(e)}`)
  }
  const m = new Fields(value, 'model.json')
  const version = m.natural('version')
  if (version !== manifestVersion) throw new TesseraError('MalformedModel', `model.json is of version ${version}; this runtime reads ${manifestVersion}. Export the model again.`)
  const weights = m.list('weights').map(w => file(new Fields(w, 'a file of weights')))
  const constants = m.list('constants').map(c => {
    const f = new Fields(c, 'a constant')
    const at = { file: f.natural('file'), at: f.natural('at'), bytes: f.natural('bytes') }
    const whole = weights[at.file]
    if (whole === undefined || at.at + at.bytes > whole.bytes) throw new TesseraError('MalformedModel', 'A constant lies outside the files of weights.')
    return [f.text('hash'), at] as const
  })
  return {
    name: m.text('name'),
    inputs: m.list('inputs').map(v => spec(new Fields(v, 'an input'))),
    outputs: m.list('outputs').map(v => spec(new Fields(v, 'an output'))),
    programs: m.list('programs').map(p => {
      const f = new Fields(p, 'a program'), target = f.text('target')
      if (target !== 'wasm' && target !== 'webgpu') throw new TesseraError('MalformedModel', `There is no target '${target}'.`)
      return { ...file(f), target }
    }),
    weights,
    constants: new Map(constants),
  }
}

function file(f: Fields): ModelFile {
  return { file: f.text('file'), hash: f.text('hash'), bytes: f.natural('bytes') }
}

function spec(f: Fields): Spec {
  const type = f.text('type')
  if (!isElementType(type)) throw new TesseraError('MalformedModel', `There is no element type '${type}'.`)
  return { name: f.text('name'), type, shape: f.naturals('shape') }
}
