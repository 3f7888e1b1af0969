#!/usr/bin/env node
// Times a model on onnxruntime-node and on tessera in turn (A B A B …), on the same inputs, with the same number of threads.
//   node bench/peers/onnxruntime.mjs MODEL NAME=SHAPE… [--threads 1] [--rounds 5] [--runs 10] [--engine cpu] [--fetch] [--json] [--peer-only]
//   node bench/peers/onnxruntime.mjs --ocr          the three models of `./tessera demo`
//   node bench/peers/onnxruntime.mjs --suite DIR [MODEL…]   the models of a folder in ONNX's test layout, on the inputs recorded there
// --cli FILE times that build of tessera-cli instead of ./tessera.
// --fetch installs the peer with npm into tessera's cache folder. The figure is the median over rounds of tessera's median ÷ the peer's;
// on a busy machine the ratio of the quickest runs says more.
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const peerVersion = '1.30.0'
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const cache = process.env.TESSERA_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tessera')
const peerFolder = join(cache, 'peers', `onnxruntime-node-${peerVersion}`)

const options = { threads: 1, rounds: 5, runs: 10, engine: 'cpu', fetch: false, json: false, ocr: false, suite: '', cli: join(root, 'tessera'), peerOnly: false }
const words = []
for (let args = process.argv.slice(2); args.length > 0;) {
  const word = args.shift()
  if (!word.startsWith('--')) { words.push(word); continue }
  const name = word.slice(2).replace(/-(.)/g, (_, c) => c.toUpperCase())
  if (!(name in options)) fail(`${word} is no option; see the first lines of ${basename(fileURLToPath(import.meta.url))}`)
  options[name] = typeof options[name] === 'boolean' ? true : typeof options[name] === 'number' ? Number(args.shift()) : args.shift()
}

const ort = loadPeer()
const rows = []
for (const { model, shapes, recorded } of jobs()) rows.push(await compare(model, shapes, recorded))
if (rows.length > 1 && !options.peerOnly && !options.json) {
  const mean = key => Math.exp(rows.reduce((sum, r) => sum + Math.log(r[key]), 0) / rows.length).toFixed(2)
  console.log(`geometric mean of ${rows.length}: ratio ${mean('ratio')}, of the quickest ${mean('ratio_of_min')}`)
}
if (options.json) console.log(JSON.stringify({ peer: `onnxruntime-node ${peerVersion}`, ...options, models: rows }, null, 2))

function jobs() {
  if (options.suite) {
    const names = words.length > 0 ? words : readdirSync(options.suite).filter(n => existsSync(join(options.suite, n, 'model.onnx'))).sort()
    return names.map(n => ({ model: join(options.suite, n, 'model.onnx'), shapes: [], recorded: join(options.suite, n, 'test_data_set_0') }))
  }
  if (!options.ocr) {
    if (words.length === 0) fail('name a model file, or --ocr')
    return [{ model: words[0], shapes: words.slice(1).map(parseShape) }]
  }
  const folder = join(cache, 'ocr-models', '1.4.2')
  if (!existsSync(folder)) fail(`the OCR models are not in ${folder}; ./tessera demo fetches them`)
  const files = ['ch_PP-OCRv4_det_infer.onnx', 'ch_ppocr_mobile_v2.0_cls_infer.onnx', 'ch_PP-OCRv4_rec_infer.onnx']
  return ['x=1x3x640x960', 'x=6x3x48x192', 'x=6x3x48x320'].map((s, i) => ({ model: join(folder, files[i]), shapes: [parseShape(s)] }))
}

async function compare(model, shapes, recorded) {
  const inputs = shapes.map(({ name, dims }, i) => ({ name, dims, type: 'float32', data: randomValues(dims.reduce((a, b) => a * b, 1), 1 + i) }))
  if (recorded) inputs.push(...readdirSync(recorded).filter(f => /^input_\d+\.pb$/.test(f)).map(f => readTensor(readFileSync(join(recorded, f)))))
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: options.threads, interOpNumThreads: 1, logSeverityLevel: 3 })
  const feeds = Object.fromEntries(inputs.map(({ name, dims, type, data }) => [name, new ort.Tensor(type, data, dims)]))
  const folder = recorded ?? mkdtempSync(join(tmpdir(), 'tessera-peers-'))
  try {
    if (!recorded) inputs.forEach((input, i) => writeFileSync(join(folder, `input_${i}.pb`), tensorProto(input)))
    await session.run(feeds)
    const ours = [], theirs = []
    for (let round = 0; round < options.rounds; round++) {
      theirs.push(await timePeer(session, feeds))
      if (!options.peerOnly) ours.push(timeTessera(model, folder))
    }
    const peer = theirs.map(t => t.median), row = { model: recorded ? basename(dirname(model)) : basename(model), shapes: shapes.map(s => `${s.name}=${s.dims.join('x')}`), peer_ms: median(peer), peer_min_ms: Math.min(...theirs.map(t => t.min)) }
    let text = `${row.model} ${row.shapes.join(' ')}: onnxruntime ${row.peer_ms.toFixed(2)} ms (quickest ${row.peer_min_ms.toFixed(2)})`
    if (!options.peerOnly) {
      const ratios = ours.map((t, i) => t.median / peer[i])
      Object.assign(row, { tessera_ms: median(ours.map(t => t.median)), tessera_min_ms: Math.min(...ours.map(t => t.min)), ratio: median(ratios), spread: [Math.min(...ratios), Math.max(...ratios)] })
      row.ratio_of_min = row.tessera_min_ms / row.peer_min_ms
      text += `, tessera ${row.tessera_ms.toFixed(2)} ms (quickest ${row.tessera_min_ms.toFixed(2)}), ratio ${row.ratio.toFixed(2)} (${row.spread.map(v => v.toFixed(2)).join('–')}), of the quickest ${row.ratio_of_min.toFixed(2)}`
    }
    if (!options.json) console.log(text)
    return row
  } finally {
    if (!recorded) rmSync(folder, { recursive: true })
    await session.release()
  }
}

async function timePeer(session, feeds) {
  const times = []
  for (let run = 0; run < options.runs; run++) {
    const start = process.hrtime.bigint()
    await session.run(feeds)
    times.push(Number(process.hrtime.bigint() - start) / 1e6)
  }
  return { median: median(times), min: Math.min(...times) }
}

function timeTessera(model, folder) {
  const args = ['bench', model, '--inputs', folder, '--engine', options.engine, '--threads', String(options.threads), '--runs', String(options.runs), '--json']
  const report = JSON.parse(execFileSync(options.cli, args, { encoding: 'utf8' }))
  return { median: report.median_ms, min: report.min_ms }
}

function loadPeer() {
  if (!existsSync(join(peerFolder, 'node_modules', 'onnxruntime-node'))) {
    if (!options.fetch) fail(`onnxruntime-node ${peerVersion} is not in ${peerFolder}; run again with --fetch to install it there with npm`)
    mkdirSync(peerFolder, { recursive: true })
    // Its install script fetches GPU libraries only; the CPU library is in the package.
    execFileSync('npm', ['install', '--prefix', peerFolder, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', `onnxruntime-node@${peerVersion}`], { stdio: ['ignore', 'ignore', 'inherit'] })
  }
  return createRequire(join(peerFolder, 'index.js'))('onnxruntime-node')
}

/** NAME=1x3x224x224 */
function parseShape(text) {
  const [, name, dims] = /^(.+)=(\d+(?:x\d+)*)$/.exec(text) ?? fail(`'${text}' is not NAME=SHAPE, such as x=1x3x224x224`)
  return { name, dims: dims.split('x').map(Number) }
}

/** Uniform in −1…1, the same for the same seed (xorshift32). */
function randomValues(count, seed) {
  let state = Math.imul(seed, 0x9E3779B9) >>> 0
  return Float32Array.from({ length: count }, () => {
    state ^= state << 13; state ^= state >>> 17; state ^= state << 5
    return (state >>> 0) / 0x7fffffff - 1
  })
}

/** An ONNX TensorProto of float32: dims = 1, data_type = 2, name = 8, raw_data = 9. */
function tensorProto({ name, dims, data }) {
  const varint = value => { const bytes = []; for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128); return Buffer.from([...bytes, value]) }
  const block = (field, bytes) => Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes])
  return Buffer.concat([...dims.map(d => Buffer.concat([varint(8), varint(d)])), varint(16), varint(1), block(8, Buffer.from(name)), block(9, Buffer.from(data.buffer))])
}

/** The name, dims and raw values of an ONNX TensorProto as onnxruntime's tensors take them. */
function readTensor(bytes) {
  let at = 0
  const varint = () => { let value = 0n; for (let shift = 0n; ; shift += 7n) { const b = bytes[at++]; value |= BigInt(b & 127) << shift; if (b < 128) return value } }
  const t = { name: '', dims: [], code: 1, raw: Buffer.alloc(0) }
  while (at < bytes.length) {
    const key = Number(varint()), field = key >> 3
    let value
    if ((key & 7) === 0) value = varint()
    else if ((key & 7) === 2) { const end = Number(varint()) + at; value = bytes.subarray(at, end); at = end }
    else fail('a tensor with an unexpected field')
    if (field === 1) t.dims.push(...(typeof value === 'bigint' ? [Number(value)] : packed(value)))
    else if (field === 2) t.code = Number(value)
    else if (field === 8) t.name = value.toString()
    else if (field === 9) t.raw = value
    else if (field >= 4 && field <= 7 || field >= 10 && field <= 11) fail(`tensor '${t.name}' is not stored as raw data`)
  }
  const [type, form] = { 1: ['float32', Float32Array], 2: ['uint8', Uint8Array], 3: ['int8', Int8Array], 6: ['int32', Int32Array], 7: ['int64', BigInt64Array], 9: ['bool', Uint8Array], 10: ['float16', Uint16Array], 11: ['float64', Float64Array] }[t.code] ?? fail(`tensor '${t.name}' has type ${t.code}, which is not timed`)
  const data = new form(t.raw.buffer.slice(t.raw.byteOffset, t.raw.byteOffset + t.raw.length))
  return { name: t.name, dims: t.dims, type, data: type === 'float16' && globalThis.Float16Array ? new Float16Array(data.buffer) : data }

  function packed(block) {
    const dims = [], saved = [bytes, at];
    [bytes, at] = [block, 0]
    while (at < bytes.length) dims.push(Number(varint()));
    [bytes, at] = saved
    return dims
  }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b), half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

function fail(message) {
  console.error(message)
  process.exit(2)
}
