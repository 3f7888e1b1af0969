import type { ConstantSource, LoadOptions } from '../device.js'
import { describe, TesseraError, throwIfAborted } from '../errors.js'
import type { Program } from '../program/format.js'
import { BufferUsage } from './flags.js'

/** Bytes of bindings and copies come in fours. */
export function padded(bytes: number): number {
  return Math.max(4, Math.ceil(bytes / 4) * 4)
}

/** A buffer, or an error that says what was asked for and what is in use. */
export class Buffers {
  readonly #device: GPUDevice
  #used = 0

  constructor(device: GPUDevice) {
    this.#device = device
  }

  async create(bytes: number, usage: number, what: string): Promise<GPUBuffer> {
    const size = padded(bytes)
    const limit = usage & BufferUsage.storage ? Math.min(this.#device.limits.maxBufferSize, this.#device.limits.maxStorageBufferBindingSize) : this.#device.limits.maxBufferSize
    // The arena is bound in parts; only its parts have to fit a binding, which is checked when they are bound.
    if (size > (what === 'arena' ? this.#device.limits.maxBufferSize : limit)) {
      throw new TesseraError('OutOfMemory', `The ${what} takes ${size} bytes; a buffer of this device holds at most ${limit}. Use smaller inputs or another engine.`)
    }
    this.#device.pushErrorScope('out-of-memory')
    let buffer: GPUBuffer | undefined
    let failure: unknown
    try {
      buffer = this.#device.createBuffer({ label: what, size, usage })
    } catch (e) {
      failure = e
    }
    const error = await this.#device.popErrorScope()
    if (buffer === undefined || error !== null) {
      buffer?.destroy()
      throw new TesseraError('OutOfMemory',
        `The device has no ${size} bytes for the ${what}: ${error?.message ?? describe(failure)}. ${this.#used} bytes are in use by other programs; dispose those that are no longer used.`)
    }
    this.#used += size
    return buffer
  }

  destroy(buffer: GPUBuffer): void {
    this.#used -= buffer.size
    buffer.destroy()
  }
}

interface Held {
  buffer: Promise<GPUBuffer>
  users: number
}

/** Constants, each in a buffer of its own, as long as a program uses it. */
export class BufferConstants {
  readonly #device: GPUDevice
  readonly #buffers: Buffers
  readonly #held = new Map<string, Held>()

  constructor(device: GPUDevice, buffers: Buffers) {
    this.#device = device
    this.#buffers = buffers
  }

  holds(hash: string): boolean {
    return this.#held.has(hash)
  }

  async take(p: Program, source: ConstantSource, options: LoadOptions): Promise<GPUBuffer[]> {
    const buffers: GPUBuffer[] = []
    const total = p.constantTable.reduce((n, c) => n + c.bytes, 0)
    let done = 0
    try {
      for (const c of p.constantTable) {
        buffers.push(await this.#take(c.hash, c.bytes, source, options.signal))
        done += c.bytes
        options.onProgress?.(total === 0 ? 1 : done / total)
      }
      return buffers
    } catch (e) {
      this.release(p.constantTable.slice(0, buffers.length).map(c => c.hash))
      throw e
    }
  }

  release(hashes: readonly string[]): void {
    for (const hash of hashes) {
      const held = this.#held.get(hash)
      if (held === undefined || --held.users > 0) continue
      this.#held.delete(hash)
      held.buffer.then(b => this.#buffers.destroy(b), () => undefined)
    }
  }

  async #take(hash: string, bytes: number, source: ConstantSource, signal: AbortSignal | undefined): Promise<GPUBuffer> {
    let held = this.#held.get(hash)
    if (held === undefined) this.#held.set(hash, (held = { buffer: this.#upload(hash, bytes, source, signal), users: 0 }))
    held.users++
    try {
      return await held.buffer
    } catch (e) {
      this.release([hash])
      throw e
    }
  }

  async #upload(hash: string, bytes: number, source: ConstantSource, signal: AbortSignal | undefined): Promise<GPUBuffer> {
    const given = await source.get(hash, bytes, signal)
    throwIfAborted(signal)
    if (given.byteLength !== bytes) throw new TesseraError('MalformedModel', `Constant ${hash} has ${given.byteLength} bytes; the program says ${bytes}.`)
    const buffer = await this.#buffers.create(bytes, BufferUsage.storage | BufferUsage.copyTarget | BufferUsage.copySource, 'constant')
    write(this.#device, buffer, 0, given)
    return buffer
  }
}

/** Writes bytes whose number need not be a multiple of four; those up to the next multiple become 0. */
export function write(device: GPUDevice, buffer: GPUBuffer, at: number, bytes: Uint8Array): void {
  const whole = bytes.byteLength - (bytes.byteLength % 4)
  if (whole > 0) device.queue.writeBuffer(buffer, at, bytes.buffer, bytes.byteOffset, whole)
  if (whole < bytes.byteLength) {
    const last = new Uint8Array(4)
    last.set(bytes.subarray(whole))
    device.queue.writeBuffer(buffer, at + whole, last)
  }
}
