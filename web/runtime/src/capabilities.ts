import { describe } from './errors.js'
import { formatVersion } from './program/format.js'
import { canShareMemory } from './wasm/device.js'
import { describeAdapter, type AdapterReport } from './webgpu/adapter.js'

/** What a WebNN context says of itself, or why there is none. */
export type WebNnReport = { readonly available: true; readonly limits: unknown } | { readonly available: false; readonly reason: string }

export interface WasmReport {
  readonly simd: boolean
  readonly relaxedSimd: boolean
  /** Whether threads can share memory. */
  readonly threads: boolean
}

/** What can run here, found by trying. */
export interface Capabilities {
  /** Version of the program format. */
  readonly format: number
  readonly host: string
  readonly processors: number
  readonly wasm: WasmReport
  readonly webgpu: AdapterReport
  readonly webnn: WebNnReport
}

// Modules of one function: (v128.const 0) any_true drop; i32x4.relaxed_trunc_f32x4_s.
const simd = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11]
const relaxed = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 12, 1, 10, 0, 65, 0, 253, 15, 253, 129, 2, 26, 11]

export async function capabilities(): Promise<Capabilities> {
  return {
    format: formatVersion,
    host: host(),
    processors: Math.max(1, globalThis.navigator?.hardwareConcurrency ?? 1),
    wasm: { simd: validates(simd), relaxedSimd: validates(relaxed), threads: canShareMemory() },
    webgpu: await describeAdapter(),
    webnn: await webnn(),
  }
}

function validates(code: readonly number[]): boolean {
  return typeof WebAssembly !== 'undefined' && WebAssembly.validate(new Uint8Array(code))
}

async function webnn(): Promise<WebNnReport> {
  const ml = (globalThis.navigator as { ml?: { createContext(): Promise<{ opSupportLimits?(): unknown }> } } | undefined)?.ml
  if (ml === undefined) return { available: false, reason: 'there is no navigator.ml' }
  try {
    const context = await ml.createContext()
    return { available: true, limits: context.opSupportLimits?.() }
  } catch (e) {
    return { available: false, reason: describe(e) }
  }
}

/** What the host calls itself; shown to people, decides nothing. */
function host(): string {
  const g = globalThis as { Deno?: { version: { deno: string } }; process?: { versions?: { node?: string } } }
  if (g.Deno !== undefined) return `Deno ${g.Deno.version.deno}`
  if (g.process?.versions?.node !== undefined) return `Node ${g.process.versions.node}`
  return globalThis.navigator?.userAgent ?? 'unknown'
}
