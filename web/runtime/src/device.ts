import type { Program } from './program/format.js'

/** Where the bytes of constants come from. */
export interface ConstantSource {
  /** The bytes whose SHA-256 that is. */
  get(hash: string, bytes: number, signal?: AbortSignal): Promise<Uint8Array>
}

export interface LoadOptions {
  signal?: AbortSignal | undefined
  /** Called with a number from 0 to 1 as constants arrive and kernels are compiled. */
  onProgress?: ((fraction: number) => void) | undefined
}

export interface RunOptions {
  signal?: AbortSignal | undefined
  /** Filled with the milliseconds of each step. The run is slower then: every step is waited for. */
  times?: Float64Array | undefined
  /** Memory for the bytes of each output, given back as the result. Without it each run takes new memory, which may cost more than the work of a small model. */
  into?: readonly Uint8Array<ArrayBuffer>[] | undefined
}

/** A program that a device holds. Runs of one program happen one after the other. */
export interface LoadedProgram {
  /** Runs with the bytes of each input, and gives those of each output. */
  run(inputs: readonly Uint8Array[], options?: RunOptions): Promise<Uint8Array<ArrayBuffer>[]>
  /** Gives back what it holds on the device. */
  dispose(): void
}

/** Something that runs programs of one target. */
export interface Device {
  readonly target: Program['target']
  /** Constants that the device holds already. */
  holds(hash: string): boolean
  load(program: Program, constants: ConstantSource, options?: LoadOptions): Promise<LoadedProgram>
  dispose(): void
}

/** The constants that a program's own file carries. */
export function ownConstants(p: Program): ConstantSource {
  const at = new Map(p.constantTable.map(c => [c.hash, c]))
  return {
    get(hash) {
      const c = at.get(hash)
      if (c === undefined || p.constants === undefined) return Promise.reject(new Error(`the program carries no constant ${hash}`))
      return Promise.resolve(p.constants.subarray(c.at, c.at + c.bytes))
    },
  }
}

/** Runs one task after the other. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  take<T>(task: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(task, task)
    this.#last = mine.catch(() => undefined)
    return mine
  }
}
