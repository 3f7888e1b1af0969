import type { Device } from './device.js'
import type { Target } from './program/format.js'
import { WasmDevice } from './wasm/device.js'
import { WebGpuDevice } from './webgpu/device.js'

/** A device of that kind. @throws TesseraError EngineUnavailable with the reason. */
export function openDevice(target: Target, threads?: number): Promise<Device> {
  return target === 'wasm' ? WasmDevice.open({ threads }) : WebGpuDevice.open()
}
