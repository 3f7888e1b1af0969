import { SharedConstants } from '../constants.js'
import { Turns, type ConstantSource, type Device, type LoadedProgram, type LoadOptions } from '../device.js'
import { describe, TesseraError, throwIfAborted } from '../errors.js'
import type { Program } from '../program/format.js'
import { hasRelaxedSimd } from './features.js'
import { withRelaxedSimd } from './fused.js'
import { Heap } from './heap.js'
import { WasmProgram } from './program.js'
import { withSharedMemory } from './shared.js'
import { Team } from './team.js'

export interface WasmOptions {
  /** Upper bound on threads; 0: all processors. More than one needs memory that threads share: a page must be cross-origin isolated. */
  threads?: number | undefined
}

/** Whether threads can share memory here. */
export function canShareMemory(): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false
}

/** WebAssembly with 128-bit vectors. */
export class WasmDevice implements Device {
  readonly target = 'wasm'
  readonly #turns = new Turns()
  readonly #heap: Heap
  readonly #constants: SharedConstants<number>
  readonly #team: Team | undefined
  #programs = 0

  private constructor(heap: Heap, team: Team | undefined) {
    this.#heap = heap
    this.#constants = heapConstants(heap)
    this.#team = team
  }

  static async open(options: WasmOptions = {}): Promise<WasmDevice> {
    if (typeof WebAssembly === 'undefined') throw new TesseraError('EngineUnavailable', 'There is no WebAssembly here.')
    const wanted = options.threads === undefined || options.threads === 0 ? processors() : options.threads
    const shared = wanted > 1 && canShareMemory()
    const heap = new Heap(shared)
    return new WasmDevice(heap, shared ? await Team.start(heap.memory, wanted) : undefined)
  }

  get threads(): number {
    return this.#team?.size ?? 1
  }

  holds(hash: string): boolean {
    return this.#constants.holds(hash)
  }

  async load(p: Program, source: ConstantSource, options: LoadOptions = {}): Promise<LoadedProgram> {
    if (p.target !== this.target) throw new TesseraError('InvalidArgument', `This is a program for '${p.target}'; the device runs WebAssembly.`)
    throwIfAborted(options.signal)
    const module = await this.#compile(p)
    const constants = await this.#constants.take(p, source, options)
    const hashes = p.constantTable.map(c => c.hash)
    const id = ++this.#programs
    let arena = -1
    try {
      arena = this.#heap.allocate(p.memory, 'The arena of a program')
      const { exports } = await WebAssembly.instantiate(module, { env: { memory: this.#heap.memory } })
      const team = this.#team
      if (team !== undefined) await this.#turns.take(() => team.add(id, module))
      return new WasmProgram(p, { heap: this.#heap, turns: this.#turns, team, exports, arena, constants, id }, () => {
        if (team !== undefined) void this.#turns.take(() => team.drop(id))
        this.#heap.free(arena, p.memory)
        this.#constants.release(hashes)
      })
    } catch (e) {
      if (arena >= 0) this.#heap.free(arena, p.memory)
      this.#constants.release(hashes)
      throw e
    }
  }

  dispose(): void {
    // After what was asked for before.
    void this.#turns.take(() => Promise.resolve(this.#team?.end()))
  }

  async #compile(p: Program): Promise<WebAssembly.Module> {
    const fused = withRelaxedSimd(p.code), own = hasRelaxedSimd() ? fused : p.code
    const code = this.#team === undefined ? own : withSharedMemory(own, this.#heap.maximumPages)
    try {
      return await WebAssembly.compile(code)
    } catch (e) {
      throw new TesseraError('Unsupported', `The program's kernels do not compile here: ${describe(e)}. Its vectors need WebAssembly SIMD.`, { cause: e })
    }
  }
}

function processors(): number {
  return Math.max(1, globalThis.navigator?.hardwareConcurrency ?? 1)
}

function heapConstants(heap: Heap): SharedConstants<number> {
  return new SharedConstants(given => {
    const at = heap.allocate(given.byteLength, 'A constant')
    heap.bytes().set(given, at)
    return at
  }, (at, bytes) => heap.free(at, bytes))
}
