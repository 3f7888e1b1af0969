import type { ConstantSource, LoadedProgram, LoadOptions, RunOptions } from '../device.js'
import { describe, TesseraError, throwIfAborted } from '../errors.js'
import type { Binding, Program } from '../program/format.js'
import { checkInputs } from '../program/inputs.js'
import { checkOutputs, takeOutputs } from '../program/outputs.js'
import { padded, write } from './buffers.js'
import type { Life, WebGpuDevice } from './device.js'
import { BufferUsage, readMode } from './flags.js'

/** A part of the arena that is filled with zeros. */
interface Fill {
  readonly step: number
  readonly pipeline: undefined
  readonly arena: GPUBuffer
  readonly at: number
  readonly bytes: number
}

interface Launch {
  readonly step: number
  readonly pipeline: GPUComputePipeline
  readonly bindings: GPUBindGroup
  readonly x: number
  readonly y: number
}

/** A program on one `GPUDevice`. */
interface Placed {
  readonly life: Life
  readonly arena: GPUBuffer
  readonly constants: readonly GPUBuffer[]
  /** Outputs one after the other, and the fault word last. */
  readonly results: GPUBuffer
  readonly launches: readonly (Launch | Fill)[]
}

/** Launches that go to the device at a time: enough that submitting costs nothing, few enough that a device with a watchdog answers in between. */
const batch = 256
const mostGroups = 65535

export class WebGpuProgram implements LoadedProgram {
  readonly #device: WebGpuDevice
  readonly #program: Program
  readonly #source: ConstantSource
  #placed: Placed
  #disposed = false

  private constructor(device: WebGpuDevice, program: Program, source: ConstantSource, placed: Placed) {
    this.#device = device
    this.#program = program
    this.#source = source
    this.#placed = placed
  }

  static async load(device: WebGpuDevice, p: Program, source: ConstantSource, options: LoadOptions): Promise<WebGpuProgram> {
    return new WebGpuProgram(device, p, source, await place(await device.life(), p, source, options))
  }

  run(inputs: readonly Uint8Array[], options: RunOptions = {}): Promise<Uint8Array<ArrayBuffer>[]> {
    return this.#device.turns.take(async () => {
      if (this.#disposed) throw new TesseraError('InvalidArgument', 'The program was disposed.')
      checkInputs(this.#program, inputs)
      checkOutputs(this.#program, options.into)
      throwIfAborted(options.signal)
      const life = await this.#device.life()
      if (life !== this.#placed.life) this.#placed = await place(life, this.#program, this.#source, { signal: options.signal })
      return this.#run(inputs, options)
    })
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    void this.#device.turns.take(() => Promise.resolve(unplace(this.#placed, this.#program)))
  }

  async #run(inputs: readonly Uint8Array[], { signal, times, into }: RunOptions): Promise<Uint8Array<ArrayBuffer>[]> {
    const p = this.#program, { life, arena, launches } = this.#placed, { device } = life
    device.pushErrorScope('validation')
    device.pushErrorScope('out-of-memory')
    p.inputs.forEach((v, i) => write(device, arena, (p.values[v.value] as Binding).at, inputs[i] as Uint8Array))
    device.queue.writeBuffer(arena, p.fault, new Uint32Array(1))
    const most = times === undefined ? batch : 1
    for (let first = 0; first < launches.length; first += most) {
      const begin = performance.now()
      device.queue.submit([encode(device, launches.slice(first, first + most))])
      if (times !== undefined) {
        await device.queue.onSubmittedWorkDone()
        times[(launches[first] as Launch | Fill).step] = performance.now() - begin
      } else if (signal !== undefined && first + most < launches.length) {
        await device.queue.onSubmittedWorkDone()
      }
      if (signal?.aborted === true) {
        void device.popErrorScope()
        void device.popErrorScope()
        throwIfAborted(signal)
      }
    }
    return this.#read(into)
  }

  async #read(into: RunOptions['into']): Promise<Uint8Array<ArrayBuffer>[]> {
    const p = this.#program, { life, arena, constants, results } = this.#placed, { device } = life
    const encoder = device.createCommandEncoder()
    let at = 0
    for (const v of p.outputs) {
      const b = p.values[v.value] as Binding
      const from = b.constant === undefined ? arena : (constants[b.constant] as GPUBuffer)
      if (b.bytes > 0) encoder.copyBufferToBuffer(from, b.at, results, at, padded(b.bytes))
      at += padded(b.bytes)
    }
    encoder.copyBufferToBuffer(arena, p.fault, results, at, 4)
    device.queue.submit([encoder.finish()])
    const mapped = results.mapAsync(readMode)
    const [memory, validation] = await Promise.all([device.popErrorScope(), device.popErrorScope()]).catch(() => [null, null])
    try {
      await mapped
    } catch (e) {
      if (life.lost !== undefined) throw new TesseraError('DeviceLost', `${life.adapter} was lost during the run: ${life.lost}. The next run takes a new device.`, { cause: e })
      throw new TesseraError('Internal', `Results can't be read from ${life.adapter}: ${(memory ?? validation)?.message ?? describe(e)}`, { cause: e })
    }
    try {
      if (memory !== null) throw new TesseraError('OutOfMemory', `${life.adapter} ran out of memory: ${memory.message}`)
      if (validation !== null) throw new TesseraError('Internal', `${life.adapter} refused the run: ${validation.message}`)
      const all = new Uint8Array(results.getMappedRange())
      if (new Uint32Array(all.buffer, at, 1)[0] !== 0) {
        throw new TesseraError('InvalidArgument', `An index lies outside its axis; the program's kernels are ${[...new Set(p.kernels.map(k => k.name))].slice(0, 8).join(', ')}.`)
      }
      at = 0
      return takeOutputs(p, into, v => {
        const { bytes } = p.values[v] as Binding, from = at
        at += padded(bytes)
        return all.subarray(from, from + bytes)
      })
    } finally {
      results.unmap()
    }
  }
}

async function place(life: Life, p: Program, source: ConstantSource, options: LoadOptions): Promise<Placed> {
  const { buffers, constants, pipelines } = life
  const counts = new Map(p.steps.map(s => [s.kernel, s.values.length] as const))
  const text = new TextDecoder()
  // Compilers of drivers work beside the transfer of constants.
  const compiling = Promise.all(p.kernels.map((k, i) => pipelines.get(k.name, text.decode(p.code.subarray(k.at, k.at + k.bytes)), counts.get(i) ?? 0)))
  compiling.catch(() => undefined)
  const held = await constants.take(p, source, { ...options, onProgress: f => options.onProgress?.(f / 2) })
  let arena: GPUBuffer | undefined, results: GPUBuffer | undefined
  try {
    const compiled = await compiling
    throwIfAborted(options.signal)
    arena = await buffers.create(p.memory, BufferUsage.storage | BufferUsage.copyTarget | BufferUsage.copySource, 'arena')
    const bytes = p.outputs.reduce((n, v) => n + padded((p.values[v.value] as Binding).bytes), 4)
    results = await buffers.create(bytes, BufferUsage.mapRead | BufferUsage.copyTarget, 'results')
    const launches = await bind(life, p, compiled, arena, held)
    options.onProgress?.(1)
    return { life, arena, constants: held, results, launches }
  } catch (e) {
    if (arena !== undefined) buffers.destroy(arena)
    if (results !== undefined) buffers.destroy(results)
    constants.release(p.constantTable.map(c => c.hash))
    throw e
  }
}

async function bind(life: Life, p: Program, compiled: readonly GPUComputePipeline[], arena: GPUBuffer, constants: readonly GPUBuffer[]): Promise<(Launch | Fill)[]> {
  const { device } = life
  const limit = device.limits.maxStorageBufferBindingSize
  const large = p.values.find(v => v.bytes > limit)
  if (large !== undefined) throw new TesseraError('OutOfMemory', `A value takes ${large.bytes} bytes; a kernel on ${life.adapter} reads at most ${limit} of one. Use smaller inputs or another engine.`)
  device.pushErrorScope('validation')
  const launches = p.steps.flatMap((s, step): (Launch | Fill)[] => {
    if (s.kernel === undefined) {
      const { at, bytes } = p.values[s.values[0] as number] as Binding
      return [{ step, pipeline: undefined, arena, at, bytes: padded(bytes) }]
    }
    if (s.items === 0) return []
    const entries = s.values.map((number, binding) => {
      const v = p.values[number] as Binding
      const resource = v.constant === undefined ? { buffer: arena, offset: v.at, size: padded(v.bytes) } : { buffer: constants[v.constant] as GPUBuffer }
      return { binding, resource }
    })
    const groups = Math.ceil(s.items / (p.kernels[s.kernel]?.group ?? 1))
    const x = Math.min(groups, mostGroups)
    const bindings = device.createBindGroup({ layout: life.pipelines.layout(s.values.length), entries })
    return [{ step, pipeline: compiled[s.kernel] as GPUComputePipeline, bindings, x, y: Math.ceil(groups / x) }]
  })
  const error = await device.popErrorScope()
  if (error !== null) throw new TesseraError('Internal', `${life.adapter} does not take the program's buffers: ${error.message}`)
  return launches
}

function unplace({ life, arena, results }: Placed, p: Program): void {
  life.buffers.destroy(arena)
  life.buffers.destroy(results)
  life.constants.release(p.constantTable.map(c => c.hash))
}

function encode(device: GPUDevice, launches: readonly (Launch | Fill)[]): GPUCommandBuffer {
  const encoder = device.createCommandEncoder()
  let pass: GPUComputePassEncoder | undefined
  for (const l of launches) {
    if (l.pipeline === undefined) {
      pass?.end()
      pass = undefined
      encoder.clearBuffer(l.arena, l.at, l.bytes)
      continue
    }
    pass ??= encoder.beginComputePass()
    pass.setPipeline(l.pipeline)
    pass.setBindGroup(0, l.bindings)
    pass.dispatchWorkgroups(l.x, l.y)
  }
  pass?.end()
  return encoder.finish()
}
