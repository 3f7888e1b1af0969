import type { SharedConstants } from '../constants.js'
import { Turns, type ConstantSource, type Device, type LoadedProgram, type LoadOptions } from '../device.js'
import { TesseraError, throwIfAborted } from '../errors.js'
import type { Program } from '../program/format.js'
import { requestDevice } from './adapter.js'
import { bufferConstants, Buffers } from './buffers.js'
import { Pipelines } from './pipelines.js'
import { WebGpuProgram } from './program.js'

/** What lives and dies with one `GPUDevice`. */
export interface Life {
  readonly device: GPUDevice
  readonly adapter: string
  readonly buffers: Buffers
  readonly constants: SharedConstants<GPUBuffer>
  readonly pipelines: Pipelines
  /** Why the device was lost; undefined while it works. */
  lost: string | undefined
}

/** WebGPU. A device that was lost is replaced by a new one, to which programs move at their next run. */
export class WebGpuDevice implements Device {
  readonly target = 'webgpu'
  readonly turns = new Turns()
  #life: Promise<Life>
  #present: Life
  #disposed = false

  private constructor(life: Life) {
    this.#life = Promise.resolve(life)
    this.#present = life
  }

  static async open(): Promise<WebGpuDevice> {
    return new WebGpuDevice(await begin())
  }

  /** The present device, or a new one where that was lost. */
  async life(): Promise<Life> {
    if (this.#disposed) throw new TesseraError('InvalidArgument', 'The device was disposed.')
    const present = this.#life
    const life = await present.catch(() => undefined)
    if (life?.lost === undefined && life !== undefined) return life
    if (this.#life === present) this.#life = begin()
    return (this.#present = await this.#life)
  }

  holds(hash: string): boolean {
    return this.#present.lost === undefined && this.#present.constants.holds(hash)
  }

  async load(p: Program, source: ConstantSource, options: LoadOptions = {}): Promise<LoadedProgram> {
    if (p.target !== this.target) throw new TesseraError('InvalidArgument', `This is a program for '${p.target}'; the device runs WebGPU.`)
    throwIfAborted(options.signal)
    return WebGpuProgram.load(this, p, source, options)
  }

  dispose(): void {
    this.#disposed = true
    this.#life.then(l => l.device.destroy(), () => undefined)
  }
}

async function begin(): Promise<Life> {
  const { device, name } = await requestDevice()
  const buffers = new Buffers(device)
  const life: Life = { device, adapter: name, buffers, constants: bufferConstants(device, buffers), pipelines: new Pipelines(device, name), lost: undefined }
  void device.lost.then(info => {
    life.lost = info.message || info.reason || 'no reason was given'
  })
  return life
}
