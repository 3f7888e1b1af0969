import type { ConstantSource, Device, LoadedProgram } from '../device.js'
import { describe, TesseraError } from '../errors.js'
import type { Program, Target } from '../program/format.js'
import { readProgram } from '../program/read.js'
import { encode, Kind, type Frame } from './frames.js'

interface Entry {
  readonly program: Program
  loaded: LoadedProgram | undefined
  running: AbortController | undefined
}

/** Holds programs and runs them as frames ask; decides nothing. */
export class Session {
  readonly #send: (frame: Uint8Array<ArrayBuffer>) => void
  readonly #open: (target: Target) => Promise<Device>
  readonly #programs = new Map<number, Entry>()
  /** Constants that arrived for programs that are being loaded. */
  readonly #arrived = new Map<string, Uint8Array>()
  #last: Promise<void> = Promise.resolve()

  constructor(send: (frame: Uint8Array<ArrayBuffer>) => void, open: (target: Target) => Promise<Device>) {
    this.#send = send
    this.#open = open
  }

  /** Takes a frame. Requests are answered in turn; a cancellation is obeyed at once. */
  take(frame: Frame): void {
    if (frame.kind === Kind.cancel) {
      this.#programs.get(frame.id)?.running?.abort(new TesseraError('InvalidArgument', 'the run was cancelled'))
      return
    }
    this.#last = this.#last.then(() => this.#answer(frame))
  }

  async #answer({ kind, id, payload }: Frame): Promise<void> {
    try {
      this.#send(encode(kind, id, await this.#handle(kind, id, payload)))
    } catch (e) {
      const code = e instanceof TesseraError ? e.code : e instanceof RangeError ? 'OutOfMemory' : 'Internal'
      this.#send(encode(Kind.error, id, [json({ code, message: describe(e) })]))
    }
  }

  async #handle(kind: number, id: number, payload: Uint8Array<ArrayBuffer>): Promise<Uint8Array[]> {
    switch (kind) {
      case Kind.load: return [json({ missing: await this.#load(id, payload) })]
      case Kind.constant: return this.#constant(payload)
      case Kind.run: return this.#run(id, payload, false)
      case Kind.profile: return this.#run(id, payload, true)
      case Kind.time: return this.#time(id, payload)
      case Kind.drop: return this.#drop(id)
      default: throw new TesseraError('InvalidArgument', `there is no request of kind ${kind}`)
    }
  }

  /** Loads what is given, or goes on with what was given before; the hashes of constants that are still to come. */
  async #load(id: number, payload: Uint8Array<ArrayBuffer>): Promise<string[]> {
    if (payload.byteLength > 0) {
      this.#drop(id)
      this.#programs.set(id, { program: readProgram(payload), loaded: undefined, running: undefined })
    }
    const entry = this.#entry(id)
    const device = await this.#open(entry.program.target)
    if (entry.program.constants === undefined) {
      const missing = new Set(entry.program.constantTable.map(c => c.hash).filter(h => !device.holds(h) && !this.#arrived.has(h)))
      if (missing.size > 0) return [...missing]
    }
    try {
      entry.loaded = await device.load(entry.program, this.#source(entry.program))
    } catch (e) {
      this.#programs.delete(id)
      throw e
    } finally {
      this.#arrived.clear()
    }
    return []
  }

  #source(p: Program): ConstantSource {
    const own = new Map(p.constants === undefined ? [] : p.constantTable.map(c => [c.hash, p.constants?.subarray(c.at, c.at + c.bytes)]))
    return {
      get: hash => {
        const bytes = own.get(hash) ?? this.#arrived.get(hash)
        return bytes !== undefined ? Promise.resolve(bytes) : Promise.reject(new TesseraError('DeviceLost', 'The device was lost, and constants with it: load the program again.'))
      },
    }
  }

  /** A constant: 32 bytes of SHA-256, then its bytes. */
  #constant(payload: Uint8Array<ArrayBuffer>): Uint8Array[] {
    if (payload.byteLength < 32) throw new TesseraError('InvalidArgument', 'a constant comes without its hash')
    const hash = Array.from(payload.subarray(0, 32), b => b.toString(16).padStart(2, '0')).join('')
    this.#arrived.set(hash, payload.subarray(32))
    return []
  }

  async #run(id: number, payload: Uint8Array, timed: boolean): Promise<Uint8Array[]> {
    const entry = this.#entry(id)
    if (entry.loaded === undefined) throw new TesseraError('InvalidArgument', `program ${id} waits for constants`)
    const inputs = cut(entry.program, payload)
    const times = timed ? new Float64Array(entry.program.steps.length) : undefined
    const running = (entry.running = new AbortController())
    try {
      const outputs = await entry.loaded.run(inputs, { signal: running.signal, times })
      return times === undefined ? outputs : [new Uint8Array(times.buffer), ...outputs]
    } finally {
      entry.running = undefined
    }
  }

  /** Milliseconds of so many samples, each the mean of so many runs in a row; then the inputs. */
  async #time(id: number, payload: Uint8Array<ArrayBuffer>): Promise<Uint8Array[]> {
    const entry = this.#entry(id)
    if (entry.loaded === undefined || payload.byteLength < 8) throw new TesseraError('InvalidArgument', `program ${id} waits for constants, or how often to run it is not said`)
    const counts = new DataView(payload.buffer, payload.byteOffset), samples = counts.getUint32(0, true), runs = counts.getUint32(4, true)
    const inputs = cut(entry.program, payload.subarray(8))
    const times = new Float64Array(samples)
    let into: Uint8Array<ArrayBuffer>[] | undefined
    const running = (entry.running = new AbortController())
    try {
      for (let s = 0; s < samples; s++) {
        const begin = performance.now()
        for (let r = 0; r < runs; r++) into = await entry.loaded.run(inputs, { signal: running.signal, into })
        times[s] = (performance.now() - begin) / runs
      }
    } finally {
      entry.running = undefined
    }
    return [new Uint8Array(times.buffer)]
  }

  #drop(id: number): Uint8Array[] {
    this.#programs.get(id)?.loaded?.dispose()
    this.#programs.delete(id)
    return []
  }

  #entry(id: number): Entry {
    const entry = this.#programs.get(id)
    if (entry === undefined) throw new TesseraError('InvalidArgument', `no program ${id} is loaded`)
    return entry
  }
}

/** The bytes of each input out of those of all. */
function cut(p: Program, payload: Uint8Array): Uint8Array[] {
  let at = 0
  const inputs = p.inputs.map(v => {
    const bytes = p.values[v.value]?.bytes ?? 0
    at += bytes
    return payload.subarray(at - bytes, at)
  })
  if (at !== payload.byteLength) throw new TesseraError('ShapeMismatch', `${payload.byteLength} bytes of inputs; the program takes ${at}`)
  return inputs
}

export function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}
