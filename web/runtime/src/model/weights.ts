import type { ConstantSource } from '../device.js'
import { TesseraError } from '../errors.js'
import type { Program } from '../program/format.js'
import type { Cache } from './cache.js'
import { fetchFile, type Folder } from './files.js'
import type { ProgramFile } from './manifest.js'

/** The files of weights of a program, each read when the first of its constants is asked for. */
export class Weights {
  readonly #file: ProgramFile
  readonly #folder: Folder
  readonly #cache: Cache
  readonly #onProgress: (fraction: number) => void
  readonly #read = new Map<number, Promise<Uint8Array>>()
  readonly #arrived: number[] = []

  constructor(file: ProgramFile, folder: Folder, cache: Cache, onProgress: (fraction: number) => void) {
    this.#file = file
    this.#folder = folder
    this.#cache = cache
    this.#onProgress = onProgress
  }

  /** @throws TesseraError MalformedModel: a constant lies in none of the files. */
  of(p: Program): ConstantSource {
    const places = new Map(p.constantTable.map(c => [c.hash, this.#place(c.at, c.bytes)]))
    return {
      get: async (hash, bytes, signal) => {
        const place = places.get(hash)
        if (place === undefined) throw new TesseraError('MalformedModel', `The folder has no constant ${hash}.`)
        return (await this.#whole(place.file, signal)).subarray(place.at, place.at + bytes)
      },
    }
  }

  /** Lets go of what was read: the device holds it now, and a lost device gets it from the cache again. */
  forget(): void {
    this.#read.clear()
  }

  #place(at: number, bytes: number): { file: number; at: number } {
    let begin = 0
    for (const [file, { bytes: size }] of this.#file.weights.entries()) {
      if (at >= begin && at + bytes <= begin + size) return { file, at: at - begin }
      begin += size
    }
    throw new TesseraError('MalformedModel', `A constant of ${this.#file.file} lies outside the files of weights.`)
  }

  #whole(i: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const { weights } = this.#file, file = weights[i]
    if (file === undefined) throw new TesseraError('Internal', `There is no file ${i} of weights.`)
    let bytes = this.#read.get(i)
    if (bytes === undefined) {
      const total = weights.reduce((n, f) => n + f.bytes, 0)
      bytes = fetchFile(file, this.#folder, this.#cache, signal, n => {
        this.#arrived[i] = n
        this.#onProgress(this.#arrived.reduce((a, b) => a + b, 0) / Math.max(1, total))
      })
      this.#read.set(i, bytes)
    }
    return bytes
  }
}
