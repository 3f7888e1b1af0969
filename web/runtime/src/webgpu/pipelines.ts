import { describe, TesseraError } from '../errors.js'
import { computeStage } from './flags.js'

/** Pipelines by their source, and layouts by their number of buffers: programs of one model share most of both. */
export class Pipelines {
  readonly #device: GPUDevice
  readonly #adapter: string
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>()
  readonly #layouts = new Map<number, GPUBindGroupLayout>()

  constructor(device: GPUDevice, adapter: string) {
    this.#device = device
    this.#adapter = adapter
  }

  /** `buffers` storage buffers at the bindings 0, 1 … of group 0. */
  layout(buffers: number): GPUBindGroupLayout {
    let layout = this.#layouts.get(buffers)
    if (layout === undefined) {
      const limit = this.#device.limits.maxStorageBuffersPerShaderStage
      if (buffers > limit) throw new TesseraError('Unsupported', `A kernel binds ${buffers} buffers; ${this.#adapter} allows ${limit}.`)
      layout = this.#device.createBindGroupLayout({
        entries: Array.from({ length: buffers }, (_, binding) => ({ binding, visibility: computeStage, buffer: { type: 'storage' } })),
      })
      this.#layouts.set(buffers, layout)
    }
    return layout
  }

  get(name: string, source: string, buffers: number): Promise<GPUComputePipeline> {
    const key = `${buffers}\n${source}`
    let pipeline = this.#pipelines.get(key)
    if (pipeline === undefined) {
      pipeline = this.#create(name, source, buffers)
      this.#pipelines.set(key, pipeline)
      pipeline.catch(() => this.#pipelines.delete(key))
    }
    return pipeline
  }

  async #create(name: string, code: string, buffers: number): Promise<GPUComputePipeline> {
    const device = this.#device
    const layout = device.createPipelineLayout({ bindGroupLayouts: [this.layout(buffers)] })
    device.pushErrorScope('validation')
    const module = device.createShaderModule({ label: name, code })
    const scope = device.popErrorScope()
    try {
      return await device.createComputePipelineAsync({ label: name, layout, compute: { module } })
    } catch (e) {
      const invalid = await scope
      throw new TesseraError('Internal', `Kernel '${name}' does not compile on ${this.#adapter}: ${(await complaints(module, code)) ?? invalid?.message ?? describe(e)}`, { cause: e })
    }
  }
}

/** The compiler's first complaint with the line that it is about. */
async function complaints(module: GPUShaderModule, code: string): Promise<string | undefined> {
  const info = await module.getCompilationInfo().catch(() => undefined)
  const first = info?.messages.find(m => m.type === 'error')
  if (first === undefined) return undefined
  return `line ${first.lineNum}: ${first.message}\n${code.split('\n')[first.lineNum - 1]?.trim() ?? ''}`
}
