import { describe } from './errors.js'
import { formatVersion } from './program/format.js'
import { canShareMemory } from './wasm/device.js'
import { hasRelaxedSimd, hasSimd } from './wasm/features.js'
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

export async function capabilities(): Promise<Capabilities> {
  return {
    format: formatVersion,
    host: host(),
    processors: Math.max(1, globalThis.navigator?.hardwareConcurrency ?? 1),
    wasm: { simd: hasSimd(), relaxedSimd: hasRelaxedSimd(), threads: canShareMemory() },
    webgpu: await describeAdapter(),
    webnn: await webnn(),
  }
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
