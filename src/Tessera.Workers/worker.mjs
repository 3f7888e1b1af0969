// Holds programs and runs them; decides nothing. Frames on standard input and output: length of what follows, kind, id (32 bits each, little-endian), payload.
// Kinds: 1 load (program) → 1; 2 run (inputs, one after the other) → 2 (outputs likewise); 4 as 2, with
// milliseconds of each step as 64-bit floats before the outputs; 3 drop → 3; an error answers with kind 0 and its text.
const programs = new Map()

async function load(id, file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  if (file.byteLength < 12 || view.getUint32(0, false) !== 0x54535241) throw new Error('no program: the first bytes are not TSRA')
  if (view.getInt32(4, true) !== 2) throw new Error(`program format ${view.getInt32(4, true)}; this worker reads format 2`)
  const headerBytes = view.getInt32(8, true)
  const start = Math.ceil((12 + headerBytes) / 64) * 64
  if (headerBytes < 2 || start > file.byteLength) throw new Error('truncated program: the header ends beyond the file')
  const header = JSON.parse(new TextDecoder().decode(file.subarray(12, 12 + headerBytes)))
  for (const s of [header.code, header.constants])
    if (!(s.at >= 0 && s.bytes >= 0 && start + s.at + s.bytes <= file.byteLength)) throw new Error('truncated program: a section ends beyond the file')
  const inside = (at, bytes, size) => at >= 0 && bytes >= 0 && at + bytes <= size
  for (const c of header.constantTable) if (!inside(c.at, c.bytes, header.constants.bytes)) throw new Error('a constant lies outside its section')
  // Constants follow the arena in memory.
  let size = Math.ceil(header.memory / 64) * 64
  const places = header.constantTable.map(c => {
    const at = size
    size += Math.ceil(c.bytes / 64) * 64
    return at
  })
  const values = header.values.map(v => {
    if (v.constant !== undefined) {
      if (!(v.constant in places)) throw new Error(`there is no constant ${v.constant}`)
      return { at: places[v.constant], bytes: header.constantTable[v.constant].bytes }
    }
    if (!inside(v.at, v.bytes, header.memory)) throw new Error("a buffer lies outside the program's arena")
    return v
  })
  for (const v of [...header.inputs, ...header.outputs]) if (!(v.value in values)) throw new Error(`${v.name} names a buffer that the program has not`)
  for (const s of header.steps)
    if (!(s.kernel >= 0 && s.kernel < header.kernels.length) || !s.values.every(v => v in values)) throw new Error('a step names a kernel or buffer that the program has not')
  const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(size / 65536)) })
  const code = file.subarray(start + header.code.at, start + header.code.at + header.code.bytes)
  const { instance } = await WebAssembly.instantiate(code, { env: { memory } })
  const bytes = new Uint8Array(memory.buffer)
  header.constantTable.forEach((c, i) => bytes.set(file.subarray(start + header.constants.at + c.at, start + header.constants.at + c.at + c.bytes), places[i]))
  const steps = header.steps.map(s => ({ run: instance.exports[`k${s.kernel}`], args: [...s.values.map(v => values[v].at), 0, s.items] }))
  programs.set(id, { header, inputs: header.inputs.map(v => values[v.value]), outputs: header.outputs.map(v => values[v.value]), bytes, words: new Int32Array(memory.buffer), steps })
}

function run(id, inputs, timed) {
  const p = programs.get(id)
  if (!p) throw new Error(`no program ${id} is loaded`)
  let from = 0
  for (const v of p.inputs) {
    p.bytes.set(inputs.subarray(from, from + v.bytes), v.at)
    from += v.bytes
  }
  if (from !== inputs.length) throw new Error(`${inputs.length} bytes of inputs; the program takes ${from}`)
  const fault = p.header.fault >> 2
  p.words[fault] = 0
  const times = timed ? new Float64Array(p.steps.length) : undefined
  for (let i = 0; i < p.steps.length; i++) {
    const begin = timed ? performance.now() : 0
    p.steps[i].run(...p.steps[i].args)
    if (times) times[i] = performance.now() - begin
    if (p.words[fault] !== 0) throw new Error(`an index lies outside its axis in step ${i}, ${p.header.kernels[p.header.steps[i].kernel].name}`)
  }
  const outputs = p.outputs.map(v => p.bytes.subarray(v.at, v.at + v.bytes))
  return times ? [new Uint8Array(times.buffer), ...outputs] : outputs
}

function answer(kind, id, parts = []) {
  const head = Buffer.alloc(12)
  head.writeUInt32LE(8 + parts.reduce((n, p) => n + p.length, 0), 0)
  head.writeUInt32LE(kind, 4)
  head.writeUInt32LE(id, 8)
  process.stdout.write(Buffer.concat([head, ...parts]))
}

async function handle(kind, id, payload) {
  try {
    if (kind === 1) { await load(id, payload); answer(1, id) }
    else if (kind === 2 || kind === 4) answer(kind, id, run(id, payload, kind === 4))
    else if (kind === 3) { programs.delete(id); answer(3, id) }
    else throw new Error(`unknown request ${kind}`)
  } catch (e) {
    answer(0, id, [Buffer.from(String(e?.message ?? e))])
  }
}

let pending = []
let size = 0
let last = Promise.resolve()
process.stdin.on('data', chunk => {
  pending.push(chunk)
  size += chunk.length
  while (size >= 4) {
    if (pending[0].length < 4) pending = [Buffer.concat(pending)]
    const bytes = pending[0].readUInt32LE(0)
    if (size < 4 + bytes) break
    const all = pending.length === 1 ? pending[0] : Buffer.concat(pending)
    const kind = all.readUInt32LE(4), id = all.readUInt32LE(8), payload = all.subarray(12, 4 + bytes)
    pending = all.length > 4 + bytes ? [all.subarray(4 + bytes)] : []
    size -= 4 + bytes
    last = last.then(() => handle(kind, id, payload))
  }
})
process.stdin.on('end', () => process.exit(0))
