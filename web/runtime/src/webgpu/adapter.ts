import { describe, TesseraError } from '../errors.js'

/** The adapter that WebGPU offers, or why there is none. */
export type AdapterReport =
  | { readonly available: true; readonly name: string; readonly vendor: string; readonly software: boolean; readonly features: readonly string[]; readonly limits: Readonly<Record<string, number>> }
  | { readonly available: false; readonly reason: string }

/** Limits that kernels and buffers meet. */
const limitNames = [
  'maxBufferSize', 'maxStorageBufferBindingSize', 'maxStorageBuffersPerShaderStage', 'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup', 'maxComputeWorkgroupSizeX', 'maxComputeWorkgroupsPerDimension',
] as const

/** Features that programs may need, or that measuring does. */
const featureNames: readonly GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query']

async function requestAdapter(): Promise<GPUAdapter> {
  const gpu = globalThis.navigator?.gpu as GPU | undefined
  if (gpu === undefined) throw new TesseraError('EngineUnavailable', 'There is no navigator.gpu here.')
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null) throw new TesseraError('EngineUnavailable', 'navigator.gpu offers no adapter: no driver that WebGPU accepts was found.')
  return adapter
}

/** A device with everything that its adapter allows of what programs use. */
export async function requestDevice(): Promise<{ device: GPUDevice; name: string }> {
  const adapter = await requestAdapter()
  const requiredLimits = Object.fromEntries(limitNames.map(n => [n, adapter.limits[n]]))
  try {
    const device = await adapter.requestDevice({ requiredFeatures: featureNames.filter(f => adapter.features.has(f)), requiredLimits })
    return { device, name: adapterName(adapter) }
  } catch (e) {
    throw new TesseraError('EngineUnavailable', `${adapterName(adapter)} gives no device: ${describe(e)}`, { cause: e })
  }
}

export async function describeAdapter(): Promise<AdapterReport> {
  try {
    const adapter = await requestAdapter()
    return {
      available: true,
      name: adapterName(adapter),
      vendor: adapter.info?.vendor ?? '',
      software: isSoftware(adapter),
      features: [...adapter.features].sort(),
      limits: Object.fromEntries(limitNames.map(n => [n, adapter.limits[n]])),
    }
  } catch (e) {
    return { available: false, reason: describe(e) }
  }
}

/** Whether the adapter computes on the processor: the standard moved the answer from the adapter to its information, and hosts are at either. */
function isSoftware(adapter: GPUAdapter): boolean {
  return adapter.info?.isFallbackAdapter ?? (adapter as { isFallbackAdapter?: boolean }).isFallbackAdapter ?? false
}

function adapterName(adapter: GPUAdapter): string {
  const i = adapter.info as GPUAdapterInfo | undefined
  return [i?.description, [i?.vendor, i?.architecture].filter(Boolean).join(' ')].find(s => s) ?? 'an adapter without a name'
}
