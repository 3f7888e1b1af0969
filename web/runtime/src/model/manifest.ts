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
  readonly programs: readonly ProgramFile[]
}

export interface ProgramFile extends ModelFile {
  readonly target: Target
  /** Files in which its constants lie: their places count over these files, one after the other. */
  readonly weights: readonly ModelFile[]
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
  return {
    name: m.text('name'),
    inputs: m.list('inputs').map(v => spec(new Fields(v, 'an input'))),
    outputs: m.list('outputs').map(v => spec(new Fields(v, 'an output'))),
    programs: m.list('programs').map(p => {
      const f = new Fields(p, 'a program'), target = f.text('target')
      if (target !== 'wasm' && target !== 'webgpu') throw new TesseraError('MalformedModel', `There is no target '${target}'.`)
      const needed = f.naturals('weights').map(i => weights[i])
      if (needed.includes(undefined)) throw new TesseraError('MalformedModel', 'A program needs a file of weights that model.json has not.')
      return { ...file(f), target, weights: needed as ModelFile[] }
    }),
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
