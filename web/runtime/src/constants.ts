import type { ConstantSource, LoadOptions } from './device.js'
import { TesseraError, throwIfAborted } from './errors.js'
import type { Program } from './program/format.js'

interface Held<T> {
  place: Promise<T>
  bytes: number
  users: number
}

/** Constants on a device, each once by its hash, as long as a program uses it. */
export class SharedConstants<T> {
  readonly #put: (bytes: Uint8Array) => T | Promise<T>
  readonly #free: (place: T, bytes: number) => void
  readonly #held = new Map<string, Held<T>>()

  /** `put` brings bytes to the device and says where they lie; `free` gives that place back. */
  constructor(put: (bytes: Uint8Array) => T | Promise<T>, free: (place: T, bytes: number) => void) {
    this.#put = put
    this.#free = free
  }

  holds(hash: string): boolean {
    return this.#held.has(hash)
  }

  /** Places of all constants of a program, which uses them until `release`. */
  async take(p: Program, source: ConstantSource, options: LoadOptions): Promise<T[]> {
    const places: T[] = []
    const total = p.constantTable.reduce((n, c) => n + c.bytes, 0)
    let done = 0
    try {
      for (const c of p.constantTable) {
        places.push(await this.#take(c.hash, c.bytes, source, options.signal))
        done += c.bytes
        options.onProgress?.(total === 0 ? 1 : done / total)
      }
      return places
    } catch (e) {
      this.release(p.constantTable.slice(0, places.length).map(c => c.hash))
      throw e
    }
  }

  release(hashes: readonly string[]): void {
    for (const hash of hashes) {
      const held = this.#held.get(hash)
      if (held === undefined || --held.users > 0) continue
      this.#held.delete(hash)
      held.place.then(place => this.#free(place, held.bytes), () => undefined)
    }
  }

  async #take(hash: string, bytes: number, source: ConstantSource, signal: AbortSignal | undefined): Promise<T> {
    let held = this.#held.get(hash)
    if (held === undefined) this.#held.set(hash, (held = { place: this.#fetch(hash, bytes, source, signal), bytes, users: 0 }))
    // What another program holds under that name must be what this one says it is.
    else if (held.bytes !== bytes) throw new TesseraError('MalformedModel', `Constant ${hash} has ${held.bytes} bytes; the program says ${bytes}.`)
    held.users++
    try {
      return await held.place
    } catch (e) {
      this.release([hash])
      throw e
    }
  }

  async #fetch(hash: string, bytes: number, source: ConstantSource, signal: AbortSignal | undefined): Promise<T> {
    const given = await source.get(hash, bytes, signal)
    throwIfAborted(signal)
    if (given.byteLength !== bytes) throw new TesseraError('MalformedModel', `Constant ${hash} has ${given.byteLength} bytes; the program says ${bytes}.`)
    return this.#put(given)
  }
}
