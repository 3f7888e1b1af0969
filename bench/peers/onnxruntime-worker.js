// Runs models in onnxruntime-web for onnxruntime-page.mjs; its address says with which provider and how many threads.
const { searchParams } = new URL(self.location.href), provider = searchParams.get('provider')
// Requests that come meanwhile wait for it.
let ort
const loaded = import(`./ort/ort.${provider}.min.mjs`).then(m => {
  ort = m
  ort.env.wasm.wasmPaths = new URL('ort/', self.location.href).href
  ort.env.wasm.numThreads = Number(searchParams.get('threads'))
  ort.env.logLevel = 'error'
})

/** Names of element types: ours, onnxruntime's, and the array that holds them. */
const types = {
  Float32: ['float32', Float32Array], Float64: ['float64', Float64Array], Float16: ['float16', globalThis.Float16Array ?? Uint16Array], UInt8: ['uint8', Uint8Array], Int8: ['int8', Int8Array],
  UInt16: ['uint16', Uint16Array], Int16: ['int16', Int16Array], Int32: ['int32', Int32Array], UInt32: ['uint32', Uint32Array], Int64: ['int64', BigInt64Array], UInt64: ['uint64', BigUint64Array], Bool: ['bool', Uint8Array],
}
// y = Identity(x), one Float32: opens the provider, so that the first model is timed without that.
const identity = Uint8Array.from(atob('CAg6LwoQCgF4EgF5IghJZGVudGl0eRIBZ1oLCgF4EgYKBAgBEgBiCwoBeRIGCgQIARIAQgQKABAN'), c => c.charCodeAt(0))
const create = bytes => ort.InferenceSession.create(bytes, { executionProviders: [provider], logSeverityLevel: 3 })

let session, feeds
const tasks = {
  async Hello() {
    const first = await create(identity)
    await first.run({ x: new ort.Tensor('float32', new Float32Array(1), []) })
    await first.release()
    const adapter = provider === 'webgpu' ? (await navigator.gpu?.requestAdapter())?.info : undefined
    const threads = provider === 'wasm' ? `, ${self.crossOriginIsolated ? 'isolated' : 'not isolated'}, threads ${ort.env.wasm.numThreads}` : ''
    return { detail: `onnxruntime-web ${ort.env.versions.web ?? ort.env.versions.common}, ${provider}${threads}${adapter ? ` on ${adapter.description || `${adapter.vendor} ${adapter.architecture}`}` : ''}` }
  },
  async Load({ job }) {
    await session?.release()
    session = undefined
    feeds = {}
    for (const [i, { name, type, dims }] of job.inputs.entries()) {
      if (!(type in types)) throw new Error(`input '${name}' has elements of ${type}, which onnxruntime does not take`)
      const [theirs, array] = types[type]
      feeds[name] = new ort.Tensor(theirs, new array(await (await fetch(`file/${i + 1}`)).arrayBuffer()), dims)
    }
    const begin = performance.now()
    session = await create(new Uint8Array(await (await fetch('file/0')).arrayBuffer()))
    const results = await session.run(feeds)
    const first_ms = performance.now() - begin
    return { first_ms, outputs: await give(results) }
  },
  async Time({ runs, inner }) {
    const ms = []
    for (let r = 0; r < runs; r++) {
      const begin = performance.now()
      for (let i = 0; i < inner; i++) await session.run(feeds)
      ms.push((performance.now() - begin) / inner)
    }
    return { ms }
  },
}

/** Outputs that are tensors of numbers; others cannot be compared and are left out. */
async function give(results) {
  const given = []
  for (const [name, tensor] of Object.entries(results)) {
    const type = Object.keys(types).find(t => types[t][0] === tensor.type)
    if (type === undefined) continue
    const { buffer, byteOffset, byteLength } = tensor.data
    await fetch(`output/${given.length}`, { method: 'POST', body: new Uint8Array(buffer, byteOffset, byteLength).slice() })
    given.push({ name, type, dims: tensor.dims.map(Number) })
  }
  return given
}

self.onmessage = async e => self.postMessage(JSON.stringify(await loaded.then(() => tasks[e.data.task](e.data)).catch(error => ({ error: String(error?.message ?? error).split('\n')[0] }))))
