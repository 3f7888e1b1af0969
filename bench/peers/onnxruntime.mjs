#!/usr/bin/env node
// onnxruntime-node and onnxruntime-web as peers of `tessera bench`.
//   onnxruntime.mjs --serve FOLDER NAME   answers the requests of `tessera bench`, one line of JSON each (src/Tessera.Lab/Peers/PeerMessages.cs)
//   onnxruntime.mjs --once FOLDER JOB     loads the model of a job, runs it once, tells how long that took and how much memory it needed
// FOLDER is where npm installed the package NAME, onnxruntime-node unless it is given. Anything else is handed to `tessera bench`, which knows --fetch, --suite, --threads, --rounds, --runs:
//   onnxruntime.mjs [--cli FILE] [--suite DIR [MODEL…] | --ocr | MODEL NAME=SHAPE…] [options of `tessera bench`]
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Names of element types: ours, onnxruntime's, and the array that holds them. */
const types = {
  Float32: ['float32', Float32Array], Float64: ['float64', Float64Array], Float16: ['float16', globalThis.Float16Array ?? Uint16Array], UInt8: ['uint8', Uint8Array], Int8: ['int8', Int8Array],
  UInt16: ['uint16', Uint16Array], Int16: ['int16', Int16Array], Int32: ['int32', Int32Array], UInt32: ['uint32', Uint32Array], Int64: ['int64', BigInt64Array], UInt64: ['uint64', BigUint64Array], Bool: ['bool', Uint8Array],
}

const [mode, folder, file] = process.argv.slice(2)
if (mode === '--serve') await serve(load(folder, file ?? 'onnxruntime-node'))
else if (mode === '--once') await once(load(folder, 'onnxruntime-node'), JSON.parse(readFileSync(file, 'utf8')))
else forward(process.argv.slice(2))

function load(folder, name) {
  const ort = createRequire(join(resolve(folder), 'index.js'))(name)
  return { ...ort, name, env: ort.env, isWeb: name === 'onnxruntime-web' }
}

async function serve(ort) {
  let session, feeds
  const tasks = {
    Hello: async () => ({ detail: `${ort.name} ${ort.env.versions.web ?? ort.env.versions.node ?? ort.env.versions.common}` }),
    Load: async ({ job }) => {
      await session?.release()
      session = await create(ort, job)
      feeds = read(ort, job)
      return { outputs: write(await session.run(feeds), job.folder) }
    },
    Time: async ({ runs, inner }) => {
      const ms = []
      for (let run = 0; run < runs; run++) {
        const start = process.hrtime.bigint()
        for (let i = 0; i < inner; i++) await session.run(feeds)
        ms.push(Number(process.hrtime.bigint() - start) / 1e6 / inner)
      }
      return { ms }
    },
  }
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line)
    const reply = await tasks[request.task](request).catch(e => ({ error: e.message.split('\n')[0] }))
    process.stdout.write(JSON.stringify(reply) + '\n')
  }
}

async function once(ort, job) {
  const feeds = read(ort, job), start = process.hrtime.bigint()
  const session = await create(ort, job)
  await session.run(feeds)
  const first_ms = Number(process.hrtime.bigint() - start) / 1e6
  process.stdout.write(JSON.stringify({ first_ms, peak_bytes: process.resourceUsage().maxRSS * 1024 }) + '\n')
}

function create(ort, job) {
  if (ort.isWeb) {
    // Read once, when the module starts.
    ort.env.wasm.numThreads = job.threads
    return ort.InferenceSession.create(job.model, { executionProviders: ['wasm'], logSeverityLevel: 3 })
  }
  return ort.InferenceSession.create(job.model, { intraOpNumThreads: job.threads, interOpNumThreads: 1, logSeverityLevel: 3 })
}

function read(ort, job) {
  return Object.fromEntries(job.inputs.map(({ name, type, dims, file }) => {
    if (!(type in types)) throw new Error(`input '${name}' has elements of ${type}, which onnxruntime does not take`)
    const [theirs, array] = types[type]
    const bytes = readFileSync(file)
    return [name, new ort.Tensor(theirs, new array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)), dims)]
  }))
}

/** Outputs that are tensors of numbers, written beside each other; others cannot be compared and are left out. */
function write(outputs, folder) {
  return Object.entries(outputs).flatMap(([name, tensor], i) => {
    const type = Object.keys(types).find(t => types[t][0] === tensor.type)
    if (type === undefined) return []
    const file = join(folder, `output_${i}.bin`), { buffer, byteOffset, byteLength } = tensor.data
    writeFileSync(file, Buffer.from(buffer, byteOffset, byteLength))
    return [{ name, type, dims: tensor.dims.map(Number), file }]
  })
}

function forward(words) {
  const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..'), rest = [...words]
  const take = (name, count) => { const at = rest.indexOf(name); return at < 0 ? undefined : rest.splice(at, count + 1).slice(1) }
  const cli = take('--cli', 1)?.[0] ?? join(root, 'tessera'), suite = take('--suite', 1), ocr = take('--ocr', 0)
  const target = suite ? ['suite', '--suite', ...suite] : ocr ? ['ocr'] : [], inputs = suite || ocr ? [] : rest.filter(w => /^[^-].*=\d+(x\d+)*$/.test(w))
  const args = ['bench', ...target, ...rest.filter(w => !inputs.includes(w)), ...inputs.flatMap(i => ['--input', i]), '--peer', 'onnxruntime']
  const { status, error } = spawnSync(cli, args, { stdio: 'inherit' })
  if (error) fail(error.message)
  process.exit(status ?? 1)
}

function fail(message) {
  console.error(message)
  process.exit(2)
}
