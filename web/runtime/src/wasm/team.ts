import { TesseraError } from '../errors.js'

/** Words that the members and the leader share: the number of the launch, how many members are done, whether one failed, and the launch itself. */
const launchWord = 0, doneWord = 1, failedWord = 2, firstArgument = 8, maximumArguments = 56

/**
 * What a member runs, as text: it has to start in a page, in Node and in Deno alike, with no second file to fetch.
 * It waits for a launch, runs its share of the items, and counts itself done.
 */
const memberSource = `
const node = typeof process !== 'undefined' && process.versions?.node && typeof Deno === 'undefined'
const port = node ? (await import('node:worker_threads')).parentPort : self
const modules = new Map()
let words, memory, number, members, position = 0
const begin = () => {
  for (;;) {
    Atomics.wait(words, ${launchWord}, position)
    position = Atomics.load(words, ${launchWord})
    const kernel = words[3], program = words[4], argumentCount = words[5], items = words[6], grain = words[7]
    if (kernel < 0) { Atomics.add(words, ${doneWord}, 1); Atomics.notify(words, ${doneWord}); return }
    try {
      const args = Array.from(words.subarray(${firstArgument}, ${firstArgument} + argumentCount))
      const share = Math.ceil(items / members / grain) * grain
      const first = Math.min(items, share * number), last = Math.min(items, first + share)
      if (first < last) modules.get(program)['k' + kernel](...args, first, last)
    } catch { Atomics.store(words, ${failedWord}, 1) }
    Atomics.add(words, ${doneWord}, 1)
    Atomics.notify(words, ${doneWord})
  }
}
const handle = async m => {
  if (m.words) { words = m.words; memory = m.memory; number = m.number; members = m.members; position = Atomics.load(words, ${launchWord}) }
  if (m.module) modules.set(m.program, (await WebAssembly.instantiate(m.module, { env: { memory } })).exports)
  if (m.drop) modules.delete(m.drop)
  port.postMessage('ready')
  begin()
}
if (node) port.on('message', handle); else self.onmessage = e => handle(e.data)
`

interface Member {
  post(message: unknown): Promise<void>
  end(): void
}

/** Threads that run launches together with the leader; each takes a part of the items. Between launches they wait in the shared words; to take a module they leave that. */
export class Team {
  readonly #words: Int32Array
  readonly #members: readonly Member[]
  #ended = false

  private constructor(words: Int32Array, members: readonly Member[]) {
    this.#words = words
    this.#members = members
  }

  /** The leader included. */
  get size(): number {
    return this.#members.length + 1
  }

  static async start(memory: WebAssembly.Memory, threads: number): Promise<Team> {
    const words = new Int32Array(new SharedArrayBuffer(4 * (firstArgument + maximumArguments)))
    const members = await Promise.all(Array.from({ length: threads - 1 }, () => startMember()))
    await Promise.all(members.map((m, i) => m.post({ words, memory, number: i + 1, members: threads })))
    return new Team(words, members)
  }

  async add(program: number, module: WebAssembly.Module): Promise<void> {
    await this.#message({ program, module })
  }

  async drop(program: number): Promise<void> {
    await this.#message({ drop: program })
  }

  /** Runs a kernel over `items`, in shares of whole multiples of `grain`. */
  run(kernel: number, program: number, leader: (...args: number[]) => void, args: readonly number[], items: number, grain: number): void {
    if (this.#ended) throw new TesseraError('InvalidArgument', 'The device was disposed.')
    const words = this.#words
    const share = Math.ceil(items / this.size / grain) * grain
    words[3] = kernel
    words[4] = program
    words[5] = args.length
    words[6] = items
    words[7] = grain
    words.set(args, firstArgument)
    this.#launch()
    leader(...args, 0, Math.min(items, share))
    this.#join()
    if (Atomics.exchange(words, failedWord, 0) !== 0) throw new TesseraError('Internal', `Kernel ${kernel} failed in a thread.`)
  }

  end(): void {
    this.#ended = true
    for (const m of this.#members) m.end()
  }

  static takes(args: number): boolean {
    return args <= maximumArguments
  }

  #launch(): void {
    Atomics.store(this.#words, doneWord, 0)
    Atomics.add(this.#words, launchWord, 1)
    Atomics.notify(this.#words, launchWord)
  }

  // Launches are short, and whoever leads may be a page, which must not sleep: spin.
  #join(): void {
    while (Atomics.load(this.#words, doneWord) < this.#members.length);
  }

  async #message(message: unknown): Promise<void> {
    if (this.#ended) return
    this.#words[3] = -1
    this.#launch()
    this.#join()
    await Promise.all(this.#members.map(m => m.post(message)))
  }
}

async function startMember(): Promise<Member> {
  if (typeof Worker === 'undefined') {
    const { Worker: NodeWorker } = await import(/* webpackIgnore: true */ 'node:worker_threads')
    const url = new URL(`data:text/javascript,${encodeURIComponent(memberSource)}`)
    const w = new NodeWorker(url)
    w.unref()
    return {
      post: m => new Promise((done, fail) => {
        w.once('message', () => done())
        w.once('error', fail)
        w.postMessage(m)
      }),
      end: () => void w.terminate(),
    }
  }
  const url = URL.createObjectURL(new Blob([memberSource], { type: 'text/javascript' }))
  const w = new Worker(url, { type: 'module' })
  return {
    post: m => new Promise((done, fail) => {
      w.onmessage = () => done()
      w.onerror = e => fail(new TesseraError('Internal', `A thread failed to start: ${e.message}`))
      w.postMessage(m)
    }),
    end: () => {
      w.terminate()
      URL.revokeObjectURL(url)
    },
  }
}
