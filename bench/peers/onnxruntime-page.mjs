#!/usr/bin/env node
// onnxruntime-web in a browser as a peer of `tessera bench`.
//   onnxruntime-page.mjs FOLDER PROVIDER THREADS
// FOLDER is where npm installed onnxruntime-web, PROVIDER is wasm or webgpu. Serves a page on 127.0.0.1 that the bench opens in the browser of its own engine, answers the first Hello with
// the page's address, and passes every other request of the bench on to the page's worker. A first run that takes longer than a job allows is given up: the page gets a new worker.
import { createServer } from 'node:http'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const [folder, provider, threads] = process.argv.slice(2)
const dist = join(resolve(folder), 'node_modules', 'onnxruntime-web', 'dist'), here = dirname(fileURLToPath(import.meta.url))
const token = randomBytes(24).toString('hex')
// An embedded page of another port may share memory between threads when it is isolated like the page around it.
const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp', 'Cross-Origin-Resource-Policy': 'cross-origin', 'Cache-Control': 'no-store' }
const types = { html: 'text/html; charset=utf-8', js: 'text/javascript', mjs: 'text/javascript', wasm: 'application/wasm' }

const page = `<!doctype html><meta charset="utf-8"><title>onnxruntime-web</title>
<script type="module">
const start = () => {
  const worker = new Worker('worker.js?provider=${provider}&threads=${threads}', { type: 'module' })
  worker.onmessage = e => fetch('reply', { method: 'POST', body: e.data })
  worker.onerror = e => fetch('reply', { method: 'POST', body: JSON.stringify({ error: e.message || 'its worker failed' }) })
  return worker
}
let worker = start()
for (;;) {
  const request = await (await fetch('next')).json()
  if (request.restart) { worker.terminate(); worker = start() } else worker.postMessage(request)
}
</script>`

/** Requests for the page, and whoever waits for one; the reply that is due; files of the present job. */
const waiting = [], pollers = []
let replied, job = { files: [], folder: '' }

const server = createServer(async (request, response) => {
  const [, key, what, name] = new URL(request.url, 'http://x').pathname.split('/')
  const answer = (body, type = 'bin', status = 200) => response.writeHead(status, { ...isolated, 'Content-Type': types[type] ?? 'application/octet-stream' }).end(body)
  try {
    if (key !== token) answer('', 'bin', 404)
    else if (what === '') answer(page, 'html')
    else if (what === 'worker.js') answer(readFileSync(join(here, 'onnxruntime-worker.js')), 'js')
    else if (what === 'ort') answer(readFileSync(join(dist, basename(name))), name.split('.').at(-1))
    else if (what === 'file') answer(readFileSync(job.files[Number(name)]))
    else if (what === 'output') answer(writeFileSync(output(name), await all(request)))
    else if (what === 'reply') answer(void replied?.(JSON.parse(String(await all(request)))))
    else if (what === 'next') { pollers.push(r => answer(JSON.stringify(r))); pass() } else answer('', 'bin', 404)
  } catch (e) { answer(String(e), 'bin', 500) }
})
server.requestTimeout = server.timeout = 0
server.listen(0, '127.0.0.1', async () => {
  let shown = false
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line)
    const reply = request.task === 'Hello' && !shown ? { page: `http://127.0.0.1:${server.address().port}/${token}/` } : await ask(request)
    shown = true
    process.stdout.write(JSON.stringify(reply) + '\n')
  }
  process.exit(0)
})

async function all(stream) {
  const chunks = []
  for await (const c of stream) chunks.push(c)
  return Buffer.concat(chunks)
}

function pass() {
  while (pollers.length > 0 && waiting.length > 0) pollers.shift()(waiting.shift())
}

function output(name) {
  return join(job.folder, `output_${Number(name)}.bin`)
}

async function ask(request) {
  if (request.job) {
    job = { files: [request.job.model, ...request.job.inputs.map(i => i.file)], folder: request.job.folder }
    request.job = { inputs: request.job.inputs.map(({ name, type, dims }) => ({ name, type, dims })) }
  }
  const limit = request.limit_s ?? 0
  let timer
  const reply = new Promise(done => {
    replied = done
    if (limit > 0) timer = setTimeout(() => done({ error: `it gave no first result within ${limit} s`, late: true }), limit * 1000)
  })
  waiting.push(request)
  pass()
  const got = await reply
  clearTimeout(timer)
  replied = undefined
  if (got.late) { waiting.push({ restart: true }); pass() }
  return got.error !== undefined ? { error: got.error } : { ...got, outputs: got.outputs?.map((o, i) => ({ ...o, file: output(i) })) }
}
