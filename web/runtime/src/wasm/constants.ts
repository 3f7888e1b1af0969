import type { ConstantSource, LoadOptions } from '../device.js'
import { describe, TesseraError, throwIfAborted } from '../errors.js'
import type { Program } from '../program/format.js'
import type { Heap } from './heap.js'

interface Held {
  at: Promise<number>
  bytes: number
  users: number
}

/** Constants in a heap: each once, as long as a program uses it. */
export class HeapConstants {
  readonly #heap: Heap
  readonly #held = new Map<string, Held>()

  constructor(heap: Heap) {
    this.#heap = heap
  }

  holds(hash: string): boolean {
    return this.#held.has(hash)
  }

  /** Addresses of all constants of a program, which uses them until `release`. */
  async take(p: Program, source: ConstantSource, options: LoadOptions): Promise<number[]> {
    const addresses: number[] = []
    const total = p.constantTable.reduce((n, c) => n + c.bytes, 0)
    let done = 0
    try {
      for (const c of p.constantTable) {
        addresses.push(await this.#take(c.hash, c.bytes, source, options.signal))
        done += c.bytes
        options.onProgress?.(total === 0 ? 1 : done / total)
      }
      return addresses
    } catch (e) {
      this.release(p.constantTable.slice(0, addresses.length).map(c => c.hash))
      throw e
    }
  }

  release(hashes: readonly string[]): void {
    for (const hash of hashes) {
      const held = this.#held.get(hash)
      if (held === undefined || --held.users > 0) continue
      this.#held.delete(hash)
      held.at.then(at => this.#heap.free(at, held.bytes), () => undefined)
    }
  }

  async #take(hash: string, bytes: number, source: ConstantSource, signal: AbortSignal | undefined): Promise<number> {
    let held = this.#held.get(hash)
    if (held === undefined) this.#held.set(hash, (held = { at: this.#place(hash, bytes, source, signal), bytes, users: 0 }))
    held.users++
    try {
      return await held.at
    } catch (e) {
      this.release([hash])
      throw e
    }
  }

  async #place(hash: string, bytes: number, source: ConstantSource, signal: AbortSignal | undefined): Promise<number> {
    const given = await source.get(hash, bytes, signal)
    throwIfAborted(signal)
    if (given.byteLength !== bytes) throw new TesseraError('MalformedModel', `Constant ${hash} has ${given.byteLength} bytes; the program says ${bytes}.`)
    const at = this.#heap.allocate(bytes, 'A constant')
    try {
      this.#heap.bytes().set(given, at)
    } catch (e) {
      this.#heap.free(at, bytes)
      throw new TesseraError('Internal', `A constant could not be copied: ${describe(e)}`, { cause: e })
    }
    return at
  }
}
