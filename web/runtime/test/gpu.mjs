// As much of WebGPU as the runtime uses, without a device: buffers are arrays, and a pipeline is a function of JavaScript that stands for its source.

/**
 * A `navigator.gpu` whose kernels are given by their source. `gpu.devices` are those handed out so far; `lose()` takes the last one away, as a driver that crashes does.
 * @param kernels map from source to a function (buffers as Float32Array …, groups)
 */
export function fakeGpu(kernels) {
  const devices = []
  const limits = { maxBufferSize: 1 << 20, maxStorageBufferBindingSize: 1 << 20, maxStorageBuffersPerShaderStage: 8, maxComputeWorkgroupStorageSize: 1 << 14, maxComputeInvocationsPerWorkgroup: 256, maxComputeWorkgroupSizeX: 256, maxComputeWorkgroupsPerDimension: 65535 }
  const adapter = { features: new Set(), limits, info: { description: 'a fake' }, requestDevice: () => Promise.resolve(device()) }
  function device() {
    let lose
    const d = {
      limits, label: `device ${devices.length}`, created: [], compiled: [], isLost: false,
      lost: new Promise(done => { lose = done }),
      lose: (message = 'it crashed') => { d.isLost = true; lose({ reason: 'unknown', message }) },
      destroy: () => { d.isLost = true; lose({ reason: 'destroyed', message: '' }) },
      pushErrorScope() {}, popErrorScope: () => Promise.resolve(null),
      createBuffer({ size, label }) {
        const b = { size, label, data: new Uint8Array(size), destroy() {}, mapAsync: () => d.isLost ? Promise.reject(new Error('the device is lost')) : Promise.resolve(), getMappedRange: () => b.data.buffer, unmap() {} }
        d.created.push(b)
        return b
      },
      createBindGroupLayout: l => l, createPipelineLayout: l => l, createBindGroup: g => g,
      createShaderModule: ({ code }) => ({ code, getCompilationInfo: () => Promise.resolve({ messages: [] }) }),
      createComputePipelineAsync({ compute: { module } }) {
        d.compiled.push(module.code)
        const run = kernels.get(module.code)
        return run === undefined ? Promise.reject(new Error('no such kernel')) : Promise.resolve(run)
      },
      createCommandEncoder() {
        const work = []
        let run, entries, open
        return {
          beginComputePass: () => (open = true, {
            setPipeline: p => { run = p }, setBindGroup: (_, g) => { entries = g.entries }, end: () => { open = false },
            dispatchWorkgroups(x, y) {
              const [f, e] = [run, entries]
              work.push(() => f(e.map(({ resource: r }) => new Float32Array(r.buffer.data.buffer, r.offset ?? 0, (r.size ?? r.buffer.size) / 4)), x * y))
            },
          }),
          copyBufferToBuffer: (from, at, to, into, bytes) => work.push(() => to.data.set(from.data.subarray(at, at + bytes), into)),
          clearBuffer(b, at, bytes) {
            if (open) throw new Error('a buffer is cleared outside of passes only')
            work.push(() => b.data.fill(0, at, at + bytes))
          },
          finish: () => work,
        }
      },
      queue: {
        submit: lists => { if (!d.isLost) for (const work of lists) for (const w of work) w() },
        writeBuffer: (b, at, source, from = 0, bytes = source.byteLength) => b.data.set(new Uint8Array(source.buffer ?? source, (source.byteOffset ?? 0) + from, bytes), at),
        onSubmittedWorkDone: () => Promise.resolve(),
      },
    }
    devices.push(d)
    return d
  }
  return { devices, lose: message => devices.at(-1).lose(message), requestAdapter: () => Promise.resolve(adapter) }
}
