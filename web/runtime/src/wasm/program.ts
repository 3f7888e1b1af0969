import type { LoadedProgram, RunOptions, Turns } from '../device.js'
import { describe, TesseraError, throwIfAborted } from '../errors.js'
import { checkInputs } from '../program/inputs.js'
import { checkOutputs, takeOutputs } from '../program/outputs.js'
import type { Binding, Program } from '../program/format.js'
import type { Heap } from './heap.js'
import { Team } from './team.js'

/** Where a program lies and what it shares with others. */
export interface Placed {
  readonly heap: Heap
  readonly turns: Turns
  readonly team: Team | undefined
  readonly exports: WebAssembly.Exports
  readonly arena: number
  readonly constants: readonly number[]
  readonly id: number
}

interface Launch {
  /** -1: `call` fills memory with zeros. */
  readonly kernel: number
  readonly call: (...args: number[]) => void
  readonly values: readonly number[]
  readonly items: number
  /** Milliseconds on one thread at the first run; below zero before that. */
  cost: number
}

/** How long a run may keep the host's other tasks waiting, in milliseconds, and from where on a launch is worth sharing out. */
const breath = 20, worthSharing = 0.05

export class WasmProgram implements LoadedProgram {
  readonly #program: Program
  readonly #placed: Placed
  readonly #launches: readonly Launch[]
  readonly #give: () => void
  #disposed = false

  constructor(program: Program, placed: Placed, give: () => void) {
    this.#program = program
    this.#placed = placed
    this.#give = give
    this.#launches = program.steps.map(s => {
      if (s.kernel === undefined) {
        const value = s.values[0] as number, at = this.#address(value), { bytes } = program.values[value] as Binding
        return { kernel: -1, call: () => void placed.heap.bytes().fill(0, at, at + bytes), values: [], items: 0, cost: -1 }
      }
      const call = placed.exports[`k${s.kernel}`]
      if (typeof call !== 'function') throw new TesseraError('MalformedModel', `The program's module has no function k${s.kernel}.`)
      return { kernel: s.kernel, call: call as Launch['call'], values: s.values.map(v => this.#address(v)), items: s.items, cost: -1 }
    })
  }

  run(inputs: readonly Uint8Array[], options: RunOptions = {}): Promise<Uint8Array<ArrayBuffer>[]> {
    if (this.#disposed) return Promise.reject(new TesseraError('InvalidArgument', 'The program was disposed.'))
    try {
      checkInputs(this.#program, inputs)
      checkOutputs(this.#program, options.into)
    } catch (e) {
      return Promise.reject(e)
    }
    return this.#placed.turns.take(() => this.#run(inputs, options))
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    void this.#placed.turns.take(() => Promise.resolve(this.#give()))
  }

  async #run(inputs: readonly Uint8Array[], { signal, times, into }: RunOptions): Promise<Uint8Array<ArrayBuffer>[]> {
    throwIfAborted(signal)
    const p = this.#program, { heap, arena } = this.#placed
    const before = heap.bytes()
    p.inputs.forEach((v, i) => before.set(inputs[i] as Uint8Array, this.#address(v.value)))
    new Int32Array(heap.memory.buffer)[(arena + p.fault) >>> 2] = 0
    let rested = performance.now()
    for (let i = 0; i < this.#launches.length; i++) {
      const launch = this.#launches[i] as Launch
      const begin = times !== undefined || launch.cost < 0 ? performance.now() : 0
      this.#launch(launch, i)
      if (times !== undefined || launch.cost < 0) {
        const took = performance.now() - begin
        if (times !== undefined) times[i] = took
        if (launch.cost < 0) launch.cost = took
      }
      if (signal !== undefined && performance.now() - rested > breath) {
        await rest()
        throwIfAborted(signal)
        rested = performance.now()
      }
    }
    // Another program may have grown the memory while this one rested.
    const after = heap.bytes()
    if (new Int32Array(heap.memory.buffer)[(arena + p.fault) >>> 2] !== 0) {
      throw new TesseraError('InvalidArgument', `An index lies outside its axis; the program's kernels are ${[...new Set(p.kernels.map(k => k.name))].slice(0, 8).join(', ')}.`)
    }
    return takeOutputs(p, into, v => after.subarray(this.#address(v), this.#address(v) + (p.values[v] as Binding).bytes))
  }

  #launch(launch: Launch, step: number): void {
    const { team, id } = this.#placed
    try {
      if (team !== undefined && launch.cost > worthSharing && launch.items > 1 && Team.takes(launch.values.length)) {
        team.run(launch.kernel, id, launch.call, launch.values, launch.items, 1)
      } else launch.call(...launch.values, 0, launch.items)
    } catch (e) {
      if (e instanceof TesseraError) throw e
      throw new TesseraError('Internal', `Step ${step}, ${this.#program.kernels[launch.kernel]?.name ?? 'Clear'}, failed: ${describe(e)}`, { cause: e })
    }
  }

  #address(value: number): number {
    const v = this.#program.values[value] as Binding
    return v.constant === undefined ? this.#placed.arena + v.at : (this.#placed.constants[v.constant] as number)
  }
}

/** Lets the host's other tasks run: a message to abort, above all. */
export function rest(): Promise<void> {
  return new Promise(done => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      done()
    }
    port2.postMessage(0)
  })
}
