import type { Device, LoadedProgram } from '../device.js'
import { describe, TesseraError } from '../errors.js'
import { openDevice } from '../open.js'
import type { Target } from '../program/format.js'
import { readProgram } from '../program/read.js'
import { elements, toBytes, type Elements, type Tensor } from '../tensor.js'
import { openCache, type Cache } from './cache.js'
import { fetchFile, folderAt, type Folder } from './files.js'
import { readManifest, type Manifest, type ProgramFile, type Spec } from './manifest.js'
import { Weights } from './weights.js'

export interface ModelOptions {
  /** What to run on. Without it, what the model was exported for is tried in order, and `Model.refused` tells what did not work and why. */
  target?: Target
  /** A device to share with other models; the model does not dispose it. */
  device?: Device
  /** Threads on WebAssembly; 0: all processors. */
  threads?: number
  /** Where to keep weights; by default what the page's origin offers. */
  cache?: Cache
  /** Called with a number from 0 to 1. */
  onProgress?: (fraction: number) => void
  signal?: AbortSignal
}

/** Values by the name of an input: a tensor, or elements only. */
export type Inputs = Readonly<Record<string, Tensor | Elements | readonly number[]>>

/** A model that `tessera export` wrote, ready to run. */
export class Model {
  readonly name: string
  readonly inputs: readonly Spec[]
  readonly outputs: readonly Spec[]
  /** What it runs on. */
  readonly target: Target
  /** What was tried before that, and why it was not taken. */
  readonly refused: readonly { readonly target: Target; readonly reason: string }[]
  readonly #program: LoadedProgram
  readonly #device: Device | undefined

  private constructor(manifest: Manifest, target: Target, refused: Model['refused'], program: LoadedProgram, device: Device | undefined) {
    ;({ name: this.name, inputs: this.inputs, outputs: this.outputs } = manifest)
    this.target = target
    this.refused = refused
    this.#program = program
    this.#device = device
  }

  /** Loads the folder at that address, which ends in `/` or names its `model.json`. */
  static async load(address: string | URL, options: ModelOptions = {}): Promise<Model> {
    const page = (globalThis as { location?: { href: string } }).location?.href
    const base = new URL('.', new URL(address, page))
    const folder = folderAt(base)
    const manifest = readManifest(new TextDecoder().decode(await folder.read('model.json', options.signal, () => undefined)))
    const wanted = options.target ?? options.device?.target
    const programs = manifest.programs.filter(p => wanted === undefined || p.target === wanted)
    if (programs.length === 0) throw new TesseraError('InvalidArgument', `'${manifest.name}' was exported for ${manifest.programs.map(p => p.target).join(', ')}, not for ${wanted}.`)
    const refused: { target: Target; reason: string }[] = []
    for (const p of programs) {
      try {
        const device = options.device ?? (await openDevice(p.target, options.threads))
        try {
          const loaded = await loadProgram(p, folder, device, options)
          return new Model(manifest, p.target, refused, loaded, options.device === undefined ? device : undefined)
        } catch (e) {
          if (options.device === undefined) device.dispose()
          throw e
        }
      } catch (e) {
        const other = e instanceof TesseraError && ['EngineUnavailable', 'Unsupported', 'OutOfMemory'].includes(e.code)
        if (!other || p === programs.at(-1)) throw e
        refused.push({ target: p.target, reason: describe(e) })
      }
    }
    throw new TesseraError('Internal', 'No program was tried.')
  }

  /** Runs with a value for each input; gives each output by its name. `into`: outputs of an earlier run whose memory this one writes to. */
  async run(inputs: Inputs, { signal, into }: { signal?: AbortSignal; into?: Record<string, Tensor> } = {}): Promise<Record<string, Tensor>> {
    for (const name of Object.keys(inputs)) {
      if (!this.inputs.some(i => i.name === name)) throw new TesseraError('InvalidArgument', `'${this.name}' has no input '${name}'; its inputs are ${this.inputs.map(i => i.name).join(', ')}.`)
    }
    const outputs = await this.#program.run(this.inputs.map(i => bytesOf(i, inputs[i.name])), { signal, into: into && this.outputs.map(o => memoryOf(o.name, into[o.name])) })
    return Object.fromEntries(this.outputs.map((o, i) => [o.name, { type: o.type, shape: o.shape, data: elements(o.type, outputs[i] as Uint8Array<ArrayBuffer>) }]))
  }

  dispose(): void {
    this.#program.dispose()
    this.#device?.dispose()
  }
}

function memoryOf(name: string, given: Tensor | undefined): Uint8Array<ArrayBuffer> {
  if (given === undefined) throw new TesseraError('InvalidArgument', `There is no memory for the output '${name}'; give the outputs of an earlier run.`)
  return new Uint8Array(given.data.buffer as ArrayBuffer, given.data.byteOffset, given.data.byteLength)
}

function bytesOf(spec: Spec, given: Inputs[string] | undefined): Uint8Array {
  if (given === undefined) throw new TesseraError('InvalidArgument', `The input '${spec.name}' is missing: it takes ${spec.type}[${spec.shape.join(', ')}].`)
  if (!('data' in given)) return toBytes(spec.name, spec.type, spec.shape, given)
  if (given.type !== spec.type || given.shape.join() !== spec.shape.join()) {
    throw new TesseraError(given.type !== spec.type ? 'TypeMismatch' : 'ShapeMismatch',
      `'${spec.name}' takes ${spec.type}[${spec.shape.join(', ')}]; ${given.type}[${given.shape.join(', ')}] was given. The model was exported for these shapes.`)
  }
  return toBytes(spec.name, spec.type, spec.shape, given.data)
}

async function loadProgram(p: ProgramFile, folder: Folder, device: Device, options: ModelOptions): Promise<LoadedProgram> {
  const { signal, onProgress } = options
  const cache = options.cache ?? (await openCache())
  const program = readProgram(await fetchFile(p, folder, cache, signal, () => undefined))
  // Compiling takes the last tenth.
  const weights = new Weights(p, folder, cache, f => onProgress?.(0.9 * f))
  const loaded = await device.load(program, weights.of(program), { signal })
  weights.forget()
  onProgress?.(1)
  return loaded
}
