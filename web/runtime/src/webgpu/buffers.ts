import { SharedConstants } from '../constants.js'
import { describe, TesseraError } from '../errors.js'
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

/** Constants of programs, each in a buffer of its own. */
export function bufferConstants(device: GPUDevice, buffers: Buffers): SharedConstants<GPUBuffer> {
  return new SharedConstants(async given => {
    const buffer = await buffers.create(given.byteLength, BufferUsage.storage | BufferUsage.copyTarget | BufferUsage.copySource, 'constant')
    write(device, buffer, 0, given)
    return buffer
  }, buffer => buffers.destroy(buffer))
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
